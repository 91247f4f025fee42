"""From what was found to a ParsedMessage: each field with its evidence and how sure we are."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from crm_site.core import amounts
from crm_site.core import text as texts
from intake import parsed
from intake.parser import (
    addresses,
    facts,
    intent,
    investor,
    kinds,
    money,
    names,
    people,
    reading,
    reminders,
    spans,
    stages,
)

_PAST_VERB = re.compile(
    r"\b(?:\w{2,}ed|met|spoke|had|sent|got|left|said|told|wrote|came|went|was|were|did|saw|gave|took|heard)\b",
    re.I,
)
_CALLED_INVESTOR = re.compile(
    r"\b(?:invest(?:ing|s|ed|or)?|put in|for (?:him|her)self|personally|own money|in for)\b", re.I
)
_OLD_FUND = re.compile(
    r"\b(?:already in|existing|invested in|lp in|investor in|previous(?:ly)?|was in|holds|from|their)\s+(?:\S+\s){0,2}$",
    re.I,
)
_BACKGROUND_DATE = re.compile(
    r"\b(?:since|until|till|before|was due|due|founded|born|started|sold|dated|after)\s+(?:in |on |the )?$",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:going|coming|will|to be|goes|scheduled|set for|due|expects?|planned|next|wants?|can|should|let's)\b|'ll\b",
    re.I,
)
_BACKGROUND_LEAD = re.compile(r"(?:since|until|till|before|due|by|dated|after)\b", re.I)


def assemble(original: str, r: reading.Reading, note: list[spans.Span] | None = None) -> parsed.ParsedMessage:
    box = _Box(original)
    todo = r.reminders[0] if r.reminders else None
    skip = reminders.spans_of(r.reminders)
    kind = kinds.Kind("email", r.mail.start, r.mail.end) if r.mail else kinds.find(r.text, skip)
    ours = [f.text for f, _ in r.funds] + list(r.known.funds)
    stage = stages.find(r.text, r.known.stages, skip + money.elsewhere(r.text, r.amounts, ours))
    meaning = money.read(
        r.text, r.amounts, ours, skip, paid=bool(stage and stage.meaning in ("committed", "closed"))
    )
    own = investor.pick(r.text, r.firms)
    who = _investor(r, own, meaning, stage, box)
    contacts = _contacts(r, who, box)
    known_facts = facts.find(r.text, skip, parsed.LIMITS["fact"])
    signs = _signs(r, kind, stage, meaning, bool(who), bool(known_facts))
    purpose, sure = intent.decide(r.text, signs)
    box.sure("intent", sure)
    if purpose in ("question", "ignore"):
        return parsed.ParsedMessage(
            intent=purpose, occurred_on=r.today, note=_note(original, note), confidence={"intent": sure}
        )
    kind_name = _kind(kind, purpose, box)
    return parsed.ParsedMessage(
        intent=purpose,
        investor_name=who,
        contacts=contacts,
        kind=kind_name,
        occurred_on=_occurred(r, skip, box),
        note=_note(original, note),
        fund=_fund(r, box),
        expected_amount=box.amount("expected_amount", meaning.expected, meaning.sure),
        committed_amount=box.amount("committed_amount", meaning.committed, 0.9),
        stage=_stage(stage, meaning, r, box),
        reminder=_reminder(todo, box),
        direction=_direction(r, kind_name, skip, box),
        facts=tuple(
            parsed.ParsedFact(texts.one_line(f.text), f.topic, f.confidence, (f.start, f.end))
            for f in known_facts
        ),
        confidence=box.confidence,
        evidence=box.evidence,
    )


class _Box:
    """Collects evidence and confidence while the fields are put together."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.evidence: dict[str, tuple[int, int]] = {}
        self.confidence: dict[str, float] = {}

    def take(self, path: str, start: int, end: int, sure: float) -> str:
        """The words at [start, end) as a value of `path`."""
        self.evidence[path] = (start, end)
        self.confidence[path] = round(max(0.0, min(1.0, sure)), 3)
        return texts.one_line(self.original[start:end])

    def sure(self, path: str, sure: float) -> None:
        self.confidence[path] = round(sure, 3)

    def amount(self, path: str, found: amounts.Amount | None, sure: float) -> Decimal | None:
        if found is None:
            return None
        self.take(path, found.start, found.end, sure)
        return found.value


def _investor(
    r: reading.Reading, own: list[names.Name], meaning: money.Meaning, stage: stages.Stage | None, box: _Box
) -> str | None:
    """The firm named first; else a person who puts in money of their own."""
    if own:
        first = own[0]
        sure = 0.97 if first.known else 0.7 if first.lower or first.sort == "unknown" else 0.9
        return box.take("investor_name", first.start, first.end, sure)
    whole = [p for p in r.people if p.name and len(p.name.split()) > 1]
    if len(whole) != 1 or whole[0].known:
        return None
    person = whole[0]
    invests = meaning.expected or meaning.committed or stage or _CALLED_INVESTOR.search(r.text)
    if person.title or (person.email and addresses.domain(person.email.text) not in addresses.FREE_MAIL):
        return None
    if invests or intent.adds(r.text):
        return box.take("investor_name", person.start, person.end, 0.7)
    return None


