"""The slot types of the contract: how text or a number from outside becomes a typed value, or is refused.

A type coerces and never guesses. Names stay text here; they are resolved by the CRM's matcher when the query runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class BadSlot(ValueError):
    """The value does not fit; the message says what would."""


class SlotType(Protocol):
    """coerce: raises BadSlot. as_json: a coerced value as it is stored and shown, which coerces to the same again.
    described: "type" and, where it has them, "choices", "low", "high" for the catalogue. schema: JSON schema."""

    def coerce(self, value: Any) -> Any: ...
    def as_json(self, value: Any) -> Any: ...
    def described(self) -> dict[str, Any]: ...
    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Name:
    """1..200 characters, or the key of a candidate (`investor:12`)."""

    of: Literal["investor", "contact", "fund"]


@dataclass(frozen=True, slots=True)
class Owner:
    """A team member's name or e-mail, or `me`."""


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number in low..high."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or text such as `250k`, `$2.5m`, `1,000,000`; becomes a Decimal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the keys, whatever the case."""

    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the organization's stage keys, whatever the case."""


@dataclass(frozen=True, slots=True)
class Text:
    """1..300 characters."""


@dataclass(frozen=True, slots=True)
class Window:
    """`last_month`, `next_7_days`, `2026-01-01..2026-03-31`: see `windows`."""
