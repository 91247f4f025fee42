"""A child that never outlives its parent: the kernel kills it when the parent dies, however the parent dies.

Without this, killing the main process of a cluster leaves its workers at work beside the restarted cluster.
As a program, `python -m crm_site.work.lifeline PARENT_PID COMMAND…` ties a command to the process that starts it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a forked child must not wait for the loader's lock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_forking_pid = os.getpid()


def tie_to_parent(parent_pid: int) -> None:
    """Die with the parent from now on; at once, when it is gone already."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal.SIGKILL)


def tie_all_forks() -> None:
    """Tie every process forked from this one, and theirs, each to its own parent.

    django-q2's `post_spawn` signal reaches only its workers; its sentinel, pusher and monitor would stay behind.
    """
    os.register_at_fork(before=_note_pid, after_in_child=_tie_fork)


def _note_pid() -> None:
    global _forking_pid
    _forking_pid = os.getpid()


def _tie_fork() -> None:
    tie_to_parent(_forking_pid)


if __name__ == "__main__":
    tie_to_parent(int(sys.argv[1]))
    # The tie survives the exec.
    os.execvp(sys.argv[2], sys.argv[2:])
