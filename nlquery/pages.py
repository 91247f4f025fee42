"""What the Ask page shows: answers with their tables and forms, the history, and what can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crm_site.contacts.models import Contact
from crm_site.core.actor import Actor
from crm_site.investors.models import Fund, Investor
from nlquery import forms, pictures, registry, showing, words
from nlquery.answers import Candidate, Column, Envelope, Type
from nlquery.forms import Editor
from nlquery.models import Asked
from nlquery.registry import Entry, Example
from nlquery.slots import Name

RECENT = 20
#: Among so many of the latest rows the last twenty different questions are found.
LOOKED_AT = 100
DOES_NOT_FIT = "Something in this does not fit yet. Mend it below and run it again."


@dataclass(frozen=True)
class Cell:
    """One value. value: ready for the page's tags: text, a number, a date. url: within this site."""

    type: str
    value: Any
    label: str
    is_number: bool
    currency: str = ""
    url: str = ""


@dataclass(frozen=True)
class Pick:
    """A candidate, and the query string that runs the intent with it."""

    name: str
    address: str


@dataclass(frozen=True)
class Shown:
    """One answer as the page shows it. meaning: the intent in words. picture: the chart as SVG, empty without one.

    instead: questions that can be asked.
    """

    answer: Envelope
    headline: str
    meaning: str
    picture: str
    head: list[tuple[str, bool]]
    rows: list[list[Cell]]
    used: list[Editor]
    unused: list[Editor]
    picks: list[Pick]
    instead: list[str]


@dataclass(frozen=True)
class Past:
    """Something asked before; address: the query string that asks it again."""

    said: str
    address: str
    at: datetime
    status: str


@dataclass(frozen=True)
class Topic:
    """Example questions of one topic."""

    name: str
    questions: list[str]


def shown(answers: Sequence[Envelope]) -> list[Shown]:
    """The answers, with one query for each kind of candidate that a slot names."""
    names = _names(forms.keys_in(one.slots for one in answers))
    return [_shown(one, names) for one in answers]


def history(actor: Actor) -> list[Past]:
    """The last different questions of the member, newest first. One query."""
    if actor.user_id is None:
        return []
    found: dict[str, Past] = {}
    for row in Asked.objects.of(actor.user_id)[:LOOKED_AT]:
        past = _past(row)
        if past is not None and len(found) < RECENT:
            found.setdefault(past.said.casefold(), past)
    return list(found.values())


def topics() -> list[Topic]:
    """What can be asked, by topic, in the order of the catalogue; about names the organization has, where it has some.

    Two queries, beside the organization's words.
    """
    own = _own_names()
    found: dict[str, list[str]] = {}
    for entry in registry.entries().values():
        for example in entry.examples[:1]:
            found.setdefault(entry.topic, []).append(_about(entry, example, own))
    return [Topic(name, questions) for name, questions in found.items()]


def _own_names() -> dict[str, str]:
    """A name of each noun that a question may be about; none of a noun that has no rows."""
    investor = Investor.objects.live().order_by("-last_activity_on", "-pk").values_list("name", flat=True)
    contact = Contact.objects.order_by("-pk").values_list("name", flat=True)
    funds = [fund.name for fund in words.read().funds]
    first = {"investor": [*investor[:1]], "contact": [*contact[:1]], "fund": funds[:1]}
    return {noun: names[0] for noun, names in first.items() if names}


def _about(entry: Entry, example: Example, own: Mapping[str, str]) -> str:
    """The example's question, with our own name in the place of the one that it is written with."""
    said = example.question
    for name, value in example.slots.items():
        kind = entry.slots[name].type
        if isinstance(kind, Name) and kind.of in own and "@" not in str(value):
            said = said.replace(str(value), own[kind.of])
    return said


def _shown(answer: Envelope, names: Mapping[str, str]) -> Shown:
    entry = registry.get(answer.intent) if answer.intent else None
    controls = forms.editors(entry, answer.slots, answer.errors, names) if entry else []
    return Shown(
        answer=answer,
        headline=DOES_NOT_FIT if answer.status == "invalid_slots" and entry else answer.summary,
        meaning=entry.answers if entry else "",
        picture=pictures.svg(answer),
        head=[(column.label, showing.is_number(column)) for column in answer.columns],
        rows=[[_cell(row, column) for column in answer.columns] for row in answer.rows],
        used=[one for one in controls if one.in_use],
        unused=[one for one in controls if not one.in_use],
        picks=[_pick(answer, one) for one in answer.candidates],
        instead=[_question(one) for one in answer.suggestions],
    )


def _cell(row: Mapping[str, Any], column: Column) -> Cell:
    value = row.get(column.key)
    if column.type in (Type.DATE, Type.DATETIME):
        value = showing.moment(value) or value
    url = str(row.get(f"{column.key}_url") or "")
    kind = str(column.type) if value not in (None, "") else "none"
    if kind in ("date", "datetime") and not isinstance(value, date):
        kind = "text"
    return Cell(
        type=kind,
        value=value,
        label=column.label,
        is_number=showing.is_number(column),
        currency=str(row.get("currency") or ""),
        url=url if showing.is_path(url) else "",
    )


def _pick(answer: Envelope, candidate: Candidate) -> Pick:
    filled = {**answer.slots, answer.candidate_slot: candidate.key}
    return Pick(candidate.name, forms.query(answer.intent or "", filled, answer.question))


def _question(suggestion: str) -> str:
    """A question as it is; for an intent's key, which is what a misspelt key is near to, one that asks it."""
    entry = registry.get(suggestion)
    return entry.examples[0].question if entry and entry.examples else suggestion


def _past(row: Asked) -> Past | None:
    direct = row.translator == "direct"
    if direct and row.intent and row.slots:
        entry = registry.get(row.intent)
        said = row.question or (_in_words(entry, row.slots) if entry else row.intent)
        return Past(said, forms.query(row.intent, row.slots, row.question), row.asked_at, row.status)
    return Past(row.question, forms.asking(row.question), row.asked_at, row.status) if row.question else None


def _in_words(entry: Entry, filled: Mapping[str, Any]) -> str:
    """What was asked for without a question: what was filled in first, because a list cuts off the end."""
    usual = {
        name: one.type.as_json(one.default) for name, one in entry.slots.items() if one.default is not None
    }
    keys = forms.keys_in([filled])  # “investor:12” would tell nobody anything
    said = [
        str(value).replace("_", " ")
        for name, value in filled.items()
        if usual.get(name) != value and value not in keys
    ]
    return f"{', '.join(said)}: {entry.answers}" if said else entry.answers


def _names(keys: Iterable[str]) -> dict[str, str]:
    """What the candidates behind these keys are called; one of another organization, or gone, stays a key."""
    models: dict[str, Any] = {"investor": Investor, "contact": Contact, "fund": Fund}
    wanted: dict[str, list[int]] = {}
    for key in keys:
        noun, _, number = key.partition(":")
        wanted.setdefault(noun, []).append(int(number))
    return {
        f"{noun}:{pk}": name
        for noun, ids in wanted.items()
        for pk, name in models[noun].objects.filter(pk__in=ids).values_list("pk", "name")
    }
