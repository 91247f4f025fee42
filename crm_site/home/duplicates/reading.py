"""What the pages of duplicates show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, F, QuerySet, Value
from django.urls import reverse

from crm_site.accounts.models import User
from crm_site.contacts.models import Affiliation, ContactEmail, ContactPhone
from crm_site.core import naming
from crm_site.core.models import Kept
from crm_site.home.duplicates import kinds
from crm_site.home.duplicates.kinds import Kind
from crm_site.investors.models import InvestorAlias, InvestorTag
from crm_site.relations.merging import pointers
from crm_site.relations.models import DistinctPair, Merge
from search.entities import queue
from search.entities.models import Pair

MOST_FOUND = 20
#: Tables whose own plural is not what a reader calls their rows.
_CALLED = {
    "communication contacts": "communications",
    "contact emails": "e-mail addresses",
    "contact phones": "phone numbers",
    "investor tags": "tags",
    "investor aliases": "other names",
    "affiliations": "places of work",
}


@dataclass
class PairRow:
    """One line of the queue."""

    pair: Pair
    left: Kept
    right: Kept
    beside: dict[int, list[str]]

    @property
    def why(self) -> list[tuple[str, str]]:
        return evidence(self.pair)

    @property
    def sides(self) -> list[tuple[Kept, list[str]]]:
        return [(row, self.beside.get(row.pk, [])) for row in (self.left, self.right)]


@dataclass
class FieldLine:
    """One field of two records. left, right: as a person reads them; differs: a choice is to be made."""

    name: str
    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return self.left != self.right


@dataclass
class Comparison:
    """Two records side by side. counts: name of what hangs on them → how many at the left, at the right."""

    kind: Kind
    left: Any
    right: Any
    lines: list[FieldLine]
    counts: dict[str, tuple[int, int]]
    beside: dict[int, list[str]]
    pair: Pair | None = None
    is_apart: bool = False

    @property
    def why(self) -> list[tuple[str, str]]:
        return evidence(self.pair) if self.pair else []

    @property
    def likely_survivor(self) -> Any:
        """The one with more on it, else the older one: what most people would keep."""
        left = sum(one for one, _ in self.counts.values())
        right = sum(other for _, other in self.counts.values())
        return self.left if left >= right else self.right

    @property
    def sides(self) -> list[tuple[str, Any, list[str]]]:
        return [
            ("left", self.left, self.beside.get(self.left.pk, [])),
            ("right", self.right, self.beside.get(self.right.pk, [])),
        ]


@dataclass
class MergeRow:
    """One line of the history. survivor, absorbed: None when the record was purged."""

    merge: Merge
    kind: Kind
    survivor: Kept | None
    absorbed: Kept | None
    address: str = ""
    counts: list[tuple[str, int]] = field(default_factory=list)


def evidence(pair: Pair) -> list[tuple[str, str]]:
    """Each reason once, with what it weighs: "good", "warn", "danger", or nothing for one that only adds up."""
    tones: dict[str, str] = dict.fromkeys(pair.reasons, "")
    for tone, lines in (("good", pair.corroborators), ("warn", pair.doubts), ("danger", pair.vetoes)):
        tones |= dict.fromkeys(lines, tone)
    return list(tones.items())


def pairs(kind: Kind, found: Sequence[Pair]) -> list[PairRow]:
    """A page of the queue: three or four queries, whatever its length."""
    ids = {pk for pair in found for pk in (pair.left_id, pair.right_id)}
    rows = {row.pk: row for row in kind.model.objects.filter(pk__in=ids)}
    along = beside(kind, rows.values())
    return [
        PairRow(pair, rows[pair.left_id], rows[pair.right_id], along)
        for pair in found
        # One of them may have gone between the two queries.
        if pair.left_id in rows and pair.right_id in rows
    ]


def compare(kind: Kind, left: Kept, right: Kept) -> Comparison:
    """Two records, field by field, with what hangs on each: six queries."""
    owners = _owners(left, right) if kind is kinds.INVESTOR else {}
    lines = [
        FieldLine(name, label, _shown(left, name, owners), _shown(right, name, owners))
        for name, label in kind.fields
    ]
    low, high = sorted((left.pk, right.pk))
    apart = DistinctPair.objects.filter(label=kind.label, low_id=low, high_id=high)
    pair = queue.open_pairs(kind.key, unlikely=True).filter(left_id=low, right_id=high).first()
    return Comparison(
        kind,
        left,
        right,
        lines,
        hanging(kind, left, right),
        beside(kind, [left, right]),
        pair,
        apart.exists(),
    )


def hanging(kind: Kind, left: Kept, right: Kept) -> dict[str, tuple[int, int]]:
    """What hangs on two records and would move, by plural name: one query over every table that points at them."""
    parts = [_counted(pointer, [left.pk, right.pk]) for pointer in pointers.to(kind.model)]
    found: dict[str, dict[int, int]] = {}
    for name, owner, number in reduce(lambda one, other: one.union(other, all=True), parts):
        counts = found.setdefault(_CALLED.get(name, name), {})
        counts[owner] = counts.get(owner, 0) + number
    return {name: (counts.get(left.pk, 0), counts.get(right.pk, 0)) for name, counts in sorted(found.items())}


def beside(kind: Kind, rows: Iterable[Kept]) -> dict[int, list[str]]:
    """Lines by which a reader tells two records apart: id → lines."""
    return _of_investors(rows) if kind is kinds.INVESTOR else _of_contacts(rows)


def search(kind: Kind, text: str, *, without: int) -> list[Any]:
    """Living records by a piece of their name, to pick the other one from."""
    key = naming.fold(text)
    rows = kind.model.objects.exclude(pk=without)
    return list(rows.filter(name_key__contains=key).order_by("name", "pk")[:MOST_FOUND]) if key else []


def likely_partners(kind: Kind, record: Kept) -> list[Any]:
    """Records that the queue holds against this one, best first."""
    mine = queue.open_pairs(kind.key)
    found = [
        pair.right_id if pair.left_id == record.pk else pair.left_id
        for pair in (mine.filter(left_id=record.pk) | mine.filter(right_id=record.pk))[:MOST_FOUND]
    ]
    rows = kind.model.objects.in_bulk(found)
    return [rows[pk] for pk in found if pk in rows]


def merges(found: Sequence[Merge]) -> list[MergeRow]:
    """A page of the history, with the records' names: at most one query for each kind."""
    rows: dict[tuple[str, int], Kept] = {}
    for kind in kinds.ALL:
        ids = {
            pk
            for merge in found
            if merge.label == kind.label
            for pk in (merge.survivor_id, merge.absorbed_id)
        }
        if ids:
            rows |= {(kind.label, row.pk): row for row in kind.model.all_objects.filter(pk__in=ids)}
    return [_merge_row(merge, rows) for merge in found]


