"""Slips of the pen in everyday words; names are never touched."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from crm_site.core import naming
from nlquery.translate.lexicon import choices, cues
from nlquery.translate.lexicon.given_names import GIVEN_NAMES
from nlquery.translate.reading import Reading

_TIME = frozenset(
    "january february march april june july august september october november december monday tuesday wednesday thursday friday saturday "
    "sunday yesterday tomorrow today week weeks month months quarter quarters year years day days fortnight weekend million thousand billion "
    "between since before after until past last next this coming previous over under least most more than two three four five six seven "
    "eight nine ten twelve twenty thirty sixty ninety upcoming recently lately weekly monthly daily through during within".split()
)
# Everyday words that are a letter away from a cue but mean themselves.
_RIGHT = frozenset(
    "terms rights fees rates prices costs street stone ridge north south grove harbor weather whether president planet price sport "
    "model music movie recipe capital rather father mother brother water order white black green brown heron cedar river rivers lake "
    "texas london paris boston berlin zurich france germany spain tokyo dubai miami chicago dallas denver madrid geneva grant carry clause "
    "shares stock bonds estate income return returns reports letter letters board lawyer docs leave table party later better "
    "never woman women human lunch other things think thing quite quiet great treat trust cause caused close based lease".split()
)


@cache
def _vocabulary() -> tuple[str, ...]:
    words = sorted(_TIME) + sorted(choices.words()) + sorted(cues.words())
    return tuple(dict.fromkeys(word for word in words if len(word) >= 3 and word.isalpha()))


@cache
def _fine() -> frozenset[str]:
    return (
        frozenset(_vocabulary())
        | GIVEN_NAMES
        | naming.COMMON_WORDS
        | naming.LEGAL_FORMS
        | _RIGHT
        | cues.SMALL
    )


def correct(reading: Reading) -> None:
    """Put right the low forms of misspelt everyday words, a letter or (in long words) two away from a known one."""
    tokens, changed = reading.tokens, False
    for index, token in enumerate(tokens):
        if (
            len(token.low) < 3
            or not token.low.isalpha()
            or token.low in _fine()
            or _may_be_a_name(reading, index)
        ):
            continue
        meant = _nearest(token.low)
        if meant:
            token.low, changed = meant, True
    if changed:
        reading.rebuild()


def _may_be_a_name(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    if token.capital and index and not reading.text.isupper():
        return True
    return reading.low(index + 1) in naming.COMMON_WORDS or reading.low(index - 1) in ("with", "at")


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str | None:
    limit = 2 if len(word) >= 8 else 1
    found = process.extract(word, _vocabulary(), scorer=OSA.distance, score_cutoff=limit, limit=6)
    for meant, distance, _ in sorted(found, key=lambda one: (one[1], sorted(one[0]) != sorted(word))):
        if _is_slip(word, meant, int(distance)):
            return str(meant)
    return None


def _is_slip(word: str, meant: str, distance: int) -> bool:
    """A short word changes only by letters swapped or doubled; a longer one keeps its first letter."""
    if sorted(word) == sorted(meant):
        return True
    if len(word) <= 4:
        return len(word) != len(meant) and set(word) == set(meant) and word[0] == meant[0]
    return word[0] == meant[0] or (len(word) >= 7 and distance == 1)
