"""Named ways to read background work."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django_q.models import OrmQ

if TYPE_CHECKING:
    from crm_site.work.models import Heartbeat, WorkItem  # noqa: F401


class WorkQuerySet(models.QuerySet["WorkItem"]):
    def queued(self) -> WorkQuerySet:
        return self.filter(state="queued").order_by("next_try_at", "pk")

    def running(self) -> WorkQuerySet:
        return self.filter(state="running").order_by("started_at", "pk")

    def unfinished(self) -> WorkQuerySet:
        return self.filter(state__in=["queued", "running"]).order_by("next_try_at", "pk")

    def dead(self) -> WorkQuerySet:
        """Given up, the latest first."""
        return self.filter(state="dead").order_by("-dead_at", "-pk")

    def done_before(self, instant: datetime) -> WorkQuerySet:
        return self.filter(state="done", finished_at__lt=instant).order_by("pk")

    def due(self, now: datetime) -> WorkQuerySet:
        return self.queued().filter(next_try_at__lte=now)

    def lost(self, now: datetime) -> WorkQuerySet:
        """Due, and no row in the queue will ever deliver it: purged, or acknowledged by a worker that could not claim."""
        return self.due(now).filter(~Exists(OrmQ.objects.filter(pk=OuterRef("queue_id"))))

    def putting_off(self, now: datetime) -> WorkQuerySet:
        """Waiting on purpose, for a later try."""
        return self.queued().filter(next_try_at__gt=now)

    def moved_since(self, instant: datetime, *, cluster: str) -> WorkQuerySet:
        """Started or ended since then: proof that the cluster works."""
        return self.filter(cluster=cluster, touched_at__gt=instant, attempts__gt=0).order_by("-touched_at")

    def same_as(
        self, *, organization_id: int | None, kind: str, subject_id: int, dedupe: str
    ) -> WorkQuerySet:
        """Unfinished work on the same thing."""
        whose = Q(organization_id=organization_id) if organization_id else Q(organization__isnull=True)
        return self.unfinished().filter(whose, kind=kind, subject_id=subject_id, dedupe=dedupe)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def named(self, name: str) -> HeartbeatQuerySet:
        return self.filter(name=name).order_by("name")

    def in_order(self) -> HeartbeatQuerySet:
        return self.order_by("name")
