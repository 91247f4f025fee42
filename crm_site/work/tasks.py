"""What django-q2 calls. Each task returns None and lets nothing escape: a result that cannot be pickled, or a failure
that django-q2 counts by itself, would make it run the task again for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import time
from functools import wraps
from typing import ParamSpec

from crm_site.work import beats, pruning, runner, schedules, statistics, sweeper
from crm_site.work import cluster as clusters

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


def scheduled(function: Callable[P, object]) -> Callable[P, None]:
    """A task that runs by the clock: also notes when it ran last and what went wrong, for the System page."""
    name = beats.of_task(f"{function.__module__}.{function.__qualname__}")

    @task
    @wraps(function)
    def noting(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except (Exception, SystemExit) as error:
            beats.record(name, f"{type(error).__name__}: {error}")
            raise
        beats.record(name)

    return noting


@task
def perform(work_id: int) -> None:
    """Make one attempt at a unit of work."""
    runner.run(work_id)


@task
def beat(cluster: str) -> None:
    """Prove that a task goes all the way through this cluster."""
    beats.record(beats.of_cluster(cluster))


@scheduled
def sweep() -> None:
    """Bring back interrupted and lost work."""
    sweeper.sweep()


@scheduled
def gather_statistics() -> None:
    """Let the planner know what has come in since yesterday."""
    statistics.gather()


@scheduled
def prune() -> None:
    """Remove what is finished and old."""
    pruning.prune()


# The supervisor sweeps and asks for beats more often; these do for workers that run without it.
schedules.register("sweep", "crm_site.work.tasks.sweep", minutes=1)
schedules.register("gather statistics", "crm_site.work.tasks.gather_statistics", daily_at=time(3, 30))
schedules.register("prune", "crm_site.work.tasks.prune", daily_at=time(3, 20))
for _cluster in clusters.CLUSTERS:
    schedules.register(
        f"beat {_cluster.name}",
        "crm_site.work.tasks.beat",
        minutes=1,
        args=(_cluster.name,),
        cluster=_cluster.name,
    )
