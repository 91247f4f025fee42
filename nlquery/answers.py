"""What an intent gives back: columns, rows and one sentence, all made by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: However many rows match, an answer carries at most this many.
ROW_CEILING = 500


class Type(StrEnum):
    """What a column holds. A link's text stands under its key, its address under `<key>_url`; the currency of a row's
    money stands under `currency`."""

    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    MONEY = "money"
    INT = "int"
    PERCENT = "percent"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column:
    """key: of the value in each row. label: as a person reads it."""

    key: str
    label: str
    type: Type = Type.TEXT


@dataclass(frozen=True)
class Answer:
    """rows: JSON-ready (dates as ISO text, money as decimal text). summary: one sentence. truncated: more matched.

    group, number, time: column keys that a chart may use; None where the rows have no such shape.
    """

    columns: Sequence[Column]
    rows: list[dict[str, Any]]
    summary: str
    truncated: bool = False
    group: str | None = None
    number: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several that a name could mean. key: what the slot accepts instead of the name, such as `investor:12`."""

    id: int
    name: str
    key: str


#: Below this probability an answer says that it may have been asked for something else.
UNSURE = 0.7


@dataclass
class Envelope:
    """The result of a question, as every door gives it back (intents.md).

    slots: JSON-ready, with the defaults that counted. errors: slot → what is wrong with it. candidates: whom the name in
    `candidate_slot` could mean (when not found: the nearest, if any is near). suggestions: what can be asked instead.
    answer: what the rows are made of, for whoever draws a chart.
    """

    status: str
    question: str = ""
    intent: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    summary: str = ""
    chart: dict[str, Any] | None = None
    truncated: bool = False
    elapsed_ms: int = 0
    translator: str = "direct"
    candidates: list[Candidate] = field(default_factory=list)
    candidate_slot: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    suggestions: list[str] = field(default_factory=list)
    confidence: float | None = None
    model_down: bool = False  # the model was wanted and did not answer; the grammar understood it instead
    answer: Answer | None = None

    @property
    def is_unsure(self) -> bool:
        """The rules read the question so, and as many as one in four such readings is wrong."""
        return bool(self.intent) and self.translator == "grammar" and (self.confidence or 0.0) < UNSURE
