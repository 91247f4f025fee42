"""Code, not a model: what does not stand in the message is dropped, dates and sums are worked out here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm_site.core import amounts
from intake import parsed
from intake.parser import addresses, dates, funds, grammar, names, people, spans, stages
from intake.parser import known as knowing

_AGREED, _ALONE, _REPLACED = 0.95, 0.7, 0.5


def verify(
    message: parsed.ParsedMessage,
    *,
    text: str,
    sent_at: datetime,
    zone: ZoneInfo,
    known: knowing.Known,
    rules: parsed.ParsedMessage | None = None,
) -> parsed.ParsedMessage:
    """The message with only what its text bears out.

    rules: what the grammar parser made of the same text (worked out when None); where the two disagree the
    confidence falls, and where a value has no evidence the grammar's, which has, takes its place.
    """
    if rules is None:
        rules = grammar.parse(text, sent_at=sent_at, zone=zone, known=known)
    if message.parser == "grammar":
        return message
    month_first = grammar.writes_month_first(zone)
    anchor = dates.Anchor(sent_at.astimezone(zone).date(), month_first)
    source = _Source(spans.prepare(text), text, anchor, known)
    everyone = [rules, *rules.also]
    first = _one(message, source, _counterpart(message, everyone))
    also = tuple(_one(other, source, _counterpart(other, everyone)) for other in message.also)
    return replace(first, also=tuple(other for other in also if other.investor_name or other.contacts))


@dataclass(frozen=True)
class _Source:
    text: str
    original: str
    anchor: dates.Anchor
    known: knowing.Known

    def place(self, value: str | None) -> tuple[int, int] | None:
        """Where the value literally stands, white space and case apart."""
        if not value or len(value) > 500:
            return None
        pattern = r"\s+".join(re.escape(part) for part in spans.prepare(value).split())
        found = re.search(rf"(?<!\w){pattern}(?!\w)", self.text, re.I) if pattern else None
        return found.span() if found else None

    def share(self, value: str) -> float:
        """How many of the words stand in the message."""
        said = [w.text.casefold() for w in spans.words(spans.prepare(value))]
        have = {w.text.casefold() for w in spans.words(self.text)}
        return sum(w in have for w in said) / len(said) if said else 0.0


class _Sure:
    """Confidence and evidence of what is kept."""

    def __init__(self, given: Mapping[str, float]) -> None:
        self.given = given
        self.confidence: dict[str, float] = {}
        self.evidence: dict[str, tuple[int, int]] = {}

    def keep(self, path: str, most: float, place: tuple[int, int] | None = None) -> None:
        self.confidence[path] = round(min(most, max(0.0, self.given.get(path, most))), 3)
        if place:
            self.evidence[path] = place


def _counterpart(message: parsed.ParsedMessage, rules: list[parsed.ParsedMessage]) -> parsed.ParsedMessage:
    wanted = knowing.fold(message.investor_name or "")
    return next((r for r in rules if wanted and knowing.fold(r.investor_name or "") == wanted), rules[0])


def _one(message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage) -> parsed.ParsedMessage:
    sure = _Sure(message.confidence)
    sure.keep("intent", _AGREED if message.intent == rules.intent else _ALONE)
    if message.intent in ("question", "ignore"):
        return parsed.ParsedMessage(
            message.intent,
            occurred_on=source.anchor.today,
            note=rules.note,
            confidence=sure.confidence,
            parser="model",
        )
    kind = message.kind
    sure.keep(
        "kind",
        _AGREED if kind == rules.kind else _ALONE,
        rules.evidence.get("kind") if kind == rules.kind else None,
    )
    investor = _investor(message, source, rules, sure)
    expected, committed = _money(message, source, rules, sure)
    return parsed.ParsedMessage(
        intent=message.intent,
        investor_name=investor,
        contacts=_contacts(message, source, rules, investor, sure),
        kind=kind,
        occurred_on=_occurred(message, source, rules, sure),
        note=message.note if message.note and source.share(message.note) >= 0.7 else rules.note,
        fund=_fund(message, source, sure),
        expected_amount=expected,
        committed_amount=committed,
        stage=_stage(message, source, rules, sure),
        reminder=_reminder(message, source, rules, sure),
        direction=_direction(message, rules, sure),
        facts=_facts(message, source),
        confidence=sure.confidence,
        evidence=sure.evidence,
        parser="model",
    )


def _investor(
    message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage, sure: _Sure
) -> str | None:
    name = message.investor_name
    if name is None or names.is_member(name, list(source.known.members)):
        return None
    if place := source.place(name):
        agreed = knowing.fold(name) == knowing.fold(rules.investor_name or "")
        sure.keep("investor_name", 0.97 if agreed else _ALONE, place)
        return name
    if rules.investor_name:
        sure.keep("investor_name", _REPLACED, rules.evidence.get("investor_name"))
    return rules.investor_name


def _contacts(
    message: parsed.ParsedMessage,
    source: _Source,
    rules: parsed.ParsedMessage,
    investor: str | None,
    sure: _Sure,
) -> tuple[parsed.ParsedContact, ...]:
    """Named people who stand in the text; addresses and numbers are given out anew, by code."""
    members = list(source.known.members)
    placed = [
        (c, source.place(c.name)) for c in message.contacts if c.name and not names.is_member(c.name, members)
    ]
    persons = [names.Name(*at, c.name or "", "person") for c, at in placed if at]
    at = source.place(investor)
    firms = [names.Name(*at, investor or "", "firm")] if at else []
    emails = addresses.find_emails(source.text)
    struck = spans.blank(source.text, [e.at for e in emails])
    folk = people.build(struck, persons, firms, [], emails, addresses.find_phones(struck))
    theirs = [c for c in message.contacts if not (c.name and names.is_member(c.name, members))]
    wanted = {c.email.casefold() for c in theirs if c.email}
    titles = {
        knowing.fold(c.name or ""): c.title
        for c in (*rules.contacts, *message.contacts)
        if source.place(c.title)
    }
    kept = [p for p in folk if p.name or (p.email and p.email.text.casefold() in wanted)]
    return tuple(
        _contact(i, p, titles, source, rules, sure) for i, p in enumerate(kept[: parsed.MAX_CONTACTS])
    )


def _contact(
    i: int,
    person: people.Person,
    titles: Mapping[str, str | None],
    source: _Source,
    rules: parsed.ParsedMessage,
    sure: _Sure,
) -> parsed.ParsedContact:
    title = titles.get(knowing.fold(person.name or ""))
    also_rules = any(knowing.fold(c.name or "") == knowing.fold(person.name or "") for c in rules.contacts)
    if person.name:
        sure.keep(f"contacts.{i}.name", _AGREED if also_rules else _ALONE, (person.start, person.end))
    if title:
        sure.keep(f"contacts.{i}.title", 0.9, source.place(title))
    if person.email:
        sure.keep(f"contacts.{i}.email", _AGREED, person.email.at)
    if person.phone:
        sure.keep(f"contacts.{i}.phone", _AGREED, person.phone.at)
    return parsed.ParsedContact(
        person.name,
        person.email.text if person.email else None,
        person.phone.text if person.phone else None,
        title,
    )


def _money(
    message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage, sure: _Sure
) -> tuple[Decimal | None, Decimal | None]:
    expected, committed = message.expected_amount, message.committed_amount
    # "would commit 2m" is a wish: the grammar looked at the words around it.
    if committed is not None and rules.committed_amount is None and rules.expected_amount is not None:
        expected, committed = expected or committed, None
    found = _sums(source)
    return (
        _sum("expected_amount", expected, rules.expected_amount, found, sure),
        _sum("committed_amount", committed, rules.committed_amount, found, sure),
    )


def _sums(source: _Source) -> list[amounts.Amount]:
    gone = [e.at for e in addresses.find_emails(source.text)]
    struck = spans.blank(source.text, gone)
    return amounts.find(spans.blank(struck, [p.at for p in addresses.find_phones(struck)]))


def _sum(
    path: str, value: Decimal | None, ruled: Decimal | None, found: list[amounts.Amount], sure: _Sure
) -> Decimal | None:
    """The sum as the text has it: a range by its middle, whatever the model made of it."""
    if value is None:
        return None
    fits = next((a for a in found if value in (a.value, a.low, a.high)), None)
    if fits is None and ruled is None:
        return None
    if fits is None or fits.value == ruled:
        place = next(((a.start, a.end) for a in found if a.value == ruled), None)
        sure.keep(path, _AGREED if fits else _REPLACED, place)
        return ruled
    sure.keep(path, 0.6, (fits.start, fits.end))
    return fits.value


def _occurred(
    message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage, sure: _Sure
) -> date:
    """Never in the future; a day that no words of the message give is the grammar's."""
    today = source.anchor.today
    said = next(
        (m for m in dates.find(source.text, source.anchor) if m.past and m.past == message.occurred_on), None
    )
    if (
        message.occurred_on
        and message.occurred_on <= today
        and (said or message.occurred_on == rules.occurred_on)
    ):
        agreed = message.occurred_on == rules.occurred_on
        sure.keep("occurred_on", _AGREED if agreed else 0.6, (said.start, said.end) if said else None)
        return message.occurred_on
    sure.keep("occurred_on", 0.6, rules.evidence.get("occurred_on"))
    return min(rules.occurred_on or today, today)


