"""From a question to an intent with slots as text; `runner.validate` decides whether that is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Translation:
    """How a question was understood. intent: None when it was not. confidence: 0..1, comparable within a translator.

    slots: JSON-ready text and numbers as `runner.validate` takes them; only what the question says, and required slots.
    suggestions: questions that can be asked instead, nearest first; empty when it was understood.
    """

    intent: str | None
    slots: dict[str, Any]
    confidence: float
    translator: Literal["grammar", "model"]
    suggestions: list[str] = field(default_factory=list)
