"""What the index should hold, by the database; and every way in which it does not. Asked when nothing is dirty any more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from crm_site.accounts.models import Organization
from crm_site.core import scope
from search import documents, index, loading
from search.documents import Document, Kind
from search.models import Claim, Dirty, Target, TargetState

PAGE = 500


@dataclass(frozen=True)
class Point:
    """A passage as it lies in the index, with all that filters look at."""

    organization: str
    key: str
    number: int
    hash: str
    ver: int
    is_dead: bool
    filters: tuple[Any, ...]


def is_clean() -> bool:
    """Tell whether no target that is kept up to date has anything left to learn."""
    active = [TargetState.BUILDING, TargetState.LIVE]
    return not Dirty.unscoped.filter(target__state__in=active).exists()


def differences(target: Target) -> list[str]:
    """Each record that the index tells otherwise than the database, and each that nobody should find; [] when equal."""
    by_organization: dict[str, list[Point]] = defaultdict(list)
    for point in _points(target.collection):
        by_organization[point.organization].append(point)
    found: list[str] = []
    for organization in Organization.objects.order_by("id"):
        with scope.scope(organization):
            held = by_organization.pop(str(organization.pk), [])
            found += [f"organization {organization.pk}: {one}" for one in _of_one(target, held)]
    found += [f"organization {name}: does not exist" for name in by_organization]
    return found


def _of_one(target: Target, points: list[Point]) -> list[str]:
    held: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        held[point.key].append(point)
    said = _documents()
    versions = dict(Claim.objects.filter(target=target).values_list("key", "ver"))
    found: list[str] = []
    for key in sorted(said.keys() | held.keys()):
        found += [f"{key} {why}" for why in _of_key(said.get(key), held[key], versions.get(key, 0))]
    return found


def _of_key(document: Document | None, points: list[Point], claimed: int) -> list[str]:
    living = {point.number: point.hash for point in points if not point.is_dead}
    wanted = {chunk.number: chunk.hash for chunk in documents.chunks(document)} if document else {}
    if living != wanted:
        return ["is missing" if not living else "is a ghost" if not wanted else "is stale"]
    vers = {point.ver for point in points}
    if len(vers) > 1 or any(ver > claimed for ver in vers):
        return [f"has the versions {sorted(vers)} and was claimed as {claimed}"]
    if document and {point.filters for point in points if not point.is_dead} != {_filters(document)}:
        return ["is filtered by what it was"]
    return []


def _documents() -> dict[str, Document]:
    return {
        document.key: document
        for kind in Kind
        for document in loading.load(list(loading.all_keys(kind))).values()
    }


def _filters(document: Document) -> tuple[Any, ...]:
    return (
        document.kind,
        document.investor_id,
        tuple(sorted(document.contact_ids)),
        document.owner_id,
        document.on.toordinal() if document.on else None,
        int(document.graveyard),
    )


def _points(collection: str) -> list[Point]:
    """Everything in a collection, of all organizations: what belongs to none would be a leak too."""
    found: list[Point] = []
    offset: Any = None
    while True:
        with index._answering() as client:
            page, offset = client.scroll(collection, limit=PAGE, offset=offset, with_payload=True)
        found += [_point(one) for one in page]
        if offset is None:
            return found


def _point(record: models.Record) -> Point:
    held = record.payload or {}
    filters = (
        held.get("kind"),
        held.get("investor"),
        tuple(sorted(held.get("contacts") or ())),
        held.get("owner"),
        held.get("on"),
        held.get("graveyard"),
    )
    dead = held["state"] == index.DEAD
    return Point(held["org"], held["key"], held["chunk"], held["hash"], held["ver"], dead, filters)
