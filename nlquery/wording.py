"""Words for sentences and cells: counts, lists, sums. One deterministic sentence sums up each answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from crm_site.core import clock
from crm_site.core.money import ZERO, Money, totals
from crm_site.core.templatetags.crm import money_full

_MANY = {"person": "people"}


def count(number: int, noun: str) -> str:
    """“1 investor”, “2 investors”, “no investors”. noun: singular; it may end in words of its own (“call with them”)."""
    head, _, tail = noun.partition(" of ")
    word = head if number == 1 else plural(head)
    return (
        f"{number:,} {word}{f' of {tail}' if tail else ''}"
        if number
        else f"no {word}{f' of {tail}' if tail else ''}"
    )


def plural(noun: str) -> str:
    """The noun for none or many; of several words the last one changes."""
    *before, last = noun.split(" ")
    ies = last.endswith("y") and last[-2] not in "aeiou"
    return " ".join([*before, _MANY.get(last, f"{last[:-1]}ies" if ies else f"{last}s")])


def listed(parts: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def sums(parts: Iterable[Money]) -> str:
    """Totals per currency: “$1,250,000”, “$1,250,000 and €300,000”; “nothing” when there is none."""
    found = [one for one in totals(parts) if one.amount]
    return listed([amount(one.amount, one.currency) for one in found]) if found else "nothing"


def amount(value: Decimal, currency: str) -> str:
    """The whole amount: “$1,250,000”."""
    return money_full(value, currency)


def day(value: date | None) -> str:
    """“3 Mar 2026”."""
    return f"{value.day} {value:%b} {value.year}" if value else "never"


def sentence(*parts: str) -> str:
    """The parts with blanks between, the first letter large, one full stop."""
    said = " ".join(part for part in parts if part).strip()
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def first_of(limit: int, total: int) -> str:
    """What to add when more matched than is shown; else nothing."""
    return f"; these are the first {limit:,}" if total > limit else ""


def decimal(value: Decimal | None) -> str:
    """An amount for a row: plain text with two places."""
    return format(value or ZERO, ".2f")


def iso(value: date | datetime | None) -> str | None:
    """A date or an instant for a row; instants on the organization's clock."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    return value.isoformat() if value else None


def investor_link(investor_id: int | None, name: str | None, key: str = "investor") -> dict[str, Any]:
    """The cells of a link to an investor's page."""
    return _link(key, "investors:detail", investor_id, name)


def contact_link(contact_id: int | None, name: str | None, key: str = "name") -> dict[str, Any]:
    """The cells of a link to a person's page."""
    return _link(key, "contacts:detail", contact_id, name)


def fund_link(fund_id: int | None, name: str | None, key: str = "fund") -> dict[str, Any]:
    """The cells of a link to a fund's page."""
    return _link(key, "investors:fund_detail", fund_id, name)


def _link(key: str, view: str, row_id: int | None, name: str | None) -> dict[str, Any]:
    address = reverse(view, args=[row_id]) if row_id else ""
    return {key: name or "", f"{key}_url": address}