def _contacts(r: reading.Reading, who: str | None, box: _Box) -> tuple[parsed.ParsedContact, ...]:
    folk = [p for p in r.people if not _is_investor(p, who)][: parsed.MAX_CONTACTS]
    return tuple(_contact(i, person, box) for i, person in enumerate(folk))


def _is_investor(person: people.Person, who: str | None) -> bool:
    """Somebody who invests for themselves is listed again only with an address, a number or a title."""
    return person.name == who and not (person.email or person.phone)


def _contact(i: int, person: people.Person, box: _Box) -> parsed.ParsedContact:
    at = f"contacts.{i}"
    name = (
        box.take(f"{at}.name", person.start, person.end, 0.97 if person.known else 0.85)
        if person.name
        else None
    )
    title, email, phone = (
        box.take(f"{at}.{field}", span.start, span.end, 0.9) if span else None
        for field, span in (("title", person.title), ("email", person.email), ("phone", person.phone))
    )
    return parsed.ParsedContact(name=name, email=email, phone=phone, title=title)


def _signs(
    r: reading.Reading,
    kind: kinds.Kind | None,
    stage: stages.Stage | None,
    meaning: money.Meaning,
    found: bool,
    facts_found: bool,
) -> intent.Signs:
    todo = r.reminders[0] if r.reminders else None
    rest = spans.blank(r.text, reminders.spans_of(r.reminders))
    return intent.Signs(
        named=found or bool(r.people),
        investor=found,
        kind_at=kind.start if kind else None,
        stage_at=stage.start if stage else None,
        money=bool(meaning.expected or meaning.committed),
        committed_at=meaning.committed.start if meaning.committed else None,
        reminder_at=todo.start if todo else None,
        reminder_only=bool(todo)
        and not (_PAST_VERB.search(rest) or meaning.expected or facts_found)
        and len(spans.words(rest)) <= 4,
        commanded=bool(todo and todo.commanded),
        person_details=any(p.email or p.phone for p in r.people),
        facts=facts_found,
        past=bool(_PAST_VERB.search(rest)),
    )


def _kind(kind: kinds.Kind | None, purpose: str, box: _Box) -> str:
    """A plain note unless something happened; adding and reminding are no contact."""
    if kind is None or purpose in ("remind", "add"):
        return "note"
    box.take("kind", kind.start, kind.end, 0.9)
    return kind.kind


def _direction(r: reading.Reading, kind: str, skip: list[tuple[int, int]], box: _Box) -> str | None:
    found = (r.mail.direction, r.mail.start, r.mail.end) if r.mail else kinds.direction(r.text, kind, skip)
    if found is None:
        return None
    box.take("direction", found[1], found[2], 0.85)
    return found[0]


def _occurred(r: reading.Reading, skip: list[tuple[int, int]], box: _Box) -> date:
    """The first day that lies behind us and is not part of something to do; else the day of the message."""
    for mention in r.mentions:
        if mention.past is None or mention.past > r.today or any(s <= mention.start < e for s, e in skip):
            continue
        if any(reminder.due is mention for reminder in r.reminders):
            continue
        before = r.text[max(0, mention.start - 24) : mention.start]
        clause = spans.around(r.text, mention.start, mention.end)
        if mention.future and _TO_COME.search(r.text, clause.start, mention.start):
            continue
        if _BACKGROUND_DATE.search(before) or _BACKGROUND_LEAD.match(r.text, mention.start):
            continue
        box.take("occurred_on", mention.start, mention.end, 0.9)
        return mention.past
    box.sure("occurred_on", 0.8)
    return r.today


def _fund(r: reading.Reading, box: _Box) -> str | None:
    """The fund the money or the talk is about: not one they are in already."""
    for span, name in r.funds:
        if not _OLD_FUND.search(r.text, max(0, span.start - 40), span.start) or len(r.funds) == 1:
            box.take("fund", span.start, span.end, 0.97 if name in r.known.funds else 0.85)
            return name
    return r.funds[0][1] if r.funds else None


def _stage(stage: stages.Stage | None, meaning: money.Meaning, r: reading.Reading, box: _Box) -> str | None:
    if stage is not None:
        box.take("stage", stage.start, stage.end, 0.9)
        return stage.key
    if meaning.committed is not None and (key := stages.key_for("committed", r.known.stages)):
        box.take("stage", meaning.committed.start, meaning.committed.end, 0.75)
        return key
    return None


def _reminder(todo: reminders.Reminder | None, box: _Box) -> parsed.ParsedReminder | None:
    if todo is None:
        return None
    box.take("reminder.text", todo.start, todo.end, 0.85)
    if todo.due and todo.due_on:
        box.take("reminder.due_on", todo.due.start, todo.due.end, 0.9)
    return parsed.ParsedReminder(texts.shorten(todo.text, parsed.LIMITS["reminder"]), todo.due_on)


def _note(original: str, part: list[spans.Span] | None) -> str:
    """The writer's own words, on their own lines, without what cannot be stored."""
    limit = parsed.LIMITS["note"]
    kept = original if part is None else " ".join(original[p.start : p.end] for p in part)
    return texts.clean(kept[: 2 * limit]).strip()[:limit]
