"""Which process holds an attempt, written so that another process can tell whether it is still alive."""

from __future__ import annotations

import os
import uuid
from functools import cache
from pathlib import Path


def token() -> str:
    """A claim of this process, unlike any other: `<machine> <pid> <start of the process> <random>`."""
    pid = os.getpid()
    return f"{_machine()} {pid} {_started(pid)} {uuid.uuid4().hex[:12]}"


def is_gone(claim: str) -> bool:
    """Tell whether the process behind a claim certainly lives no more. False for another machine: nobody can know."""
    parts = claim.split(" ")
    if len(parts) != 4 or parts[0] != _machine() or not parts[1].isdecimal():
        return False
    # The start time too: process ids come round again.
    return _started(int(parts[1])) != parts[2]


@cache
def _machine() -> str:
    """This boot and this process namespace: in containers that share a host name, the same pid is another process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:13]}.{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        # No /proc (macOS): leases alone must do.
        return f"unknown.{uuid.uuid4().hex[:12]}"


def _started(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name of the command may hold spaces and brackets; what follows the last bracket is plain. A zombie works no more.
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]
