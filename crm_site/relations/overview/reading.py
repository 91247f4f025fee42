"""What the page of an investor shows, in three queries: the head, all that stands beside the timeline, the timeline.

A query for each of the five lists would cost more than the lists themselves, so they come as one union of JSON rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, JSONObject

from crm_site.communications.choices import State
from crm_site.communications.models import CommunicationContact, Fact, Reminder
from crm_site.contacts.models import Affiliation, ContactEmail, ContactPhone
from crm_site.core import clock, joined, money
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Investor, InvestorTag, Opportunity
from crm_site.relations.overview import prepared
from crm_site.relations.overview.rows import ReminderRow

MOST_PEOPLE, MOST_FACTS, MOST_REMINDERS, MOST_DEALS = 40, 30, 30, 30


@dataclass(frozen=True)
class Deal:
    """An opportunity as a line."""

    pk: int
    version: int
    fund_id: int
    fund: str
    currency: str
    stage: dict[str, Any]
    expected: Decimal | None
    committed: Decimal | None
    probability: int | None
    close_on: date | None


@dataclass(frozen=True)
class PersonLine:
    """Somebody at the investor. last_on: the last communication that names them."""

    pk: int
    affiliation: int
    name: str
    title: str
    email: str
    phone: str
    last_on: date | None
    to_on: date | None

    @property
    def has_left(self) -> bool:
        return self.to_on is not None and self.to_on < clock.today()


@dataclass(frozen=True)
class FactLine:
    """Something remembered. source: the communication it came from."""

    pk: int
    version: int
    text: str
    topic: str
    confidence: float
    person: str
    source: int | None
    source_on: date | None


@dataclass
class Sides:
    """What stands left and right of the timeline."""

    deals: list[Deal] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    facts: list[FactLine] = field(default_factory=list)
    reminders: list[ReminderRow] = field(default_factory=list)

    @property
    def committed(self) -> list[money.Money]:
        return money.totals(
            money.Money(deal.committed, deal.currency) for deal in self._counted() if deal.committed
        )

    @property
    def expected(self) -> list[money.Money]:
        return money.totals(
            money.Money(deal.expected, deal.currency) for deal in self._counted() if deal.expected
        )

    def _counted(self) -> Iterator[Deal]:
        return (deal for deal in self.deals if deal.stage["category"] != StageCategory.LOST)


def investors() -> QuerySet[Investor]:
    """Investors with what the head of their page shows; `tag_names` is a list."""
    tags = InvestorTag.objects.filter(tag__deleted_at__isnull=True)
    head = Investor.objects.with_people().select_related("graveyard_by").by_name()
    return head.annotate(tag_names=joined.names(tags, "investor", "tag__name"))


def sides(investor: Investor) -> Sides:
    """Everything beside the timeline: one query."""
    found = Sides()
    for part, row in prepared.rows(_all, investor):
        _READERS[part](found, row, investor)
    # SQLite allows no LIMIT inside a union, and one investor has few of each: what is too much is left out here.
    found.deals = sorted(found.deals, key=_by_stage)[:MOST_DEALS]
    found.people = sorted(found.people, key=lambda one: (one.has_left, one.name.casefold(), one.pk))[
        :MOST_PEOPLE
    ]
    found.facts = sorted(found.facts, key=lambda fact: -fact.pk)[:MOST_FACTS]
    found.reminders = sorted(found.reminders, key=_by_due)[:MOST_REMINDERS]
    return found


def _all(investor: Investor) -> QuerySet[Any]:
    parts = [_people(investor), _facts(investor), _reminders(investor)]
    return _deals(investor).union(*parts, all=True)


def _by_stage(deal: Deal) -> tuple[bool, int, int]:
    return deal.stage["category"] != StageCategory.OPEN, -deal.stage["position"], -deal.pk


def _by_due(row: ReminderRow) -> tuple[date, time, int]:
    return row.due_on, row.due_time or time.max, row.pk


def _deals(investor: Investor) -> QuerySet[Any]:
    mine = Opportunity.objects.of_living().filter(investor=investor)
    row = JSONObject(
        pk="pk", version="version", fund_id="fund_id", fund="fund__name", currency="fund__currency",
        stage=JSONObject(label="stage__label", position="stage__position", category="stage__category", key="stage__key"),
        expected=_text("expected"), committed=_text("committed"), probability="probability", close_on="close_on",
    )  # fmt: skip
    return _part("deal", mine, row)


def _people(investor: Investor) -> QuerySet[Any]:
    mine = Affiliation.objects.of_living().filter(investor=investor)
    person = OuterRef("contact_id")
    email = ContactEmail.objects.filter(contact_id=person).order_by("-is_primary", "id").values("email")[:1]
    phone = ContactPhone.objects.filter(contact_id=person).order_by("-is_primary", "id").values("written")[:1]
    talks = CommunicationContact.objects.filter(contact_id=person, communication__deleted_at__isnull=True)
    talks = talks.filter(communication__state=State.HAPPENED).order_by()
    row = JSONObject(
        pk="contact_id", affiliation="pk", name="contact__name", title="title", to_on="to_on",
        email=Subquery(email), phone=Subquery(phone),
        last_on=Subquery(talks.values("contact_id").annotate(last=Max("communication__occurred_on")).values("last")),
    )  # fmt: skip
    return _part("person", mine, row)


def _facts(investor: Investor) -> QuerySet[Any]:
    mine = Fact.objects.filter(investor=investor)
    row = JSONObject(
        pk="pk", version="version", text="text", topic="topic", confidence=_text("confidence"),
        person="contact__name", source="communication_id", source_on="communication__occurred_on",
    )  # fmt: skip
    return _part("fact", mine, row)


def _reminders(investor: Investor) -> QuerySet[Any]:
    mine = Reminder.objects.open().filter(investor=investor)
    row = JSONObject(
        pk="pk", version="version", text="text", due_on="due_on", due_time="due_time", state="state",
        who="assigned_to__name", who_id="assigned_to_id",
    )  # fmt: skip
    return _part("reminder", mine, row)


def _part(name: str, chosen: QuerySet[Any], row: JSONObject) -> QuerySet[Any]:
    named: QuerySet[Any] = chosen.annotate(part=Value(name, output_field=CharField()), row=row)
    return named.order_by().values_list("part", "row")


def _text(name: str) -> Cast:
    # As text: a float would lose cents of large amounts.
    return Cast(F(name), CharField(max_length=40))


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


def _read_deal(found: Sides, row: dict[str, Any], _: Investor) -> None:
    amounts = {name: _amount(row[name]) for name in ("expected", "committed")}
    found.deals.append(Deal(**(row | amounts | {"close_on": _day(row["close_on"])})))


def _read_person(found: Sides, row: dict[str, Any], _: Investor) -> None:
    texts = {name: row[name] or "" for name in ("email", "phone")}
    days = {name: _day(row[name]) for name in ("last_on", "to_on")}
    found.people.append(PersonLine(**(row | texts | days)))


def _read_fact(found: Sides, row: dict[str, Any], _: Investor) -> None:
    known = {"confidence": float(row["confidence"]), "person": row["person"] or ""}
    found.facts.append(FactLine(**(row | known | {"source_on": _day(row["source_on"])})))


def _read_reminder(found: Sides, row: dict[str, Any], investor: Investor) -> None:
    at = time.fromisoformat(row["due_time"]) if row["due_time"] else None
    known = {"due_on": date.fromisoformat(row["due_on"][:10]), "due_time": at}
    found.reminders.append(ReminderRow(**(row | known), investor_id=investor.pk, investor=investor.name))


_READERS = {"deal": _read_deal, "person": _read_person, "fact": _read_fact, "reminder": _read_reminder}