def _merge_row(merge: Merge, rows: dict[tuple[str, int], Kept]) -> MergeRow:
    kind = kinds.of_label(merge.label)
    survivor = rows.get((merge.label, merge.survivor_id))
    absorbed = rows.get((merge.label, merge.absorbed_id))
    address = reverse(kind.page, args=[merge.survivor_id]) if survivor and not survivor.is_deleted else ""
    counts = sorted((_CALLED.get(name, name), number) for name, number in merge.counts.items())
    return MergeRow(merge, kind, survivor, absorbed, address, counts)


def _counted(pointer: pointers.Pointer, ids: list[int]) -> QuerySet[Any]:
    rows = pointer.rows().filter(**{f"{pointer.column}__in": ids})
    if issubclass(pointer.model, Kept):
        rows = rows.filter(deleted_at__isnull=True)
    named = rows.order_by().annotate(
        what=Value(str(pointer.model._meta.verbose_name_plural), output_field=CharField()),
        owner=F(pointer.column),
    )
    counted: QuerySet[Any] = named.values_list("what", "owner").annotate(
        number=Count("pk", output_field=BigIntegerField())
    )
    return counted


def _owners(*rows: Any) -> dict[int, str]:
    ids = {row.assigned_to_id for row in rows if row.assigned_to_id}
    return {user.pk: user.name for user in User.objects.filter(pk__in=ids)}


def _shown(row: Any, name: str, owners: dict[int, str]) -> str:
    if name == "type":
        return str(row.get_type_display())
    value = getattr(row, name)
    if name == "assigned_to_id":
        return owners.get(value, "")
    return str(value or "")


def _of_investors(rows: Iterable[Any]) -> dict[int, list[str]]:
    lines = {
        row.pk: [text for text in (row.get_type_display(), row.location, row.website) if text] for row in rows
    }
    for alias in InvestorAlias.objects.filter(investor_id__in=lines).order_by("name", "pk"):
        lines[alias.investor_id].append(f"also {alias.name}")
    links = InvestorTag.objects.filter(investor_id__in=lines, tag__deleted_at__isnull=True)
    for pk, name in links.order_by("tag__name").values_list("investor_id", "tag__name"):
        lines[pk].append(f"#{name}")
    return lines


def _of_contacts(rows: Iterable[Any]) -> dict[int, list[str]]:
    lines: dict[int, list[str]] = {row.pk: [] for row in rows}
    places = Affiliation.objects.of_living().filter(contact_id__in=lines).select_related("investor")
    for place in places.order_by(F("to_on").desc(nulls_first=True), "-is_primary", "pk"):
        title = f"{place.title}, " if place.title else ""
        lines[place.contact_id].append(f"{title}{place.investor.name}{' (left)' if place.to_on else ''}")
    for mail in ContactEmail.objects.filter(contact_id__in=lines).order_by("-is_primary", "pk"):
        lines[mail.contact_id].append(mail.email)
    for phone in ContactPhone.objects.filter(contact_id__in=lines).order_by("-is_primary", "pk"):
        lines[phone.contact_id].append(phone.written)
    return lines
