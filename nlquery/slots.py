"""The slot types of the contract: how text or a number from outside becomes a typed value, or is refused.

A type coerces and never guesses. Names stay text here; they are resolved by the CRM's matcher when the query runs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from crm_site.core import amounts, money, scope
from crm_site.core import text as texts
from nlquery import windows, words

NAME_LIMIT = 200
TEXT_LIMIT = 300
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_CURRENCY = re.compile(
    r"€|£|¥|US\$|C\$|A\$|\b(?:USD|EUR|GBP|CHF|CAD|AUD|JPY|SEK|NOK|DKK|HKD|SGD|INR|PLN|CZK)\b", re.IGNORECASE
)
_MINUS = "-\u2212\u2013"
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "US$": "USD", "C$": "CAD", "A$": "AUD"}


class BadSlot(ValueError):
    """The value does not fit; the message says what would."""


class SlotType(Protocol):
    """coerce: raises BadSlot. as_json: a coerced value as it is stored and shown, which coerces to the same again.
    described: "type" and, where it has them, "choices", "low", "high" for the catalogue. schema: JSON schema."""

    def coerce(self, value: Any) -> Any: ...
    def as_json(self, value: Any) -> Any: ...
    def described(self) -> dict[str, Any]: ...
    def schema(self) -> dict[str, Any]: ...


class _AsItIs:
    """Values that JSON has."""

    __slots__ = ()

    def as_json(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Name(_AsItIs):
    """1..200 characters, or the key of a candidate (`investor:12`)."""

    of: Literal["investor", "contact", "fund"]

    def coerce(self, value: Any) -> str:
        return _line(value, NAME_LIMIT)

    def described(self) -> dict[str, Any]:
        return {"type": "name", "of": self.of}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": NAME_LIMIT}


@dataclass(frozen=True, slots=True)
class Owner(_AsItIs):
    """A team member's name or e-mail, or `me`."""

    def coerce(self, value: Any) -> str:
        return _line(value, NAME_LIMIT)

    def described(self) -> dict[str, Any]:
        return {"type": "owner"}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": NAME_LIMIT}


@dataclass(frozen=True, slots=True)
class Int(_AsItIs):
    """A whole number in low..high."""

    low: int
    high: int

    def coerce(self, value: Any) -> int:
        number = _whole(value)
        if number is None or not self.low <= number <= self.high:
            raise BadSlot(f"A whole number from {self.low} to {self.high}.")
        return number

    def described(self) -> dict[str, Any]:
        return {"type": "int", "low": self.low, "high": self.high}

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or text such as `250k`, `$2.5m`, `1,000,000`; becomes a Decimal."""

    def coerce(self, value: Any) -> Decimal:
        """In the organization's currency: a sum in another one is refused, because nothing is converted."""
        found = _sum(value.strip()) if isinstance(value, str) and len(value) <= NAME_LIMIT else _number(value)
        if found is None or not 0 <= found <= money.LARGEST:
            raise BadSlot("An amount such as 250000, 250k or $2.5m.")
        return amounts.plain(found)

    def as_json(self, value: Decimal) -> str:
        return format(value, "f")

    def described(self) -> dict[str, Any]:
        return {"type": "amount"}

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"], "minimum": 0, "minLength": 1, "maxLength": 30}


@dataclass(frozen=True, slots=True)
class Choice(_AsItIs):
    """One of the keys, whatever the case."""

    keys: Sequence[str]

    def coerce(self, value: Any) -> str:
        return _one_of(value, self.keys)

    def described(self) -> dict[str, Any]:
        return {"type": "choice", "choices": list(self.keys)}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.keys)}


@dataclass(frozen=True, slots=True)
class Stage(_AsItIs):
    """One of the organization's stage keys, whatever the case."""

    def coerce(self, value: Any) -> str:
        return _one_of(value, _stage_keys())

    def described(self) -> dict[str, Any]:
        """`choices` are the keys of the organization in scope, `labels` what it calls them."""
        stages = words.read().stages
        return {
            "type": "choice",
            "choices": [stage.key for stage in stages],
            "labels": {stage.key: stage.label for stage in stages},
        }

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": _stage_keys()}


@dataclass(frozen=True, slots=True)
class Text(_AsItIs):
    """1..300 characters."""

    def coerce(self, value: Any) -> str:
        return _line(value, TEXT_LIMIT)

    def described(self) -> dict[str, Any]:
        return {"type": "text"}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT}


@dataclass(frozen=True, slots=True)
class Window:
    """`last_month`, `next_7_days`, `2026-01-01..2026-03-31`: see `windows`."""

    def coerce(self, value: Any) -> windows.Window:
        if not isinstance(value, str):
            raise BadSlot(windows.EXPECTED)
        try:
            return windows.parse(value)
        except windows.BadWindow as wrong:
            raise BadSlot(str(wrong)) from None

    def as_json(self, value: windows.Window) -> str:
        return value.text

    def described(self) -> dict[str, Any]:
        return {"type": "window", "choices": list(windows.NAMES)}

    def schema(self) -> dict[str, Any]:
        pattern = "|".join([*windows.NAMES, r"(last|next)_[1-9][0-9]{0,3}_days", _DATES])
        return {"type": "string", "pattern": f"^({pattern})$"}


_DATES = r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})?|\.\.[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _line(value: Any, limit: int) -> str:
    """One line of 1..limit characters; what no database stores is dropped. A long text is refused before it is looked at."""
    if isinstance(value, str) and len(value) <= limit:
        line = texts.one_line(value)
        if 1 <= len(line) <= limit:
            return line
    raise BadSlot(f"A text of 1 to {limit} characters.")


def _one_of(value: Any, keys: Sequence[str]) -> str:
    asked = value.strip().casefold() if isinstance(value, str) and len(value) <= NAME_LIMIT else None
    for key in keys:
        if asked == key.casefold():
            return key
    raise BadSlot(f"One of: {', '.join(keys)}.")


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    short = isinstance(value, str) and len(value) <= NAME_LIMIT and _WHOLE.fullmatch(value.strip())
    return int(value) if short else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # Measured before it is written out: 10**1000000 would take seconds.
    fits = math.isfinite(value) if isinstance(value, float | Decimal) else abs(value) <= money.LARGEST
    return Decimal(str(value)) if fits else None


def _sum(written: str) -> Decimal | None:
    """A sum as people write it; None when it is none, or a range, or below nothing."""
    for sign in _CURRENCY.findall(written):
        if _SIGNS.get(sign.upper(), sign.upper()) != scope.current().currency:
            raise BadSlot(f"An amount in {scope.current().currency}: nothing is converted.")
    if _DECIMAL.fullmatch(written):
        return Decimal(written)
    if written[:1] in _MINUS:
        return None
    found = amounts.find(written)
    if len(found) > 1 or any(one.low != one.high for one in found):
        return None
    return amounts.parse(written)


def _stage_keys() -> list[str]:
    return [stage.key for stage in words.read().stages]
