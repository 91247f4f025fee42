"""Facts on how background work is doing, for `/readyz`, `doctor` and the System page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django_q.models import OrmQ

from crm_site.core import clock
from crm_site.work import beats
from crm_site.work import cluster as clusters
from crm_site.work.models import Heartbeat, WorkItem
from crm_site.work.querysets import WorkQuerySet

# A schedule asks each minute; two may be missed before somebody is alarmed.
FRESH = timedelta(seconds=150)


@dataclass(frozen=True)
class ClusterHealth:
    """One cluster. depth: work waiting that is due; oldest_s: how long the longest of it has been due.

    queue_rows: what django-q2's queue holds for it. beat_s: seconds since the last sign of life, None if there is none.
    """

    name: str
    workers: int
    depth: int
    put_off: int
    running: int
    oldest_s: float
    queue_rows: int
    beat_s: float | None

    @property
    def is_beating(self) -> bool:
        return self.beat_s is not None and self.beat_s <= FRESH.total_seconds()


@dataclass(frozen=True)
class Trouble:
    """A scheduled task whose last run failed."""

    task: str
    at: datetime
    detail: str


@dataclass(frozen=True)
class Health:
    """All of it. dead: number of works given up, over all organizations."""

    clusters: tuple[ClusterHealth, ...]
    dead: int
    troubles: tuple[Trouble, ...]

    @property
    def is_beating(self) -> bool:
        return all(cluster.is_beating for cluster in self.clusters)


def now() -> Health:
    """The present state. Counts only, over all organizations: no names, no subjects."""
    # Not `objects`: one set of workers serves every organization.
    failed = Heartbeat.objects.in_order().filter(name__startswith=beats.of_task("")).exclude(detail="")
    return Health(
        clusters=tuple(_cluster(cluster) for cluster in clusters.CLUSTERS),
        dead=WorkItem.unscoped.dead().count(),
        troubles=tuple(
            Trouble(row.name.removeprefix(beats.of_task("")), row.beat_at, row.detail) for row in failed
        ),
    )


def dead_work() -> WorkQuerySet:
    """Work given up in the organization in scope, the latest first."""
    return WorkItem.objects.dead()


def unapplied_migrations() -> list[str]:
    """Names of migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _cluster(cluster: clusters.Cluster) -> ClusterHealth:
    instant = clock.now()
    mine = WorkItem.unscoped.filter(cluster=cluster.name)
    due = mine.due(instant).order_by().aggregate(depth=Count("pk"), oldest=Min("next_try_at"))
    beat_at = beats.last(beats.of_cluster(cluster.name))
    return ClusterHealth(
        name=cluster.name,
        workers=cluster.workers,
        depth=due["depth"],
        put_off=mine.putting_off(instant).count(),
        running=mine.running().count(),
        oldest_s=(instant - due["oldest"]).total_seconds() if due["oldest"] else 0.0,
        queue_rows=OrmQ.objects.filter(key=cluster.name).count(),
        beat_s=(instant - beat_at).total_seconds() if beat_at else None,
    )
