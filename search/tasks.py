"""Background work of search: bringing the index up to date, rebuilding it, and keeping house.

The supervisor looks each half second, a schedule each minute for workers that run without one. Nothing here loads the
index's client or the embedder before there is something to do.
"""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Q
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core.errors import Unavailable
from crm_site.core.scope import scope
from crm_site.work import cluster, doctor, kinds, nudges, schedules
from crm_site.work import services as work
from crm_site.work import tasks as by_clock
from crm_site.work.doctor import Finding, Verdict
from crm_site.work.models import UNFINISHED, State, WorkItem
from search import condition, freshness, pulse, rebuilding, reconciling, sync, vectors
from search.models import Stage

SYNC, RECONCILE, REBUILD = "search.sync", "search.reconcile", condition.REBUILD_WORK
#: One turn; what is left goes into the next, so that capture is never blocked for long.
TURN = timedelta(seconds=20)
#: After a sync was given up for a reason nobody foresaw, so long nobody asks for another.
AFTER_GIVING_UP = timedelta(minutes=15)


def bring_up_to_date(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Work off what is dirty, of all organizations. Its writes are its own: each record is acknowledged by itself.

    The index or the embedder being away is noted, not raised: the dirty rows wait, and `look` asks again after a rest.
    """
    until = timezone.now() + TURN
    try:
        rebuilding.ensure_target()
        sync.run(until=until)
        target = rebuilding.advance(until=until)
    except Unavailable as error:
        pulse.failed(error.message)
        return None
    if sync.is_due() and not pulse.is_resting():
        return _ask
    if target is not None and target.stage != Stage.DONE:
        pulse.failed(rebuilding.waits_for(target), name=pulse.REBUILD)
    else:
        pulse.worked(name=pulse.REBUILD)
    return None


def rebuild(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Register a rebuild, as a member asked; the syncs that follow take it to its end."""
    try:
        rebuilding.start()
    except rebuilding.RebuildRunning:
        return None
    return _ask


def reconcile(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Compare one organization's part of the index with the database, have differences written anew, and tidy up."""
    target = rebuilding.live()
    if organization_id is None or target is None:
        return None
    reconciling.nightly(target)
    vectors.forget_unused()
    return None


def look() -> bool:
    """Ask for a sync when something waits and nobody is at it. True when it did. Costs two small queries when idle.

    An embedded index that has never been started is no failure: it has just not been up yet.
    """
    if not _has_reason() or not freshness.has_index() or _is_asked():
        return False
    _ask()
    return True


@by_clock.scheduled
def look_by_clock() -> None:
    """The supervisor looks more often; this does for workers that run without it."""
    look()


@by_clock.scheduled
def ask_for_reconciling() -> None:
    """Have every organization's part of the index compared with the database."""
    for organization in Organization.objects.order_by("id"):
        with scope(organization):
            work.enqueue(organization_id=organization.pk, kind=RECONCILE, subject_id=0)


def _ask() -> None:
    work.enqueue(organization_id=None, kind=SYNC, subject_id=0)


def _has_reason() -> bool:
    """A dirty row that is due, or a step of a rebuild; neither while it rests from having failed."""
    if not sync.is_due():
        return rebuilding.is_due() and not pulse.is_resting() and not pulse.is_resting(name=pulse.REBUILD)
    return not pulse.is_resting()


def _is_asked() -> bool:
    given_up = Q(state=State.DEAD, dead_at__gt=timezone.now() - AFTER_GIVING_UP)
    return bool(WorkItem.unscoped.filter(UNFINISHED | given_up, kind=SYNC).exists())


def search_index() -> Finding:
    """Whether the index answers and is up to date; what it lacks, and how a person mends that."""
    found = condition.now()
    said = [found.where, "answers" if found.is_up else found.detail]
    said += [f"{found.waiting} changes wait, the oldest for {found.lag_s:.0f} s"] if found.waiting else []
    said += [f"dense vectors by {found.embedder}" if found.embedder else "words only: no embedding model"]
    said += [f"rebuild: {found.rebuild.said}"] if found.rebuild else []
    degraded = [f"{found.failing} records fail"] if found.failing else []
    degraded += [found.trouble] if found.trouble else []
    degraded += [
        f"changed since it was built: {reason} (manage.py reindex --recreate)" for reason in found.outdated
    ]
    is_well = found.is_up and not degraded and found.lag_s < condition.LATE_S
    # Never down: without the index the database answers searches.
    return Finding(Verdict.OK if is_well else Verdict.WARN, "; ".join([*said, *degraded]))


doctor.register("search index", search_index)
kinds.register(REBUILD, rebuild, cluster=cluster.FAST.name)
kinds.register(SYNC, bring_up_to_date, cluster=cluster.FAST.name)
# Reads every record: minutes for a large organization.
kinds.register(RECONCILE, reconcile, cluster=cluster.LLM.name)
nudges.register("search index", look)
schedules.register("look for the search index", "search.tasks.look_by_clock", minutes=1)
schedules.register("reconcile the search index", "search.tasks.ask_for_reconciling", daily_at=time(3, 40))
