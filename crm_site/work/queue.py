"""The queue on the database itself: first in, first out, with a delivery that can be put off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_q import tasks as django_q_tasks
from django_q.brokers.orm import ORM
from django_q.models import OrmQ

from crm_site.core import clock
from crm_site.work.models import WorkItem

PERFORM = "crm_site.work.tasks.perform"


class Broker(ORM):  # type: ignore[misc]
    """django-q2's own broker, except that it keeps the order and tells which row it made."""

    not_before: datetime | None = None
    row_id: int | None = None

    def get_connection(self, list_key: str | None = None) -> Any:
        # django-q2 asks without an order: under load PostgreSQL may then starve the oldest rows.
        return super().get_connection(list_key).order_by("lock", "pk")

    def enqueue(self, task: str) -> int:
        row: OrmQ = OrmQ.objects.create(key=self.list_key, payload=task, lock=self.not_before or clock.now())
        self.row_id = int(row.pk)
        return self.row_id


def put(function: str, *args: int | str, cluster: str, not_before: datetime | None = None) -> int:
    """Queue a call inside the caller's transaction; return the queue's row id. Arguments are ids only.

    The payload is a pickle that anybody who can read the table can read: no personal data in it.
    """
    broker = Broker(list_key=cluster)
    broker.not_before = not_before
    django_q_tasks.async_task(function, *args, broker=broker)
    assert broker.row_id is not None
    return broker.row_id


def deliver(work: WorkItem) -> None:
    """Put the work on its cluster's queue, to be handed out when its next try is due."""
    row_id = put(PERFORM, work.pk, cluster=work.cluster, not_before=work.next_try_at)
    WorkItem.unscoped.filter(pk=work.pk).update(queue_id=row_id, enqueued_at=clock.now())
    work.queue_id = row_id
