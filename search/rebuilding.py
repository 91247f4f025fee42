"""A new collection beside the one that is searched: registered, filled by the ordinary sync, compared, then swapped in.

Each step is noted in the database, so that a killed rebuild goes on where it was; the old collection answers and is kept
up to date all the while, because triggers note every change for both.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core import faults, heavy, scope, unit
from crm_site.core.errors import Conflict
from search import documents, embed, loading, reconciling, salvaging
from search.documents import Kind
from search.models import Claim, Dirty, Stage, Target, TargetState

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

log = logging.getLogger(__name__)
#: Documents whose length is measured for `avg_len`.
SAMPLE = 2000
LEAST_LENGTH = 8.0
#: Who has written in this database in a transaction older than the given one, and how long it has lasted; the oldest
#: such. By its locks: the horizon of snapshots would also wait for other databases of the same server, perhaps for ever.
_OLDER_WRITER = """
    SELECT older.pid, COALESCE(session.state, 'unknown'), COALESCE(EXTRACT(epoch FROM now() - session.xact_start), 0)
    FROM pg_locks older JOIN pg_locks here ON here.virtualtransaction = older.virtualtransaction
    LEFT JOIN pg_stat_activity session ON session.pid = older.pid
    WHERE older.locktype = 'transactionid' AND older.mode = 'ExclusiveLock'
    AND age(older.transactionid) > age(%s::text::xid)
    AND here.locktype = 'relation' AND here.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY 3 DESC LIMIT 1
"""
_CUTTING = f"chunks:{documents.CHUNKER_VERSION}"
UNDER_WAY = "A rebuild of the index is under way already."
#: After so many failures in a row a record is shown on the System page, and no rebuild waits for it any more.
POISON_AFTER = 5
#: A retired collection stays this long, for a process that still asks it by name.
KEEP_RETIRED = timedelta(minutes=2)


class RebuildRunning(Conflict):
    """A rebuild is under way already."""

    code = "rebuild_running"


def fingerprint(embedder: embed.Embedder | None) -> str:
    """All that shapes a vector but the mean length, which each target fixes for itself."""
    dense = f"{embedder.id}:{embedder.dimension}" if embedder else "none"
    return f"{dense}|{embed.sparse_id()}|{_CUTTING}"


def outdated(target: Target) -> list[str]:
    """What was different when the target was built, in short words; not empty: it asks for a rebuild. Asks nobody."""
    words, cutting = ["", "", *target.fingerprint.split("|")][-2:]
    said = []
    now = embed.configured_id()
    if now != target.embedder:
        said.append(f"the embedding model: {target.embedder or 'none'} then, {now or 'none'} now")
    if words != embed.sparse_id():
        said.append("how words are weighed")
    if cutting != _CUTTING:
        said.append("how texts are cut into passages")
    return said


def live() -> Target | None:
    """The target that is searched."""
    return Target.objects.filter(state=TargetState.LIVE).first()


def building() -> Target | None:
    """The target that is being filled."""
    return Target.objects.filter(state=TargetState.BUILDING).first()


def is_due() -> bool:
    """Tell whether there is no target yet, or a rebuild has a step to do. One small query."""
    rows = list(Target.objects.values_list("state", "retired_at"))
    if {state for state, _ in rows} & {TargetState.BUILDING, TargetState.LIVE} != {TargetState.LIVE}:
        return True
    before = timezone.now() - KEEP_RETIRED
    return any(retired_at is not None and retired_at < before for _, retired_at in rows)


def ensure_target() -> Target:
    """The target to fill or search; the first one is made here, and a lost collection is made anew.

    Raises IndexUnavailable, ModelUnavailable.
    """
    chosen = live() or building()
    if chosen is None:
        return start()
    _replace_lost()
    return chosen


def start() -> Target:
    """Register a new target. From its commit on every change is noted for it too. Raises RebuildRunning."""
    if building() is not None:
        raise RebuildRunning(UNDER_WAY)
    embed.reset()  # the model may give vectors of another length since this process asked last
    embedder = embed.embedder()
    name = f"crm_chunks_{uuid.uuid4().hex[:12]}"
    dimension = embedder.dimension if embedder else None
    index.create_collection(name, dimension=dimension)
    faults.point("search.collection_made")
    try:
        with unit.atomic():
            return Target.objects.create(
                collection=name,
                fingerprint=fingerprint(embedder),
                embedder=embedder.id if embedder else "",
                dimension=dimension,
                avg_len=_mean_length(),
            )
    except IntegrityError:
        index.drop_collection(name)
        raise RebuildRunning(UNDER_WAY) from None


def advance(*, until: datetime) -> Target | None:
    """Do what can be done of the rebuild under way; None when none is. Whoever calls also runs the sync."""
    _clear_leftovers()
    target = building()
    while target is not None and target.stage != Stage.DONE and timezone.now() < until:
        if not _STEPS[target.stage](target):
            break
        faults.point(f"search.rebuild_{target.stage}")
        target.refresh_from_db()
    return target


def progress(target: Target) -> tuple[int, int]:
    """(done, total) records of a rebuild."""
    left = Dirty.unscoped.filter(target=target, id__lte=target.backlog).values("key", "organization_id")
    return max(0, target.total - left.distinct().count()), target.total


def waits_for(target: Target) -> str:
    """Why a rebuild makes no step at the moment, in one line for people."""
    if target.stage != Stage.BARRIER or connection.vendor != "postgresql":
        done, total = progress(target)
        return f"{total - done} of {total} records are still to be written"
    writer = _older_writer(target)
    if writer is None:
        return "Nothing any more"
    pid, state, age_s = writer
    return f"Waits for a transaction that began before it: process {pid}, {state}, for {age_s:.0f} s"


def _pass_barrier(target: Target) -> bool:
    """Wait until every transaction that began before the registration is over: those noted nothing for this target."""
    if connection.vendor == "postgresql":
        if target.barrier is None:
            # Only now, after the registration's commit: a writer that took its own number after the registration's and
            # wrote before that commit did not see the target either.
            target.barrier = _transaction()
            Target.objects.filter(pk=target.pk).update(barrier=target.barrier)
        if _older_writer(target) is not None:
            return False
    return _go_to(target, Stage.DIRTY)


def _older_writer(target: Target) -> tuple[int, str, float] | None:
    """(process, state, seconds) of a transaction that the barrier waits for; None when all are over. PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDER_WRITER, [str((target.barrier or 0) % 2**32)])
        row: tuple[int, str, float] | None = cursor.fetchone()
        return row


