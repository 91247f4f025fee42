"""Who changed what about a record: the audit log in the words of the team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_site.accounts.models import Membership
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.communications.models import Communication
from crm_site.core.models import Kept
from crm_site.home.investor import putting_back
from crm_site.investors.models import Investor, Stage

PAGE = 15
DOORS = {"web": "on the web", "api": "by the API", "matrix": "in Matrix", "mcp": "by MCP", "admin": "in the admin", "import": "by import", "system": "by the system"}  # fmt: skip
_HIDDEN = frozenset({"name_key", "domain", "graveyard_by_id", "closed_by_id", "investor", "contact"})
_LONG = 140


@dataclass(frozen=True)
class Change:
    """One field, old → new, in words. can_put_back: the old value may be written again by a button."""

    field: str
    label: str
    old: str
    new: str
    can_put_back: bool


@dataclass(frozen=True)
class Entry:
    """One line of the history. did: what was done, and to what when it was not the record itself. is_new: nothing was there."""

    pk: int
    at: datetime
    who: str
    door: str
    did: str
    changes: list[Change]
    is_new: bool


@dataclass(frozen=True)
class History:
    """Some of it. older: the sequence to go on from, 0 at the end."""

    entries: list[Entry]
    older: int


def page(row: Kept, *, before: int | None = None) -> History:
    """The latest entries around a record, or those before one: five queries for any number of entries."""
    events = AuditEvent.objects.around(row._meta.label_lower, row.pk)
    if before:
        events = events.filter(sequence__lt=before)
    found = reading.lines(events[: PAGE + 1])
    shown = found[:PAGE]
    words = _Words(shown)
    entries = [_entry(line, words, row) for line in shown]
    return History(entries, shown[-1].sequence if len(found) > PAGE else 0)


class _Words:
    """Names for the ids and keys of some entries: one query for people, one for stages where any was moved."""

    def __init__(self, lines: Iterable[reading.Line]) -> None:
        rows = list(lines)
        people = {line.user_id for line in rows if line.user_id}
        values = [(name, value) for line in rows for name, *pair in line.changes for value in pair]
        people |= {value for name, value in values if name == "assigned_to_id" and isinstance(value, int)}
        members = Membership.objects.filter(user_id__in=people).select_related("user").order_by("id")
        self.people: dict[int | None, str] = (
            {member.user_id: member.user.name for member in members} if people else {}
        )
        keys = {value for name, value in values if name == "stage" and value}
        stages = Stage.all_objects.filter(key__in=keys).order_by("id")
        self.stages: dict[Any, str] = {stage.key: stage.label for stage in stages} if keys else {}

    def of(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if field == "assigned_to_id":
            return self.people.get(value, "somebody")
        if field == "stage":
            return self.stages.get(value, str(value))
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        text = str(value)
        choices = _CHOICES.get(field, {})
        text = choices.get(text, text)
        if field.endswith("_at"):
            text = text[:16].replace("T", " ")
        return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


_CHOICES: dict[str, dict[str, str]] = {
    "type": {str(key): str(label) for key, label in Investor._meta.get_field("type").choices or []},
    "kind": {str(key): str(label) for key, label in Communication._meta.get_field("kind").choices or []},
}
_NOUNS = {
    "investors.opportunity": "opportunity", "investors.investoralias": "alias", "investors.investor": "investor",
    "contacts.affiliation": "contact", "contacts.contact": "contact", "contacts.contactemail": "e-mail",
    "contacts.contactphone": "phone", "communications.communication": "communication",
    "communications.reminder": "reminder", "communications.fact": "fact",
}  # fmt: skip


def _entry(line: reading.Line, words: _Words, row: Kept) -> Entry:
    noun, _, verb = line.action.partition(".")
    itself = (line.subject_label, line.subject_id) == (row._meta.label_lower, row.pk)
    about = "" if itself else _NOUNS.get(line.subject_label, noun)
    fund = line.details.get("fund")
    did = " ".join(part for part in (verb.replace("_", " "), about, f"in {fund}" if fund else "") if part)
    changes = [
        Change(name, label(name), words.of(name, old), words.of(name, new), putting_back.can(line, name))
        for name, old, new in line.changes
        if name not in _HIDDEN and name != reading.ERASED
    ]
    who = words.people.get(line.user_id, "Somebody") if line.user_id else "Roundtable"
    return Entry(
        line.id, line.at, who, DOORS.get(line.door, line.door), did, changes, verb in {"created", "logged"}
    )


def label(field: str) -> str:
    """A field's name as people say it."""
    known = {"assigned_to_id": "Owner", "close_on": "Close date", "due_on": "Due", "occurred_on": "Date", "graveyard_at": "Retired", "graveyard_reason": "Reason"}  # fmt: skip
    return known.get(
        field,
        field.removesuffix("_id").removesuffix("_on").removesuffix("_at").replace("_", " ").capitalize(),
    )
