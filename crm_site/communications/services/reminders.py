"""Follow-ups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.utils import timezone

from crm_site.accounts import members, permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications.choices import ReminderState
from crm_site.communications.models import Communication, Reminder
from crm_site.communications.services.derived import note_new_step, refresh_activity
from crm_site.core import clock, fields, living, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from crm_site.investors.models import Investor, Opportunity

EDITABLE = frozenset({"text", "due_on", "due_time", "assigned_to_id"})
DEFAULT_WORKING_DAYS = 3


class ReminderClosed(Conflict):
    """The reminder is done or dropped already."""

    code = "reminder_closed"


@unit.atomic
def add_reminder(
    *,
    actor: Actor,
    text: str,
    due_on: date | str | None = None,
    due_time: time | str | None = None,
    investor: Investor | None = None,
    opportunity: Opportunity | None = None,
    communication: Communication | None = None,
    assigned_to_id: int | None = None,
) -> Reminder:
    """Set a follow-up, the writer's own unless said otherwise. Without a date: in three working days."""
    permissions.require(actor, Verb.EDIT_REMINDER, on=[investor, opportunity, communication])
    values = _checked(
        actor,
        {
            "text": text,
            "due_on": due_on or clock.working_days_after(clock.today(), DEFAULT_WORKING_DAYS),
            "due_time": due_time,
            "assigned_to_id": assigned_to_id if assigned_to_id is not None else actor.user_id,
        },
    )
    about = investor or (opportunity.investor if opportunity else None)
    living.hold(about)
    row = Reminder.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        investor=about,
        opportunity=opportunity,
        communication=communication,
        **values,
    )
    audit.record(
        actor=actor, action="reminder.created", subject=row, parent=about, changes=audit.fresh(values)
    )
    if about is not None:
        note_new_step(actor=actor, investor_id=about.pk, due_on=values["due_on"])
    return row


@unit.atomic
def edit_reminder(
    *, actor: Actor, reminder: Reminder, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change text, due date and time, or who does it."""
    permissions.require(actor, Verb.EDIT_REMINDER, on=[reminder])
    changes = versioned.update(reminder, _checked(actor, fields.only(values, EDITABLE)), version=version)
    if changes:
        _note(actor, "reminder.edited", reminder, changes)
    return changes


@unit.atomic
def snooze_reminder(
    *, actor: Actor, reminder: Reminder, due_on: date | str, version: int | None = None
) -> versioned.Changes:
    """Put an open reminder off to a later day; a time of day that was set goes."""
    permissions.require(actor, Verb.EDIT_REMINDER, on=[reminder])
    _require_open(reminder)
    new = fields.day(due_on, field="due_on", required=True)
    changes = versioned.update(reminder, {"due_on": new, "due_time": None}, version=version)
    if changes:
        _note(actor, "reminder.snoozed", reminder, changes)
    return changes


@unit.atomic
def close_reminder(
    *, actor: Actor, reminder: Reminder, state: str = ReminderState.DONE, version: int | None = None
) -> Reminder:
    """Tick a reminder off (`done`), or let it go (`dropped`)."""
    permissions.require(actor, Verb.EDIT_REMINDER, on=[reminder])
    _require_open(reminder)
    fields.choice(state, field="state", options=[ReminderState.DONE, ReminderState.DROPPED])
    values = {"state": state, "closed_at": timezone.now(), "closed_by_id": actor.user_id}
    changes = versioned.update(reminder, values, version=version)
    _note(actor, f"reminder.{state}", reminder, changes)
    return reminder


@unit.atomic
def reopen_reminder(*, actor: Actor, reminder: Reminder, version: int | None = None) -> Reminder:
    """Take a tick back."""
    permissions.require(actor, Verb.EDIT_REMINDER, on=[reminder])
    values = {"state": ReminderState.OPEN, "closed_at": None, "closed_by_id": None}
    changes = versioned.update(reminder, values, version=version)
    if changes:
        _note(actor, "reminder.reopened", reminder, changes)
    return reminder


def _require_open(reminder: Reminder) -> None:
    if reminder.state != ReminderState.OPEN:
        raise ReminderClosed(f"This reminder is {reminder.get_state_display().lower()} already.")


def _note(actor: Actor, action: str, row: Reminder, changes: Mapping[str, tuple[Any, Any]]) -> None:
    audit.record(actor=actor, action=action, subject=row, parent=row.investor, changes=changes)
    if row.investor_id is not None:
        refresh_activity(actor=actor, investor_ids=[row.investor_id])


def _checked(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "text" in checked:
        checked["text"] = fields.line(checked["text"], field="text", limit=300, required=True)
    if "due_on" in checked:
        checked["due_on"] = fields.day(checked["due_on"], field="due_on", required=True)
    if "due_time" in checked:
        checked["due_time"] = fields.clock_time(checked["due_time"], field="due_time")
    # Whoever acts is a member already; only others are looked up.
    if "assigned_to_id" in checked and (
        checked["assigned_to_id"] is None or checked["assigned_to_id"] != actor.user_id
    ):
        checked["assigned_to_id"] = members.checked_user_id(checked["assigned_to_id"], field="assigned_to")
        if checked["assigned_to_id"] is None:
            fields.refuse("assigned_to", "Say who should do it.")
    return checked
