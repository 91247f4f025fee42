"""Giving memory back: a process that mostly waits should not hold what its start, or one large answer, once needed."""

from __future__ import annotations

import ctypes
import gc
import sys

M_ARENA_MAX = -8
# glibc's own; elsewhere there is nothing to do.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def settle() -> None:
    """After the start: what is loaded stays, and need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    if _libc is not None and hasattr(_libc, "mallopt"):
        # One arena for all threads: they hardly ever allocate at once.
        _libc.mallopt(M_ARENA_MAX, 1)
    trim()


def trim() -> None:
    """Give free memory back to the system: about a millisecond."""
    if _libc is not None and hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
