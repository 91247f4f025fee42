"""What befalls a sync between two steps, by the dice of its seed: it dies, the index dies, it fails, it stands still."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


class Misfortune(Exception):
    """A step fails for a reason that nobody foresaw."""


@dataclass
class Dice:
    """In place of `faults.point`. The numbers are chances at each point. passed: how often each was reached."""

    random: random.Random
    killed: float = 0.02
    index_killed: float = 0.004
    failing: float = 0.03
    sleeping: float = 0.08
    longest_s: float = 0.5
    passed: Counter[str] = field(default_factory=Counter)

    def point(self, name: str) -> None:
        self.passed[name] += 1
        drawn = self.random.random()
        if drawn < self.killed:
            os.kill(os.getpid(), signal.SIGKILL)
        drawn -= self.killed
        if drawn < self.index_killed:
            kill_the_index()
            return
        drawn -= self.index_killed
        if drawn < self.failing:
            raise Misfortune(name)
        drawn -= self.failing
        if drawn < self.sleeping:
            # Longer than a claim is respected: somebody else takes the records over meanwhile.
            time.sleep(self.random.random() * self.longest_s)


def kill_the_index() -> None:
    """kill -9 of the process that holds the index's folder; whoever watches it starts another."""
    folder: Path = settings.INDEX_DIR
    try:
        os.kill(int((folder / "lock").read_text()), signal.SIGKILL)
    except (ValueError, ProcessLookupError):
        return  # it is starting, or dead already
