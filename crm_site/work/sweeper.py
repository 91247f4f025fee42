"""Brings back what fell out of the queue or died in a worker's hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django_q.models import OrmQ

from crm_site.core import clock, unit
from crm_site.work import attempts, claimant, queue
from crm_site.work.models import State, WorkItem

SWEEP_LIMIT = 500


@dataclass(frozen=True)
class Swept:
    """What one sweep found: interrupted attempts, of those given up, and queued work that the queue had lost."""

    interrupted: int = 0
    dead: int = 0
    requeued: int = 0


def sweep() -> Swept:
    """Bring back what fell out: attempts whose worker died, and due work that no queue row will deliver.

    Reads first and writes only what it found, so that an idle house writes nothing.
    """
    now = clock.now()
    interrupted = dead = 0
    for work in WorkItem.unscoped.running()[:SWEEP_LIMIT]:
        if (work.lease_until is not None and work.lease_until < now) or claimant.is_gone(work.claimed_by):
            outcome = attempts.interrupt(work)
            interrupted += outcome is not None
            dead += outcome == State.DEAD
    requeued = sum(_requeue_lost(work) for work in WorkItem.unscoped.lost(now)[:SWEEP_LIMIT])
    return Swept(interrupted=interrupted, dead=dead, requeued=requeued)


@unit.atomic
def _requeue_lost(work: WorkItem) -> bool:
    still = WorkItem.unscoped.filter(pk=work.pk, state=State.QUEUED, queue_id=work.queue_id)
    if not still.update(enqueued_at=clock.now()):
        return False
    queue.deliver(work)
    return True


@unit.atomic
def release(*, cluster: str) -> int:
    """Hand out at once what a killed cluster had fetched; only for one whose whole process group is gone.

    Otherwise those rows would wait for `retry`, which is minutes. Work put off on purpose stays put off.
    """
    now = clock.now()
    put_off = WorkItem.unscoped.putting_off(now).filter(queue_id__isnull=False).values("queue_id")
    fetched = OrmQ.objects.filter(key=cluster, lock__gt=now).exclude(pk__in=put_off)
    return int(fetched.update(lock=now))


def fetched(*, cluster: str) -> dict[int, datetime]:
    """Queue rows that the cluster has fetched and whose work no worker has claimed yet, with the time of their lock."""
    now = clock.now()
    waiting = WorkItem.unscoped.due(now).filter(cluster=cluster, queue_id__isnull=False).values("queue_id")
    rows = OrmQ.objects.filter(key=cluster, lock__gt=now, pk__in=waiting)
    return dict(rows.order_by("pk").values_list("pk", "lock"))


def release_overtaken(*, cluster: str, earlier: Mapping[int, datetime]) -> int:
    """Hand out again what was `fetched` before a beat that has come back since, and is still not claimed.

    The way through a cluster keeps the order, so the beat cannot have overtaken it: it was in the hands of a pusher or a
    worker that died, and would wait for `retry`. Should a worker be about to claim it, the second delivery does nothing.
    """
    lost = [row for row, lock in fetched(cluster=cluster).items() if earlier.get(row) == lock]
    return int(OrmQ.objects.filter(pk__in=lost).update(lock=clock.now())) if lost else 0
