"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from search.asking import Mode
from search.documents import Kind


@dataclass(frozen=True, slots=True)
class Piece:
    """A snippet. marks: (start, end) in `text` of the words that match, ascending, never overlapping."""

    text: str
    marks: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, as it stands in the database now. score: comparable within one answer only.

    title: what people call it, never empty. investor, owner: names, "" without one.
    """

    key: str
    kind: Kind
    id: int
    title: str
    investor_id: int | None
    investor: str
    on: date | None
    owner: str
    is_graveyard: bool
    passages: list[Piece]
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """mode: what was really used. notes: one short line each, for the reader. has_more: there is a next page."""

    hits: list[Hit]
    mode: Mode
    source: Literal["index", "database"]
    notes: list[str]
    has_more: bool
    took_ms: float
