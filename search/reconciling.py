"""Proof that the index says what the database says, and the mending of what differs: a lost collection, a restored one,
somebody's hand. Not needed for everyday changes, which the sync never loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core import clock, heavy, scope, spark, unit
from crm_site.work import beats
from search import documents, embed, loading, salvaging, vectors
from search.documents import Kind
from search.indexed import Stored
from search.models import Claim, Dirty, Target, TargetState

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

BATCH = 500
#: Tombstones older than this are removed: no writer can still be on its way for so long.
KEEP_TOMBSTONES = timedelta(days=2)


@dataclass(frozen=True)
class Drift:
    """One record that differs.

    why: "missing", "stale", "ghost" (in the index, not in the database), "unreadable" (in the database, by nobody) or
    "damaged" (a point of the index that says of no record; key is then its id).
    """

    organization_id: int
    key: str
    why: str


@dataclass
class _There:
    """What the index holds of one organization. held: key → number → passage. most: key → (highest version, passages).

    vers, dirty: what was claimed last, and what was known to differ, before the index was read.
    """

    vers: dict[str, int]
    dirty: set[str]
    held: dict[str, dict[int, Stored]] = field(default_factory=dict)
    most: dict[str, tuple[int, int]] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)


def beat_of(organization_id: int) -> str:
    """The name of the heartbeat that tells of an organization's last nightly comparison."""
    return f"search reconcile {organization_id}"


def drift(target: Target) -> list[Drift]:
    """Every record in which index and database differ, apart from those that are dirty and so known to."""
    found: list[Drift] = []
    for organization in Organization.objects.order_by("id"):
        with scope.scope(organization):
            found += _compare(target, organization.pk, _read_index(target, organization.pk))
    return found


def heal(target: Target | None = None) -> list[Drift]:
    """Have what differs written anew; return it. Without a target: the one that is searched."""
    chosen = target or Target.objects.filter(state=TargetState.LIVE).first()
    if chosen is None:
        return []
    found: list[Drift] = []
    for organization in Organization.objects.order_by("id"):
        with scope.scope(organization):
            found += _mend(chosen, organization.pk)
    return found


def nightly(target: Target) -> list[Drift]:
    """Heal the organization in scope, renew what keeps its vectors, remove old tombstones, and note how it went."""
    organization_id = scope.current_id()
    found = _mend(target, organization_id, renew=True)
    before = clock.today() - KEEP_TOMBSTONES
    index.clear_tombstones(organization_id=organization_id, collection=target.collection, before=before)
    beats.record(beat_of(organization_id), summary(found))
    return found


def summary(found: Iterable[Drift]) -> str:
    """Such as “2 missing, 1 stale”; empty when nothing differs."""
    counted = Counter(one.why for one in found)
    return ", ".join(f"{number} {why}" for why, number in sorted(counted.items()))


def _mend(target: Target, organization_id: int, *, renew: bool = False) -> list[Drift]:
    there = _read_index(target, organization_id)
    _learn(target, organization_id, there.most)
    there.vers |= {key: max(ver, there.vers.get(key, 0)) for key, (ver, _) in there.most.items()}
    found = list(_compare(target, organization_id, there, renew=renew))
    damaged = [one.key for one in found if one.why == "damaged"]
    index.discard(organization_id=organization_id, collection=target.collection, points=damaged)
    _note(target, organization_id, [one.key for one in found if one.why != "damaged"])
    return found


def _compare(target: Target, organization_id: int, there: _There, *, renew: bool = False) -> Iterator[Drift]:
    yield from (Drift(organization_id, point, "damaged") for point in there.damaged)
    suspects = list(_suspects(target, organization_id, there, renew=renew))
    # Index and database were read at different moments. What was changed or written meanwhile is no drift: else a rebuild
    # would compare for ever while people write.
    vers, dirty = _moving(target)
    for one in suspects:
        is_known = one.key in there.dirty or one.key in dirty
        is_as_it_was = vers.get(one.key, 0) == there.vers.get(one.key, 0)
        if not is_known and (is_as_it_was or one.why == "unreadable"):
            yield one


def _suspects(target: Target, organization_id: int, there: _There, *, renew: bool = False) -> Iterator[Drift]:
    wants_dense = _wants_dense(target)
    for keys in _batches(key for kind in Kind for key in loading.all_keys(kind)):
        found, unreadable = salvaging.cut(keys)
        said = {key: {chunk.number: chunk.hash for chunk in chunks} for key, chunks in found.items()}
        if renew:
            vectors.touch(hash_ for hashes in said.values() for hash_ in hashes.values())
        for key in keys:
            why = _difference(said.get(key, {}), there.held.pop(key, {}), wants_dense=wants_dense)
            if key in unreadable:
                why = "unreadable"
            if why:
                yield Drift(organization_id, key, why)
    yield from (Drift(organization_id, key, "ghost") for key in there.held)


def _difference(said: dict[int, str], held: dict[int, Stored], *, wants_dense: bool) -> str:
    if said != {number: one.hash for number, one in held.items()}:
        return "missing" if not held else "stale" if said else "ghost"
    # Written while another embedding model was set up: its words are there, its vector is not.
    return "stale" if wants_dense and not all(one.has_dense for one in held.values()) else ""


def _wants_dense(target: Target) -> bool:
    if not target.dimension:
        return False
    try:
        return embed.is_current(target.embedder)
    except spark.ModelUnavailable:
        return False  # down: what lacks could not be made now


def _read_index(target: Target, organization_id: int) -> _There:
    there = _There(*_moving(target))
    for one in index.stored(organization_id=organization_id, collection=target.collection):
        if one.key is None or not documents.is_key(one.key):
            there.damaged.append(one.point)
            continue
        ver, most = there.most.get(one.key, (0, 0))
        there.most[one.key] = max(one.ver, ver), max(one.number + 1, most)
        if not one.is_dead:
            there.held.setdefault(one.key, {})[one.number] = one
    return there


def _moving(target: Target) -> tuple[dict[str, int], set[str]]:
    """The last claim of each record, and the records that wait to be written."""
    vers = dict(Claim.objects.filter(target=target).values_list("key", "ver"))
    return vers, set(Dirty.objects.filter(target=target).values_list("key", flat=True))


def _learn(target: Target, organization_id: int, there: dict[str, tuple[int, int]]) -> None:
    """Take over what the index has and the claims do not know of: key → (highest version, passages).

    A restored database counts from an older version, and the index would refuse all it says; and what nobody remembers
    to have written nobody would bury.
    """
    rows = Claim.objects.filter(target=target).values_list("key", "ver", "most_chunks")
    known = {key: (ver, most) for key, ver, most in rows}
    with unit.atomic():
        Claim.objects.bulk_create(
            [
                Claim(organization_id=organization_id, target=target, key=key, ver=ver, most_chunks=most)
                for key, (ver, most) in there.items()
                if key not in known
            ],
            ignore_conflicts=True,
        )
        for key, (ver, most) in there.items():
            if key in known and (known[key][0] < ver or known[key][1] < most):
                Claim.objects.filter(target=target, key=key).update(
                    ver=Greatest(F("ver"), ver), most_chunks=Greatest(F("most_chunks"), most)
                )


def _note(target: Target, organization_id: int, keys: Iterable[str]) -> None:
    now = timezone.now()
    with unit.atomic():
        Dirty.objects.bulk_create(
            [Dirty(organization_id=organization_id, target=target, key=key, noted_at=now) for key in keys]
        )


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    source = iter(keys)
    while batch := list(islice(source, BATCH)):
        yield batch
