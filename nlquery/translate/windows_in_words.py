"""Stretches of time as people say them, as the contract writes them.

What is open to more than one reading is read like this:
- “last month” is the calendar month before; “the past month”, “in the last month” and “the last month's worth” are 30 days.
- a month counts 30 days, a quarter 90, half a year 180, a year (and twelve months) 365; a couple is 2, a few 3, several 5.
- a month, quarter, weekday or date without a year is the latest that has begun when the question looks back, the nearest
  that has not ended when it looks ahead.
- “since D” is open to now, “before D” ends the day before D, “by D” and “until D” end with D (from today when ahead).
- “year to date” is `this_year`, “recently” and “lately” are `last_30_days`, “upcoming” is `next_30_days`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from nlquery.translate import dates_in_words as dates
from nlquery.translate import numbers
from nlquery.translate.dates_in_words import DATE, MONTH, POINT, WEEKDAY, YEAR, Span

_UNITS = {
    "day": 1,
    "week": 7,
    "fortnight": 14,
    "month": 30,
    "quarter": 90,
    "year": 365,
    "night": 1,
    "hour": 1 / 24,
}
_UNIT = (
    r"(?:business |working |calendar |consecutive )?(?P<unit>day|week|fortnight|month|quarter|year|night)s?"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of time in the line. past, future: as the contract writes it, looking back or ahead.

    days: how long ago it begins, for silence of so many days. soft: only a hint, such as “recently”. length: a plain
    duration (“60 days”), which is a window only where one is needed.
    """

    start: int
    end: int
    past: str
    future: str
    days: int | None = None
    soft: bool = False
    length: bool = False


Made = tuple[str, str, int | None] | None


def find(line: str, today: date) -> list[Said]:
    """All stretches of time in a line of small words, in order; where readings overlap, the earlier rule wins."""
    found: list[Said] = []
    for pattern, make, kind in _RULES:
        for match in pattern.finditer(line):
            if any(match.start() < said.end and said.start < match.end() for said in found):
                continue
            made = make(match, today)
            if made:
                found.append(
                    Said(match.start(), match.end(), *made, soft=kind == "soft", length=kind == "length")
                )
    return sorted(found, key=lambda said: said.start)


