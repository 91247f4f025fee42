"""One process that has imported everything and opened nothing, and that forks the others: a birth takes milliseconds.

It reads a line of JSON for each child on its standard input, `{"role": …, "door": …}`, and answers with the child's pid.
When its input ends, as it does when the test dies, it takes all its children along.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import django

django.setup()

# The registry of apps must be ready before a model is imported.
from search import embed, index  # noqa: E402
from search.tests.chaos import hands  # noqa: E402

_children: set[int] = set()


def main() -> None:
    signal.signal(signal.SIGCHLD, _bury_the_dead)
    _warm(100.0)
    _say("ready")
    for line in sys.stdin:
        wanted = json.loads(line)
        if "avg_len" in wanted:
            _warm(wanted["avg_len"])
            continue
        # A child that dies at once must be known before it is buried.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _grow_up(wanted)
        _children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        _say(str(pid))
    for pid in list(_children):
        os.kill(pid, signal.SIGKILL)


def _bury_the_dead(*_: Any) -> None:
    """Runs again in the middle of itself when several die at once, so it never asks for one by name."""
    with suppress(ChildProcessError):
        while (dead := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            _children.discard(dead)


def _grow_up(wanted: dict[str, str]) -> None:
    """What the child does, for the whole of its life."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        hands.main(wanted["role"], wanted["door"])
        status = 0
    except (EOFError, OSError):
        status = 2  # the test is over
    finally:
        sys.stderr.flush()
        os._exit(status)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _warm(avg_len: float) -> None:
    """Load what every child would load for itself: the stemmer, and the classes of the index's client."""
    embed.sparse_documents(["warm"], avg_len=avg_len)
    embed.stems("warm")
    assert index.ALIAS


if __name__ == "__main__":
    main()
