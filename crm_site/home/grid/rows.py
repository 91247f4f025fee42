"""Rows of the grid as they are shown: a page of investors, and what stands in their cells, in two queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    DecimalField,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TimeField,
    Value,
)

from crm_site.communications.models import Reminder
from crm_site.contacts.models import Affiliation
from crm_site.core.money import ZERO
from crm_site.home.grid.columns import Column
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Investor, InvestorTag, Opportunity
from crm_site.investors.querysets import InvestorQuerySet
from crm_site.relations.vocabulary import Vocabulary

PAGE_SIZE = 50


@dataclass(slots=True)
class Deal:
    """One of an investor's opportunities."""

    id: int
    version: int
    stage_id: int
    fund_id: int
    expected: Decimal | None
    committed: Decimal | None
    is_open: bool
    is_counted: bool


@dataclass(slots=True)
class Step:
    """The earliest open reminder."""

    id: int
    version: int
    text: str
    due_on: date


@dataclass(slots=True)
class Row:
    """One investor with all that its cells show. people: None when nobody asked for their number."""

    id: int
    version: int
    name: str
    type: str
    owner_id: int | None
    owner_name: str | None
    location: str
    source: str
    stage_id: int | None
    created_at: datetime
    last_activity_on: date | None
    people: int | None
    deals: list[Deal] = field(default_factory=list)
    step: Step | None = None
    tags: list[str] = field(default_factory=list)

    def deal_in(self, fund_id: int | None) -> Deal | None:
        """The opportunity that a cell is about: the one in the fund, else the one that no other can be mistaken for."""
        if fund_id is not None:
            return next((deal for deal in self.deals if deal.fund_id == fund_id), None)
        open_ones = [deal for deal in self.deals if deal.is_open]
        candidates = open_ones or self.deals
        return candidates[0] if len(candidates) == 1 else None

    def deal_with_amounts(self, fund_id: int | None) -> Deal | None:
        """The opportunity whose amounts the cell shows; None when it shows a sum of several, or nothing."""
        if fund_id is not None:
            return self.deal_in(fund_id)
        counted = [deal for deal in self.deals if deal.is_counted]
        return counted[0] if len(counted) == 1 else None


def page(
    first: InvestorQuerySet,
    rest: InvestorQuerySet | None,
    start: int,
    columns: Sequence[Column],
    words: Vocabulary,
) -> list[Row]:
    """The rows from `start` on, at most PAGE_SIZE: of `first`, and when that runs out, of `rest`."""
    found = _fetch(first[start : start + PAGE_SIZE], columns)
    if rest is not None and len(found) < PAGE_SIZE:
        # An empty answer beyond the first page does not tell how many there were before it.
        before = start + len(found) if found or not start else first.count()
        skip = max(0, start - before)
        found += _fetch(rest[skip : skip + PAGE_SIZE - len(found)], columns)
    return fill(found, columns, words)


def some(ids: Sequence[int], columns: Sequence[Column], words: Vocabulary) -> list[Row]:
    """The rows of these investors, in this order; those that are gone or retired are left out."""
    by_id = {row.id: row for row in _fetch(Investor.objects.live().filter(pk__in=ids), columns)}
    return fill([by_id[id_] for id_ in ids if id_ in by_id], columns, words)


def fill(rows: list[Row], columns: Sequence[Column], words: Vocabulary) -> list[Row]:
    """Adds opportunities, next steps and tags to rows: one query for all of them."""
    by_id = {row.id: row for row in rows}
    if not by_id:
        return rows
    # Soonest first; on a day, timed ones before the rest: as `ReminderQuerySet.soonest_first`.
    best: dict[int, tuple[Any, ...]] = {}
    for kind, owner, id_, version, one, other, expected, committed, day, moment, words_ in _details(
        list(by_id), columns
    ):
        row = by_id[owner]
        if kind == "o":
            row.deals.append(_deal(words, id_, version, one, other, expected, committed))
        elif kind == "t":
            row.tags.append(words_)
        else:
            rank = (day, moment is None, moment or time.min, id_)
            if owner not in best or rank < best[owner]:
                best[owner] = rank
                row.step = Step(id_, version, words_, day)
    for row in rows:
        row.deals.sort(key=lambda deal: deal.id)
        row.tags.sort(key=str.casefold)
    return rows


def sums(rows: Iterable[Row]) -> dict[int, tuple[Decimal, Decimal]]:
    """Committed and expected per fund, over these rows."""
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for row in rows:
        for deal in row.deals:
            if deal.is_counted:
                committed, expected = found.get(deal.fund_id, (ZERO, ZERO))
                found[deal.fund_id] = (
                    committed + (deal.committed or ZERO),
                    expected + (deal.expected or ZERO),
                )
    return found


def _deal(
    words: Vocabulary,
    id_: int,
    version: int,
    stage_id: int,
    fund_id: int,
    expected: Decimal | None,
    committed: Decimal | None,
) -> Deal:
    stage = words.stage_by_id.get(stage_id)
    category = stage.category if stage else StageCategory.OPEN
    return Deal(
        id_,
        version,
        stage_id,
        fund_id,
        expected,
        committed,
        is_open=category == StageCategory.OPEN,
        is_counted=category != StageCategory.LOST,
    )


def _fetch(chosen: InvestorQuerySet, columns: Sequence[Column]) -> list[Row]:
    """The rows of a slice. The ids are cut out first, by index; only then the wider rows are read."""
    found = chosen
    if "sorting" not in chosen.query.annotations:
        found = Investor.objects.filter(pk__in=chosen.values("pk")).order_by(*chosen.query.order_by)
    people: Any = Value(None, output_field=IntegerField())
    if any(column.key == "people" for column in columns):
        there = Affiliation.objects.current().of_living().filter(investor_id=OuterRef("pk")).order_by()
        counted = there.values("investor_id").annotate(number=Count("contact_id", distinct=True))
        people = Subquery(counted.values("number"))
    cells = found.values_list(
        "pk", "version", "name", "type", "assigned_to_id", "assigned_to__name", "location", "lead_source", "stage_id",
        "created_at", "last_activity_on", people,
    )  # fmt: skip
    return [Row(*cell) for cell in cells]


def _details(ids: list[int], columns: Sequence[Column]) -> QuerySet[Opportunity, tuple[Any, ...]]:
    day, moment = Value(None, output_field=DateField()), Value(None, output_field=TimeField())
    nought, none = Value(0, output_field=IntegerField()), Value("", output_field=CharField())
    amount = Value(None, output_field=DecimalField(max_digits=17, decimal_places=2))
    deals = Opportunity.objects.filter(investor_id__in=ids, fund__deleted_at__isnull=True)
    rows = deals.order_by().values_list(
        _kind("o"), "investor_id", "id", "version", "stage_id", "fund_id", "expected", "committed", day, moment, none
    )  # fmt: skip
    shown = {column.key for column in columns}
    parts: list[Any] = []
    if shown & {"step", "due"}:
        steps = Reminder.objects.open().filter(investor_id__in=ids).order_by()
        named = ("investor_id", "id", "version", nought, nought, amount, amount, "due_on", "due_time", "text")
        parts.append(steps.values_list(_kind("r"), *named))
    if "tags" in shown:
        tags = InvestorTag.objects.filter(investor_id__in=ids, tag__deleted_at__isnull=True).order_by()
        worn = ("investor_id", "id", nought, nought, nought, amount, amount, day, moment, "tag__name")
        parts.append(tags.values_list(_kind("t"), *worn))
    return rows.union(*parts, all=True) if parts else rows


def _kind(letter: str) -> Value:
    return Value(letter, output_field=CharField())
