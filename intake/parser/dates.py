"""Dates as people type them, resolved against the day a message was sent."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_site.core import heavy

if TYPE_CHECKING:
    import dateparser
else:
    dateparser = heavy.module("dateparser")  # eight megabytes of languages, for a few odd dates

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "couple": 2, "a couple": 2, "a couple of": 2, "couple of": 2, "few": 3, "a few": 3, "twelve": 12,
}  # fmt: skip
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

_DAY = (
    r"(?P<day>mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|tues?|weds?|thurs?|thu|fri|mon"
    r"|(?<=on )sat|(?<=by )sat|(?<=last )sat|(?<=next )sat|(?<=on )sun|(?<=by )sun|(?<=last )sun|(?<=next )sun)\b\.?"
)
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
_LEAD = (
    r"(?:\b(?:(?:on|by|until|till|due|before|no later than|not later than|for|around|from|since|dated|at|in|this|ahead of)\s+)"
    r"(?:the\s+)?)?(?:\b(?:cob|eod|end of day|close of business|first thing)\s+(?:on\s+)?)?"
)
_CLOCK = (
    r"(?:,?\s*(?:at\s+|around\s+)?(?:(?:\d{1,2}(?::\d{2})?\s?[ap]\.?m\b\.?)|(?:\d{1,2}:\d{2})\b|noon\b|midday\b"
    r"|(?:at\s+\d{1,2}(?:\s?h|\s?o'clock)?\b(?![/.-]\d))|(?:in the )?(?:early |late )?(?:morning|afternoon|evening|night)\b"
    r"|\bam\b|\bpm\b|lunch\s?time\b))?"
)
_N = r"(?P<n>\d{1,3}|an?\s+couple(?:\s+of)?|couple(?:\s+of)?|an?\s+few|few|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNIT = r"(?P<unit>(?:business |working )?days?|weeks?|wks?|months?|quarters?|years?|hours?|hrs?|minutes?|mins?|fortnight)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in the message. `past` is what it means for a thing that happened, `future` for one to come."""

    start: int
    end: int
    past: date | None
    future: date | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day the message was sent, in the organization's zone, and how it writes numeric dates."""

    today: date
    month_first: bool = True


Resolved = tuple[date | None, date | None]


def _compile(body: str, *, lead: bool = True) -> re.Pattern[str]:
    return re.compile(rf"{_LEAD if lead else ''}\b{body}", re.I)


