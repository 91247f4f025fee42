"""How many rows there are, how fresh they are, and what they lack: all tables in two queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Value

from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts.models import Affiliation, Contact, ContactEmail
from crm_site.investors.models import Fund, Investor, Opportunity
from search import freshness

#: What is said of the index while there is none, or while it is away (`passages`).
NO_INDEX = "no index yet: topics are found by their words"
INDEX_AWAY = "does not answer right now: topics are found by their words"
GAPS = 4


@dataclass(frozen=True)
class Line:
    """One table: its live rows, when the newest was made, and how many lack what. noun: one of its rows."""

    name: str
    noun: str
    count: int
    newest: datetime | None
    missing: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class _Table:
    noun: str
    rows: QuerySet[Any, Any]
    gaps: Sequence[tuple[str, Any]] = ()


def read() -> list[Line]:
    """Every table with something in it or not, in the order of the catalogue."""
    tables = _tables()
    parts = [_counted(at, table) for at, table in enumerate(tables)]
    found = {row[0]: row for row in parts[0].union(*parts[1:], all=True)}
    made = _made({at: row[2] for at, row in found.items() if row[2]}, tables)
    lines = []
    for at, table in enumerate(tables):
        _, count, _, *gaps = found.get(at, (at, 0, None))
        missing = [(lack, number) for (lack, _), number in zip(table.gaps, gaps, strict=False)]
        name = (
            f"{table.noun.capitalize()}s"
            if not table.noun.endswith("y")
            else f"{table.noun[:-1].capitalize()}ies"
        )
        lines.append(Line(name, table.noun, count, made.get(at), missing))
    return lines


def of_index() -> str:
    """How many passages of the organization the index has, and how far it lags. One query and one call."""
    state = freshness.now()
    if not state.is_built:
        return NO_INDEX
    lag = "up to date"
    if state.waiting:
        lag = (
            f"{_several(state.waiting, 'change')} to learn, the oldest {freshness.in_words(state.lag_s)} old"
        )
    passages = freshness.passages()
    if passages is None:
        return f"{INDEX_AWAY}; {lag}"
    by_words = "" if state.knows_meaning else ", by words only"
    return f"{_several(passages, 'passage')}{by_words}; {lag}"


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _counted(at: int, table: _Table) -> QuerySet[Any, tuple[Any, ...]]:
    gaps: dict[str, Any] = {
        f"gap{number}": Count("pk", filter=table.gaps[number][1])
        if number < len(table.gaps)
        else Value(0, output_field=IntegerField())
        for number in range(GAPS)
    }
    one: QuerySet[Any, tuple[Any, ...]] = (
        table.rows.order_by()
        .values(at=Value(at, output_field=IntegerField()))
        .annotate(number=Count("pk"), newest=Max("pk"), **gaps)
        .values_list("at", "number", "newest", *gaps)
    )
    return one


def _people() -> QuerySet[Contact, Contact]:
    """All but those who are at retired investors only."""
    retired = Affiliation.objects.of_living().filter(investor__graveyard_at__isnull=False)
    elsewhere = Affiliation.objects.of_living().filter(
        contact_id=OuterRef("pk"), investor__graveyard_at__isnull=True
    )
    found: QuerySet[Contact, Contact] = Contact.objects.exclude(
        Q(pk__in=retired.values("contact_id")) & ~Exists(elsewhere)
    )
    return found


def _made(newest: Mapping[int, int], tables: Sequence[_Table]) -> dict[int, datetime]:
    """When the newest row of each table was made: rows are numbered as they come, so the highest number is the newest.

    A query of its own: as a part of the count, SQLite sorts the whole table to find one row.
    """
    parts: list[QuerySet[Any, Any]] = [
        tables[at].rows.model._default_manager.filter(pk=pk).order_by().values_list(Value(at), "created_at")
        for at, pk in newest.items()
    ]
    return dict(parts[0].union(*parts[1:], all=True)) if parts else {}


def _tables() -> list[_Table]:
    there = Affiliation.objects.current().filter(investor_id=OuterRef("pk"), contact__deleted_at__isnull=True)
    gone = Investor.all_objects.gone().values("pk")
    addresses = ContactEmail.objects.filter(contact_id=OuterRef("pk"))
    return [
        _Table(
            "investor",
            Investor.objects.live(),
            [
                ("without a contact", ~Exists(there)),
                ("without an owner", Q(assigned_to__isnull=True)),
                ("without a next step", Q(next_step_on__isnull=True)),
                ("never spoken to", Q(last_activity_on__isnull=True)),
            ],
        ),
        _Table("contact", _people(), [("without an e-mail", ~Exists(addresses))]),
        _Table(
            "opportunity",
            Opportunity.objects.of_live_investors(),
            [("without an amount", Q(expected__isnull=True, committed__isnull=True))],
        ),
        _Table(
            "fund",
            Fund.objects.all(),
            [("without a target", Q(target__isnull=True)), ("without a close", Q(closes_on__isnull=True))],
        ),
        # By leaving out the few that are gone: a join reads as many investors as there are communications.
        _Table("communication", Communication.objects.exclude(investor_id__in=gone)),
        _Table("reminder", Reminder.objects.of_live_investors().open()),
        _Table("fact", Fact.objects.of_live_investors()),
    ]
