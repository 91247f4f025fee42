"""Values of an answer as plain text: for rooms and the command line. Pages have tags of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from crm_site.core import clock, text
from crm_site.core.templatetags import crm
from nlquery.answers import Column, Type

NOTHING = "–"


def plain(row: Mapping[str, Any], column: Column, *, limit: int = 60) -> str:
    """One value, on one line of at most `limit` characters; money short, days as 3 Nov 2026."""
    value = row.get(column.key)
    if value is None or value == "":
        return NOTHING
    if column.type is Type.MONEY:
        return crm.money_short(value, str(row.get("currency") or ""))
    if column.type is Type.PERCENT:
        return f"{value}%"
    if column.type in (Type.DATE, Type.DATETIME):
        return _when(moment(value))
    return text.shorten(
        f"{value:,}" if column.type is Type.INT and isinstance(value, int) else str(value), limit
    )


def moment(value: object) -> date | datetime | None:
    """ISO text as a date or an instant; None for anything else."""
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        return None


def is_number(column: Column) -> bool:
    """Whether the column's values stand on the right."""
    return column.type in (Type.MONEY, Type.INT, Type.PERCENT)


def is_path(address: str) -> bool:
    """Whether a link stays on this site: `//elsewhere` would not."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _when(value: date | datetime | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        local = clock.local(value) if value.tzinfo else value
        return f"{local.day} {local:%b %Y, %H:%M}"
    return f"{value.day} {value:%b %Y}"
