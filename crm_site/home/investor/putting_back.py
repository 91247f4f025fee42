"""Writing the old value of an entry of the history again, by the service of its noun: a change like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.communications import services as communications
from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, NotFound
from crm_site.core.models import Kept
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity, Stage

Values = dict[str, Any]


class CannotPutBack(Conflict):
    """This entry of the history holds no value that can be put back."""

    code = "cannot_put_back"


@dataclass(frozen=True)
class _Editor:
    model: type[Kept]
    fields: frozenset[str]
    edit: Callable[[Actor, Any, Values], object]


def put_back(*, actor: Actor, row: Kept, event_id: int, field: str) -> bool:
    """Write the old value of one field again. Tells whether that changed anything.

    Raises NotFound for an entry of another record or a record deleted since, CannotPutBack.
    """
    events = AuditEvent.objects.around(row._meta.label_lower, row.pk).filter(pk=event_id)
    line = next(iter(reading.lines(events)), None)
    if line is None:
        raise NotFound("There is no such entry in the history.")
    if not can(line, field):
        raise CannotPutBack("This value cannot be put back.")
    old = next((old for name, old, _ in line.changes if name == field), None)
    editor = _EDITORS[line.subject_label]
    subject = editor.model.objects.filter(pk=line.subject_id).first()
    if subject is None:
        raise NotFound("What it is about was deleted. Restore it from the trash first.")
    return bool(editor.edit(actor, subject, {field: old}))


def can(line: reading.Line, field: str) -> bool:
    """Tell whether the entry holds an old value of this field that can be written again."""
    editor = _EDITORS.get(line.subject_label)
    return editor is not None and line.action.endswith(_CHANGES) and field in editor.fields


_CHANGES = (".edited", ".snoozed", "opportunity.moved")


def _investor(actor: Actor, row: Investor, values: Values) -> object:
    return investors.edit_investor(actor=actor, investor=row, values=values)


def _opportunity(actor: Actor, row: Opportunity, values: Values) -> object:
    if "stage" not in values:
        return investors.edit_opportunity(actor=actor, opportunity=row, values=values)
    stage = Stage.objects.filter(key=values["stage"]).first()
    if stage is None:
        raise CannotPutBack("That stage is gone.")
    before = row.stage_id
    return investors.move_opportunity(actor=actor, opportunity=row, stage=stage).stage_id != before


def _fund(actor: Actor, row: Fund, values: Values) -> object:
    return investors.edit_fund(actor=actor, fund=row, values=values)


def _contact(actor: Actor, row: Contact, values: Values) -> object:
    return contacts.edit_contact(actor=actor, contact=row, values=values)


def _affiliation(actor: Actor, row: Affiliation, values: Values) -> object:
    return contacts.edit_affiliation(actor=actor, affiliation=row, values=values)


def _communication(actor: Actor, row: Communication, values: Values) -> object:
    return communications.edit_communication(actor=actor, communication=row, values=values)


def _reminder(actor: Actor, row: Reminder, values: Values) -> object:
    return communications.edit_reminder(actor=actor, reminder=row, values=values)


def _fact(actor: Actor, row: Fact, values: Values) -> object:
    return communications.edit_fact(actor=actor, fact=row, values=values)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Not `occurred_at` and `contacts`: the log keeps those in a form for people.
_EDITORS: dict[str, _Editor] = {
    "investors.investor": _Editor(
        Investor, _names("name type assigned_to_id location website lead_source notes"), _investor
    ),
    "investors.opportunity": _Editor(
        Opportunity, _names("stage expected committed probability close_on committed_on"), _opportunity
    ),
    "investors.fund": _Editor(Fund, _names("name target currency opens_on closes_on description"), _fund),
    "contacts.contact": _Editor(Contact, _names("name linkedin notes"), _contact),
    "contacts.affiliation": _Editor(Affiliation, _names("title from_on to_on"), _affiliation),
    "communications.communication": _Editor(
        Communication, _names("kind state direction occurred_on subject body"), _communication
    ),
    "communications.reminder": _Editor(Reminder, _names("text due_on due_time assigned_to_id"), _reminder),
    "communications.fact": _Editor(Fact, _names("text topic"), _fact),
}
