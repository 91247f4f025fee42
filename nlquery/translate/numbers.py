"""Whole numbers, as digits or as words."""

from __future__ import annotations

import re

_UNITS = dict(zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True))
_TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        range(10, 20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_VAGUE = {
    "a couple of": 2, "couple of": 2, "a couple": 2, "couple": 2, "a few": 3, "few": 3, "several": 5, "half a dozen": 6, "a dozen": 12,
    "dozen": 12, "half a": 0.5, "a": 1, "an": 1,
}  # fmt: skip

_ONE = "(?:" + "|".join(_UNITS) + ")"
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?: {_ONE})?|{'|'.join(_TEENS)}|{_ONE})"
_IN_WORDS = rf"(?:(?:a|{_ONE}) hundred(?:(?: and)? {_BELOW_HUNDRED})?|{_BELOW_HUNDRED}|hundred)"
#: A pattern for a whole number, without a group of its own.
NUMBER = rf"(?:\d{{1,5}}(?![\d,.]\d)|(?:{_IN_WORDS}|{'|'.join(_VAGUE)})(?!\w))"


def value(text: str) -> float | None:
    """The number written, or None. “half a” is 0.5; a couple is 2, a few 3, several 5."""
    word = text.strip()
    if word.isdigit():
        return float(word)
    if word in _VAGUE:
        return _VAGUE[word]
    if not re.fullmatch(_IN_WORDS, word):
        return None
    hundreds, has_hundred, rest = word.rpartition("hundred")
    total = 100 * _UNITS.get(hundreds.strip(), 1) if has_hundred else 0
    below = {**_UNITS, **_TEENS, **_TENS}
    return float(total + sum(below[part] for part in rest.split() if part != "and"))