def find(text: str, anchor: Anchor) -> list[Mention]:
    """All dates in order; where readings overlap, the longest wins."""
    found: list[Mention] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text):
            resolved = resolve(match, anchor)
            if resolved is not None:
                found.append(Mention(match.start(), match.end(), *resolved))
    found.sort(key=lambda m: (-(m.end - m.start), m.start))
    kept: list[Mention] = []
    for mention in found:
        if not any(mention.start < k.end and k.start < mention.end for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def parse(text: str, anchor: Anchor, *, past: bool = False) -> date | None:
    """A whole field as a date; `past` says that it is a thing that happened. None when it is not one."""
    mentions = find(text.strip(), anchor)
    if len(mentions) == 1 and len(text.strip()) <= mentions[0].end - mentions[0].start + 3:
        return mentions[0].past if past else mentions[0].future or mentions[0].past
    if mentions or not 3 <= len(text.strip()) <= 40 or not re.search(r"\d", text):
        return None
    # Only a whole short field goes to dateparser: in running text it takes "may" and "2-3m" for dates.
    order = "MDY" if anchor.month_first else "DMY"
    got = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "DATE_ORDER": order,
            "STRICT_PARSING": True,
            "PREFER_DATES_FROM": "past" if past else "future",
        },
    )
    return got.date() if got else None


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9998:
        return day
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _weekday(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    wanted = _DAYS.index(match["day"][:3].lower())
    today = anchor.today
    mod = (match["mod"] or "").lower()
    back = (today.weekday() - wanted) % 7 or 7
    ahead = (wanted - today.weekday()) % 7 or 7
    if match["later"]:
        later = match["later"].lower()
        ahead = _monday(today, 1) + wanted - 0 if "next" in later else ahead + 7
        return (None, today + timedelta(days=ahead))
    if "last" in mod or "past" in mod:
        return (today - timedelta(days=back), None)
    if mod.startswith("this") and wanted == today.weekday():
        return (today, today)
    if mod.startswith(("next", "coming", "following")):
        return (None, today + timedelta(days=ahead))
    return (today - timedelta(days=back), today + timedelta(days=ahead))


def _monday(today: date, weeks: int) -> int:
    """Days from today to the Monday of the week that is `weeks` ahead."""
    return 7 * weeks - today.weekday()


def _near(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    said = re.sub(r"\s+", " ", match["near"].lower())
    if "day before" in said:
        shift = -2
    elif "day after" in said:
        shift = 2
    elif said in ("yesterday", "last night", "yday", "ystd"):
        shift = -1
    elif said.startswith(("tom", "tmr", "tmw", "2moro")):
        shift = 1
    else:
        return (anchor.today, anchor.today)
    day = anchor.today + timedelta(days=shift)
    return (day, None) if shift < 0 else (None, day)


def _span(match: re.Match[str], anchor: Anchor, sign: int) -> date | None:
    said = re.sub(r"\s+", " ", match["n"].lower())
    said = re.sub(r"^an? (?=couple|few)", "", said)
    count = int(said) if said.isdigit() else _NUMBERS.get(said, 1)
    unit = match["unit"].lower()
    if unit.startswith(("hour", "hr", "min")):
        return anchor.today
    if unit.startswith(("month", "quarter", "year")):
        months = count * {"m": 1, "q": 3, "y": 12}[unit[0]]
        return add_months(anchor.today, sign * months) if months < 1200 else None
    if unit.startswith(("business", "working")):
        return working_days(anchor.today, sign * count)
    days = count * (14 if unit == "fortnight" else 7 if unit.startswith("w") else 1)
    return anchor.today + timedelta(days=sign * days)


def working_days(day: date, count: int) -> date:
    """`count` working days after (or before) `day`."""
    step = 1 if count > 0 else -1
    left = abs(count)
    while left:
        day += timedelta(days=step)
        left -= day.weekday() < 5
    return day


def _ago(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    return (_span(match, anchor, -1), None)


def _ahead(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    return (None, _span(match, anchor, 1))


def _ahead_of_day(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    wanted = _DAYS.index(match["day"][:3].lower())
    weeks = _NUMBERS.get(match["n"].lower(), 1)
    return (None, anchor.today + timedelta(days=((wanted - anchor.today.weekday()) % 7 or 7) + 7 * weeks))


def _period(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    """next week, end of month, EOQ, this week, in Q1 …"""
    today = anchor.today
    said = re.sub(r"\s+", " ", match["period"].lower())
    if said == "last week":
        return (today - timedelta(days=7), None)
    if said == "last month":
        return (add_months(today, -1), None)
    ahead = 1 if "next" in said else 0
    if said.startswith(("next week", "early next week", "sometime next week", "the week after")):
        return (None, today + timedelta(days=_monday(today, 1) + (7 if "after" in said else 0)))
    if "next month" in said and "end" not in said:
        first = add_months(today.replace(day=1), 1)
        return (None, first.replace(day=15) if said.startswith("mid") else first)
    if said.startswith(("later this week", "this week")) or "week" in said or said == "eow":
        friday = today + timedelta(days=_monday(today, ahead) + 4)
        return (None, friday if friday >= today else today)
    if "quarter" in said or said == "eoq":
        return (None, _quarter_end(today, ahead))
    if "year" in said or said == "eoy":
        return (None, date(today.year + ahead, 12, 31))
    if "month" in said or said == "eom":
        return (None, month_end(add_months(today.replace(day=1), ahead)))
    return (None, today)


def _quarter_end(today: date, ahead: int) -> date:
    last_month = today.replace(day=1, month=(today.month - 1) // 3 * 3 + 3)
    return month_end(add_months(last_month, 3 * ahead))


def _quarter(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    month = int(match["q"]) * 3 - 2
    year = int(match["year"]) if match["year"] else anchor.today.year
    first = date(year, month, 1)
    end = month_end(add_months(first, 2))
    if match["year"] is None and end < anchor.today:
        first, end = add_months(first, 12), month_end(add_months(first, 14))
    if match["edge"] and "end" in match["edge"].lower():
        return (None, end)
    return (None, first if first > anchor.today else end)


def _month_edge(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    """end of January, early March, mid-December, in February"""
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["year"]) if match["year"] else anchor.today.year
    edge = match["edge"].lower()
    day = date(year, month, 1)
    if edge.startswith("mid"):
        day = day.replace(day=15)
    elif "end" in edge or "late" in edge:
        day = month_end(day)
    if not match["year"] and day <= anchor.today:
        if (
            day.month == anchor.today.month
            and day.year == anchor.today.year
            and edge.startswith(("in", "this"))
        ):
            return None
        day = add_months(day, 12)
    return (None, day)


def _month_day(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    return _fit(_year(match["year"]), month, int(match["num"]), anchor)


def _iso(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    return _fit(int(match["y"]), int(match["m"]), int(match["d"]), anchor)


def _numeric(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    """3/11: the order of the house, unless only the other one is a date or (for the past) lies behind us."""
    first, second, year = int(match["a"]), int(match["b"]), _year(match["year"])
    month_first = _fit(year, first, second, anchor)
    day_first = _fit(year, second, first, anchor)
    if match["sep"] == "." or not anchor.month_first:
        month_first, day_first = day_first, month_first
    if not month_first or not day_first:
        return month_first or day_first
    recent = anchor.today - timedelta(days=45)
    past = month_first[0]
    # In November, "3/11" of something that happened is last week rather than eight months ago.
    if year is None and day_first[0] and day_first[0] >= recent and not (past and past >= recent):
        past = day_first[0]
    return (past, month_first[1])


def _of_month(match: re.Match[str], anchor: Anchor) -> Resolved | None:
    number = int(match["num"])
    if not 1 <= number <= 31:
        return None
    this = anchor.today.replace(day=1)
    past = _on(this if number <= anchor.today.day else add_months(this, -1), number)
    future = _on(this if number > anchor.today.day else add_months(this, 1), number)
    return (past, future)


def _on(month: date, number: int) -> date | None:
    return month.replace(day=number) if number <= calendar.monthrange(month.year, month.month)[1] else None


def _year(said: str | None) -> int | None:
    if said is None:
        return None
    number = int(said.lstrip("'"))
    return number + 2000 if number < 100 else number


def _fit(year: int | None, month: int, day: int, anchor: Anchor) -> Resolved | None:
    """The date in the year said, else in the one that lies behind (past) or ahead (future)."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year is not None:
        if not (1990 <= year <= 2100 and day <= calendar.monthrange(year, month)[1]):
            return None
        said = date(year, month, day)
        return (said if said <= anchor.today else None, said)
    this = _on(date(anchor.today.year, month, 1), day)
    if this is None:
        return None
    past = this if this <= anchor.today else _on(date(this.year - 1, month, 1), day)
    # "Dec 10" written in November is three weeks ahead, not most of a year ago.
    if past and (anchor.today - past).days > 240:
        past = None
    return (past, this if this >= anchor.today else _on(date(this.year + 1, month, 1), day))


_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d{2}|'\d{2})\b)?"
_RULES = [
    (
        _compile(
            r"(?:(?P<mod>last|this past|past|this coming|this|next|coming|following)\s+)?"
            + _DAY + r"(?:\s+(?P<later>next week|week|after next)\b)?" + _CLOCK
        ),
        _weekday,
    ),
    (
        _compile(
            r"(?P<near>(?:the )?day before yesterday|day after tomorrow|yesterday|last night|yday|ystd|tomm?orr?ow|tmrw|tmr|tmw"
            r"|2moro|today|tonight|this (?:morning|afternoon|evening|lunchtime)|earlier today|just now|right now|cob|eod"
            r"|end of (?:the )?day|close of business)\b(?!'s)" + _CLOCK
        ),
        _near,
    ),
    (re.compile(rf"\b{_N}\s+{_UNIT}\s+(?:ago|back|earlier)\b", re.I), _ago),
    (re.compile(rf"\b(?:in|within|after)\s+(?:about\s+|around\s+|the next\s+|another\s+)?{_N}(?:\s+|(?<=\d)){_UNIT}\b(?:\s+or\s+so)?{_CLOCK}", re.I), _ahead),
    (re.compile(rf"\b{_N}\s+{_UNIT}\s+(?:from now|from today|out|hence)\b", re.I), _ahead),
    (re.compile(rf"\b(?P<n>a|one|two)\s+weeks?\s+(?:from|on)\s+{_DAY}", re.I), _ahead_of_day),
    (
        _compile(
            r"(?P<period>(?:early |late |sometime |mid )?next week|the week after next|(?:later |sometime )?this week|last week|last month"
            r"|(?:early |late |mid |sometime )?next month|(?:the )?(?:end of|eo) ?(?:the |this |next )?(?:week|month|quarter|year)"
            r"|(?:week|month|quarter|year)[- ]end|eow|eom|eoq|eoy|end of (?:next )(?:week|month|quarter))\b"
        ),
        _period,
    ),
    (
        re.compile(
            r"(?:\b(?:in|by|for|during|until|till|around|from)\s+)?(?:the\s+)?\b(?P<edge>(?:the )?(?:end of|early|late|mid)[ -])?"
            r"(?:the )?q(?P<q>[1-4])\b(?:\s+(?:of\s+)?(?P<year>20\d{2})\b)?(?!\s+(?:report|numbers|results|letter|update|statement|distribution|earnings))",
            re.I,
        ),
        _quarter,
    ),
    (
        re.compile(
            rf"(?:\b(?:by|around|for|until)\s+)?(?:the\s+)?\b(?P<edge>end of|early in|early|late in|late|mid|middle of|beginning of|start of|in|by|sometime in|first week of|after|until)[ -]"
            rf"{_MONTH}(?!\s*\d{{1,2}}\b(?!\d)){_YEAR}", re.I,
        ),
        _month_edge,
    ),
    (
        _compile(rf"(?:{_DAY.replace('?P<day>', '?:')},?\s+)?(?:the\s+)?{_MONTH}\s*(?:the\s+)?(?P<num>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?!\s?[kKmM]\b){_YEAR}{_CLOCK}"),
        _month_day,
    ),
    (
        _compile(rf"(?:{_DAY.replace('?P<day>', '?:')},?\s+)?(?:the\s+)?(?P<num>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}{_YEAR}{_CLOCK}"),
        _month_day,
    ),
    (_compile(r"(?P<y>(?:19|20)\d{2})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"), _iso),
    (_compile(r"(?<![\d$€£./-])(?P<a>\d{1,2})(?P<sep>[/.\-])(?P<b>\d{1,2})(?P=sep)(?P<year>(?:20)?\d{2})\b(?![/.]\d)"), _numeric),
    (re.compile(rf"{_LEAD}\b(?<![\d$€£./-])(?!24/7)(?P<a>\d{{1,2}})(?P<sep>/)(?P<b>\d{{1,2}})(?P<year>(?!))?(?![\d/%])(?![.,]\d)(?!\s?(?:[kmb]|of|split)\b){_CLOCK}", re.I), _numeric),
    (re.compile(rf"(?:\b(?:on|by|until|before|from|due)\s+)?\bthe\s+(?P<num>\d{{1,2}})(?:st|nd|rd|th)\b(?!\s+(?:fund|time|floor|round|close|call|meeting|quarter|century)){_CLOCK}", re.I), _of_month),
]  # fmt: skip
