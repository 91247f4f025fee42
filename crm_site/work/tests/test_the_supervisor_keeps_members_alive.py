from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from crm_site.work import lifeline, supervisor
from crm_site.work.members import MANAGE, Member
from crm_site.work.supervisor import Supervisor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def signals():
    """The supervisor takes the process's signals; the test run wants them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def shell(script: str, name: str = "member") -> Member:
    return Member(name, ("sh", "-c", script))


def run(member: Member, *, until: str, times: int = 1, **options) -> list[str]:
    """Run a supervisor until it has said `until` so many times."""
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if sum(until in each for each in lines) >= times:
            chief.stop_signals = max(chief.stop_signals, 1)

    chief = Supervisor(members=[member], say=say, **options)
    chief.run()
    return lines


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def pid_in(path: Path) -> int:
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(path.read_text())


def test_a_member_that_ends_is_started_again_later_each_time():
    lines = run(shell("exit 3"), until="ended by itself, code 3", times=3)
    pauses = [line.rsplit("in ", 1)[1] for line in lines if "ended by itself" in line]
    assert pauses == ["0.2 s", "0.4 s", "0.8 s"]


@pytest.mark.parametrize("code", [77, 78])
def test_a_member_that_no_restart_can_help_is_left_alone_and_the_others_go_on(tmp_path, capsys, code):
    starts, lines = tmp_path / "starts", []

    def say(line: str) -> None:
        lines.append(line)
        if sum("other" in each and "pid" in each for each in lines) >= 3:
            chief.stop_signals = max(chief.stop_signals, 1)

    chief = Supervisor(
        members=[shell(f"echo x >> {starts}; exit {code}", "bot"), shell("exit 1", "other")], say=say
    )
    chief.run()
    assert starts.read_text().split() == ["x"]
    assert f"code {code} and is not started again" in capsys.readouterr().err


def test_what_a_dead_member_left_behind_is_killed_before_the_next_start(tmp_path):
    left = tmp_path / "left"
    run(shell(f"sleep 300 & echo $! > {left}; exit 1"), until="ended by itself")
    assert gone(pid_in(left))


def test_a_member_that_ignores_the_stop_is_killed_after_the_grace(tmp_path):
    pid_file = tmp_path / "pid"
    started = time.monotonic()
    lines = run(
        shell(f"trap '' TERM; echo $$ > {pid_file}; while :; do sleep 0.1; done"), until="pid", grace_s=1.0
    )
    assert 0.9 < time.monotonic() - started < 10
    assert gone(pid_in(pid_file))
    assert lines[-1].endswith("stopped")


def test_a_member_that_stops_when_told_is_not_waited_for():
    started = time.monotonic()
    run(shell("exec sleep 300"), until="pid", grace_s=30)
    assert time.monotonic() - started < 10


def test_a_signal_stops_the_house():
    chief = Supervisor(members=[shell("sleep 300")], say=lambda line: os.kill(os.getpid(), signal.SIGTERM))
    chief.run()
    assert chief.stop_signals


def test_a_disabled_member_is_not_started():
    lines: list[str] = []
    chief = Supervisor(members=[Member("bot", ("true",), enabled=False)], say=lines.append, stop_signals=1)
    chief.run()
    assert not any("bot" in line for line in lines)


def test_a_database_that_is_away_stops_nobody(monkeypatch):
    def away():
        raise OperationalError("the database is away")

    monkeypatch.setattr(supervisor.sweeper, "sweep", away)
    lines = run(shell("exec sleep 300"), until="database", times=1)
    assert not any("starts again" in line for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's own")
@pytest.mark.parametrize(
    "parent",
    [
        # A program tied to the process that starts it.
        "import os, subprocess, sys; subprocess.Popen([sys.executable, '-m', 'crm_site.work.lifeline',"
        " str(os.getpid()), 'sh', '-c', 'echo $$ > {path}; exec sleep 300']).wait()",
        # A fork of a fork, as django-q2 makes them.
        "import os, time; from crm_site.work import lifeline; lifeline.tie_all_forks()\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0: open('{path}', 'w').write(str(os.getpid()))\n"
        "    time.sleep(300)\n"
        "time.sleep(300)",
    ],
)
def test_a_tied_process_dies_with_its_parent(tmp_path, parent):
    path = tmp_path / "pid"
    elder = subprocess.Popen([sys.executable, "-c", parent.format(path=path)], cwd=MANAGE.parent)
    try:
        child = pid_in(path)
        assert is_alive(child)
    finally:
        elder.kill()
        elder.wait()
    assert gone(child)


def test_a_process_whose_parent_is_gone_already_dies_at_once():
    if (pid := os.fork()) == 0:
        lifeline.tie_to_parent(1 if os.getppid() != 1 else 2)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
