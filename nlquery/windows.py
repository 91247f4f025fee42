"""Windows of time: `last_month`, `next_7_days`, `2026-01-01..2026-03-31`.

Windows compare local dates (decisions.md 6), so each becomes a first and a last local day of the organization's zone, both
included, and for instants the half-open range from the first midnight to the one after the last. Weeks start on Monday.
`last_N_days` ends with today and begins on the day that was N days ago; `next_N_days` begins with today and ends on the day
that is N days from now: each touches N + 1 dates, because N days ago at this hour was a part of one. So “the last 30 days”
and “quiet for at least 30 days” meet on one day, and on a Monday the next 7 days include the next Monday.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from crm_site.core import clock

MAX_DAYS = 3650
MAX_LENGTH = 40
_COUNTED = re.compile(r"(last|next)_(\d{1,4})_days")
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")
_DAY = timedelta(days=1)
# A day nearer to the ends of the calendar than this has no midnight in every zone: there a range is open.
_EARLIEST, _LATEST = date(2, 1, 1), date(9998, 12, 31)


class BadWindow(ValueError):
    """The text names no window; the message says what would."""


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, both included; None is an open end."""

    first: date | None
    last: date | None

    @property
    def start(self) -> datetime | None:
        """The first instant, included."""
        return clock.start_of(self.first) if self.first and self.first >= _EARLIEST else None

    @property
    def end(self) -> datetime | None:
        """The first instant that is past it."""
        return clock.start_of(self.last + _DAY) if self.last and self.last <= _LATEST else None

    def on(self, field: str) -> Q:
        """The condition on a column of local dates."""
        found = Q()
        if self.first:
            found &= Q(**{f"{field}__gte": self.first})
        if self.last:
            found &= Q(**{f"{field}__lte": self.last})
        return found

    def at(self, field: str) -> Q:
        """The condition on a column of instants."""
        found = Q()
        if self.start:
            found &= Q(**{f"{field}__gte": self.start})
        if self.end:
            found &= Q(**{f"{field}__lt": self.end})
        return found


@dataclass(frozen=True, slots=True)
class Window:
    """A window as it was asked for; made by `parse`. text: its canonical form."""

    text: str

    def span(self, today: date) -> Span:
        """The days it means when `today` is the local date."""
        if self.text in _NAMED:
            return _NAMED[self.text](today)
        counted = _COUNTED.fullmatch(self.text)
        if counted:
            distance = timedelta(days=int(counted[2]))
            return Span(today - distance, today) if counted[1] == "last" else Span(today, today + distance)
        first, last = self.text.split("..")
        return Span(_day(first), _day(last))

    @property
    def words(self) -> str:
        """As it stands at the end of a sentence: “this week”, “in the last 7 days”, “from 1 Jan to 31 Mar 2026”."""
        counted = _COUNTED.fullmatch(self.text)
        if counted:
            number = int(counted[2])
            return f"in the {counted[1]} {f'{number} days' if number > 1 else 'day'}"
        if ".." not in self.text:
            return self.text.replace("_", " ")
        first, last = (_day(end) for end in self.text.split(".."))
        if first and last:
            return f"on {_said(first)}" if first == last else f"from {_said(first)} to {_said(last)}"
        return f"since {_said(first)}" if first else f"until {_said(last)}"


def parse(text: str) -> Window:
    """The window that the text names, whatever its case. Raises BadWindow."""
    if len(text) > MAX_LENGTH:
        raise BadWindow(EXPECTED)
    asked = re.sub(r"\s*\.\.\s*", "..", text.strip().lower())
    if asked in _NAMED:
        return Window(asked)
    counted = _COUNTED.fullmatch(asked) if asked.isascii() else None
    if counted:
        number = int(counted[2])
        if not 1 <= number <= MAX_DAYS:
            raise BadWindow(f"The number of days is 1 to {MAX_DAYS}.")
        return Window(f"{counted[1]}_{number}_days")
    return Window(_dates(asked))


#: What is said to somebody whose window is none.
EXPECTED = "A window such as this_week, last_month, next_7_days or 2026-01-01..2026-03-31."


def _dates(asked: str) -> str:
    written = _DATES.fullmatch(asked) if asked.isascii() else None
    if written is None or not (written[1] or written[2]):
        raise BadWindow(EXPECTED)
    try:
        first, last = _day(written[1] or ""), _day(written[2] or "")
    except ValueError:
        raise BadWindow("There is no such date; days are written 2026-01-31.") from None
    if first and last and last < first:
        raise BadWindow("It ends before it begins.")
    return asked


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _said(day: date | None) -> str:
    return f"{day.day} {day:%b} {day.year}" if day else ""


def _days(count: int) -> Callable[[date], Span]:
    return lambda today: Span(today + count * _DAY, today + count * _DAY)


def _weeks(count: int) -> Callable[[date], Span]:
    def span(today: date) -> Span:
        monday = today + timedelta(days=7 * count - today.weekday())
        return Span(monday, monday + 6 * _DAY)

    return span


def _months(count: int, *, length: int) -> Callable[[date], Span]:
    """Whole groups of `length` months, counted from January."""

    def span(today: date) -> Span:
        month = (today.year * 12 + today.month - 1) // length * length + count * length
        return Span(_first_of(month), _first_of(month + length) - _DAY)

    return span


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


_NAMED: dict[str, Callable[[date], Span]] = {
    "today": _days(0),
    "yesterday": _days(-1),
    "tomorrow": _days(1),
    **{f"{word}_week": _weeks(count) for word, count in (("this", 0), ("last", -1), ("next", 1))},
    **{f"{word}_month": _months(count, length=1) for word, count in (("this", 0), ("last", -1), ("next", 1))},
    **{
        f"{word}_quarter": _months(count, length=3)
        for word, count in (("this", 0), ("last", -1), ("next", 1))
    },
    **{f"{word}_year": _months(count, length=12) for word, count in (("this", 0), ("last", -1))},
}
#: The windows that are one word, for the catalogue.
NAMES: tuple[str, ...] = tuple(_NAMED)
