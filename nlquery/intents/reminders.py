"""Intents about follow-ups. Those without an investor count too; those of retired or deleted investors do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crm_site.communications.models import Reminder
from nlquery import peeking, slots, windows, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window

TOPIC = "Reminders"
_CELLS = ("pk", "due_on", "due_time", "text", "investor_id", "investor__name", "assigned_to__name")
COLUMNS = (
    Column("due", "Due", Type.DATE),
    Column("time", "At"),
    Column("text", "What", Type.LINK),
    Column("investor", "Investor", Type.LINK),
    Column("owner", "Owner"),
)


@intent(
    "reminder_due",
    topic=TOPIC,
    answers="Open reminders that are due in a window of time, the soonest first",
    examples=[
        Example("What's due this week?", {"window": "this_week"}),
        Example("What do I have to do tomorrow?", {"window": "tomorrow", "owner": "me"}),
        Example("Next steps with Cedar Row", {"investor": "Cedar Row"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ReminderDue:
    window: Window = slot(slots.Window(), required=True, default=windows.parse("next_7_days"))
    owner: str | None = slot(slots.Owner())
    investor: str | None = slot(slots.Name("investor"))

    def answer(self, asking: Asking) -> Answer:
        found = Reminder.objects.of_live_investors().open().filter(asking.days(self.window).on("due_on"))
        whose = ""
        if self.investor:
            whom = asking.investor(self.investor)
            found, whose = found.filter(investor=whom), f" about {whom.name}"
        if self.owner:
            one_of_us = asking.owner(self.owner)
            found, whose = found.assigned_to(one_of_us.id), f"{whose} of {one_of_us.name}"
        counted = not (self.investor and self.owner)
        peek = peeking.peek(found.soonest_first().values(*_CELLS), counted=counted)
        verb = "is" if peek.is_one else "are"
        said = wording.sentence(
            peek.count("reminder") + whose, verb, f"due {self.window.words}{peek.more('first')}"
        )
        return Answer(COLUMNS, _rows(peek.rows), said, peek.truncated, time="due")


@intent(
    "reminder_overdue",
    topic=TOPIC,
    answers="Open reminders that are past due, the oldest first",
    examples=[
        Example("What is overdue?"),
        Example("Which follow-ups has Anna missed?", {"owner": "Anna"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ReminderOverdue:
    owner: str | None = slot(slots.Owner())

    def answer(self, asking: Asking) -> Answer:
        found = Reminder.objects.of_live_investors().overdue()
        whose = ""
        if self.owner:
            one_of_us = asking.owner(self.owner)
            found, whose = found.assigned_to(one_of_us.id), f" of {one_of_us.name}"
        peek = peeking.peek(found.values(*_CELLS))
        rows = [
            {**row, "days": (asking.today - one["due_on"]).days}
            for one, row in zip(peek.rows, _rows(peek.rows), strict=True)
        ]
        verb = "is" if peek.is_one else "are"
        since = f", the oldest since {wording.day(peek.rows[0]['due_on'])}" if peek.rows else ""
        said = wording.sentence(peek.count("reminder") + whose, verb, f"overdue{since}{peek.more('oldest')}")
        columns = [*COLUMNS, Column("days", "Days overdue", Type.INT)]
        return Answer(columns, rows, said, peek.truncated, time="due")


def _rows(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "due": wording.iso(one["due_on"]),
            "time": f"{one['due_time']:%H:%M}" if one["due_time"] else "",
            "text": one["text"],
            "text_url": reverse("communications:reminder_edit", args=[one["pk"]]),
            **wording.investor_link(one["investor_id"], one["investor__name"]),
            "owner": one["assigned_to__name"],
        }
        for one in found
    ]
