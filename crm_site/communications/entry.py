"""What one log entry says, and what came of it: the shapes that every door hands to `log_communication`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from crm_site.communications.choices import Kind, State
from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts.models import Contact
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Investor, Opportunity, Stage


@dataclass(frozen=True)
class PersonEntry:
    """A person named in the entry. contact: who it is, when that is known; None makes a new one."""

    name: str
    email: str = ""
    phone: str = ""
    title: str = ""
    contact: Contact | None = None


@dataclass(frozen=True)
class ReminderEntry:
    """A follow-up. due_on None: in three working days."""

    text: str
    due_on: date | None = None
    due_time: time | None = None
    assigned_to_id: int | None = None


@dataclass(frozen=True)
class FactEntry:
    """Something to remember, how sure it is (0..1), and about which person of the entry (by place in `people`)."""

    text: str
    topic: str = ""
    confidence: float = 1.0
    person: int | None = None


@dataclass(frozen=True)
class Entry:
    """One thing to write. investor None: a new one named `investor_name` is made.

    with_communication False: nothing happened (a new record, a reminder, a stage); only the rest is written.
    expected, committed: in the currency of `fund`, or of the single open opportunity's fund.
    """

    investor: Investor | None = None
    investor_name: str = ""
    investor_type: str = InvestorType.OTHER
    people: tuple[PersonEntry, ...] = ()
    with_communication: bool = True
    kind: str = Kind.NOTE
    state: str = State.HAPPENED
    direction: str | None = None
    occurred_on: date | None = None
    occurred_at: datetime | None = None
    subject: str = ""
    body: str = ""
    fund: Fund | None = None
    stage: Stage | None = None
    expected: Decimal | None = None
    committed: Decimal | None = None
    reminder: ReminderEntry | None = None
    facts: tuple[FactEntry, ...] = ()
    member_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class LeftAlone:
    """A filled field that the entry would have changed: it was kept, and a person should decide."""

    label: str
    id: int
    field: str
    kept: str
    offered: str


@dataclass(frozen=True)
class Changed:
    """A field that was changed."""

    label: str
    id: int
    field: str
    old: Any
    new: Any


@dataclass
class Result:
    """What an entry led to. created: label and id of each new record."""

    investor: Investor
    contacts: list[Contact] = field(default_factory=list)
    communication: Communication | None = None
    reminder: Reminder | None = None
    opportunity: Opportunity | None = None
    facts: list[Fact] = field(default_factory=list)
    created: list[tuple[str, int]] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)
    replayed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Ids and what happened to them: what the API answers and what an idempotent replay repeats."""
        return {
            "investor_id": self.investor.pk,
            "investor_name": self.investor.name,
            "contact_ids": [contact.pk for contact in self.contacts],
            "communication_id": self.communication.pk if self.communication else None,
            "reminder_id": self.reminder.pk if self.reminder else None,
            "opportunity_id": self.opportunity.pk if self.opportunity else None,
            "fact_ids": [fact.pk for fact in self.facts],
            "created": [{"type": label, "id": pk} for label, pk in self.created],
            "changed": [
                {
                    "type": one.label,
                    "id": one.id,
                    "field": one.field,
                    "old": _text(one.old),
                    "new": _text(one.new),
                }
                for one in self.changed
            ],
            "left_alone": [
                {
                    "type": one.label,
                    "id": one.id,
                    "field": one.field,
                    "kept": one.kept,
                    "offered": one.offered,
                }
                for one in self.left_alone
            ],
        }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
