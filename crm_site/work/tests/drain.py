"""Does the waiting work in this process, as a cluster would: for tests of what comes after an enqueue."""

from __future__ import annotations

from django.db import connection
from django_q.models import OrmQ

from crm_site.core import clock, scope
from crm_site.work import runner
from crm_site.work.models import WorkItem

LIMIT = 1_000


def drain() -> int:
    """Run all work that is due, also what it enqueues itself; return how many attempts were made.

    Failed work is put off, so it is not tried again here. Raises AssertionError when work never ends.
    """
    made = 0
    with scope.no_scope():
        while True:
            due = list(WorkItem.unscoped.due(clock.now()).values_list("pk", "queue_id"))
            if not due:
                return made
            for work_id, queue_id in due:
                OrmQ.objects.filter(pk=queue_id).delete()
                runner.run(work_id)
                made += 1
            assert made < LIMIT, f"{made} attempts and still work waiting ({connection.vendor})"
