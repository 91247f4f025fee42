"""Proof that the index says what the database says, and the mending of what differs: a lost collection, a restored one,
somebody's hand. Not needed for everyday changes, which the sync never loses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core import heavy, scope, unit
from search import documents, loading
from search.documents import Kind
from search.models import Claim, Dirty, Target, TargetState

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

BATCH = 500


@dataclass(frozen=True)
class Drift:
    """One record that differs. why: "missing", "stale" or "ghost" (in the index, not in the database)."""

    organization_id: int
    key: str
    why: str


def drift(target: Target) -> list[Drift]:
    """Every record in which index and database differ, apart from those that are dirty and so known to."""
    found: list[Drift] = []
    for organization in Organization.objects.order_by("id"):
        with scope.scope(organization):
            found += _of_organization(target, organization.pk)
    return found


def heal(target: Target | None = None) -> list[Drift]:
    """Have what differs written anew; return it. Without a target: the one that is searched."""
    chosen = target or Target.objects.filter(state=TargetState.LIVE).first()
    if chosen is None:
        return []
    found = drift(chosen)
    for organization in Organization.objects.filter(pk__in={one.organization_id for one in found}):
        with scope.scope(organization):
            _note(
                chosen, organization.pk, [one.key for one in found if one.organization_id == organization.pk]
            )
    return found


def _of_organization(target: Target, organization_id: int) -> Iterator[Drift]:
    held: dict[str, dict[int, str]] = {}
    there: dict[str, tuple[int, int]] = {}
    for one in index.stored(organization_id=organization_id, collection=target.collection):
        ver, most = there.get(one.key, (0, 0))
        there[one.key] = max(one.ver, ver), max(one.number + 1, most)
        if not one.is_dead:
            held.setdefault(one.key, {})[one.number] = one.hash
    _learn(target, organization_id, there)
    dirty = set(Dirty.objects.filter(target=target).values_list("key", flat=True))
    for keys in _batches(key for kind in Kind for key in loading.all_keys(kind)):
        found = loading.load(keys)
        for key in keys:
            said = (
                {chunk.number: chunk.hash for chunk in documents.chunks(found[key])} if key in found else {}
            )
            indexed = held.pop(key, {})
            if said != indexed and key not in dirty:
                yield Drift(organization_id, key, "missing" if not indexed else "stale" if said else "ghost")
    yield from (Drift(organization_id, key, "ghost") for key in held if key not in dirty)


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
