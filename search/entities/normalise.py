"""From a record as it was written down to what can be compared. A change of any rule raises RULE_VERSION."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crm_site.core import naming
from search.entities import firm_names, person_names, reach, tables
from search.entities.choices import Kind
from search.entities.record import Record

#: Stands on every stored pair and merge. Raise it with every change of what is compared, weighed or decided.
RULE_VERSION = "2026.1"
#: The type of an investor that is a person.
INDIVIDUAL = "individual"
#: A record with more of one kind is no one firm or person.
MOST_VALUES = 40


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A record, normalised. firms, people: its names, the own first; both only of a person who is an investor."""

    record: Record
    firms: tuple[firm_names.FirmName, ...]
    people: tuple[person_names.PersonName, ...]
    emails: frozenset[str]
    domains: frozenset[str]
    phones: frozenset[str]
    profiles: frozenset[str]
    registry_ids: frozenset[str]
    linked: frozenset[int]
    place: frozenset[str]
    street: str
    suburb: str

    @property
    def id(self) -> int:
        return self.record.id


def normalise(record: Record) -> Subject:
    """The record as the rules see it. Never raises: what cannot be read is left out."""
    is_person = record.kind == Kind.CONTACT
    is_individual = is_person or record.type == INDIVIDUAL
    names = [name for name in record.names[:MOST_VALUES] if name.strip()]
    emails = record.emails[:MOST_VALUES]
    return Subject(
        record=record,
        firms=() if is_person else tuple(dict.fromkeys(firm_names.read(name[:200]) for name in names)),
        people=_people(record, names) if is_individual else (),
        emails=reach.personal_emails(emails),
        domains=reach.domains(record.websites[:MOST_VALUES], emails),
        phones=reach.phone_keys(record.phones[:MOST_VALUES], record.region),
        profiles=reach.profile_keys(record.profiles[:MOST_VALUES]),
        registry_ids=frozenset(_registry_id(one) for one in record.registry_ids) - {""},
        linked=frozenset(record.linked),
        place=_place(record.place),
        street="".join(naming.fold(record.street).split()),
        suburb="".join(naming.fold(record.suburb).split()),
    )


def normalise_all(records: Iterable[Record]) -> list[Subject]:
    return [normalise(record) for record in records]


def _people(record: Record, names: list[str]) -> tuple[person_names.PersonName, ...]:
    if record.given or record.family:
        return (person_names.read("", record.given, record.family),)
    return tuple(dict.fromkeys(person_names.read(name[:200]) for name in names))


def _registry_id(written: str) -> str:
    return "".join(letter for letter in written.upper() if letter.isalnum())


def _place(written: str) -> frozenset[str]:
    """The town, in small words: “Greater London, UK” → {"london"}. What follows a comma is the region, and left out."""
    town = naming.fold(written.split(",")[0])
    words = tables.PLACES.get(town, town).split()
    return frozenset(word for word in words if word not in tables.PLACE_NOISE) or frozenset(words)
