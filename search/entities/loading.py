"""The organization's firms and people as plain records, in a few queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import QuerySet

from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.investors.models import Investor, InvestorAlias
from crm_site.relations.models import DistinctPair
from search.entities.choices import Kind
from search.entities.querysets import RECORDS
from search.entities.record import Record

Ids = Collection[int] | None
Grouped = dict[int, tuple[Any, ...]]
CHUNK = 5_000
#: One record in the graveyard and one at work: the one at work stays.
LIVE = 1_000


def records(kind: str, *, ids: Ids = None) -> Iterator[Record]:
    """Records of a kind in the organization in scope, in order of ids; with `ids` only those, and also absorbed ones."""
    return _contacts(ids) if kind == Kind.CONTACT else _investors(ids)


def _investors(ids: Ids) -> Iterator[Record]:
    named = _chosen(InvestorAlias.objects, "investor_id", ids)
    aliases = _grouped(named.order_by("id").values_list("investor_id", "name"))
    current = _chosen(Affiliation.objects.current().of_living(), "investor_id", ids)
    people = _grouped(current.order_by("id").values_list("investor_id", "contact_id"))
    among = None if ids is None else {one for group in people.values() for one in group}
    emails, phones = _reaching(among)
    rows = (Investor.objects if ids is None else Investor.all_objects).order_by("id")
    columns = ("id", "name", "type", "location", "website", "graveyard_at", "last_activity_on", "notes")
    for row in _chosen(rows, "id", ids).values_list(*columns).iterator(chunk_size=CHUNK):
        investor_id, name, of_type, location, website, graveyard_at, last_activity_on, notes = row
        others = aliases.get(investor_id, ())
        at_it = people.get(investor_id, ())
        yield Record(
            id=investor_id,
            kind=Kind.INVESTOR,
            names=(name, *others),
            emails=tuple(one for person in at_it for one in emails.get(person, ())),
            phones=tuple(one for person in at_it for one in phones.get(person, ())),
            websites=(website,) if website else (),
            profiles=(website,) if website else (),
            linked=at_it,
            place=location,
            type=of_type,
            richness=len(others) + len(at_it) + bool(website) + bool(location) + bool(notes)
            + 10 * bool(last_activity_on) + LIVE * (graveyard_at is None),
        )  # fmt: skip


def _contacts(ids: Ids) -> Iterator[Record]:
    emails, phones = _reaching(ids)
    at = _chosen(Affiliation.objects.of_living(), "contact_id", ids)
    firms = _grouped(at.order_by("id").values_list("contact_id", "investor_id"))
    rows = (Contact.objects if ids is None else Contact.all_objects).order_by("id")
    for row in _chosen(rows, "id", ids).values_list("id", "name", "linkedin", "notes").iterator(CHUNK):
        contact_id, name, linkedin, notes = row
        addresses, numbers = emails.get(contact_id, ()), phones.get(contact_id, ())
        worked_at = firms.get(contact_id, ())
        yield Record(
            id=contact_id,
            kind=Kind.CONTACT,
            names=(name,),
            emails=addresses,
            phones=numbers,
            profiles=(linkedin,) if linkedin else (),
            linked=tuple(dict.fromkeys(worked_at)),
            richness=len(addresses) + len(numbers) + 2 * len(worked_at) + bool(linkedin) + bool(notes),
        )


def _reaching(ids: Ids) -> tuple[Grouped, Grouped]:
    """Addresses and numbers of people: (contact → e-mails, contact → phones)."""
    emails = _chosen(ContactEmail.objects, "contact_id", ids).order_by("id")
    phones = _chosen(ContactPhone.objects, "contact_id", ids).order_by("id")
    return (
        _grouped(emails.values_list("contact_id", "email")),
        _grouped(phones.values_list("contact_id", "number")),
    )


def _chosen(rows: Any, column: str, ids: Ids) -> Any:
    return rows.all() if ids is None else rows.filter(**{f"{column}__in": ids})


def _grouped(rows: QuerySet[Any, tuple[int, Any]]) -> Grouped:
    found: defaultdict[int, tuple[Any, ...]] = defaultdict(tuple)
    for owner, value in rows.iterator(chunk_size=CHUNK):
        found[owner] += (value,)
    return dict(found)


def apart(kind: str) -> Callable[[int, int], bool]:
    """Tells of two records whether somebody said that they are not the same, or two that they absorbed."""
    model = RECORDS[kind]
    absorbed = model.all_objects.filter(merged_into__isnull=False)
    into: dict[int, int] = dict(absorbed.values_list("id", "merged_into_id"))
    said = DistinctPair.objects.filter(label=model._meta.label_lower).values_list("low_id", "high_id")
    pairs = {frozenset((_root(into, low), _root(into, high))) for low, high in said}
    return lambda one, other: frozenset((one, other)) in pairs


def family(kind: str, record_id: int) -> set[int]:
    """The record and all that it has absorbed, over any number of merges."""
    model = RECORDS[kind]
    found, fresh = {record_id}, {record_id}
    while fresh:
        fresh = set(model.all_objects.filter(merged_into_id__in=fresh).values_list("id", flat=True)) - found
        found |= fresh
    return found


def _root(into: dict[int, int], record_id: int) -> int:
    seen = set()
    while record_id in into and record_id not in seen:
        seen.add(record_id)
        record_id = into[record_id]
    return record_id
