"""Values from a person, checked and cleaned field by field. Each raises Invalid with the message at its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from crm_site.core import text
from crm_site.core.errors import Invalid
from crm_site.core.money import CENT, LARGEST

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def refuse(field: str, why: str) -> NoReturn:
    """Raise Invalid at one field."""
    raise Invalid(why, fields={field: why})


def only(values: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """The values, when all their names are known: an API must not silently drop what it was sent."""
    unknown = sorted(values.keys() - set(known))
    if unknown:
        raise Invalid(
            "There is no such field.", fields={name: "No such field, or not editable." for name in unknown}
        )
    return dict(values)


def line(value: Any, *, field: str, limit: int, required: bool = False) -> str:
    """One line of text of at most `limit` characters."""
    if value is not None and not isinstance(value, str):
        refuse(field, "This must be text.")
    cleaned = text.one_line(value or "")
    if required and not cleaned:
        refuse(field, "This is needed.")
    if len(cleaned) > limit:
        refuse(field, f"At most {limit} characters.")
    return cleaned


def prose(value: Any, *, field: str, limit: int, required: bool = False) -> str:
    """Text of several lines of at most `limit` characters."""
    if value is not None and not isinstance(value, str):
        refuse(field, "This must be text.")
    cleaned = text.clean(value or "").strip()
    if required and not cleaned:
        refuse(field, "This is needed.")
    if len(cleaned) > limit:
        refuse(field, f"At most {limit:,} characters.")
    return cleaned


def choice(value: Any, *, field: str, options: Iterable[str], blank: bool = False) -> str | None:
    """One of the keys; None for nothing where that is allowed."""
    if blank and value in (None, ""):
        return None
    known = list(options)
    if value not in known:
        refuse(field, f"Choose one of {', '.join(known)}.")
    return str(value)


def amount(value: Any, *, field: str) -> Decimal | None:
    """An amount of money: not negative, two decimals, below 10^15. None or blank is None."""
    if value in (None, ""):
        return None
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        refuse(field, "Enter an amount such as 250000 or 1500000.50.")
    if not number.is_finite() or number < 0:
        refuse(field, "An amount cannot be negative.")
    if number > LARGEST:
        refuse(field, "This amount is too large.")
    return number.quantize(CENT)


def percent(value: Any, *, field: str) -> int | None:
    """A whole percentage, 0..100. None or blank is None."""
    if value in (None, ""):
        return None
    word = str(value).strip()
    if not word.isdecimal() or int(word[:4]) > 100:
        refuse(field, "Enter a whole percentage from 0 to 100.")
    return int(word)


def day(value: Any, *, field: str, required: bool = False) -> date | None:
    """A date, given as one or as YYYY-MM-DD."""
    if value in (None, ""):
        if required:
            refuse(field, "Enter a date.")
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            refuse(field, "Enter a date as YYYY-MM-DD.")
    if isinstance(value, datetime) or not isinstance(value, date) or not EARLIEST <= value <= LATEST:
        refuse(field, "Enter a date between 1900 and 2200.")
    return value


def clock_time(value: Any, *, field: str) -> time | None:
    """A time of day, given as one or as HH:MM. None or blank is None."""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value.strip())
        except ValueError:
            refuse(field, "Enter a time as HH:MM.")
    if not isinstance(value, time) or value.tzinfo is not None:
        refuse(field, "Enter a time as HH:MM.")
    return value


def currency(value: Any, *, field: str) -> str:
    """A currency code of three letters."""
    code = str(value or "").strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        refuse(field, "Enter a currency code of three letters, such as USD.")
    return code
