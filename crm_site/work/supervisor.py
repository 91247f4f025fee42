"""Keeps the processes of the house alive: each in a process group of its own, restarted as a whole.

A group is killed as a whole too. What is left of a half-dead one would go on working beside its successor.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType

from django.db import Error, connection

from crm_site.core import clock
from crm_site.work import beats, nudges, sweeper, watchdog
from crm_site.work.members import MANAGE, Member

TICK_S = 0.25
LOOK_EVERY_S = 2.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
# Who lived that long did not fail at its start; its next death is restarted at once.
SETTLED_S = 10.0
# Codes of a member that no restart can help (sysexits.h: no permission, configuration): a person must act first.
FOR_GOOD = frozenset({77, 78})
IMPATIENT_SQL = {"sqlite": "PRAGMA busy_timeout = 2000", "postgresql": "SET statement_timeout = '5s'"}


@dataclass
class Child:
    """A member and its present process, if it has one. Times are of the monotonic clock."""

    member: Member
    watch: watchdog.Watch | None = None
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    start_at_s: float = 0.0
    deaths: int = 0


def warn(line: str) -> None:
    """One line for whoever looks after the house, also where the output goes to a file."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@dataclass
class Supervisor:
    """say: prints one line. grace_s: how long members may take to finish when the house stops."""

    members: Sequence[Member]
    say: Callable[[str], None]
    grace_s: float = 25.0
    beat_every: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(seconds=30)
    children: list[Child] = field(default_factory=list)
    stop_signals: int = 0

    def run(self) -> None:
        """Start everything, watch, and return when told to stop by SIGTERM or SIGINT and all is down."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        connection.close()  # the next one is made impatient
        self.children = [self._child(member) for member in self.members if member.enabled]
        looked_s = nudged_s = 0.0
        while not self.stop_signals:
            now_s = time.monotonic()
            for child in self.children:
                self._keep_alive(child, now_s)
            _reap_orphans({child.process.pid for child in self.children if child.process is not None})
            if now_s - looked_s >= LOOK_EVERY_S:
                looked_s = now_s
                self._patiently(self._look)
                self._patiently(sweeper.sweep)
            if now_s - nudged_s >= nudges.EVERY_S:
                nudged_s = now_s
                self._patiently(nudges.give)
            time.sleep(TICK_S)
        self._stop()

    def _child(self, member: Member) -> Child:
        if member.cluster is None:
            return Child(member)
        return Child(member, watchdog.Watch(member.cluster, self.beat_every, self.patience))

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_signals += 1

    def _keep_alive(self, child: Child, now_s: float) -> None:
        if child.process is not None and _has_exited(child.process):
            code = _kill_group(child.process)
            if code in FOR_GOOD:
                self._leave(child, code)
            else:
                self._bury(child, f"ended by itself, code {code}")
        if child.process is None and now_s >= child.start_at_s:
            self._start(child)

    def _start(self, child: Child) -> None:
        member = child.member
        settings = [f"{name}={value}" for name, value in member.env]
        # A group of its own, so that Ctrl-C reaches only us; tied to us, so that nothing outlives a killed supervisor.
        child.process = subprocess.Popen(
            [
                *("env", *settings, sys.executable, "-m", "crm_site.work.lifeline", str(os.getpid())),
                *member.argv,
            ],
            cwd=MANAGE.parent,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        child.started_s = time.monotonic()
        if child.watch is not None:
            child.watch.restarted(clock.now())
        self.say(f"{member.name:<14} pid {child.process.pid}  {member.note}".rstrip())

    def _bury(self, child: Child, why: str) -> None:
        """The group is gone: plan the next start, later each time it dies young, and give back what it held."""
        now_s = time.monotonic()
        child.process = None
        child.deaths = 0 if now_s - child.started_s > SETTLED_S else child.deaths + 1
        pause_s = min(FIRST_PAUSE_S * 2 ** max(child.deaths - 1, 0), LONGEST_PAUSE_S)
        child.start_at_s = now_s + pause_s
        self.say(f"{child.member.name:<14} {why}; starts again in {pause_s:.1f} s")
        if child.member.cluster is not None:
            self._patiently(lambda: self._give_back(child))

    def _leave(self, child: Child, code: int) -> None:
        """It said that starting it again is of no use, and why; the others go on."""
        child.process, child.start_at_s = None, math.inf
        warn(
            f"{child.member.name:<14} ended with code {code} and is not started again: mend what it says, then restart"
        )

    def _give_back(self, child: Child) -> None:
        assert child.member.cluster is not None
        sweeper.release(cluster=child.member.cluster.name)
        sweeper.sweep()

    def _look(self) -> None:
        """Ask every cluster for a sign of life; restart the one that owes it for too long."""
        for child in self.children:
            if child.watch is None or child.process is None:
                continue
            now = clock.now()
            verdict = child.watch.look(now, watchdog.signs_of(child.watch.cluster))
            if verdict is watchdog.Verdict.WEDGED:
                _kill_group(child.process)
                self._bury(child, "is stuck, all of it was killed")
            elif verdict is watchdog.Verdict.ASK:
                name = child.watch.cluster.name
                sweeper.release_overtaken(cluster=name, earlier=child.watch.fetched)
                fetched = sweeper.fetched(cluster=name)
                watchdog.ask(child.watch.cluster)
                child.watch.asked(now, fetched)

    def _patiently(self, action: Callable[[], object]) -> None:
        """Do something with the database; when that fails the members are not to blame, and the next round tries again."""
        try:
            if connection.connection is None:
                with connection.cursor() as cursor:
                    # The supervisor must stay awake: better to miss a round than to wait behind a long lock.
                    cursor.execute(IMPATIENT_SQL[connection.vendor])
            action()
        except Error as error:
            self.say(f"{'supervisor':<14} database: {error}".rstrip())
            connection.close()

    def _stop(self) -> None:
        """Ask all to finish, wait, then kill what is left, group by group."""
        self.say(f"{'supervisor':<14} stopping")
        alive = [child.process for child in self.children if child.process is not None]
        for process in alive:
            # The main process only: a worker would drop its task, a main process lets it finish.
            if not _has_exited(process):
                process.terminate()
        deadline_s = time.monotonic() + self.grace_s
        while time.monotonic() < deadline_s and self.stop_signals < 2:
            if all(_has_exited(process) for process in alive):
                break
            time.sleep(TICK_S / 5)
        for process in alive:
            _kill_group(process)
        self._patiently(self._forget)
        self.say(f"{'supervisor':<14} stopped")

    def _forget(self) -> None:
        beats.forget(
            beats.of_cluster(child.member.cluster.name) for child in self.children if child.member.cluster
        )


def prepare(members: Sequence[Member]) -> None:
    """Clean up after an earlier life of these members: their beats are old, what they had fetched is free."""
    names = [member.cluster.name for member in members if member.cluster is not None and member.enabled]
    beats.forget(beats.of_cluster(name) for name in names)
    for name in names:
        sweeper.release(cluster=name)
    sweeper.sweep()


def _has_exited(process: subprocess.Popen[bytes]) -> bool:
    if process.returncode is not None:
        return True
    # Without reaping: as long as the leader is a zombie, its number still means this group and no other.
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _reap_orphans(ours: set[int]) -> None:
    """Bury grandchildren whose parent died: as process 1 of a container we inherit them, and nobody else would."""
    with suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if ended.si_pid in ours:
                # One of ours; `_keep_alive` sees to it first.
                return
            os.waitpid(ended.si_pid, 0)


def _kill_group(process: subprocess.Popen[bytes]) -> int:
    """Kill the process and all it started; return the exit code."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
