"""A new collection beside the one that is searched: registered, filled by the ordinary sync, compared, then swapped in.

Each step is noted in the database, so that a killed rebuild goes on where it was; the old collection answers and is kept
up to date all the while, because triggers note every change for both.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection
from django.db.models import Max, QuerySet
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core import faults, heavy, scope, unit
from crm_site.core.errors import Conflict
from search import documents, embed, loading, reconciling
from search.documents import Kind
from search.models import Dirty, Stage, Target, TargetState

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

#: Documents whose length is measured for `avg_len`.
SAMPLE = 2000
LEAST_LENGTH = 8.0
#: Whether a transaction that is older than the given one has written in this database. By its locks: the horizon of
#: snapshots would also wait for other databases of the same server, perhaps for ever.
_OLDER_WRITERS = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks older JOIN pg_locks here ON here.virtualtransaction = older.virtualtransaction
        WHERE older.locktype = 'transactionid' AND older.mode = 'ExclusiveLock'
        AND age(older.transactionid) > age(%s::text::xid)
        AND here.locktype = 'relation'
        AND here.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""
#: A retired collection stays this long, for a process that still asks it by name.
KEEP_RETIRED = timedelta(minutes=2)


class RebuildRunning(Conflict):
    """A rebuild is under way already."""

    code = "rebuild_running"


def fingerprint(embedder: embed.Embedder | None) -> str:
    """All that shapes a vector but the mean length, which each target fixes for itself."""
    dense = f"{embedder.id}:{embedder.dimension}" if embedder else "none"
    return f"{dense}|{embed.sparse_id()}|chunks:{documents.CHUNKER_VERSION}"


def live() -> Target | None:
    """The target that is searched."""
    return Target.objects.filter(state=TargetState.LIVE).first()


def building() -> Target | None:
    """The target that is being filled."""
    return Target.objects.filter(state=TargetState.BUILDING).first()


def is_due() -> bool:
    """Tell whether there is no target yet, or a rebuild has a step to do."""
    return building() is not None or live() is None or _leftovers().exists()


def ensure_target() -> Target:
    """The target to fill or search; the first one is made here. Raises IndexUnavailable, ModelUnavailable."""
    return live() or building() or start()


def start() -> Target:
    """Register a new target. From its commit on every change is noted for it too. Raises RebuildRunning."""
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
                barrier=_transaction(),
            )
    except IntegrityError:
        index.drop_collection(name)
        raise RebuildRunning("A rebuild of the index is under way already.") from None


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


def _pass_barrier(target: Target) -> bool:
    """Wait until every transaction that began before the registration is over: those noted nothing for this target."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_OLDER_WRITERS, [str((target.barrier or 0) % 2**32)])
            (still_there,) = cursor.fetchone()
        if still_there:
            return False
    return _go_to(target, Stage.DIRTY)


def _list_all(target: Target) -> bool:
    """Note every living record for this target. In one transaction with the step, so that it happens once."""
    with unit.atomic():
        if not _go_to(target, Stage.DRAIN):
            return False
        total = sum(_list(target, kind) for kind in Kind)
        last = Dirty.unscoped.filter(target=target).aggregate(last=Max("id"))["last"] or 0
        Target.objects.filter(pk=target.pk).update(total=total, backlog=last)
    return True


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
    """The rebuild's own list is worked off; what came later is the same everyday lag that the live target has."""
    if Dirty.unscoped.filter(target=target, id__lte=target.backlog).exists():
        return False
    return _go_to(target, Stage.VERIFY)


def _compare(target: Target) -> bool:
    """Anything missing is noted and drained first; only a whole collection is swapped in."""
    if reconciling.heal(target):
        last = Dirty.unscoped.filter(target=target).aggregate(last=Max("id"))["last"] or 0
        Target.objects.filter(pk=target.pk).update(stage=Stage.DRAIN, backlog=last)
        return False
    index.serve(target.collection)
    faults.point("search.served")
    now = timezone.now()
    with unit.atomic():
        Target.objects.filter(state=TargetState.LIVE).update(state=TargetState.RETIRED, retired_at=now)
        Target.objects.filter(pk=target.pk).update(state=TargetState.LIVE, stage=Stage.DONE, served_at=now)
    return True


def _go_to(target: Target, stage: Stage) -> bool:
    """Move on, if nobody else did so meanwhile."""
    return bool(Target.objects.filter(pk=target.pk, stage=target.stage).update(stage=stage))


def _leftovers() -> QuerySet[Target]:
    return Target.objects.filter(state=TargetState.RETIRED, retired_at__lt=timezone.now() - KEEP_RETIRED)


def _clear_leftovers() -> None:
    for target in _leftovers():
        index.drop_collection(target.collection)
        target.delete()


def _transaction() -> int | None:
    if connection.vendor != "postgresql":
        return None  # SQLite has one writer at a time: there is no older one
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
                for document in loading.load(keys).values():
                    lengths += [len(embed.stems(chunk.text)) for chunk in documents.chunks(document)]
    return round(max(LEAST_LENGTH, sum(lengths) / len(lengths)), 1) if lengths else 40.0


_STEPS: dict[str, Callable[[Target], bool]] = {
    Stage.BARRIER: _pass_barrier,
    Stage.DIRTY: _list_all,
    Stage.DRAIN: _drained,
    Stage.VERIFY: _compare,
}
