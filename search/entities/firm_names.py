"""A firm's name taken apart: which firm, which of its vehicles, which of its countries, which legal form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_site.core import naming
from search.entities import tables


@dataclass(frozen=True, slots=True)
class FirmName:
    """words: all that is left, in order. distinct: those that tell firms apart. divisions: which house of the firm.

    series: numbers and letters of a vehicle, sorted. countries: codes. forms: legal forms. glued: all words without
    blanks, the same for “BlueHeron Capital” and “Blue Heron Capital”. core: the distinctive ones, whatever their order.
    """

    words: tuple[str, ...]
    distinct: tuple[str, ...]
    divisions: frozenset[str]
    neutral: frozenset[str]
    series: tuple[str, ...]
    countries: frozenset[str]
    forms: frozenset[str]
    glued: str
    core: str


@lru_cache(maxsize=131_072)
def read(name: str) -> FirmName:
    """Take a name apart. Of a name that is nothing but a number, a country or a form, that stays as its word."""
    words = [tables.ONE_FORM.get(word, word) for word in naming.fold(name).split()][:24]
    rest, countries = _take_countries([word for word in words if word not in naming.SMALL_WORDS] or words)
    rest, forms = _take_forms(rest)
    rest, series = _take_series(rest)
    rest, later_forms = _take_forms(rest)
    kept = tuple(rest or words or ("",))
    divisions = frozenset(word for word in kept if word in tables.DIVISIONS)
    neutral = frozenset(word for word in kept if word in tables.NEUTRAL)
    distinct = tuple(word for word in kept if word not in divisions and word not in neutral)
    return FirmName(
        words=kept,
        distinct=distinct or kept,
        divisions=divisions if distinct else frozenset(),
        neutral=neutral if distinct else frozenset(),
        series=tuple(sorted(series)),
        countries=frozenset(countries),
        forms=frozenset(forms + later_forms),
        glued="".join(kept),
        core="".join(sorted(distinct or kept)),
    )


def _take_countries(words: Sequence[str]) -> tuple[list[str], list[str]]:
    rest: list[str] = []
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            code = tables.COUNTRIES.get(" ".join(words[at : at + length]))
            if code and at + length <= len(words):
                found.append(code)
                at += length
                break
        else:
            rest.append(words[at])
            at += 1
    return rest, found


def _take_forms(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Legal forms at the end, as long as something is left."""
    rest = list(words)
    found: list[str] = []
    while len(rest) > 1 and rest[-1] in naming.LEGAL_FORMS:
        form = rest.pop()
        found.append(tables.ONE_LEGAL_FORM.get(form, form))
    return rest, found


def _take_series(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Numbers, Roman numerals and letters that count vehicles. The first word is a name, whatever it looks like."""
    rest: list[str] = []
    found: list[str] = []
    for at, word in enumerate(words):
        after = words[at - 1] if at else ""
        if at and (value := _series_value(word, after, is_last=at == len(words) - 1)):
            found.append(value)
        else:
            rest.append(word)
    return rest, found


def _series_value(word: str, after: str, *, is_last: bool) -> str:
    if word.isdecimal():
        return word.lstrip("0") or "0"
    counts = after in tables.BEFORE_A_NUMBER or after.isdecimal()
    number = tables.NUMBER_WORDS.get(word, "")
    if number and (counts or is_last or (word in naming.ROMAN and len(word) > 1)):
        return number
    return word if len(word) == 1 and counts else ""
