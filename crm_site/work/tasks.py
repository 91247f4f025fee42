"""What django-q2 calls. Each task returns None and lets nothing escape: a result that cannot be pickled, or a failure
that django-q2 counts by itself, would make it run the task again for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from crm_site.work import runner

P = ParamSpec("P")
log = logging.getLogger(__name__)


def task(function: Callable[P, object]) -> Callable[P, None]:
    """Make a function safe to be called by django-q2. Every task of the house wears this."""

    @wraps(function)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except (Exception, SystemExit):
            log.exception("Task %s failed", function.__qualname__)

    return safe


@task
def perform(work_id: int) -> None:
    """Make one attempt at a unit of work."""
    runner.run(work_id)
