"""What is known: an investor at one look, its timeline, follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from crm_site.communications.choices import ReminderState
from crm_site.communications.models import Reminder
from crm_site.communications.querysets import ReminderQuerySet
from crm_site.core import fields, joined
from crm_site.core.money import Money
from crm_site.investors.models import Investor
from crm_site.mcp import naming
from crm_site.mcp.callers import Caller
from crm_site.mcp.registry import tool
from crm_site.mcp.shapes import Day, Given, InvestorSaid, Paged, PageShown, Shown, Total, cut
from crm_site.mcp.shapes import Money as MoneyText
from crm_site.relations.overview import events, reading
from crm_site.relations.overview import rows as rows_of
from crm_site.relations.overview.reading import Deal as DealLine
from crm_site.relations.overview.reading import FactLine, PersonLine, Sides
from crm_site.relations.overview.rows import ReminderRow
from nlquery import resolving


class InvestorGiven(Given):
    investor: InvestorSaid


class Deal(Shown):
    fund: str
    stage: str
    category: str
    currency: str
    expected: MoneyText | None
    committed: MoneyText | None
    probability: int | None
    close_on: str | None


class PersonThere(Shown):
    key: str
    name: str
    title: str
    email: str
    phone: str
    last_contacted_on: str | None
    has_left: bool


class FactKnown(Shown):
    """confidence: 0..1. source_on: the day of the communication that it comes from."""

    text: str
    topic: str
    confidence: float
    person: str
    source_on: str | None


class ReminderShown(Shown):
    key: str
    text: str
    due_on: str
    due_time: str | None
    state: str
    overdue: bool
    assigned_to: str
    investor_key: str | None
    investor: str


class InvestorOverview(Shown):
    """committed, expected: totals for each currency, without lost deals; never add across currencies.

    cut: lists that hold only the first of many.
    """

    key: str
    id: int
    name: str
    url: str
    type: str
    stage: str
    owner: str
    location: str
    website: str
    lead_source: str
    notes: str
    tags: list[str]
    in_graveyard: bool
    graveyard_reason: str
    last_activity_on: str | None
    next_step_on: str | None
    committed: list[Total]
    expected: list[Total]
    opportunities: list[Deal]
    people: list[PersonThere]
    facts: list[FactKnown]
    reminders: list[ReminderShown]
    cut: list[str]


TimelineKind = Literal["", "note", "email", "call", "meeting", "message", "stage", "done"]


class TimelineAsked(InvestorGiven):
    kind: Annotated[
        TimelineKind,
        Field(
            description="Only entries of this kind; `stage`: moves in the pipeline, `done`: reminders ticked off."
        ),
    ] = ""
    cursor: Annotated[str, Field(max_length=200, description="`next_cursor` of the page before.")] = ""


class TimelineEntry(Shown):
    """state `planned`: it has not happened yet. cut: the text is longer."""

    kind: str
    id: int
    on: str
    state: str
    direction: str | None
    subject: str
    text: str
    cut: bool
    by: str
    people: list[str]
    files: list[str]
    moved_from: str | None
    moved_to: str | None


class TimelineShown(Shown):
    investor_key: str
    investor: str
    entries: list[TimelineEntry]
    has_more: bool
    next_cursor: str | None


class RemindersAsked(Paged):
    whose: Annotated[
        str, Field(max_length=200, description="`me`, `all`, or a team member's name or e-mail.")
    ] = "me"
    state: Annotated[
        Literal["open", "overdue", "done", "dropped"],
        Field(description="`overdue`: open and past due."),
    ] = "open"
    investor: Annotated[
        str, Field(max_length=300, description="Only those about this investor: name or key.")
    ] = ""
    due_by: Annotated[Day | None, Field(description="Only those due on or before this day (YYYY-MM-DD).")] = (
        None
    )


class RemindersFound(PageShown):
    reminders: list[ReminderShown]


@tool("investor_360", "An investor at one look", takes=InvestorGiven, gives=InvestorOverview)
def investor_360(caller: Caller, asked: InvestorGiven) -> InvestorOverview:
    """Everything about one investor at one look: owner, stage, amounts, opportunities, people, remembered facts and open
    reminders. What was said with them is in `timeline`."""
    row = naming.investor(asked.investor)
    return overview(row, reading.sides(row))


@tool("timeline", "Timeline of an investor", takes=TimelineAsked, gives=TimelineShown)
def timeline(caller: Caller, asked: TimelineAsked) -> TimelineShown:
    """What was said and done with one investor, the newest first, 15 entries a page: notes, e-mails, calls, meetings,
    messages, moves in the pipeline, reminders ticked off."""
    if asked.cursor and events.Mark.read(asked.cursor) is None:
        fields.refuse("cursor", "This cursor cannot be read; leave it out for the first page.")
    row = naming.investor(asked.investor)
    page = events.page(row, kind=asked.kind, after=asked.cursor)
    return TimelineShown(
        investor_key=naming.key(row.pk),
        investor=row.name,
        entries=[told_entry(one) for one in page.events],
        has_more=bool(page.older),
        next_cursor=page.older or None,
    )


@tool("reminders", "Reminders", takes=RemindersAsked, gives=RemindersFound)
def reminders(caller: Caller, asked: RemindersAsked) -> RemindersFound:
    """Follow-ups of the team, open ones the soonest first. `me` is the member that this connection acts as."""
    rows = _in_state(Reminder.objects.of_living().with_people(), asked.state)
    if asked.whose.casefold() != "all":
        who = resolving.owner(asked.whose, slot="whose", user_id=caller.actor.user_id)
        rows = rows.assigned_to(who.id)
    if asked.investor:
        rows = rows.filter(investor_id=naming.investor(asked.investor).pk)
    if asked.due_by:
        rows = rows.filter(due_on__lte=asked.due_by)
    found = list(rows[asked.offset : asked.offset + asked.limit + 1])
    page, place = cut(found, asked)
    return RemindersFound(reminders=[_reminder(rows_of.row_of(one)) for one in page], **place)


def overview(row: Investor, sides: Sides) -> InvestorOverview:
    """An investor read by `naming` with what `reading.sides` found."""
    most: dict[str, tuple[Sized, int]] = {
        "opportunities": (sides.deals, reading.MOST_DEALS),
        "people": (sides.people, reading.MOST_PEOPLE),
        "facts": (sides.facts, reading.MOST_FACTS),
        "reminders": (sides.reminders, reading.MOST_REMINDERS),
    }
    return InvestorOverview(
        key=naming.key(row.pk),
        id=row.pk,
        name=row.name,
        url=naming.address("investors:detail", row.pk),
        type=row.type,
        stage=row.stage.label if row.stage else "",
        owner=row.assigned_to.name if row.assigned_to else "",
        location=row.location,
        website=row.website,
        lead_source=row.lead_source,
        notes=row.notes,
        tags=joined.listed(getattr(row, "tag_names", None)),
        in_graveyard=row.graveyard_at is not None,
        graveyard_reason=row.graveyard_reason,
        last_activity_on=_day(row.last_activity_on),
        next_step_on=_day(row.next_step_on),
        committed=_totals(sides.committed),
        expected=_totals(sides.expected),
        opportunities=[_deal(one) for one in sides.deals],
        people=[_person(one) for one in sides.people],
        facts=[_fact(one) for one in sides.facts],
        reminders=[_reminder(one) for one in sides.reminders],
        cut=[name for name, (rows, limit) in most.items() if len(rows) >= limit],
    )


def _in_state(rows: ReminderQuerySet, state: str) -> ReminderQuerySet:
    if state == "overdue":
        return rows.overdue()
    if state == "open":
        return rows.open().soonest_first()
    closed = ReminderState.DONE if state == "done" else ReminderState.DROPPED
    return rows.filter(state=closed).order_by("-closed_at", "-id")


def _deal(one: DealLine) -> Deal:
    return Deal(
        fund=one.fund,
        stage=one.stage["label"],
        category=one.stage["category"],
        currency=one.currency,
        expected=_amount(one.expected),
        committed=_amount(one.committed),
        probability=one.probability,
        close_on=_day(one.close_on),
    )


def _person(one: PersonLine) -> PersonThere:
    return PersonThere(
        key=f"contact:{one.pk}",
        name=one.name,
        title=one.title,
        email=one.email,
        phone=one.phone,
        last_contacted_on=_day(one.last_on),
        has_left=one.has_left,
    )


def _fact(one: FactLine) -> FactKnown:
    return FactKnown(
        text=one.text,
        topic=one.topic,
        confidence=one.confidence,
        person=one.person,
        source_on=_day(one.source_on),
    )


def _reminder(one: ReminderRow) -> ReminderShown:
    return ReminderShown(
        key=f"reminder:{one.pk}",
        text=one.text,
        due_on=one.due_on.isoformat(),
        due_time=one.due_time.strftime("%H:%M") if one.due_time else None,
        state=one.state,
        overdue=one.due_class == "is-overdue",
        assigned_to=one.who,
        investor_key=naming.key(one.investor_id) if one.investor_id else None,
        investor=one.investor,
    )


def told_entry(one: events.Event) -> TimelineEntry:
    data = one.data
    return TimelineEntry(
        kind=one.kind,
        id=one.pk,
        on=one.on.isoformat(),
        state=str(data.get("state") or "happened"),
        direction=data.get("direction"),
        subject=data.get("subject") or "",
        text=data.get("text") or "",
        cut=one.is_cut,
        by=data.get("who") or "",
        people=one.people,
        files=[str(file["name"]) for file in one.files],
        moved_from=data.get("old"),
        moved_to=data.get("new"),
    )


def _totals(sums: Iterable[Money]) -> list[Total]:
    return [Total(currency=one.currency, amount=f"{one.amount:.2f}") for one in sums]


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