def _replace_lost() -> None:
    """Make collections that the index has lost anew, and have every record written again."""
    there = index.collections()
    for target in Target.objects.filter(state__in=[TargetState.LIVE, TargetState.BUILDING]):
        if target.collection not in there:
            log.warning("The index has lost %s: every record is written again.", target.collection)
            # Listed before it is made: killed in between, the next one finds it lost again.
            with unit.atomic():
                _list_every_kind(target)
            index.create_collection(target.collection, dimension=target.dimension)
    served = {name for name, is_served in index.collections().items() if is_served}
    known = set(Target.objects.values_list("collection", flat=True))
    live_one = live()
    if live_one is not None and not served & known:
        index.serve(live_one.collection)


def _list_all(target: Target) -> bool:
    """Note every living record for this target. In one transaction with the step, so that it happens once."""
    with unit.atomic():
        if not _go_to(target, Stage.DRAIN):
            return False
        total = _list_every_kind(target)
        last = Dirty.unscoped.filter(target=target).aggregate(last=Max("id"))["last"] or 0
        Target.objects.filter(pk=target.pk).update(total=total, backlog=last)
    return True


def _list_every_kind(target: Target) -> int:
    return sum(_list(target, kind) for kind in Kind)


def _list(target: Target, kind: Kind) -> int:
    table = loading.table_of(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO search_dirty (organization_id, target_id, key, noted_at) "
            f"SELECT organization_id, %s, '{kind}:' || id, CURRENT_TIMESTAMP FROM {table} WHERE deleted_at IS NULL",
            [target.pk],
        )
        return int(cursor.rowcount)


def _drained(target: Target) -> bool:
    """The rebuild's own list is worked off; what came later is the same everyday lag that the live target has.

    Records that fail again and again are not waited for: they stay dirty, and are shown.
    """
    left = Dirty.unscoped.filter(target=target, id__lte=target.backlog)
    poison = Claim.unscoped.filter(
        target=target,
        organization_id=OuterRef("organization_id"),
        key=OuterRef("key"),
        failures__gte=POISON_AFTER,
    )
    if left.filter(~Exists(poison)).exists():
        return False
    return _go_to(target, Stage.VERIFY)


def _compare(target: Target) -> bool:
    """Anything missing is noted and drained first; only a whole collection is swapped in."""
    if any(one.why != "unreadable" for one in reconciling.heal(target)):
        last = Dirty.unscoped.filter(target=target).aggregate(last=Max("id"))["last"] or 0
        Target.objects.filter(pk=target.pk).update(stage=Stage.DRAIN, backlog=last)
        return False
    faults.point("search.compared")
    with unit.atomic():
        # Held until the swap is noted: whoever stood still before it may find another rebuild over by now, and must not
        # have the older collection searched, which nobody keeps up to date any more.
        same = Target.objects.filter(pk=target.pk, stage=Stage.VERIFY, state=TargetState.BUILDING)
        if not list(same.select_for_update(no_key=True)):
            return False
        index.serve(target.collection)
        faults.point("search.served")
        now = timezone.now()
        Target.objects.filter(state=TargetState.LIVE).update(state=TargetState.RETIRED, retired_at=now)
        same.update(state=TargetState.LIVE, stage=Stage.DONE, served_at=now)
        Dirty.unscoped.filter(target__state=TargetState.RETIRED).delete()
    return True


def _go_to(target: Target, stage: Stage) -> bool:
    """Move on, if nobody else did so meanwhile."""
    return bool(Target.objects.filter(pk=target.pk, stage=target.stage).update(stage=stage))


def _clear_leftovers() -> None:
    before = timezone.now() - KEEP_RETIRED
    for target in Target.objects.filter(state=TargetState.RETIRED, retired_at__lt=before):
        index.drop_collection(target.collection)
        target.delete()


def _transaction() -> int:
    """The number of a transaction that begins now: every one that has written anything by now has an older one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _mean_length() -> float:
    """The mean number of stems in a passage, over a sample of the newest records of every organization."""
    lengths: list[int] = []
    for organization in Organization.objects.order_by("id"):
        with scope.scope(organization):
            for kind in (Kind.COMMUNICATION, Kind.INVESTOR):
                keys = list(islice(loading.newest_keys(kind), SAMPLE))
                for chunks in salvaging.cut(keys)[0].values():
                    lengths += [len(embed.stems(chunk.text)) for chunk in chunks]
    return round(max(LEAST_LENGTH, sum(lengths) / len(lengths)), 1) if lengths else 40.0


_STEPS: dict[str, Callable[[Target], bool]] = {
    Stage.BARRIER: _pass_barrier,
    Stage.DIRTY: _list_all,
    Stage.DRAIN: _drained,
    Stage.VERIFY: _compare,
}
