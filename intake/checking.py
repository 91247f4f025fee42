"""A ParsedMessage from JSON that anybody may have written: a model, an API client, an old row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from crm_site.core import text as texts
from crm_site.core.errors import Invalid
from intake import shapes

T = TypeVar("T")
_MAX_PATHS = 300
_KEYS = frozenset(shapes.ParsedMessage.__dataclass_fields__)
_AMOUNT = re.compile(r"\d{1,16}(?:\.\d{1,4})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class InvalidMessage(Invalid):
    """The JSON is not a ParsedMessage; `fields` names each bad place by its path."""

    code = "invalid_parsed_message"


def from_json(obj: object) -> shapes.ParsedMessage:
    """Check every field by type, length and range. Missing fields take their defaults; unknown ones are refused.

    Raises InvalidMessage with all bad fields at once (at most 50).
    """
    check = _Check()
    message = check.message(obj, "", nested=False)
    if check.errors or message is None:
        raise InvalidMessage(
            "This is not a parsed message.", fields=check.errors or {"": "Must be an object."}
        )
    return message


class _Check:
    """Reads field by field and gathers what is wrong."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def message(self, obj: object, path: str, *, nested: bool) -> shapes.ParsedMessage | None:
        if not isinstance(obj, dict):
            self.wrong(path or "message", "Must be an object.")
            return None
        self.keys(obj, _KEYS, path)
        at = f"{path}." if path else ""
        facts = self.rows(obj, "facts", at, shapes.MAX_FACTS, self.fact)
        also = () if nested else self.rows(obj, "also", at, shapes.MAX_ALSO, self.other)
        if nested and obj.get("also"):
            self.wrong(f"{at}also", "May not be nested.")
        return shapes.ParsedMessage(
            intent=self.choice(obj, "intent", at, shapes.INTENTS) or "ignore",
            investor_name=self.line(obj, "investor_name", at),
            contacts=self.rows(obj, "contacts", at, shapes.MAX_CONTACTS, self.contact),
            kind=self.choice(obj, "kind", at, shapes.KINDS, default="note") or "note",
            occurred_on=self.day(obj, "occurred_on", at),
            note=self.text(obj, "note", at, shapes.LIMITS["note"]) or "",
            fund=self.line(obj, "fund", at),
            expected_amount=self.amount(obj, "expected_amount", at),
            committed_amount=self.amount(obj, "committed_amount", at),
            stage=self.line(obj, "stage", at),
            reminder=self.reminder(obj.get("reminder"), f"{at}reminder"),
            confidence=self.confidences(obj.get("confidence"), f"{at}confidence"),
            evidence=self.evidences(obj.get("evidence"), f"{at}evidence"),
            direction=self.choice(obj, "direction", at, shapes.DIRECTIONS, default=None),
            facts=facts,
            also=also,
            parser=self.choice(obj, "parser", at, shapes.PARSERS, default="grammar") or "grammar",
        )

    def wrong(self, path: str, why: str) -> None:
        if len(self.errors) < 50:
            self.errors[path[:100]] = why

    def keys(self, obj: dict[Any, Any], allowed: frozenset[str], path: str) -> None:
        for key in obj:
            if key not in allowed:
                self.wrong(
                    f"{path}.{key}" if path else texts.shorten(str(key), 60), "There is no such field."
                )

    def other(self, obj: object, path: str) -> shapes.ParsedMessage | None:
        return self.message(obj, path, nested=True)

    def rows(
        self, obj: dict[Any, Any], key: str, at: str, most: int, one: Callable[[object, str], T | None]
    ) -> tuple[T, ...]:
        value = obj.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            self.wrong(f"{at}{key}", f"Must be a list of at most {most}.")
            return ()
        read = [one(item, f"{at}{key}.{i}") for i, item in enumerate(value)]
        return tuple(item for item in read if item is not None)

    def contact(self, obj: object, path: str) -> shapes.ParsedContact | None:
        if not isinstance(obj, dict):
            self.wrong(path, "Must be an object.")
            return None
        self.keys(obj, frozenset(["name", "email", "phone", "title"]), path)
        name, email, phone, title = (
            self.line(obj, key, f"{path}.") for key in ("name", "email", "phone", "title")
        )
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            self.wrong(f"{path}.email", "Must be an e-mail address.")
        if not (name or email or phone):
            self.wrong(path, "Needs a name, an e-mail address or a phone number.")
            return None
        return shapes.ParsedContact(name=name, email=email, phone=phone, title=title)

    def fact(self, obj: object, path: str) -> shapes.ParsedFact | None:
        if not isinstance(obj, dict):
            self.wrong(path, "Must be an object.")
            return None
        self.keys(obj, frozenset(["text", "topic", "confidence", "evidence"]), path)
        said = self.line(obj, "text", f"{path}.", limit="fact")
        topic = self.line(obj, "topic", f"{path}.") or "other"
        sure = self.share(obj.get("confidence", 0.5), f"{path}.confidence")
        place = None if obj.get("evidence") is None else self.place(obj["evidence"], f"{path}.evidence")
        if not said:
            self.wrong(f"{path}.text", "Must not be empty.")
            return None
        return shapes.ParsedFact(said, topic, sure, place)

    def reminder(self, obj: object, path: str) -> shapes.ParsedReminder | None:
        if obj is None:
            return None
        if not isinstance(obj, dict):
            self.wrong(path, "Must be an object or null.")
            return None
        self.keys(obj, frozenset(["text", "due_on"]), path)
        said = self.line(obj, "text", f"{path}.", limit="reminder")
        due = self.day(obj, "due_on", f"{path}.")
        if not said:
            self.wrong(f"{path}.text", "Must not be empty.")
            return None
        return shapes.ParsedReminder(said, due)

    def text(self, obj: dict[Any, Any], key: str, at: str, limit: int) -> str | None:
        value = obj.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(f"{at}{key}", "Must be text or null.")
            return None
        if len(value) > limit:
            self.wrong(f"{at}{key}", f"Must be {limit} characters at most.")
            return None
        return texts.clean(value).strip() or None

    def line(self, obj: dict[Any, Any], key: str, at: str, *, limit: str = "") -> str | None:
        value = self.text(obj, key, at, shapes.LIMITS[limit or key])
        return texts.one_line(value) or None if value else None

    def choice(
        self,
        obj: dict[Any, Any],
        key: str,
        at: str,
        allowed: tuple[str, ...],
        *,
        default: str | None = "required",
    ) -> str | None:
        value = obj.get(key)
        if value is None and default != "required":
            return default
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"{at}{key}", f"Must be one of {', '.join(allowed)}.")
            return None
        return value

    def day(self, obj: dict[Any, Any], key: str, at: str) -> date | None:
        value = obj.get(key)
        if value is None:
            return None
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # the 30th of February: told below like any other text that is no date
        self.wrong(f"{at}{key}", "Must be a date such as 2026-11-24, or null.")
        return None

    def amount(self, obj: dict[Any, Any], key: str, at: str) -> Decimal | None:
        value = obj.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            self.wrong(f"{at}{key}", 'Must be a plain decimal text such as "2500000", or null.')
            return None
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal(0)
        if not 0 < amount < shapes.MAX_AMOUNT:
            self.wrong(f"{at}{key}", "Must be above zero, and believable.")
            return None
        return amount

    def share(self, value: object, path: str) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
            or not 0 <= value <= 1
        ):
            self.wrong(path, "Must be a number from 0 to 1.")
            return 0.0
        return float(value)

    def place(self, value: object, path: str) -> tuple[int, int]:
        if isinstance(value, list | tuple) and len(value) == 2:
            start, end = value
            if type(start) is int and type(end) is int and 0 <= start < end < 10**7:
                return (start, end)
        self.wrong(path, "Must be [start, end].")
        return (0, 0)

    def confidences(self, value: object, path: str) -> dict[str, float]:
        return {key: self.share(item, f"{path}.{key}") for key, item in self.paths(value, path)}

    def evidences(self, value: object, path: str) -> dict[str, tuple[int, int]]:
        return {key: self.place(item, f"{path}.{key}") for key, item in self.paths(value, path)}

    def paths(self, value: object, path: str) -> list[tuple[str, object]]:
        if value is None:
            return []
        if not isinstance(value, dict) or len(value) > _MAX_PATHS:
            self.wrong(path, f"Must be an object of at most {_MAX_PATHS} fields.")
            return []
        if any(not isinstance(key, str) or len(key) > 80 for key in value):
            self.wrong(path, "Has a bad field name.")
            return []
        return list(value.items())
