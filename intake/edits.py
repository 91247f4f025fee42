"""`edit field=value field2="two words"`: how a person changes a parsed message, in a room or on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from crm_site.core import amounts
from crm_site.core import text as texts
from crm_site.core.errors import Invalid
from intake import shapes
from intake.parser import dates
from intake.parser import known as knowing
from intake.parser import stages as staging

FIELDS = (
    "investor", "contact", "email", "title", "phone", "kind", "date", "note", "fund", "amount", "committed", "stage",
    "remind", "due",
)  # fmt: skip
_PERSON = {"contact": "name", "email": "email", "title": "title", "phone": "phone"}
_PAIR = re.compile(
    r"(?P<field>[a-z]+\d{0,2})\s?=(?:\s?\"(?P<quoted>[^\"]*)\"|\s?'(?P<single>[^']*)'|(?P<bare>[^\s]*))", re.I
)
_KIND_WORDS = {
    "mail": "email",
    "e-mail": "email",
    "phone": "call",
    "text": "message",
    "met": "meeting",
    "zoom": "meeting",
}


class InvalidEdit(Invalid):
    """An edit that cannot be applied; `fields` says which and why. Nothing of it is applied."""

    code = "invalid_edit"


@dataclass(frozen=True, slots=True)
class _Context:
    sent_on: date
    stages: Sequence[tuple[str, str]]
    month_first: bool


def parse_edits(text: str) -> dict[str, str]:
    """`amount=2m note="two words"` (with or without "edit" before) as a dict; of a field said twice the last counts.

    Raises InvalidEdit when something is left over or there is nothing.
    """
    body = re.sub(
        r"^\s*edit\b\s*", "", texts.clean(text).translate({0x201C: '"', 0x201D: '"', 0x2019: "'"}), flags=re.I
    )
    found: dict[str, str] = {}
    at = 0
    for match in _PAIR.finditer(body):
        between = body[at : match.start()].strip(" ,;\n")
        if between:
            _refuse(
                {between[:40]: f"Not understood. Write field=value; use quotes for several words. {_exist()}"}
            )
        quoted, single, bare = match["quoted"], match["single"], match["bare"]
        found[match["field"].casefold()] = next(
            (v for v in (quoted, single, bare) if v is not None), ""
        ).strip()
        at = match.end()
    rest = body[at:].strip(" ,;\n")
    if rest or not found:
        _refuse(
            {
                rest[:40]
                or "edit": f"Not understood. Write field=value; use quotes for several words. {_exist()}"
            }
        )
    return found


def apply_edits(
    parsed: shapes.ParsedMessage,
    edits: Mapping[str, str],
    *,
    sent_on: date,
    stages: Sequence[tuple[str, str]] = knowing.DEFAULT_STAGES,
    month_first: bool = True,
) -> shapes.ParsedMessage:
    """A copy with the fields changed; an empty value clears a field. A person's word has confidence 1.

    sent_on: the day of the message, in the organization's zone; "friday" and "tomorrow" are read against it.
    Raises InvalidEdit with every field that cannot be used.
    """
    context = _Context(sent_on, stages, month_first)
    errors: dict[str, str] = {}
    for key, value in edits.items():
        try:
            parsed = _apply(parsed, key, texts.clean(value).strip(), context)
        except _Bad as bad:
            errors[key] = str(bad)
    if errors:
        _refuse(errors)
    return parsed


class _Bad(ValueError):
    """Why one field cannot be used."""


def _apply(parsed: shapes.ParsedMessage, key: str, value: str, context: _Context) -> shapes.ParsedMessage:
    match = re.fullmatch(r"([a-z]+?)(\d{0,2})", key.casefold())
    name, number = (match[1], match[2]) if match else ("", "")
    if name in _PERSON:
        return _edit_person(parsed, name, int(number or 1), value)
    if name not in FIELDS or number:
        raise _Bad(f"There is no such field. {_exist()}")
    return _SETTERS[name](parsed, value, context)


def _edit_person(parsed: shapes.ParsedMessage, name: str, number: int, value: str) -> shapes.ParsedMessage:
    people = list(parsed.contacts)
    if not 1 <= number <= min(len(people) + 1, shapes.MAX_CONTACTS):
        raise _Bad(
            f"There {'is' if len(people) == 1 else 'are'} only {len(people)}; the next is {len(people) + 1}."
        )
    field = _PERSON[name]
    said = _line(value, field)
    if field == "email" and said and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", said):
        raise _Bad("This is not an e-mail address.")
    if number > len(people):
        people.append(shapes.ParsedContact())
    person = replace(people[number - 1], **{field: said})
    people[number - 1 : number] = [person] if person.name or person.email or person.phone else []
    return _sure(replace(parsed, contacts=tuple(people)), f"contacts.{number - 1}.{field}", said is not None)


def _line(value: str, limit: str) -> str | None:
    line = texts.one_line(value)
    if len(line) > shapes.LIMITS[limit]:
        raise _Bad(f"Must be {shapes.LIMITS[limit]} characters at most.")
    return line or None


def _investor(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    said = _line(value, "investor_name")
    return _sure(replace(parsed, investor_name=said), "investor_name", said is not None)


def _kind(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    kind = _KIND_WORDS.get(value.casefold(), value.casefold()) or "note"
    if kind not in shapes.KINDS:
        raise _Bad(f"Must be one of {', '.join(shapes.KINDS)}.")
    directed = parsed.direction if kind in ("email", "call", "message") else None
    return _sure(replace(parsed, kind=kind, direction=directed), "kind", True)


def _date(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    day = _day(value, context, past=True) if value else context.sent_on
    if day is None or day > context.sent_on:
        raise _Bad("It happened: the day cannot be after the message.")
    return _sure(replace(parsed, occurred_on=day), "occurred_on", True)


def _note(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    if len(value) > shapes.LIMITS["note"]:
        raise _Bad(f"Must be {shapes.LIMITS['note']} characters at most.")
    return _sure(replace(parsed, note=value), "note", bool(value))


def _fund(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    said = _line(value, "fund")
    return _sure(replace(parsed, fund=said), "fund", said is not None)


def _amount(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    return _sure(replace(parsed, expected_amount=_sum(value)), "expected_amount", bool(value))


def _committed(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    return _sure(replace(parsed, committed_amount=_sum(value)), "committed_amount", bool(value))


def _sum(value: str) -> Decimal | None:
    if not value:
        return None
    found = amounts.parse(value[:100])
    if found is None or found >= shapes.MAX_AMOUNT:
        raise _Bad("This is not an amount. Write 2m, 250k, 1.5mm, 2-3m or 750000.")
    return found


def _stage(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    key = staging.key_for(value[:100], context.stages) if value else None
    if value and key is None:
        raise _Bad(f"There is no such stage. There are: {', '.join(k for k, _ in context.stages)}.")
    return _sure(replace(parsed, stage=key), "stage", key is not None)


def _remind(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    said = _line(value, "reminder")
    due = parsed.reminder.due_on if parsed.reminder else None
    changed = replace(parsed, reminder=shapes.ParsedReminder(said, due) if said else None)
    return _sure(changed, "reminder.text", said is not None)


def _due(parsed: shapes.ParsedMessage, value: str, context: _Context) -> shapes.ParsedMessage:
    day = _day(value, context, past=False) if value else None
    text = parsed.reminder.text if parsed.reminder else "Follow up"
    return _sure(
        replace(parsed, reminder=shapes.ParsedReminder(text, day)), "reminder.due_on", day is not None
    )


def _day(value: str, context: _Context, *, past: bool) -> date | None:
    day = dates.parse(value[:60], dates.Anchor(context.sent_on, context.month_first), past=past)
    if day is None:
        raise _Bad("This is not a date. Write 2026-11-24, Nov 24, friday or tomorrow.")
    return day


def _sure(parsed: shapes.ParsedMessage, path: str, filled: bool) -> shapes.ParsedMessage:
    """What a person set is certain, and its evidence is no longer the message."""
    confidence = {k: v for k, v in parsed.confidence.items() if k != path} | ({path: 1.0} if filled else {})
    return replace(
        parsed, confidence=confidence, evidence={k: v for k, v in parsed.evidence.items() if k != path}
    )


def _exist() -> str:
    return f"Fields: {' '.join(FIELDS)}; contact2 email2 title2 phone2 for a second person."


def _refuse(errors: Mapping[str, str]) -> None:
    first = next(iter(errors.items()))
    raise InvalidEdit(f"{first[0]}: {first[1]}", fields=errors)


_Setter = Callable[[shapes.ParsedMessage, str, _Context], shapes.ParsedMessage]
_SETTERS: dict[str, _Setter] = {
    "investor": _investor, "kind": _kind, "date": _date, "note": _note, "fund": _fund, "amount": _amount,
    "committed": _committed, "stage": _stage, "remind": _remind, "due": _due,
}  # fmt: skip
