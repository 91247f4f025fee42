"""Days, months, quarters and years by name, looking back and looking ahead."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|wed|thurs|thu|fri)"
YEAR = r"(?:19|20)\d\d"
_TH = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|(?:the )?{_TH}(?: of)? {MONTH}(?: {YEAR})?"
    rf"|{MONTH} (?:the )?{_TH}(?!\d)(?: {YEAR})?)"
)
_CALENDAR = r"(?:last|this|next) (?:week|month|quarter|year)"
#: Which quarter or half of a year.
PART = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|final|front|back|latter|opening|closing|last(?= (?:quarter|half) of))"
#: Any point or stretch of time that has a name.
POINT = (
    rf"(?:{DATE}|(?:the )?(?:start|beginning|end) of (?:the )?(?:{_CALENDAR}|week|month|quarter|year|{MONTH}(?: {YEAR})?)"
    rf"|(?:year|month|quarter|week) end|(?:early |mid |late )?{MONTH}(?: {YEAR})?|(?:last |this |next )?{WEEKDAY}"
    rf"|q[1-4](?: (?:of )?{YEAR})?|{YEAR}|yesterday|today|tomorrow|now|(?:the )?{_CALENDAR})"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Two dates, both included; None is open."""

    first: date | None
    last: date | None

    def text(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"


Pair = tuple[Span, Span]  # looking back, looking ahead


def point(said: str, today: date) -> Pair | None:
    """A day, month, quarter or year by name, looking back and ahead. None when it is no date after all."""
    said = re.sub(r"^the ", "", said.strip())
    for pattern, make in _POINTS:
        match = pattern.fullmatch(said)
        if match:
            try:
                return make(match, today)
            except ValueError:
                return None
    return None


def _on(match: re.Match[str], today: date) -> Pair:
    day = date.fromisoformat(match.group())
    return Span(day, day), Span(day, day)


def _slashed(match: re.Match[str], today: date) -> Pair:
    month, day = int(match[1]), int(match[2])
    if month > 12:
        month, day = day, month
    year = int(match[3]) if match[3] else None
    return _dated(month, day, year + 2000 if year is not None and year < 100 else year, today)


def _named_day(match: re.Match[str], today: date) -> Pair:
    month = _MONTHS.index(match["m"][:3]) + 1
    return _dated(month, int(match["d"]), int(match["y"]) if match["y"] else None, today)


def _dated(month: int, day: int, year: int | None, today: date) -> Pair:
    if year is not None:
        given = date(year, month, day)
        return Span(given, given), Span(given, given)
    this = date(today.year, month, day)
    back = this if this <= today else date(today.year - 1, month, day)
    ahead = this if this >= today else date(today.year + 1, month, day)
    return Span(back, back), Span(ahead, ahead)


def _month(match: re.Match[str], today: date) -> Pair:
    month = _MONTHS.index(match["m"][:3]) + 1
    parts = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
    first, last = parts.get((match["part"] or "").strip(), (1, 31))

    def of(year: int) -> Span:
        end = calendar.monthrange(year, month)[1]
        return Span(date(year, month, first), date(year, month, min(last, end)))

    if match["y"]:
        return of(int(match["y"])), of(int(match["y"]))
    return (
        of(today.year if month <= today.month else today.year - 1),
        of(today.year if month >= today.month else today.year + 1),
    )


def quarter(year: int, number: int) -> Span:
    last_month = number * 3
    return Span(
        date(year, last_month - 2, 1), date(year, last_month, calendar.monthrange(year, last_month)[1])
    )


def _quarter_named(match: re.Match[str], today: date) -> Pair:
    number, now = int(match["q"]), (today.month - 1) // 3 + 1
    if match["y"]:
        given = quarter(int(match["y"]), number)
        return given, given
    return (
        quarter(today.year if number <= now else today.year - 1, number),
        quarter(today.year if number >= now else today.year + 1, number),
    )


def _year(match: re.Match[str], today: date) -> Pair:
    year = int(match.group())
    given = Span(date(year, 1, 1), date(year, 12, 31))
    return given, given


def _weekday(match: re.Match[str], today: date) -> Pair:
    wanted = _DAYS.index(match["w"][:3])
    monday = today - timedelta(days=today.weekday())
    back = today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    ahead = today + timedelta(days=(wanted - today.weekday()) % 7 or 7)
    way = (match["way"] or "").strip()
    if way == "this":
        back = ahead = monday + timedelta(days=wanted)
    elif way == "next":
        back = ahead = monday + timedelta(days=7 + wanted)
    elif way == "last":
        ahead = back
    return Span(back, back), Span(ahead, ahead)


def _edge(match: re.Match[str], today: date) -> Pair | None:
    named = point(match["of"], today) or point(f"this {match['of']}", today)
    if named is None:
        return None
    is_end = match["edge"] == "end"
    days = [span.last if is_end else span.first for span in named]
    return Span(days[0], days[0]), Span(days[1], days[1])


def _calendar(match: re.Match[str], today: date) -> Pair:
    shift = {"last": -1, "this": 0, "next": 1}[match["way"]]
    unit = match["unit"]
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * shift)
        span = Span(monday, monday + timedelta(days=6))
    elif unit == "month":
        year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
        span = Span(date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1]))
    elif unit == "quarter":
        year, number = divmod(today.year * 4 + (today.month - 1) // 3 + shift, 4)
        span = quarter(year, number + 1)
    else:
        span = Span(date(today.year + shift, 1, 1), date(today.year + shift, 12, 31))
    return span, span


def containing(unit: str, day: date) -> Span:
    """The calendar week, month, quarter or year that holds a day."""
    found = point(f"this {unit}", day)
    assert found is not None
    return found[0]


#: The place of a quarter or half in its year; -1 is the last there is.
_PLACES = {
    **dict.fromkeys(("first", "1st", "front", "opening", "h1"), 1),
    **dict.fromkeys(("second", "2nd", "h2"), 2),
    **dict.fromkeys(("third", "3rd"), 3),
    **dict.fromkeys(("fourth", "4th"), 4),
    **dict.fromkeys(("last", "final", "back", "latter", "closing"), -1),
}


def part_of_year(part: str, year: int | None, today: date) -> Pair | None:
    """“first quarter”, “back half”, “h2”; without a year the quarter that has begun, the half of this year."""
    edge, _, unit = part.partition(" ")
    place = _PLACES[edge]
    if unit == "quarter":
        return point(f"q{4 if place < 0 else place}{f' {year}' if year else ''}", today)
    first, last = (1, 2) if place == 1 else (3, 4)
    span = Span(quarter(year or today.year, first).first, quarter(year or today.year, last).last)
    return span, span


def _near(match: re.Match[str], today: date) -> Pair:
    day = today + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(match.group(), 0))
    return Span(day, day), Span(day, day)


