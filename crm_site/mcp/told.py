"""The fields of a write in words: what the person who approves it reads as the message."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from crm_site.communications.choices import Kind
from intake.parsed import Evidence, ParsedContact, ParsedMessage

_WAYS = {"inbound": ", from them", "outbound": ", from us"}


@dataclass
class _Text:
    """Lines in the making, with the place of each value under its path."""

    written: str = ""
    places: dict[str, Evidence] = field(default_factory=dict)

    def say(self, *parts: str | tuple[str, str]) -> None:
        """One line. parts: words, or (path, value) for a value whose place is kept."""
        for part in parts:
            path, value = ("", part) if isinstance(part, str) else part
            if path and value:
                self.places[path] = (len(self.written), len(self.written) + len(value))
            self.written += value
        self.written += "\n"


def in_words(parsed: ParsedMessage) -> tuple[str, ParsedMessage]:
    """The message, and the same fields with the place of each in it as evidence: nothing is proposed that is not there."""
    text = _Text()
    day = f" on {parsed.occurred_on:%a %d %b %Y}" if parsed.occurred_on else ""
    what = "Reminder about " if parsed.intent == "remind" else f"{Kind(parsed.kind).label} with "
    text.say(what, ("investor_name", parsed.investor_name or ""), day + _WAYS.get(parsed.direction or "", ""))
    for place, contact in enumerate(parsed.contacts):
        _person(text, contact, place)
    if parsed.note:
        text.say(("note", parsed.note))
    for label, path, value in (
        ("Fund", "fund", parsed.fund),
        ("Stage", "stage", parsed.stage),
        ("Expected", "expected_amount", parsed.expected_amount),
        ("Committed", "committed_amount", parsed.committed_amount),
    ):
        if value is not None:
            text.say(f"{label}: ", (path, str(value)))
    if parsed.reminder:
        due = f", due {parsed.reminder.due_on:%a %d %b %Y}" if parsed.reminder.due_on else ""
        text.say("Follow up: ", ("reminder.text", parsed.reminder.text), due)
    facts = []
    for place, fact in enumerate(parsed.facts):
        text.say("Remember: ", (f"facts.{place}", fact.text))
        facts.append(replace(fact, evidence=text.places.get(f"facts.{place}")))
    return text.written.strip(), replace(parsed, evidence=text.places, facts=tuple(facts))


def _person(text: _Text, contact: ParsedContact, place: int) -> None:
    parts: list[str | tuple[str, str]] = ["With: "]
    for name in ("name", "title", "email", "phone"):
        value = getattr(contact, name)
        if value:
            parts += [(f"contacts.{place}.{name}", value), ", "]
    text.say(*parts[:-1])
