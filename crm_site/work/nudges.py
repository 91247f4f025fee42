"""What the supervisor looks at every half second: work that database triggers leave behind, which nobody can enqueue.

A nudge asks one cheap question and enqueues work when the answer is yes. Without the supervisor the schedules do it, later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import Error

EVERY_S = 0.5
log = logging.getLogger(__name__)
_nudges: dict[str, Callable[[], object]] = {}


def register(name: str, look: Callable[[], object]) -> None:
    """Have `look` called every EVERY_S seconds while the house is up. Registering a name again replaces it."""
    _nudges[name] = look


def give() -> None:
    """Call each once. One that fails is logged and does not keep the others from theirs; a database error is raised."""
    for name, look in _nudges.items():
        try:
            look()
        except Error:
            raise
        except Exception:
            log.exception("The nudge %s failed", name)
