"""Bringing the index up to date, so that no change is ever lost (search.md 5c).

A record is claimed (its version goes up, committed), then its dirty rows and its state are read in one snapshot, its
passages are written under that version, and exactly the dirty rows that were read are deleted, if nobody claimed it since.
Whatever dies on the way, the dirty rows are still there; whatever comes late, the index keeps the higher version.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from crm_site.core import clock, faults, heavy, scope, text, unit
from crm_site.core.errors import Unavailable
from search import documents, embed, loading, pulse, vectors
from search.documents import Chunk, Document
from search.indexed import Passage
from search.models import Claim, Dirty, Target, TargetState
from search.words import Sparse

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

log = logging.getLogger(__name__)
#: Records taken at once: one snapshot, one call to the embedder, one write.
BATCH = 64
#: A claimed record is left alone for so long by others. Only saves work: correctness does not rest on it.
BUSY_S = 20.0
RETRY_BASE_S, RETRY_MOST_S = 5.0, 900.0
#: Nobody counts beyond; the column is small.
MOST_FAILURES = 1000


@dataclass(frozen=True)
class Batch:
    """Records of one organization for one target, claimed. claims: key → version."""

    target: Target
    organization_id: int
    claims: dict[str, int]


@dataclass
class Seen:
    """What one snapshot showed. dirty: ids by key. A key without a document is gone."""

    dirty: dict[str, list[int]] = field(default_factory=dict)
    found: dict[str, Document] = field(default_factory=dict)


def run(*, until: datetime | None = None, strict: bool = False) -> int:
    """Work until nothing due is dirty, or the time is over. Returns how many records were brought up to date.

    The index or the embedder being down ends it quietly: the dirty rows wait, and `pulse` knows why. strict: raises it.
    """
    done = 0
    went_well = True
    while until is None or timezone.now() < until:
        batch = claim()
        if batch is None:
            break
        try:
            done += _attempt(batch)
        except Unavailable as error:
            went_well = False
            _wait(batch, error.message)
            pulse.failed(error.message)
            if isinstance(error, vectors.DimensionChanged):
                continue  # of one target only: a rebuild beside it, which cures this, must go on
            if strict:
                raise
            break
    if done and went_well:
        pulse.worked()
    return done


def hurry(*, below: int = MOST_FAILURES + 1) -> None:
    """Have what is put off tried at once: somebody asks, and may just have mended what was wrong.

    below: only what has failed less often than that.
    """
    Claim.unscoped.filter(next_try_at__isnull=False, failures__lt=below).update(next_try_at=None)


def in_hand() -> bool:
    """Tell whether something dirty is in the hands of another worker, or put off for a moment, but not failing."""
    others = Claim.unscoped.filter(
        Q(busy_until__gt=timezone.now()) | Q(next_try_at__isnull=False), failures=0
    )
    theirs = others.filter(target_id=OuterRef("target_id"), key=OuterRef("key"))
    return _active().filter(Exists(theirs.filter(organization_id=OuterRef("organization_id")))).exists()


def is_due() -> bool:
    """Tell whether anything waits that is not put off or in hand already. One cheap question when nothing waits."""
    return Dirty.unscoped.exists() and _due(timezone.now(), None).exists()


def claim(*, only: Sequence[str] | None = None) -> Batch | None:
    """Take up to BATCH dirty records of one organization and one target, oldest change first; None when none is due."""
    now = timezone.now()
    # Only the first rows are looked at: to sort all that wait, each time, would cost the more the more there are.
    rows = list(
        _due(now, only).order_by("id").values_list("organization_id", "target_id", "key")[: BATCH * 4]
    )
    if not rows:
        return None
    organization_id, target_id, _ = rows[0]
    same = (key for *whose, key in rows if whose == [organization_id, target_id])
    versions = _take(organization_id, target_id, list(dict.fromkeys(same))[:BATCH], now)
    faults.point("search.claimed")
    return Batch(Target.objects.get(pk=target_id), organization_id, versions)


def bring_up_to_date(batch: Batch) -> int:
    """Write what the claimed records say now, and acknowledge it. Returns how many records that were."""
    with scope.scope(batch.organization_id):
        seen = read(batch)
        faults.point("search.read")
        write(batch, seen)
        faults.point("search.written")
        return acknowledge(batch, seen)


def read(batch: Batch) -> Seen:
    """Dirty rows and state of the records in one snapshot: what is acknowledged later is what was seen."""
    with _snapshot():
        seen = Seen()
        rows = Dirty.objects.filter(target=batch.target, key__in=list(batch.claims))
        for row_id, key in rows.values_list("id", "key"):
            seen.dirty.setdefault(key, []).append(row_id)
        seen.found = loading.load(batch.claims)
        return seen


def write(batch: Batch, seen: Seen) -> None:
    """Put the passages into the index, and tombstones where there were more. Raises IndexUnavailable, ModelUnavailable."""
    target = batch.target
    cut = {key: documents.chunks(document) for key, document in seen.found.items()}
    every = [chunk for chunks in cut.values() for chunk in chunks]
    dense: dict[str, list[float]] = {}
    if target.dimension:
        dense = vectors.of(
            every,
            organization_id=batch.organization_id,
            embedder=target.embedder,
            dimension=target.dimension,
        )
    most = _announce(batch, cut)
    faults.point("search.announced")
    weights = embed.sparse_documents([chunk.text for chunk in every], avg_len=target.avg_len or 1.0)
    words = dict(zip([chunk.hash for chunk in every], weights, strict=True))
    passages: dict[int, list[Passage]] = {}
    for key in cut.keys() & most.keys():
        passages.setdefault(batch.claims[key], []).extend(
            _passage(seen.found[key], chunk, words=words[chunk.hash], dense=dense.get(chunk.hash))
            for chunk in cut[key]
        )
    # One write for all records of one version: nearly all of a rebuild's are.
    for ver, same in passages.items():
        index.upsert(
            organization_id=batch.organization_id, collection=target.collection, passages=same, ver=ver
        )
    today = clock.today()
    for key, burying in most.items():
        index.bury(
            organization_id=batch.organization_id,
            collection=target.collection,
            key=key,
            numbers=range(len(cut.get(key, ())), burying),
            ver=batch.claims[key],
            day=today,
        )


def acknowledge(batch: Batch, seen: Seen) -> int:
    """Delete exactly the dirty rows that were read, of the records that nobody has claimed since."""
    with unit.atomic():
        still = [row.key for row in _still_ours(batch)]
        ids = [row_id for key in still for row_id in seen.dirty.get(key, ())]
        Dirty.objects.filter(id__in=ids).delete()
        Claim.objects.filter(target=batch.target, key__in=still).update(
            busy_until=None, failures=0, next_try_at=None, error=""
        )
    return len(still)


def _due(now: datetime, only: Sequence[str] | None) -> QuerySet[Dirty]:
    # No claim sets a time further off than this: one that stands there is of a clock that was set back since.
    in_hand = Q(busy_until__gt=now, busy_until__lte=now + timedelta(seconds=BUSY_S))
    put_off = Q(next_try_at__gt=now, next_try_at__lte=now + timedelta(seconds=RETRY_MOST_S))
    waiting = Claim.unscoped.filter(in_hand | put_off)
    taken = waiting.filter(target_id=OuterRef("target_id"), key=OuterRef("key")).filter(
        organization_id=OuterRef("organization_id")
    )
    chosen = _active() if only is None else _active().filter(key__in=only)
    return chosen.filter(~Exists(taken))


def _active() -> QuerySet[Dirty]:
    return Dirty.unscoped.filter(target__state__in=[TargetState.BUILDING, TargetState.LIVE])


def _take(organization_id: int, target_id: int, keys: Sequence[str], now: datetime) -> dict[str, int]:
    """Make the next version of each record ours. Committed before anything is read."""
    busy_until = now + timedelta(seconds=BUSY_S)
    with unit.atomic():
        Claim.unscoped.bulk_create(
            [
                Claim(organization_id=organization_id, target_id=target_id, key=key, ver=0)
                for key in sorted(keys)
            ],
            ignore_conflicts=True,
        )
        rows = Claim.unscoped.filter(organization_id=organization_id, target_id=target_id, key__in=keys)
        locked = list(rows.order_by("pk").select_for_update())
        rows.update(ver=F("ver") + 1, busy_until=busy_until)
        return {row.key: row.ver + 1 for row in locked}


def _announce(batch: Batch, cut: dict[str, list[Chunk]]) -> dict[str, int]:
    """Say how many passages will be written, before they are; return, of the records still ours, how far to bury.

    Whoever claims later sees the number and buries that far. Whoever finds here that somebody claimed later writes
    nothing: that one may not know of the passages, and would leave them standing.
    """
    with unit.atomic():
        most = {row.key: row.most_chunks for row in _still_ours(batch)}
        grown: dict[int, list[str]] = {}
        for key in most:
            if len(cut.get(key, ())) > most[key]:
                most[key] = len(cut[key])
                grown.setdefault(most[key], []).append(key)
        for number, keys in grown.items():
            Claim.objects.filter(target=batch.target, key__in=keys).update(most_chunks=number)
    return most


def _still_ours(batch: Batch) -> list[Claim]:
    """The claims that nobody has taken over since, locked until the transaction ends."""
    rows = Claim.objects.filter(target=batch.target, key__in=list(batch.claims)).order_by("pk")
    return [row for row in rows.select_for_update() if row.ver == batch.claims[row.key]]


def _passage(document: Document, chunk: Chunk, *, words: Sparse, dense: list[float] | None) -> Passage:
    return Passage(
        key=document.key,
        number=chunk.number,
        hash=chunk.hash,
        kind=document.kind,
        words=words,
        dense=dense,
        investor_id=document.investor_id,
        contact_ids=document.contact_ids,
        owner_id=document.owner_id,
        on=document.on,
        graveyard=document.graveyard,
    )


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database for all reads inside. SQLite's transactions are that already."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _attempt(batch: Batch) -> int:
    """Bring it up to date; a record that spoils the batch is found: the others go on, it waits and is named.

    Raises Unavailable, which is no record's fault, and what the database raises when it is away.
    """
    try:
        return bring_up_to_date(batch)
    except (Unavailable, OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(batch.claims) == 1:
            log.exception("A record cannot be brought into the index: %s", next(iter(batch.claims)))
            _put_off(batch, f"{type(error).__name__}: {error}")
            return 0
    return sum(_attempt(_claim_again(batch, key)) for key in batch.claims)


def _claim_again(batch: Batch, key: str) -> Batch:
    """One of its records, for a second try. Under a new version: of what the first try had written already the index would
    refuse a later state under the old one, and the change would be acknowledged all the same."""
    versions = _take(batch.organization_id, batch.target.pk, [key], timezone.now())
    return Batch(batch.target, batch.organization_id, versions)


def _wait(batch: Batch, why: str) -> None:
    """Try again soon: it is the index or the embedder that fails, not these records."""
    with scope.scope(batch.organization_id):
        for key, ver in batch.claims.items():
            Claim.objects.filter(target=batch.target, key=key, ver=ver).update(
                next_try_at=timezone.now() + timedelta(seconds=RETRY_BASE_S),
                busy_until=None,
                error=text.shorten(why, 300),
            )


def _put_off(batch: Batch, why: str) -> None:
    now = timezone.now()
    with scope.scope(batch.organization_id):
        for row in Claim.objects.filter(target=batch.target, key__in=list(batch.claims)):
            pause_s = min(RETRY_BASE_S * 2 ** min(row.failures, 10), RETRY_MOST_S)
            Claim.objects.filter(pk=row.pk, ver=batch.claims[row.key]).update(
                failures=Least(F("failures") + 1, MOST_FAILURES),
                next_try_at=now + timedelta(seconds=pause_s),
                busy_until=None,
                error=text.shorten(why, 300),
            )