def days_of(key: str, today: date) -> int | None:
    """How many days ago a relative window of the past begins."""
    starts = {
        "this_week": today - timedelta(days=today.weekday()),
        "this_month": today.replace(day=1),
        "this_quarter": dates.quarter(today.year, (today.month - 1) // 3 + 1).first,
        "this_year": today.replace(month=1, day=1),
    }
    fixed = {
        "today": 1,
        "yesterday": 1,
        "last_week": 7,
        "last_month": 30,
        "last_quarter": 90,
        "last_year": 365,
    }
    start = starts.get(key)
    return max(1, (today - start).days) if start else fixed.get(key)


def _literal(match: re.Match[str], today: date) -> Made:
    key = match.group()
    back = re.fullmatch(r"last_(\d+)_days", key)
    return key, key, int(back[1]) if back else days_of(key, today)


def _relative(match: re.Match[str], today: date) -> Made:
    unit, way = match["unit"], match["way"]
    lead = match["lead"] or ""
    if way.startswith(("this", "current")):
        if "past" in way:
            return _back(_UNITS[unit])
        if "coming" in way or "next" in way:
            return _ahead(_UNITS[unit])
        key = f"this_{unit}"
    elif way in ("next", "following"):
        if lead.endswith("the ") and unit != "weekend" and lead != "the ":
            return _ahead(_UNITS[unit])
        key = f"next_{unit}"
    elif way in ("coming", "upcoming"):
        return _ahead(_UNITS[unit])
    elif way == "past" or (way == "last" and lead.endswith("the ") and lead != "the "):
        return _back(_UNITS[unit])
    else:
        key = f"last_{unit}"
    return key, key, days_of(key, today)


def _back(days: float) -> Made:
    count = max(1, round(days))
    return f"last_{count}_days", f"last_{count}_days", count


def _ahead(days: float) -> Made:
    count = max(1, round(days))
    return f"next_{count}_days", f"next_{count}_days", None


def _length(match: re.Match[str]) -> int | None:
    count, unit = numbers.value(match["n"]), match["unit"]
    if not count:
        return None
    if count == 0.5 and unit == "year":
        return 180
    if unit == "month" and count >= 12:
        return round(count / 12 * 365)
    return min(3650, max(1, round(count * _UNITS[unit])))


def _last_n(match: re.Match[str], today: date) -> Made:
    days = _length(match)
    return _back(days) if days else None


def _next_n(match: re.Match[str], today: date) -> Made:
    days = _length(match)
    return _ahead(days) if days else None


def _ago(match: re.Match[str], today: date) -> Made:
    days = _length(match)
    if not days:
        return None
    day = today - timedelta(days=days)
    return f"{day}..{day}", f"{day}..{day}", days


def _since_ago(match: re.Match[str], today: date) -> Made:
    return _last_n(match, today)


def _duration(match: re.Match[str], today: date) -> Made:
    days = _length(match)
    return (f"last_{days}_days", f"next_{days}_days", days) if days else None


def _fixed(back: str, ahead: str | None = None) -> Callable[[re.Match[str], date], Made]:
    def make(match: re.Match[str], today: date) -> Made:
        count = re.fullmatch(r"last_(\d+)_days", back)
        return back, ahead or back, int(count[1]) if count else days_of(back, today)

    return make


def _fortnight(match: re.Match[str], today: date) -> Made:
    return _ahead(14) if re.search(r"next|coming", match.group()) else _back(14)


def _day_shift(days: int) -> Callable[[re.Match[str], date], Made]:
    def make(match: re.Match[str], today: date) -> Made:
        day = today + timedelta(days=days)
        return f"{day}..{day}", f"{day}..{day}", max(1, -days)

    return make


def _weekend(match: re.Match[str], today: date) -> Made:
    saturday = today - timedelta(days=today.weekday()) + timedelta(days=5)
    if "last" in match.group() or "past" in match.group():
        saturday -= timedelta(days=7)
    elif "next" in match.group():
        saturday += timedelta(days=7)
    before = saturday if saturday <= today else saturday - timedelta(days=7)
    wanted = saturday if re.search("last|past|next|this", match.group()) else before
    return (
        Span(wanted, wanted + timedelta(days=1)).text(),
        Span(saturday, saturday + timedelta(days=1)).text(),
        None,
    )


def _between(match: re.Match[str], today: date) -> Made:
    first, last = dates.point(match["a"], today), dates.point(match["b"], today)
    if first is None or last is None:
        return None
    year = re.search(YEAR, match["b"])
    if year and not re.search(YEAR, match["a"]):
        first = dates.point(f"{match['a']} {year.group()}", today) or first
    made = []
    for start, end in zip(first, last, strict=True):
        if start.first and end.last and end.last < start.first:
            end = Span(end.first, end.last + timedelta(days=365))
        made.append(Span(start.first, end.last).text())
    days = (today - first[0].first).days if first[0].first else None
    return made[0], made[1], days


def _since(match: re.Match[str], today: date) -> Made:
    spans = dates.point(match["a"], today)
    if spans is None or spans[0].first is None:
        return None
    start = spans[0]
    first = start.first
    if match["how"].startswith("after") and start.last:
        first = start.last + timedelta(days=1)
    assert first is not None
    return f"{first}..", f"{first}..", max(1, (today - first).days)


def _until(match: re.Match[str], today: date) -> Made:
    spans = dates.point(match["a"], today)
    if spans is None or match["a"] == "now":
        return None
    back, ahead = spans
    if match["how"].startswith(("before", "prior", "earlier")) and "end" not in match["a"]:
        ends = [span.first - timedelta(days=1) if span.first else None for span in (back, ahead)]
    else:
        ends = [back.last, ahead.last]
    later = Span(today, ends[1]) if ends[1] and ends[1] >= today else Span(None, ends[1])
    return Span(None, ends[0]).text(), later.text(), None


def _at(match: re.Match[str], today: date) -> Made:
    spans = dates.point(match["a"], today)
    if spans is None:
        return None
    back, ahead = spans
    return back.text(), ahead.text(), max(1, (today - back.first).days) if back.first else None


def _part(match: re.Match[str], today: date) -> Made:
    """A quarter or half by its place in the year: “the final quarter of 2024”, “the back half of last year”."""
    year = int(match["y"]) if match["y"] else None
    if match["way"]:
        year = today.year + (1 if match["way"].strip() == "next" else -1)
    spans = dates.part_of_year(match["part"], year, today)
    return (spans[0].text(), spans[1].text(), None) if spans else None


def _before_last(match: re.Match[str], today: date) -> Made:
    before = today
    for _ in range(2):
        before = (dates.containing(match["unit"], before).first or before) - timedelta(days=1)
    span = dates.containing(match["unit"], before)
    return span.text(), span.text(), (today - before).days


def _week_of(match: re.Match[str], today: date) -> Made:
    spans = dates.point(match["a"], today)
    if spans is None or spans[0].first is None or spans[1].first is None:
        return None
    back, ahead = (dates.containing("week", span.first) for span in spans if span.first)
    return back.text(), ahead.text(), None


def _days_of_month(match: re.Match[str], today: date) -> Made:
    """“the 3rd to the 9th of March”, “May 4 to 10”: the month is said once."""
    said = match.groupdict()
    end = said.get("b") or f"{said['m']} {said['e']}{said['y'] or ''}"
    spans = dates.point(end, today)
    try:
        made = [Span(span.last.replace(day=int(match["d"])), span.last) for span in spans or () if span.last]
    except ValueError:
        return None
    if len(made) != 2 or made[0].first is None or made[0].first > (made[0].last or made[0].first):
        return None
    return made[0].text(), made[1].text(), (today - made[0].first).days


def _weekday_said(match: re.Match[str], today: date) -> Made:
    way = re.match(r"this|last|next", match.group())
    spans = dates.point(f"{way.group() if way else ''} {match['a']}".strip(), today)
    return (spans[0].text(), spans[1].text(), None) if spans else None


def _month_said(match: re.Match[str], today: date) -> Made:
    spans = dates.point(match["m"], today)
    if spans is None:
        return None
    back, ahead = spans
    if match["way"] == "last" and back.last and back.last >= today and back.first:
        back = Span(back.first.replace(year=back.first.year - 1), back.last - timedelta(days=365))
    chosen = {"last": back, "next": ahead}.get(match["way"])
    return ((chosen or back).text(), (chosen or ahead).text(), None)


_LEAD = r"(?P<lead>(?:(?:in|over|during|within|across|through|throughout|for|from) )?(?:the )?)"
_N = rf"(?P<n>{numbers.NUMBER})"
_LONGER = (
    r"(?:in|for|within|over|under|more than|at least|longer than|greater than|past|beyond|inside|after|>|>=|"
    r"(?:in|for) (?:over|more than|at least|longer than|almost|about|around|nearly|the better part of|well over)|upwards of|exceeding|older than|no less than) "
)
_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Made], str]] = [
    (re.compile(r"(?:last|next)_\d+_days|(?:this|last|next)_(?:week|month|quarter|year)"), _literal, ""),
    (re.compile(r"\d{4}-\d\d-\d\d\.\.(?:\d{4}-\d\d-\d\d)?|\.\.\d{4}-\d\d-\d\d"), _literal, ""),
    (re.compile(r"\b(?:the )?day before yesterday\b"), _day_shift(-2), ""),
    (re.compile(r"\b(?:the )?day after tomorrow\b"), _day_shift(2), ""),
    (re.compile(r"\b(?:in |during |from |over )?(?:the )?(?P<unit>week|month|quarter|year) before last\b"), _before_last, ""),
    (re.compile(rf"\b(?:(?:in|during|for|over) )?(?:the )?week (?:of|beginning|starting|commencing)(?: on)? (?P<a>{DATE}|{WEEKDAY})\b"), _week_of, ""),
    (re.compile(rf"\b(?:(?:between|from) )?(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:and|to|until|till|through|thru) (?P<b>(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?: {YEAR})?)\b"), _days_of_month, ""),
    (re.compile(rf"\b(?:(?:between|from) )?(?P<m>{MONTH}) (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:and|to|until|till|through|thru) (?:the )?(?P<e>\d{{1,2}})(?:st|nd|rd|th)?(?! {MONTH})(?P<y> {YEAR})?\b"), _days_of_month, ""),
    (re.compile(rf"\b(?:between|from|starting) (?P<a>{POINT}) (?:and|to|until|till|through|thru) (?P<b>{POINT})\b"), _between, ""),
    (re.compile(rf"\b(?P<a>{DATE}) (?:to|through|until) (?P<b>{DATE})\b"), _between, ""),
    (re.compile(rf"\b(?P<a>{MONTH}(?: {YEAR})?) (?:to|through|thru|until|till) (?P<b>{MONTH}(?: {YEAR})?)\b"), _between, ""),
    (
        re.compile(r"\b(?:year to date|ytd|(?:so far |thus far )this year|this year so far|this year to date|since (?:the )?(?:start|beginning) of (?:the |this )?year|since new year)\b"),
        _fixed("this_year"),
        "",
    ),
    (
        re.compile(r"\b(?:month to date|mtd|so far this month|this month so far|this month to date|since (?:the )?(?:start|beginning) of (?:the |this )?month)\b"),
        _fixed("this_month"),
        "",
    ),
    (
        re.compile(r"\b(?:quarter to date|qtd|so far this quarter|this quarter so far|since (?:the )?(?:start|beginning) of (?:the |this )?quarter)\b"),
        _fixed("this_quarter"),
        "",
    ),
    (re.compile(r"\b(?:week to date|wtd|so far this week|this week so far)\b"), _fixed("this_week"), ""),
    (
        re.compile(rf"\b(?:(?:in|over|during|within|for|from|across|of|through|throughout) )?(?:the |these |this )?(?:last|past|previous|prior|trailing|preceding|most recent) {_N} {_UNIT}\b"),
        _last_n,
        "",
    ),
    (
        re.compile(rf"\b(?:(?:in|over|during|within|for|from) )?(?:the |these )?(?:next|coming|following|upcoming) {_N} {_UNIT}\b"),
        _next_n,
        "",
    ),
    (re.compile(rf"\b(?:since|after|from) (?:about |around )?{_N} {_UNIT} ago\b"), _last_n, ""),
    (re.compile(rf"\b(?:more than|over|at least|longer than|well over) {_N} {_UNIT} ago\b"), _duration, "length"),
    (re.compile(rf"\b{_N} {_UNIT} ago\b"), _ago, ""),
    (re.compile(rf"\b{_N} {_UNIT} (?:from now|out|ahead)\b"), _next_n, ""),
    (re.compile(r"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:last|past|previous|next|coming) (?:fortnight|two weeks)\b"), _fortnight, ""),
    (re.compile(r"\b(?:(?:(?:in|over|during|on|for|at) )?(?:the |this |last |past |next |coming )?)weekend\b"), _weekend, ""),
    (re.compile(rf"\b(?P<how>since|after|starting|post|from(?= (?:{POINT}) (?:on|onwards?|forward)\b)) (?P<a>{POINT})(?: (?:on|onwards?|forward))?\b"), _since, ""),
    (
        re.compile(rf"\b(?P<how>(?:(?:on or )?before|prior to|earlier than|until|till|(?<!been )(?<!get )(?<!got )up to|by|no later than|(?<!come )(?<!came )(?<!went )(?<!gone )(?<!me )through|ahead of)(?: the)?) (?P<a>{POINT})\b"),
        _until,
        "",
    ),
    (re.compile(rf"{_LEAD}(?P<part>{dates.PART} quarter)(?:(?: of)?(?: (?P<y>{YEAR})| (?:the |this |(?P<way>last |next ))year))?\b"), _part, ""),
    (re.compile(rf"{_LEAD}(?P<part>h[12]|{dates.PART} half)(?:(?: of)?(?: (?P<y>{YEAR})| (?:the |this |(?P<way>last |next ))year))?\b"), _part, ""),
    (
        re.compile(rf"{_LEAD}\b(?P<way>this past|this coming|this current|current|this|last|past|previous|prior|next|following|coming|upcoming) (?:calendar )?(?P<unit>week|month|quarter|year)\b(?! end)"),
        _relative,
        "",
    ),
    (re.compile(r"\btoday\b|\bthis (?:morning|afternoon|evening)\b|\btonight\b"), _fixed("today"), ""),
    (re.compile(r"\byesterday\b|\blast night\b"), _fixed("yesterday"), ""),
    (re.compile(r"\btomorrow\b"), _fixed("tomorrow"), ""),
    (re.compile(rf"\b(?:on )?{WEEKDAY} (?:the )?(?P<a>{DATE})\b"), _at, ""),
    (re.compile(rf"\b(?:on |dated )?(?P<a>{DATE})\b"), _at, ""),
    (re.compile(rf"\b(?:(?:on|this|last|next) )?(?P<a>{WEEKDAY})s?\b"), _weekday_said, ""),
    (re.compile(rf"\b(?:in |during |for |of |over |throughout |on |around |from )?(?P<a>q[1-4](?: (?:of )?{YEAR})?)\b"), _at, ""),
    (re.compile(rf"\b(?:in|during|for|of|over|throughout|around|from|since|all|dated) (?:the month of |month of |all of |the )?(?P<a>(?:early |mid |late )?{MONTH}(?: {YEAR})?)\b"), _at, ""),
    (re.compile(rf"\b(?P<way>last|this|next) (?P<m>{MONTH})\b"), _month_said, ""),
    (re.compile(rf"\b(?P<a>(?!(?:may|march|mar|jan|sun|sat)\b(?! {YEAR})){MONTH}(?: {YEAR})?)\b(?! \d)"), _at, ""),
    (re.compile(rf"\b(?:(?:in|during|for|of|over|throughout|all) )?(?:the )?(?:calendar|calendar year|year|full year) (?P<a>{YEAR})\b"), _at, ""),
    (re.compile(rf"\b(?:in|during|for|of|over|throughout) (?P<a>{YEAR})\b"), _at, ""),
    (re.compile(r"\b(?:all|entire|whole|this entire|throughout the) year\b"), _fixed("this_year"), ""),
    (re.compile(rf"\b{_LONGER}{_N} {_UNIT}(?: or (?:more|longer)| plus)?\b"), _duration, "length"),
    (re.compile(rf"\b{_N} (?:\+ |plus )?{_UNIT}\b(?: or (?:more|longer|so)| plus|)"), _duration, "length"),
    (re.compile(r"\b(?:recently|lately|of late|these days|in recent (?:days|weeks|times))\b"), _fixed("last_30_days", "next_30_days"), "soft"),
    (re.compile(r"\b(?:upcoming|coming up|forthcoming|soon|scheduled|lined up|ahead of us|in the future)\b"), _fixed("next_30_days"), "soft"),
    (re.compile(r"\bnext (?=(?:meetings?|appointments?|visits?|site visits?|seeing|see|meet)\b)"), _fixed("next_30_days"), "soft"),
    (re.compile(r"\b(?:recent|latest|newest|most recent)\b"), _fixed("last_30_days", "next_30_days"), "soft"),
]  # fmt: skip
