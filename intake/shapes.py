"""The shapes of what a parser returns; `intake.parsed` is where the rest of the house takes them from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

INTENTS = ("log", "add", "remind", "stage", "question", "ignore")
KINDS = ("note", "email", "call", "meeting", "message")
DIRECTIONS = ("inbound", "outbound")
PARSERS = ("model", "grammar")

# Longest text of each field, in characters. The database columns are at least as long.
LIMITS: Mapping[str, int] = {
    "investor_name": 200,
    "name": 200,
    "email": 254,
    "phone": 50,
    "title": 120,
    "note": 10_000,
    "fund": 200,
    "stage": 50,
    "reminder": 300,
    "fact": 500,
    "topic": 60,
}
MAX_CONTACTS = 20
MAX_FACTS = 20
MAX_ALSO = 10
MAX_AMOUNT = Decimal(10) ** 13

Evidence = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ParsedContact:
    """A person on the investor's side; at least one of name, email and phone is there."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedReminder:
    """What to do next; due_on None when the message names no day."""

    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ParsedFact:
    """Something worth remembering; evidence is its place in the message."""

    text: str
    topic: str
    confidence: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """One message about one investor; `also` holds the others.

    confidence and evidence are keyed by field path: "investor_name", "contacts.0.email", "reminder.due_on".
    """

    intent: str
    investor_name: str | None = None
    contacts: tuple[ParsedContact, ...] = ()
    kind: str = "note"
    occurred_on: date | None = None
    note: str = ""
    fund: str | None = None
    expected_amount: Decimal | None = None
    committed_amount: Decimal | None = None
    stage: str | None = None
    reminder: ParsedReminder | None = None
    confidence: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    direction: str | None = None
    facts: tuple[ParsedFact, ...] = ()
    also: tuple[ParsedMessage, ...] = ()
    parser: str = "grammar"

    def to_json(self) -> dict[str, Any]:
        """The documented shape: amounts as plain decimal strings, dates as ISO, evidence as [start, end]."""
        return {
            "intent": self.intent,
            "investor_name": self.investor_name,
            "contacts": [
                {"name": c.name, "email": c.email, "phone": c.phone, "title": c.title} for c in self.contacts
            ],
            "kind": self.kind,
            "occurred_on": _day(self.occurred_on),
            "note": self.note,
            "fund": self.fund,
            "expected_amount": _plain(self.expected_amount),
            "committed_amount": _plain(self.committed_amount),
            "stage": self.stage,
            "reminder": self.reminder and {"text": self.reminder.text, "due_on": _day(self.reminder.due_on)},
            "confidence": {key: round(value, 3) for key, value in self.confidence.items()},
            "evidence": {key: list(value) for key, value in self.evidence.items()},
            "direction": self.direction,
            "facts": [
                {
                    "text": f.text,
                    "topic": f.topic,
                    "confidence": round(f.confidence, 3),
                    "evidence": list(f.evidence) if f.evidence else None,
                }
                for f in self.facts
            ],
            "also": [other.to_json() for other in self.also],
            "parser": self.parser,
        }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return format(value.quantize(Decimal(1)) if value == value.to_integral_value() else value, "f")
