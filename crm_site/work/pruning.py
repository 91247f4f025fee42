"""Takes away what is finished and old. Dead work stays until somebody retries it."""

from __future__ import annotations

from datetime import timedelta

from django_q.models import OrmQ, Task

from crm_site.core import clock
from crm_site.work.models import IdempotencyKey, WorkItem

KEEP_DONE = timedelta(days=14)
KEEP_FAILURES = timedelta(days=14)
# A key is promised to hold for a day.
KEEP_KEYS = timedelta(hours=48)
# A row that nobody fetched for a week belongs to a cluster that is gone; its work is swept up again.
KEEP_QUEUE = timedelta(days=7)
BATCH = 1_000


def prune() -> int:
    """Remove old rows in small transactions, so that nobody waits for one large one; return how many."""
    now = clock.now()
    gone = 0
    for rows in (
        WorkItem.unscoped.done_before(now - KEEP_DONE),
        Task.objects.filter(stopped__lt=now - KEEP_FAILURES).order_by("pk"),
        IdempotencyKey.unscoped.filter(created_at__lt=now - KEEP_KEYS).order_by("pk"),
        OrmQ.objects.filter(lock__lt=now - KEEP_QUEUE).order_by("pk"),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            rows.model._base_manager.filter(pk__in=ids).delete()
            gone += len(ids)
    return gone
