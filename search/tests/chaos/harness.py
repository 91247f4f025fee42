"""Starts the processes of a chaos test, deals the blows, starts what died again, and waits until nothing is dirty.

Use it from a test marked `crash` with `django_db(transaction=True)`: what is committed on one side the other side sees.
"""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection, Listener, wait
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from crm_site.core.actor import Actor
from crm_site.tests.crashing.harness import ROOT, database_url, wait_for
from search import index, rebuilding
from search.models import Claim
from search.server import address
from search.tests.chaos import truth
from search.tests.chaos.hands import Order
from search.tests.chaos.searching import Report

PATIENCE_S = 60.0
_doors = count()
CALM: dict[str, float] | None = None
STORM: dict[str, float] = {}


class Nursery:
    """The process that all others are forked from."""

    def __init__(self, index_dir: Path) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "search.tests.chaos.settings",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "AUDIT_KEY": settings.AUDIT_KEY,
            "VAR_DIR": str(settings.VAR_DIR),
            "CHAOS_INDEX": str(index_dir),
            "FAULT": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "search.tests.chaos.nursery"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def bear(self, role: str, door: str = "") -> int:
        """Fork a child; return a handle by which it is killed, and which becomes readable when it is dead."""
        self._ask({"role": role, "door": door})
        return os.pidfd_open(int(self._answer()))

    def warm(self, avg_len: float) -> None:
        """Have later children born with the word weights of an index."""
        self._ask({"avg_len": avg_len})

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def _ask(self, wanted: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@dataclass
class Hand:
    """One process at work. order: what it was told last, so that whoever replaces it is told the same."""

    role: str
    handle: int
    connection: Connection
    order: Order | None = None

    @property
    def is_dead(self) -> bool:
        return bool(wait([self.handle], timeout=0))


@dataclass
class Told:
    """What a round was like. wrong: what must not have happened."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.counts.update(report.counts)
        self.wrong += report.wrong


class Town:
    """Writers, syncs, a searcher and an index, on the test's database. Nothing of it outlives `close`."""

    def __init__(self, nursery: Nursery, index_dir: Path, actors: Sequence[Actor]) -> None:
        self.nursery, self.index_dir, self.actors = nursery, index_dir, tuple(actors)
        self.told = Told()
        #: A guard that is off in all hands, see `sabotage`.
        self.sabotage = ""
        #: Where all hands have their vectors from; empty for an index of words only.
        self.model_url = ""
        self._door = str(index_dir.parent / f"door{next(_doors)}")
        self._listener = Listener(self._door, family="AF_UNIX", backlog=16)
        self._arrivals: queue.Queue[Connection] = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()
        self._index = -1
        self.hands: list[Hand] = []
        self.start_index()

    def close(self) -> None:
        for hand in self.hands:
            self._bury(hand)
        _kill(self._index)
        self._listener.close()

    def hire(self, **wanted: int) -> None:
        """Have so many of each role, idle."""
        for role, number in wanted.items():
            self.hands += [self._born(role) for _ in range(number)]

    def of(self, role: str) -> list[Hand]:
        return [hand for hand in self.hands if hand.role == role]

    # The index

    def start_index(self) -> None:
        self._index = self.nursery.bear("index")
        wait_for("the index answers", self._is_up, timeout_s=30)

    def _is_up(self) -> bool:
        if wait([self._index], timeout=0):  # killed by one of the syncs before it was up
            os.close(self._index)
            self._index = self.nursery.bear("index")
        return self.is_answering()

    def kill_index(self) -> None:
        self.told.counts["index killed"] += 1
        _kill(self._index)
        self.start_index()

    def is_answering(self) -> bool:
        """Tell whether the index is up."""
        at = address.read(self.index_dir)
        try:
            return at is not None and httpx.get(f"{at.url}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    # Orders and reports

    def order(self, hands: Sequence[Hand], order: Order) -> None:
        """Tell each the same, with a seed of its own."""
        for number, hand in enumerate(hands):
            self._tell(hand, self._signed(order, number))

    def rest(self, *roles: str) -> None:
        """Have them stop, and hear what they report."""
        for hand in [hand for hand in self.hands if hand.role in roles and hand.order is not None]:
            self._send(hand, None)
            self._hear(hand)

    def watch(self, *, until: Callable[[], object], every_s: float = 0.02) -> None:
        """Start what dies again, until something has happened."""
        deadline = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < deadline, self._stuck()
            self.mend()
            time.sleep(every_s)

    def mend(self) -> None:
        """Replace the dead, with the orders they had; the seed moves on, or they would die at the same step again."""
        if wait([self._index], timeout=0):
            self.told.counts["index killed"] += 1
            os.close(self._index)
            self.start_index()
        for hand in [hand for hand in self.hands if hand.is_dead]:
            self.told.counts[f"{hand.role} killed"] += 1
            self._replace(hand)

    def strike(self, hand: Hand) -> None:
        """kill -9 of one process, wherever it is."""
        signal.pidfd_send_signal(hand.handle, signal.SIGKILL)

    def write_for(self, seconds: float, seed: int, *, each: Callable[[], None] = lambda: None) -> None:
        """All writers write, what dies is started again; `each` is called now and then."""
        self.begin_writing(seconds, seed)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.mend()
            each()
            time.sleep(0.02)
        self.end_writing()

    def begin_writing(self, seconds: float, seed: int) -> None:
        """Have all writers write for so long."""
        self.order(self.of("writer"), Order(seed=seed, until=time.monotonic() + seconds))

    def end_writing(self) -> None:
        """Wait until they have written, and hear what they report."""
        for hand in self.of("writer"):
            self._hear(hand)

    def settle(self) -> None:
        """Let syncs that nothing befalls work until index and database have nothing to tell each other any more."""
        self.rest("sync")
        self.order(self.of("sync"), Order(chances=CALM))
        self.watch(until=lambda: truth.is_clean() and rebuilding.building() is None)
        self.rest("sync")

    def differences(self) -> list[str]:
        """Index against database, once settled."""
        target = rebuilding.live()
        assert target is not None
        # It may still be coming back from its last death, and at another port.
        self.watch(until=self.is_answering)
        index.reset()
        return truth.differences(target)

    def _signed(self, order: Order, number: int) -> Order:
        return replace(
            order,
            seed=order.seed * 100 + number,
            actors=self.actors,
            sabotage=self.sabotage,
            model_url=self.model_url,
        )

    def _tell(self, hand: Hand, order: Order) -> None:
        hand.order = order
        self._send(hand, order)

    def _send(self, hand: Hand, order: Order | None) -> None:
        try:
            hand.connection.send(order)
        except OSError:
            return  # dead: `mend` or `_hear` will see

    def _hear(self, hand: Hand) -> None:
        """Its report; nothing of one that died."""
        order, hand.order = hand.order, None
        try:
            assert hand.connection.poll(PATIENCE_S), (
                f"no report of a {hand.role} within {PATIENCE_S:.0f} s: {order}"
            )
            self.told.add(hand.connection.recv())
        except (EOFError, OSError):
            self.told.counts[f"{hand.role} killed"] += 1
            self._replace(hand)

    def _replace(self, dead: Hand) -> None:
        self._bury(dead)
        fresh = self._born(dead.role)
        self.hands[self.hands.index(dead)] = fresh
        if dead.order is not None:
            self._tell(
                fresh, replace(dead.order, seed=random.Random(dead.order.seed).randrange(10**9), fault="")
            )

    def _born(self, role: str) -> Hand:
        handle = self.nursery.bear(role, self._door)
        connection = self._arrivals.get(timeout=PATIENCE_S)
        return Hand(connection.recv()[0], handle, connection)

    def _bury(self, hand: Hand) -> None:
        _kill(hand.handle)
        hand.connection.close()

    def _accept(self) -> None:
        while True:
            try:
                self._arrivals.put(self._listener.accept())
            except OSError:
                return  # closed

    def _stuck(self) -> str:
        waiting = [
            f"{one.key} at {one.ver}: {one.error}" for one in Claim.unscoped.filter(failures__gt=0)[:5]
        ]
        return f"it does not settle; {rebuilding.building()}; failing: {waiting}"


def _kill(handle: int) -> None:
    """Kill a process, if it lives; it is dead when this returns."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    wait([handle], timeout=10)
    os.close(handle)
