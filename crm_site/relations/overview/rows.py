"""A reminder as it is drawn, on any page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from crm_site.communications.choices import ReminderState
from crm_site.communications.models import Reminder
from crm_site.core import clock


@dataclass(frozen=True)
class ReminderRow:
    """One follow-up. investor: the name, empty on the investor's own page."""

    pk: int
    version: int
    text: str
    due_on: date
    due_time: time | None
    state: str
    who: str
    who_id: int
    investor_id: int | None = None
    investor: str = ""

    @property
    def is_open(self) -> bool:
        return self.state == ReminderState.OPEN

    @property
    def is_done(self) -> bool:
        return self.state == ReminderState.DONE

    @property
    def due_class(self) -> str:
        """`is-overdue` from the next midnight on, or from its time when one was set; `is-today` before that."""
        now = clock.local(clock.now())
        if not self.is_open or self.due_on > now.date():
            return ""
        timed_out = self.due_on == now.date() and self.due_time is not None and self.due_time < now.time()
        return "is-overdue" if timed_out or self.due_on < now.date() else "is-today"


def row_of(reminder: Reminder) -> ReminderRow:
    """A reminder read `with_people()` as a row."""
    return ReminderRow(
        pk=reminder.pk,
        version=reminder.version,
        text=reminder.text,
        due_on=reminder.due_on,
        due_time=reminder.due_time,
        state=reminder.state,
        who=reminder.assigned_to.name,
        who_id=reminder.assigned_to_id,
        investor_id=reminder.investor_id,
        investor=reminder.investor.name if reminder.investor else "",
    )