def _fund(message: parsed.ParsedMessage, source: _Source, sure: _Sure) -> str | None:
    if message.fund is None:
        return None
    own = funds.canonical(message.fund, source.known.funds) or message.fund
    for span, name in funds.find(source.text, source.known.funds):
        if knowing.fold(name) == knowing.fold(own) or knowing.fold(span.text) == knowing.fold(message.fund):
            sure.keep("fund", _AGREED, span.at)
            return name
    if place := source.place(message.fund):
        sure.keep("fund", 0.6, place)
        return message.fund
    return None


def _stage(
    message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage, sure: _Sure
) -> str | None:
    key = stages.key_for(message.stage, source.known.stages) if message.stage else None
    if key is None:
        return None
    if key == rules.stage:
        sure.keep("stage", _AGREED, rules.evidence.get("stage"))
        return key
    place = message.evidence.get("stage")
    if place is None or not 3 <= place[1] - place[0] <= 120 or place[1] > len(source.text):
        return None
    sure.keep("stage", _REPLACED, place)
    return key


def _reminder(
    message: parsed.ParsedMessage, source: _Source, rules: parsed.ParsedMessage, sure: _Sure
) -> parsed.ParsedReminder | None:
    if message.reminder is None:
        return None
    mine = rules.reminder
    text = message.reminder.text
    if source.share(text) < 0.5:
        if mine is None:
            return None
        text = mine.text
    sure.keep("reminder.text", _AGREED if mine else _ALONE, rules.evidence.get("reminder.text"))
    ahead = [m for m in dates.find(source.text, source.anchor) if m.future]
    said = next((m for m in ahead if m.future == message.reminder.due_on), None)
    if said is None and mine and mine.due_on:
        sure.keep("reminder.due_on", 0.6, rules.evidence.get("reminder.due_on"))
        return parsed.ParsedReminder(text, mine.due_on)
    if said is None:
        return parsed.ParsedReminder(text, None)
    agreed = mine is not None and mine.due_on == said.future
    sure.keep("reminder.due_on", _AGREED if agreed else 0.6, (said.start, said.end))
    return parsed.ParsedReminder(text, said.future)


def _direction(message: parsed.ParsedMessage, rules: parsed.ParsedMessage, sure: _Sure) -> str | None:
    if message.direction is None or message.kind not in ("email", "message", "call"):
        return None
    agreed = message.direction == rules.direction
    sure.keep("direction", 0.9 if agreed else 0.6, rules.evidence.get("direction") if agreed else None)
    return message.direction


def _facts(message: parsed.ParsedMessage, source: _Source) -> tuple[parsed.ParsedFact, ...]:
    kept = []
    for fact in message.facts[: parsed.MAX_FACTS]:
        place = (
            fact.evidence
            if fact.evidence and fact.evidence[1] <= len(source.text)
            else source.place(fact.text)
        )
        share = source.share(fact.text)
        if share < 0.5 or (place is None and share < 0.8):
            continue
        kept.append(replace(fact, evidence=place, confidence=min(fact.confidence, 0.95 if place else 0.5)))
    return tuple(kept)
