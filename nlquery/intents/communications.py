"""Intents about what happened, and about meetings to come.

What happened leaves out what is only planned, except where meetings are listed. “owner” is a member who took part or wrote
it down. Rows of investors in the graveyard are out, like those of deleted ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crm_site.communications.choices import Direction, Kind, State
from crm_site.communications.models import Communication, CommunicationContact
from crm_site.communications.querysets import CommunicationQuerySet
from crm_site.core import joined, text
from crm_site.investors.models import Investor
from nlquery import peeking, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.peeking import Peek
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window

TOPIC = "Communications"
LIMIT = slots.Int(1, 500)
KIND = slots.Choice(Kind.values)
NOUNS = {
    "note": "note",
    "email": "e-mail",
    "call": "call",
    "meeting": "meeting",
    "message": "message",
    "": "entry",
}
TOLD = 200

DATE = Column("date", "Date", Type.DATE)
INVESTOR = Column("investor", "Investor", Type.LINK)
WHAT = Column("what", "What", Type.LINK)
KIND_COLUMN = Column("kind", "Kind")
WHO = Column("who", "Who of us")
_CELLS = (
    "pk", "occurred_on", "occurred_at", "kind", "state", "direction", "subject", "opening", "who",
    "investor_id", "investor__name",
)  # fmt: skip


@intent(
    "activity_recent",
    topic=TOPIC,
    answers="What happened in a window of time, of any kind or one, with anybody or one investor, the newest first",
    examples=[
        Example("What happened this week?", {"window": "this_week"}),
        Example(
            "Which e-mails did Anna send last month?",
            {"window": "last_month", "kind": "email", "owner": "Anna"},
        ),
        Example(
            "Show the last 30 days with Blue Heron Capital",
            {"window": "last_30_days", "investor": "Blue Heron Capital"},
        ),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ActivityRecent:
    window: Window = slot(slots.Window(), required=True)
    kind: str | None = slot(KIND)
    owner: str | None = slot(slots.Owner())
    investor: str | None = slot(slots.Name("investor"))
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        found, whose = _narrowed(asking, happened(), self.investor, self.owner)
        found = found.filter(asking.days(self.window).on("occurred_on"))
        if self.kind:
            found = found.filter(kind=self.kind)
        # Two names cost two queries; then there is one left.
        counted = not (self.investor and self.owner)
        peek = peeking.peek(found.newest_first().as_told().values(*_CELLS), self.limit, counted=counted)
        said = wording.sentence(
            peek.count(NOUNS[self.kind or ""]), whose, f"{self.window.words}{peek.more('latest')}"
        )
        columns = [DATE, INVESTOR, WHAT, KIND_COLUMN, WHO]
        return Answer(columns, told(peek.rows), said, peek.truncated, time="date")


@intent(
    "activity_last",
    topic=TOPIC,
    answers="The last communication with one investor (of a kind), and how long ago it was",
    examples=[
        Example("When did we last speak to Blue Heron Capital?", {"investor": "Blue Heron Capital"}),
        Example(
            "How long since our last meeting with Cedar Row?", {"investor": "Cedar Row", "kind": "meeting"}
        ),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ActivityLast:
    investor: str = slot(slots.Name("investor"), required=True)
    kind: str | None = slot(KIND)

    def answer(self, asking: Asking) -> Answer:
        investor = asking.investor(self.investor)
        found = happened().filter(investor=investor)
        if self.kind:
            found = found.filter(kind=self.kind)
        people = CommunicationContact.objects.filter(contact__deleted_at__isnull=True)
        named = found.annotate(people=joined.names(people, "communication", "contact__name"))
        last = list(named.newest_first().as_told().values(*_CELLS, "people")[:1])
        rows = [
            {
                **row,
                "days": (asking.today - one["occurred_on"]).days,
                "people": ", ".join(joined.listed(one["people"])),
            }
            for one, row in zip(last, told(last), strict=True)
        ]
        noun = NOUNS[self.kind] if self.kind else "communication"
        columns = [
            DATE,
            Column("days", "Days ago", Type.INT),
            INVESTOR,
            WHAT,
            KIND_COLUMN,
            WHO,
            Column("people", "Who of them"),
        ]
        said = f"No {noun} with {investor.name} is on record."
        if last:
            ago = _ago(rows[0]["days"])
            said = (
                f"The last {noun} with {investor.name} was on {wording.day(last[0]['occurred_on'])}, {ago}."
            )
        return Answer(columns, rows, said, number="days")


@intent(
    "email_activity",
    topic=TOPIC,
    answers="E-mails in a window of time, all or those of one direction or one investor, the newest first",
    examples=[
        Example(
            "E-mails from Cedar Row this month",
            {"window": "this_month", "investor": "Cedar Row", "direction": "inbound"},
        ),
        Example("Which e-mails went out yesterday?", {"window": "yesterday", "direction": "outbound"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class EmailActivity:
    window: Window = slot(slots.Window(), required=True)
    investor: str | None = slot(slots.Name("investor"))
    direction: str | None = slot(slots.Choice(Direction.values))

    def answer(self, asking: Asking) -> Answer:
        found, whose = _narrowed(asking, happened().filter(kind=Kind.EMAIL), self.investor, None)
        found = found.filter(asking.days(self.window).on("occurred_on"))
        if self.direction:
            found = found.filter(direction=self.direction)
        peek = peeking.peek(found.newest_first().as_told().values(*_CELLS))
        noun = f"{self.direction} e-mail" if self.direction else "e-mail"
        ways = "" if self.direction else _split(peek, "direction", Direction.values)
        said = wording.sentence(peek.count(noun), whose, f"{self.window.words}{ways}{peek.more('latest')}")
        columns = [DATE, INVESTOR, WHAT, Column("direction", "Direction"), WHO]
        return Answer(columns, told(peek.rows), said, peek.truncated, time="date")


@intent(
    "meeting_list",
    topic=TOPIC,
    answers="Meetings in a window of time, past or planned, in the order of time",
    examples=[
        Example("Which meetings do I have next week?", {"window": "next_week", "owner": "me"}),
        Example("Meetings last quarter", {"window": "last_quarter"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class MeetingList:
    window: Window = slot(slots.Window(), required=True)
    owner: str | None = slot(slots.Owner())
    investor: str | None = slot(slots.Name("investor"))

    def answer(self, asking: Asking) -> Answer:
        meetings = Communication.objects.of_live_investors().filter(kind=Kind.MEETING)
        found, whose = _narrowed(asking, meetings, self.investor, self.owner)
        found = found.filter(asking.days(self.window).on("occurred_on"))
        counted = not (self.investor and self.owner)
        peek = peeking.peek(found.in_time_order().as_told().values(*_CELLS), counted=counted)
        rows = [
            {**row, "at": wording.iso(one["occurred_at"]), "state": State(one["state"]).label}
            for one, row in zip(peek.rows, told(peek.rows), strict=True)
        ]
        states = _split(peek, "state", State.values)
        said = wording.sentence(
            peek.count("meeting"), whose, f"{self.window.words}{states}{peek.more('first')}"
        )
        columns = [DATE, Column("at", "Time", Type.DATETIME), INVESTOR, WHAT, Column("state", "State"), WHO]
        return Answer(columns, rows, said, peek.truncated, time="date")


def happened() -> CommunicationQuerySet:
    """What took place with live investors."""
    found: CommunicationQuerySet = Communication.objects.of_live_investors().happened()
    return found


def happened_but_gone() -> CommunicationQuerySet:
    """The same rows as `happened()`, without the join: faster where every row is read and joined to others anyway."""
    gone = Investor.all_objects.gone().values("pk")
    found: CommunicationQuerySet = Communication.objects.happened().exclude(investor_id__in=gone)
    return found


def told(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `as_told()` as cells."""
    return [
        {
            "date": wording.iso(one["occurred_on"]),
            **wording.investor_link(one["investor_id"], one["investor__name"]),
            "what": summed_up(one["subject"], one["opening"]),
            "what_url": reverse("communications:detail", args=[one["pk"]]),
            "kind": Kind(one["kind"]).label,
            "direction": Direction(one["direction"]).label if one["direction"] else "",
            "who": ", ".join(joined.listed(one["who"])),
        }
        for one in rows
    ]


def summed_up(subject: str, body: str) -> str:
    """Subject and text on one line."""
    parts = [part for part in (text.one_line(subject), text.one_line(body)) if part]
    return text.shorten(": ".join(parts), TOLD) or "(no text)"


def _narrowed(
    asking: Asking, found: CommunicationQuerySet, investor: str | None, owner: str | None
) -> tuple[CommunicationQuerySet, str]:
    """The rows with the investor and the member named, and “with Blue Heron in which Anna took part”."""
    words = []
    if investor:
        whom = asking.investor(investor)
        found = found.filter(investor=whom)
        words.append(f"with {whom.name}")
    if owner:
        one_of_us = asking.owner(owner)
        found = found.with_member(one_of_us.id)
        words.append(f"in which {one_of_us.name} took part")
    return found, " ".join(words)


def _split(peek: Peek, key: str, values: Iterable[str]) -> str:
    """“ (7 inbound, 5 outbound)”, while all are there; those without a value are not named."""
    if peek.truncated:
        return ""
    counts = [(sum(one[key] == value for one in peek.rows), value) for value in values]
    parts = [f"{number:,} {value}" for number, value in counts if number]
    return f" ({', '.join(parts)})" if parts else ""


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{wording.count(days, 'day')} ago")
