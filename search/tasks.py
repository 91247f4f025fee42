"""Background work of search: bringing the index up to date, and keeping house."""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Min
from django.utils import timezone

from crm_site.work import cluster, kinds, nudges, schedules, tasks
from crm_site.work import services as work
from search import rebuilding, reconciling, sync
from search.models import Dirty

SYNC = "search.sync"
#: One turn; what is left goes into the next, so that capture is never blocked for long.
TURN = timedelta(seconds=20)


def bring_up_to_date(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Work off what is dirty, of all organizations. Its writes are its own: each record is acknowledged by itself."""
    until = timezone.now() + TURN
    rebuilding.ensure_target()
    sync.run(until=until)
    rebuilding.advance(until=until)
    return None


def look() -> bool:
    """Ask for a sync when something waits. True when it did."""
    if not sync.is_due() and not rebuilding.is_due():
        return False
    work.enqueue(organization_id=None, kind=SYNC, subject_id=0)
    return True


@tasks.scheduled
def nudge() -> None:
    """The same by the clock, for workers that run without the supervisor."""
    look()


def lag_s() -> float:
    """Age of the oldest change that the index has not learned of, in seconds; 0 when there is none. Found by row order."""
    oldest = Dirty.unscoped.aggregate(oldest=Min("noted_at"))["oldest"]
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


@tasks.scheduled
def reconcile() -> None:
    """Compare the index with the database, and have what differs written anew."""
    reconciling.heal()


kinds.register(SYNC, bring_up_to_date, cluster=cluster.FAST.name)
nudges.register("search", look)
schedules.register("index sync", "search.tasks.nudge", minutes=1)
schedules.register("index reconcile", "search.tasks.reconcile", daily_at=time(2, 40))
