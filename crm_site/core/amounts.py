"""Sums of money as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_UNITS = {
    "k": 10**3, "thousand": 10**3, "grand": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6,
    "mil": 10**6, "mill": 10**6, "million": 10**6, "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9,
    "bil": 10**9,
}  # fmt: skip
_WORD_NUMBERS = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20",
    "twenty-five": "25", "thirty": "30", "forty": "40", "fifty": "50", "seventy-five": "75", "hundred": "100",
    "a hundred": "100", "one hundred": "100", "two hundred": "200", "two hundred fifty": "250", "three hundred": "300",
    "four hundred": "400", "five hundred": "500", "seven hundred fifty": "750", "half a": "0.5", "half": "0.5",
    "a quarter": "0.25", "quarter": "0.25", "quarter of a": "0.25", "a quarter of a": "0.25", "a couple": "2",
    "a couple of": "2", "couple": "2", "couple of": "2", "one and a half": "1.5", "two and a half": "2.5",
    "three and a half": "3.5", "a half": "0.5", "three quarters of a": "0.75", "three-quarters of a": "0.75",
}  # fmt: skip

_CURRENCY = r"(?:US\$|C\$|A\$|[$€£¥]|USD|EUR|GBP|CHF|CAD|AUD|Euro)"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,3}(?:\.\d{3}){2,}|\d{1,13}(?:[.,]\d{1,4})?"
_WORDS = "|".join(sorted((re.escape(w).replace(r"\ ", r"\s+") for w in _WORD_NUMBERS), key=len, reverse=True))
_UNIT = r"thousand|grand|millions?|mill?|mln|mio|mn|mm|billion|bil|bn|k|m|b"
_TAIL = r"(?:\s{0,2}(?:usd|eur|euros?|sek|nok|dkk|jpy|cad|aud|hkd|sgd|inr|pln|czk|gbp|chf|dollars?|bucks|pounds?|francs?)\b|[€£$])?"
_NUMBER = rf"(?:{_DIGITS})"


def _one(i: int) -> str:
    """The pattern of one sum; its groups are c (currency), n (number) and u (unit), numbered."""
    return (
        rf"(?:(?P<c{i}>{_CURRENCY})\s?)?(?P<n{i}>{_NUMBER}|\b(?:{_WORDS})\b)"
        rf"(?:[\s-]{{0,2}}(?P<u{i}>{_UNIT})\b)?"
    )


_AMOUNT = re.compile(
    rf"(?<![\w.,/#$€£])(?:(?P<between>between|from)\s+)?{_one(1)}"
    rf"(?:(?:\s?-\s?|\s+(?:to|and|or)\s+){_one(2)})?{_TAIL}(?![\w%])(?!/\d)(?![.,]\d)(?!-\d)",
    re.I,
)
_MILLION_AND_A_HALF = re.compile(
    r"\b(?:a|one)\s+million\s+and\s+a\s+half\b|\ba\s+mil\s+and\s+a\s+half\b", re.I
)
_NOT_MONEY_AFTER = re.compile(
    r"\s*(?:people|persons|investors|units|doors|acres|sq|square|employees|users|miles|km|years|yrs|months|weeks|days"
    r"|hours|minutes|mins|run|race|lps|customers|slides|pages|away)\b|\s*\(?[bk]\)",
    re.I,
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:\b(?:room|suite|floor|page|form|series|fund|zip|dial|pin|ext|section|rule)\.?\s*)$", re.I
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in the message. `value` is the middle of a range; low == high when it is none."""

    start: int
    end: int
    low: Decimal
    high: Decimal

    @property
    def value(self) -> Decimal:
        return plain((self.low + self.high) / 2)


def plain(value: Decimal) -> Decimal:
    """Cents at most, and no exponent when written."""
    cut = value.quantize(Decimal("0.01"))
    whole = cut.to_integral_value()
    return whole if whole == cut else cut.normalize()


def find(text: str) -> list[Amount]:
    """All sums of money in their order; phone numbers and addresses should be struck out before."""
    found: list[Amount] = []
    for match in _MILLION_AND_A_HALF.finditer(text):
        found.append(Amount(match.start(), match.end(), Decimal(1_500_000), Decimal(1_500_000)))
    for match in _AMOUNT.finditer(text):
        amount = _read(text, match)
        if amount and not any(amount.start < f.end and f.start < amount.end for f in found):
            found.append(amount)
    return sorted(found, key=lambda a: a.start)


def parse(text: str) -> Decimal | None:
    """A whole field as a sum ("2-3m", "$1.5mm", "750000"), or None."""
    stripped = text.strip()
    found = find(stripped)
    if len(found) == 1 and len(stripped) <= (found[0].end - found[0].start) + 12:
        return found[0].value
    if re.fullmatch(rf"{_CURRENCY}?\s?(?:{_DIGITS})", stripped, re.I):
        value = _number(re.sub(rf"^{_CURRENCY}\s?", "", stripped, flags=re.I), unit=False)
        return plain(value) if value is not None and value > 0 else None
    return None


def _read(text: str, match: re.Match[str]) -> Amount | None:
    unit_1, unit_2 = match["u1"], match["u2"]
    if _NOT_MONEY_AFTER.match(text, match.end()) or _NOT_MONEY_BEFORE.search(
        text, max(0, match.start() - 12), match.start()
    ):
        return None
    if not _looks_like_money(match):
        return None
    first = _number(match["n1"], unit=bool(unit_1 or unit_2))
    second = _number(match["n2"], unit=bool(unit_2)) if match["n2"] else None
    if first is None or (match["n2"] and second is None):
        return None
    low = first * _scale(unit_1 or unit_2)
    high = low if second is None else second * _scale(unit_2 or unit_1)
    if match["n2"] and not unit_1 and first * _scale(unit_2) > high:  # "500-1m": the first is in thousands
        low = first * 1000
    start = match.start("c1") if match["c1"] else match.start("n1")
    if match["between"] and match["n2"]:
        start = match.start("between")
    low, high = min(low, high), max(low, high)
    return Amount(start, match.end(), low, high) if low > 0 and high < Decimal(10) ** 13 else None


def _looks_like_money(match: re.Match[str]) -> bool:
    """A unit, a currency or thousands written out; a bare "m" or "b" must touch its number."""
    if match["u1"] or match["u2"]:
        unit, number = (match["u2"], match["n2"]) if match["u2"] else (match["u1"], match["n1"])
        if unit in ("k", "b", "m", "K", "B", "M") and not number[0].isdigit():
            return False
        touching = match.end("n2" if match["u2"] else "n1") == match.start("u2" if match["u2"] else "u1")
        if unit.lower() == "k" and number == "401":
            return False
        return touching or len(unit) > 1 or bool(match["c1"])
    if match["c1"] or match["c2"] or re.search(r"[a-z€£$]\s*$", match.group(), re.I):
        return match["n1"][0].isdigit()
    number = match["n2"] or match["n1"]
    return bool(re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{2,7}000", number))


def _number(text: str, *, unit: bool) -> Decimal | None:
    word = re.sub(r"\s+", " ", text.casefold())
    if word in _WORD_NUMBERS:
        return Decimal(_WORD_NUMBERS[word])
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", text):
        text = text.replace(".", "")
    elif re.fullmatch(r"\d+,\d{1,2}", text) and unit:
        text = text.replace(",", ".")
    elif re.fullmatch(r"\d{1,3}\.\d{3}", text) and not unit:  # "€500.000"
        text = text.replace(".", "")
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _scale(unit: str | None) -> int:
    return _UNITS[unit.casefold()] if unit else 1