def _unit_end(match: re.Match[str], today: date) -> Pair | None:
    named = point(f"this {match['unit']}", today)
    return (Span(named[0].last, named[0].last),) * 2 if named else None


_POINTS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Pair | None]]] = [
    (re.compile(r"\d{4}-\d\d-\d\d"), _on),
    (re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?"), _slashed),
    (re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{MONTH})(?: (?P<y>{YEAR}))?"), _named_day),
    (re.compile(rf"(?P<m>{MONTH}) (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<y>{YEAR}))?"), _named_day),
    (re.compile(rf"(?P<part>early |mid |late )?(?P<m>{MONTH})(?: (?P<y>{YEAR}))?"), _month),
    (re.compile(rf"(?P<way>last |this |next )?(?P<w>{WEEKDAY})"), _weekday),
    (re.compile(rf"q(?P<q>[1-4])(?: (?:of )?(?P<y>{YEAR}))?"), _quarter_named),
    (re.compile(YEAR), _year),
    (re.compile(r"yesterday|today|tomorrow|now"), _near),
    (re.compile(r"(?P<way>last|this|next) (?P<unit>week|month|quarter|year)"), _calendar),
    (re.compile(r"(?P<unit>week|month|quarter|year) end"), _unit_end),
    (re.compile(r"(?P<edge>start|beginning|end) of (?:the )?(?P<of>.+)"), _edge),
]
