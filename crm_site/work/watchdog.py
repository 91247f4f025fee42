"""Tells a wedged cluster from a busy or an idle one.

django-q2 cannot: a worker that is killed while it waits takes the lock of the internal queue with it, and from then on
nothing runs while every process looks alive. So the supervisor sends a task of its own through and waits for its effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from crm_site.core import clock
from crm_site.work import beats, claimant, queue
from crm_site.work import cluster as clusters
from crm_site.work.models import WorkItem

BEAT = "crm_site.work.tasks.beat"
# Importing the application and forking the workers takes a while on a slow machine.
BOOT = timedelta(seconds=30)
# The supervisor looks every few seconds; a longer gap means that it could not.
BLIND = timedelta(seconds=15)


@dataclass(frozen=True)
class Signs:
    """What the database knows of a cluster. busy: attempts under way in processes that live."""

    beat_at: datetime | None
    moved_at: datetime | None
    busy: int


class Verdict(Enum):
    FINE = "fine"
    ASK = "ask for a beat"
    WEDGED = "restart it"


@dataclass
class Watch:
    """The watch over one cluster.

    every: how often a beat is asked for. patience: how long nothing may move while one is outstanding.
    fetched: what the cluster held unclaimed when the last beat was asked for, see `sweeper.fetched`.
    """

    cluster: clusters.Cluster
    every: timedelta
    patience: timedelta
    asked_at: datetime | None = None
    looked_at: datetime | None = None
    waiting_since: datetime | None = None
    fetched: dict[int, datetime] = field(default_factory=dict)

    def restarted(self, now: datetime) -> None:
        """Forget what was asked of the processes that are gone, and let the new ones come up."""
        self.asked_at = self.looked_at = None
        self.fetched = {}
        self.waiting_since = now + BOOT

    def asked(self, now: datetime, fetched: dict[int, datetime] | None = None) -> None:
        """A beat was put on the queue. Only one is outstanding at a time: a dead cluster's queue must not grow."""
        self.asked_at = now
        self.fetched = fetched or {}
        self.waiting_since = max(now, self.waiting_since or now)

    def look(self, now: datetime, signs: Signs) -> Verdict:
        """Judge the cluster by what the database knows of it."""
        blind = self.looked_at is not None and now - self.looked_at > BLIND
        self.looked_at = now
        if self.asked_at is None:
            return Verdict.ASK
        if signs.beat_at is not None and signs.beat_at >= self.asked_at:
            self.waiting_since = None
            return Verdict.ASK if now - self.asked_at >= self.every else Verdict.FINE
        # All hands at work is long, but under the time-out, after which they are free or dead. And while the machine slept
        # or the database was away, nobody could have answered.
        excused = blind or signs.busy >= self.cluster.workers
        since = max(
            filter(None, [self.asked_at, self.waiting_since, signs.moved_at, now if excused else None])
        )
        self.waiting_since = since
        return Verdict.WEDGED if now - since > self.patience else Verdict.FINE


def signs_of(cluster: clusters.Cluster) -> Signs:
    """Read what the database knows. Raises django.db.Error."""
    now = clock.now()
    at_work = WorkItem.unscoped.running().filter(cluster=cluster.name, lease_until__gt=now)
    claims = at_work.values_list("claimed_by", flat=True)[: cluster.workers * 4]
    moved = WorkItem.unscoped.moved_since(now - timedelta(hours=1), cluster=cluster.name)
    return Signs(
        beat_at=beats.last(beats.of_cluster(cluster.name)),
        moved_at=moved.values_list("touched_at", flat=True).first(),
        busy=sum(not claimant.is_gone(claim) for claim in claims),
    )


def ask(cluster: clusters.Cluster) -> None:
    """Put a beat on the cluster's queue."""
    queue.put(BEAT, cluster.name, cluster=cluster.name)
