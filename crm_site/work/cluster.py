"""The two clusters of workers, and what django-q2 is told about them. Read by settings: imports no models.

`fast` takes what must happen at once (capture, search sync); `llm` takes what waits for the model, so that a slow model
never blocks capture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MARGIN_S = 30
# django-q2 gives a task three seconds to die of its time-out before it terminates the worker.
GUARD_S = 3
MAX_RSS_KB = 600_000


class WrongCluster(ValueError):
    """The figures of a cluster would make a healthy task run twice. A programming error."""


@dataclass(frozen=True)
class Cluster:
    """A group of worker processes with a queue of its own.

    timeout_s: how long one attempt may take. lease_s: after that long a running attempt counts as dead.
    """

    name: str
    workers: int
    timeout_s: int

    @property
    def queue_limit(self) -> int:
        """How many tasks are fetched ahead. More only means more of them interrupted by a crash."""
        return self.workers * 2

    @property
    def retry_s(self) -> int:
        """When the queue hands a fetched task out again: its clock starts at the fetch, before the task runs."""
        return self.timeout_s * (1 + self.queue_limit // self.workers) + 2 * MARGIN_S

    @property
    def lease_s(self) -> int:
        return self.timeout_s + MARGIN_S

    def options(self) -> dict[str, Any]:
        """What differs between the clusters, in django-q2's words. Raises WrongCluster."""
        if self.retry_s <= self.timeout_s * (1 + self.queue_limit / self.workers) + MARGIN_S:
            raise WrongCluster(f"{self.name}: retry is too short, a task that waits its turn would run twice")
        if self.lease_s <= self.timeout_s + GUARD_S:
            raise WrongCluster(f"{self.name}: the lease ends before the time-out does")
        return {
            "workers": self.workers,
            "timeout": self.timeout_s,
            "retry": self.retry_s,
            "queue_limit": self.queue_limit,
        }


FAST = Cluster(name="fast", workers=2, timeout_s=60)
# Ten minutes: the longest SPARK_TIMEOUT_S that env.py allows is ended by its own clock first, not by a kill.
LLM = Cluster(name="llm", workers=2, timeout_s=600)
CLUSTERS = (FAST, LLM)


def by_name(name: str) -> Cluster:
    """The cluster of that name. Raises KeyError."""
    return {cluster.name: cluster for cluster in CLUSTERS}[name]


def configuration(default: Cluster = FAST, *others: Cluster) -> dict[str, Any]:
    """`Q_CLUSTER` for settings. A process started with `Q_CLUSTER_NAME=llm` serves that cluster instead of the default.

    `name` must be the same everywhere: it salts the signature of what is queued. Raises WrongCluster.
    """
    return {
        "name": default.name,
        **default.options(),
        "ALT_CLUSTERS": {cluster.name: cluster.options() for cluster in others or (LLM,)},
        "orm": "default",
        "broker_class": "crm_site.work.queue.Broker",
        "poll": 0.2,
        "bulk": 10,
        # A finished task leaves no row: with rows, each one locks and reads all of the earlier ones.
        "save_limit": -1,
        # After an hour of darkness a schedule runs once, not sixty times.
        "catch_up": False,
        # Only a second net: attempts are counted in WorkItem, because this one does not see a killed worker.
        "max_attempts": 5,
        "ack_failures": False,
        "guard_cycle": 0.5,
        "recycle": 500,
        "max_rss": MAX_RSS_KB,
        "log_level": "WARNING",
        "label": "Queue",
    }
