"""Sums of money in a question, as limits: “over $2m”, “between 1 and 5 million”, “at least 250k”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nlquery.translate import numbers

_UNITS = {
    "k": 10**3, "thousand": 10**3, "grand": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "mio": 10**6, "mil": 10**6, "mill": 10**6,
    "million": 10**6, "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9,
}  # fmt: skip
_CURRENCY = r"(?:usd|eur|gbp|dollars|euros|pounds|bucks)"
_UNIT = r"(?:k|mm|mn|mio|mill?|m|bn|b|thousand|grand|millions?|billion)"
_FIGURE = rf"(?:[$€£] ?)?(?:\d[\d,]*(?:\.\d+)?|{numbers.NUMBER}(?= {_UNIT}\b))"
_SUM = rf"{_FIGURE} ?{_UNIT}?\b(?: {_CURRENCY})?"
_LEAST = (
    r"over|above|more than|at least|greater than|exceeding|north of|upwards of|bigger than|larger than|higher than|from|"
    r"minimum of|minimum|min|min of|no less than|not less than|in excess of|exceed|exceeds|beyond|>=?|starting at|topping|worth more than|a minimum of"
)
_MOST = (
    r"under|below|less than|at most|up to|smaller than|no more than|not more than|maximum of|maximum|max|max of|"
    r"lower than|south of|fewer than|capped at|<=?|within|not exceeding|a maximum of"
)
_RULES = [
    ("both", re.compile(rf"\b(?:between|from) (?P<a>{_SUM}) (?:and|to|until) (?P<b>{_SUM})")),
    ("both", re.compile(rf"(?<!\w)(?P<a>{_SUM}) (?:to|until) (?P<b>{_SUM})")),
    ("least", re.compile(rf"(?<!\w)(?:nothing|not|none) (?:below|under|less than|smaller than) (?P<a>{_SUM})")),
    ("most", re.compile(rf"(?<!\w)(?:no|not|nothing|none|never) (?:more than|over|above|exceeding|exceed|exceeds|larger than|bigger than|greater than|beyond) (?P<a>{_SUM})")),
    ("least", re.compile(rf"(?<!\w)(?:{_LEAST}) (?P<a>{_SUM})")),
    ("most", re.compile(rf"(?<!\w)(?:{_MOST}) (?P<a>{_SUM})")),
    ("least", re.compile(rf"(?<!\w)(?P<a>{_SUM}) ?(?:\+|plus|or more|or above|or over|and up|and above|and over|or higher|or greater|minimum|upwards|or bigger)(?!\w)")),
    ("most", re.compile(rf"(?<!\w)(?P<a>{_SUM}) (?:or less|or below|or under|and under|and below|or lower|maximum|tops|at most)\b")),
    ("plain", re.compile(rf"(?<!\w)(?P<a>{_SUM})")),
]  # fmt: skip
_ONE = re.compile(
    rf"(?P<sign>[$€£])? ?(?P<n>\d[\d,]*(?:\.\d+)?|{numbers.NUMBER}) ?(?P<unit>{_UNIT})?\b(?: (?P<currency>{_CURRENCY}))?"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Where in the line, and the sums meant; None is open. Both are open for a sum without a word such as “over”."""

    start: int
    end: int
    least: int | float | None
    most: int | float | None


def find(line: str) -> list[Limits]:
    """All sums in a line of small words. A bare number is money only from 1,000 on, or beside one that has a unit."""
    found: list[Limits] = []
    for kind, pattern in _RULES:
        for match in pattern.finditer(line):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            limits = _limits(kind, match)
            if limits is not None:
                found.append(limits)
    return sorted(found, key=lambda one: one.start)


def _limits(kind: str, match: re.Match[str]) -> Limits | None:
    if kind == "both":
        sums = _pair(match["a"], match["b"])
        return Limits(match.start(), match.end(), *sums) if sums else None
    amount = _amount(match["a"])
    if amount is None:
        return None
    least = amount if kind == "least" else None
    most = amount if kind == "most" else None
    return Limits(match.start(), match.end(), least, most)


def _pair(low: str, high: str) -> tuple[int | float, int | float] | None:
    """Both ends of a range; “1 to 5 million” gives its unit to the first as well."""
    top = _amount(high)
    if top is None:
        return None
    unit = _ONE.fullmatch(high.strip())
    bottom = _amount(low)
    if (bottom is None and unit and unit["unit"]) or (
        bottom is not None and unit and unit["unit"] and bottom < 1000
    ):
        bottom = _amount(f"{low.strip()} {unit['unit']}")
    return (bottom, top) if bottom is not None else None


def _amount(text: str) -> int | float | None:
    match = _ONE.fullmatch(text.strip())
    if match is None:
        return None
    digits = match["n"].replace(",", "")
    count = Decimal(digits) if digits[0].isdigit() else Decimal(str(numbers.value(digits) or 0))
    sum_ = count * _UNITS.get(match["unit"] or "", 1)
    # “over 90” is no money, and 2026 is a year.
    is_money = match["sign"] or match["unit"] or match["currency"] or (sum_ >= 1000 and not _is_year(digits))
    if not is_money:
        return None
    return int(sum_) if sum_ == int(sum_) else float(sum_)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
