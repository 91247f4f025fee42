"""Named points at which a test can kill the process, to prove that nothing is lost or doubled there."""

from __future__ import annotations

import os
import signal
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Kill this process, as a power cut would, when `FAULT` is `name` or `name:n` (its n-th passing). Else nothing."""
    if not settings.FAULT:
        return
    wanted, _, nth = settings.FAULT.partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
