"""What a chart shows of an answer's rows: labels cut to size, numbers as short text, many groups as the first dozen."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_site.core import text
from crm_site.core.templatetags import crm
from nlquery.answers import Column, Type

#: Bars beyond this many become one that is called “other”.
MOST_GROUPS = 12
MOST_STAGES = 20
MOST_MOMENTS = 12
#: A day for each of ten years: what a window may hold.
MOST_PERIODS = 3_660
#: Widths of text in ems, by letter, for no font is measured: what fits beside a bar, and beside a moment.
LABEL_EMS = 9.6
MOMENT_EMS = 23.5
_NARROW, _BROAD = frozenset("iljtfrI.,:;'’|!()[] "), frozenset("mwMW@%—…")
#: Characters of a name in the text alternative; on the picture, `fit` cuts it further.
LONGEST = 60
NAMELESS = "(none)"
OTHER = "other"
PERIODS = frozenset({"day", "week", "month"})

Row = Mapping[str, Any]
# What XML knows no way to write.
_UNPRINTABLE = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Point:
    """A bar or a number. words: the value as text. tone: `won` or `lost` for such a stage, `rest` for “other”."""

    label: str
    value: float
    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Instant:
    """A value on a day."""

    on: date
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something with a date, as a line of text."""

    on: date
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """left: how many groups are drawn nowhere, because adding them up would mean nothing."""

    points: list[Point]
    left: int = 0


def currency(rows: Iterable[Row]) -> str:
    """The one currency that a chart is about: that of most rows, the first of several. Amounts are never mixed."""
    found = Counter(str(row.get("currency") or "") for row in rows)
    found.pop("", None)
    return found.most_common(1)[0][0] if found else ""


def of_currency(rows: Iterable[Row], column: Column, code: str) -> list[Row]:
    """The rows whose number is in that currency; all of them when the number is no money."""
    return [row for row in rows if column.type is not Type.MONEY or (row.get("currency") or "") == code]


def groups(
    rows: Sequence[Row], group: Column, number: Column, code: str, *, adds_up: bool, most: int = MOST_GROUPS
) -> Bars:
    """One bar for each group, in the order of the rows. adds_up: the smallest beyond `most` make one sum."""
    points = [
        Point(
            label(row.get(group.key)),
            float(value),
            words(value, number, code),
            str(row.get("category") or ""),
        )
        for row in of_currency(rows, number, code)
        if (value := amount(row.get(number.key))) is not None
    ]
    if len(points) <= most:
        return Bars(points)
    ranked = sorted(range(len(points)), key=lambda at: (-points[at].value, at))
    kept = [points[at] for at in sorted(ranked[:most])]
    if not adds_up:
        return Bars(kept, len(points) - most)
    rest = sum(points[at].value for at in ranked[most:])
    sum_of_rest = words(Decimal(repr(rest)), number, code)
    return Bars([*kept, Point(f"{OTHER} ({len(points) - most})", rest, sum_of_rest, "rest")])


def series(rows: Sequence[Row], time: Column, number: Column, code: str) -> list[Instant]:
    """Values by day, oldest first. A count of periods has a zero where the rows have none."""
    found: dict[date, Decimal] = {}
    for row in of_currency(rows, number, code):
        on, value = day(row.get(time.key)), amount(row.get(number.key))
        if on is not None and value is not None:
            found[on] = found.get(on, Decimal(0)) + value
    days = sorted(found)
    if days and number.type is Type.INT and time.key in PERIODS:
        days = _periods(days[0], days[-1], time.key)
    return [
        Instant(on, float(value), words(value, number, code))
        for on in days
        for value in [found.get(on, Decimal(0))]
    ]


def moments(rows: Sequence[Row], time: Column, columns: Sequence[Column]) -> list[Moment]:
    """The first dozen rows that have a date: who, and what."""
    told = [one.key for one in columns if one.type in {Type.TEXT, Type.LINK} and one.key != time.key][:2]
    found = []
    for row in rows:
        on = day(row.get(time.key))
        if on is not None:
            parts = [text.one_line(str(row[key])[:500]) for key in told if row.get(key)]
            found.append(Moment(on, text.shorten(" · ".join(parts), LONGEST) or NAMELESS))
    return found[:MOST_MOMENTS]


def amount(value: Any) -> Decimal | None:
    """A number that can be drawn, or None."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 18 else None


def words(value: Decimal, column: Column, code: str) -> str:
    """`$2.5m`, `1,204` or `63%`."""
    if column.type is Type.MONEY:
        return crm.money_short(value, code)
    sign, size = "−" if value < 0 else "", f"{abs(value):,.1f}".removesuffix(".0")
    return f"{sign}{size}%" if column.type is Type.PERCENT else f"{sign}{size}"


def label(value: Any) -> str:
    """A group's name."""
    return text.shorten(str(value if value is not None else "")[:500], LONGEST) or NAMELESS


def printable(value: str) -> str:
    """The text without what no drawing may hold: one escape character in a name and vl-convert ends our process."""
    return _UNPRINTABLE.sub("", value)


def fit(value: str, ems: float) -> str:
    """The text on one line, cut where it would be wider than so many ems of a plain font; a … tells that it was."""
    line = text.one_line(value[:500])
    wide = 0.0
    for at, letter in enumerate(line):
        wide += _ems(letter)
        if wide > ems:
            return line[: max(at - 1, 1)].rstrip() + "…"
    return line


def _ems(letter: str) -> float:
    """As DejaVu Sans has it, the broadest of the plain fonts that a browser may fall back to."""
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1.0
    if letter in _NARROW:
        return 0.36
    if letter in _BROAD:
        return 0.95
    return 0.71 if letter.isupper() else 0.61


def day(value: Any) -> date | None:
    """The date of ISO text, of a date or of an instant; a month is its first day."""
    written = str(value or "")[:10]
    try:
        return date.fromisoformat(f"{written}-01" if len(written) == 7 else written)
    except ValueError:
        return None


def _periods(first: date, last: date, step: str) -> list[date]:
    found = [first]
    while found[-1] < last and len(found) < MOST_PERIODS:
        found.append(_next(found[-1], step))
    return found


def _next(on: date, step: str) -> date:
    if step == "month":
        return (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return on + timedelta(days=7 if step == "week" else 1)
