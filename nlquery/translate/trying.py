"""A translator on a file of questions: how many it understands, with all slots, and what it lets be.

Lines are JSON: `question`, the intent expected under `intent`, `expected_intent` or `expected.intent` (null, empty or
`no_match`: it must not be understood), the slots under `slots`, `expected_slots` or `expected.slots`, and optionally `class`.

Two sets of slots are the same when, with defaults filled in on both sides: names and texts agree but for case, quotes and a
leading “the”; numbers and sums agree as numbers; windows cover the same days of the given today.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_site.core import amounts
from nlquery import registry, slots, windows
from nlquery.translate import Translation


class BadLine(ValueError):
    """A line of the file is no question; the message says which and why."""


@dataclass(frozen=True)
class Trial:
    """A question and what it should become. intent: None when it must not be understood."""

    question: str
    intent: str | None
    slots: Mapping[str, Any]
    kind: str


@dataclass
class Score:
    """Counts of one class. matchable: trials that expect an intent; others must not be understood."""

    matchable: int = 0
    intents: int = 0
    complete: int = 0
    others: int = 0
    let_be: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": self.matchable,
            "intent_accuracy": _share(self.intents, self.matchable),
            "intent_and_slots_accuracy": _share(self.complete, self.matchable),
            "must_not_match": self.others,
            "no_match_rate": _share(self.let_be, self.others),
        }


@dataclass
class Report:
    """All classes and each miss."""

    total: Score = field(default_factory=Score)
    classes: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    misses: list[tuple[Trial, Translation]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            **self.total.as_json(),
            "classes": {name: score.as_json() for name, score in sorted(self.classes.items())},
            "misses": [
                {
                    "question": trial.question,
                    "expected": {"intent": trial.intent, "slots": dict(trial.slots)},
                    "got": {"intent": got.intent, "slots": got.slots, "confidence": got.confidence},
                }
                for trial, got in self.misses
            ],
        }


def read(lines: Iterable[str]) -> list[Trial]:
    """The trials of a file. Blank lines and lines that begin with # are left out. Raises BadLine."""
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_trial(number, line))
    return found


def _trial(number: int, line: str) -> Trial:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"Line {number} is no JSON: {error.msg}.") from None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise BadLine(f"Line {number} has no “question”.")
    expected = row.get("expected") if isinstance(row.get("expected"), dict) else {}
    intent = row.get("intent", row.get("expected_intent", (expected or {}).get("intent")))
    wanted = row.get("slots", row.get("expected_slots", (expected or {}).get("slots"))) or {}
    if intent in (None, "", "no_match", "none", "null"):
        return Trial(row["question"], None, {}, str(row.get("class") or row.get("kind") or "must not match"))
    return Trial(row["question"], str(intent), wanted, str(row.get("class") or row.get("kind") or "question"))


def run(trials: Iterable[Trial], translate: Callable[[str], Translation], today: date) -> Report:
    """Translate each question and compare."""
    report = Report()
    for trial in trials:
        got = translate(trial.question)
        right = trial.intent == got.intent
        complete = right and (trial.intent is None or same(trial.intent, trial.slots, got.slots, today))
        for score in (report.total, report.classes[trial.kind]):
            if trial.intent is None:
                score.others += 1
                score.let_be += right
            else:
                score.matchable += 1
                score.intents += right
                score.complete += complete
        if not complete:
            report.misses.append((trial, got))
    return report


def same(intent: str, wanted: Mapping[str, Any], got: Mapping[str, Any], today: date) -> bool:
    """Tell whether two sets of slots of one intent ask the same on that day."""
    entry = registry.get(intent)
    if entry is None:
        return False
    if not set(wanted) | set(got) <= set(entry.slots):
        return False
    return all(
        _plain(one, wanted.get(name), today) == _plain(one, got.get(name), today)
        for name, one in entry.slots.items()
    )


def _plain(one: registry.Slot, value: Any, today: date) -> Any:
    """A slot's value in a form that can be compared; the default where there is none."""
    if value is None or value == "":
        value = one.type.as_json(one.default) if one.default is not None else None
    if value is None:
        return None
    if isinstance(one.type, slots.Window):
        return _days(str(value), today)
    if isinstance(one.type, slots.Amount):
        return _number(value) or amounts.parse(str(value)) or str(value)
    if isinstance(one.type, slots.Int):
        return _number(value) if _number(value) is not None else str(value)
    return " ".join(str(value).casefold().strip(" \"'“”?.").removeprefix("the ").replace("-", " ").split())


def _days(value: str, today: date) -> Any:
    try:
        span = windows.parse(value).span(today)
    except windows.BadWindow:
        return value
    return span.first, span.last


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
