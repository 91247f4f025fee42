"""Background work of search: bringing the index up to date, and keeping house.

No clock and no supervisor asks for it before a page searches the index: an index that nobody asks need not be kept.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from crm_site.work import cluster, kinds
from crm_site.work import services as work
from search import rebuilding, sync
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


def lag_s() -> float:
    """Age of the oldest change that the index has not learned of, in seconds; 0 when there is none. Found by row order."""
    oldest = Dirty.unscoped.aggregate(oldest=Min("noted_at"))["oldest"]
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


kinds.register(SYNC, bring_up_to_date, cluster=cluster.FAST.name)
