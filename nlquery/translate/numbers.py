"""Whole numbers, as digits or as words."""

from __future__ import annotations

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18,
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "forty five": 45, "twenty five": 25, "fifty": 50, "sixty": 60, "seventy five": 75, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "one hundred": 100, "a hundred": 100, "one hundred twenty": 120, "one hundred and twenty": 120,
    "one hundred eighty": 180, "one hundred and eighty": 180, "couple": 2, "a couple": 2, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "dozen": 12, "a dozen": 12,
    "several": 5, "half a": 0.5, "half a dozen": 6, "two hundred": 200, "three hundred": 300, "the": 1,
}  # fmt: skip
_COUNTING = sorted((word for word in _WORDS if word != "the"), key=len, reverse=True)

#: A pattern for a whole number, without a group of its own.
NUMBER = r"(?:\d{1,5}(?![\d,.]\d)|" + "|".join(_COUNTING) + ")"


def value(text: str) -> float | None:
    """The number written, or None. “half a” is 0.5; a couple is 2, a few 3, several 5."""
    word = text.strip()
    if word.isdigit():
        return float(word)
    return _WORDS.get(word)
