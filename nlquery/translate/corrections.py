"""Slips of the pen in everyday words; names are never touched."""

from __future__ import annotations

import itertools
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from crm_site.core import naming
from nlquery.translate.lexicon import choices, cues
from nlquery.translate.lexicon.deeds import DEEDS
from nlquery.translate.lexicon.given_names import GIVEN_NAMES, NAMELIKE_MONTHS
from nlquery.translate.reading import MASK, Reading

_TIME = frozenset(
    "january february march april june july august september october november december monday tuesday wednesday thursday friday saturday "
    "sunday yesterday tomorrow today week weeks month months quarter quarters year years day days fortnight weekend million thousand billion "
    "between exceeding exceed exceeds excess upwards minimum maximum greater larger higher bigger smaller lower fewer below above topping worth plus since before after until past last next this coming previous over under least most more than two three four five six seven "
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


# “emails 2 Next Ventures”, “reminders 4 Sam”: only before a name.
_DIGITS = {"2": "to", "4": "for"}
# A short word may lack a letter only where it is one of these: “lst week”, “shw me”.
_SMALLEST = frozenset(
    "last show have when with what week this next list give from year month many much call been does who the and our due".split()
)


# Words often typed without their vowels: “mvd”, “stge”, “knws”.
_OFTEN = (
    "moved knows stage stages calls call called meetings emails email emailed investors investor overdue reminders reminder pipeline last next month "
    "months quarter contacts contact fund funds list show commits committed raised target owner owners notes deals talked spoke spoken "
    "tasks follow followup people person status contacted closing closed messages message recent"
).split()


@cache
def _skeletons() -> dict[str, str]:
    """Consonants → the word, where just one of those often typed has them."""
    found: dict[str, list[str]] = {}
    for word in _OFTEN:
        found.setdefault(_skeleton(word), []).append(word)
    return {bones: words[0] for bones, words in found.items() if len(words) == 1 and len(bones) >= 3}


def _skeleton(word: str) -> str:
    bones = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
    return "".join(letter for at, letter in enumerate(bones) if at == 0 or bones[at - 1] != letter)


@cache
def _vocabulary() -> tuple[str, ...]:
    words = sorted(_TIME) + sorted(choices.words()) + sorted(cues.words())
    return tuple(dict.fromkeys(word for word in words if len(word) >= 3 and word.isalpha()))


@cache
def _fine() -> frozenset[str]:
    return (
        # An order must not be put right into a question: “remove” is no slip for “removed”.
        DEEDS
        | frozenset(_vocabulary())
        | GIVEN_NAMES
        | naming.COMMON_WORDS
        | naming.LEGAL_FORMS
        | _RIGHT
        | cues.SMALL
    )


def correct(reading: Reading, *, fine: set[str]) -> None:
    """Put right the low forms of misspelt everyday words, a letter or (in long words) two away from a known one.

    fine: words of the organization that are right as they are.
    """
    tokens, changed = reading.tokens, False
    for token, after in itertools.pairwise(tokens):
        if token.low in _DIGITS and (
            after.low == MASK or (after.low in GIVEN_NAMES and after.low not in NAMELIKE_MONTHS)
        ):
            token.low, changed = _DIGITS[token.low], True
    for index, token in enumerate(tokens):
        if (
            len(token.low) < 3
            or not token.low.isalpha()
            or token.low in _fine()
            or token.low in fine
            or (token.capital and index and not reading.text.isupper())
        ):
            continue
        meant = _nearest(token.low)
        if meant and (meant in naming.COMMON_WORDS or not _in_a_name(reading, index)):
            token.low, changed = meant, True
    if changed:
        reading.rebuild()


def _in_a_name(reading: Reading, index: int) -> bool:
    return reading.low(index + 1) in naming.COMMON_WORDS - {"fund", "funds"} or reading.low(index - 1) in (
        "with",
        "at",
    )


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str | None:
    if word.endswith("in") and f"{word}g" in _vocabulary():
        return f"{word}g"
    limit = 2 if len(word) >= 8 else 1
    found = process.extract(word, _vocabulary(), scorer=OSA.distance, score_cutoff=limit, limit=6)
    for meant, distance, _ in sorted(found, key=lambda one: (one[1], sorted(one[0]) != sorted(word))):
        if _is_slip(word, meant, int(distance)):
            return str(meant)
    few = (
        len(word) <= 5
        or (len(word) <= 7 and len(_skeleton(word)) >= 4)
        or 4 * sum(letter in "aeiou" for letter in word) <= len(word)
    )
    return _skeletons().get(_skeleton(word)) if few else None


def _is_slip(word: str, meant: str, distance: int) -> bool:
    """A short word changes only by letters swapped or doubled; a longer one keeps its first letter."""
    if sorted(word) == sorted(meant):
        return True
    if len(word) <= 4 and len(meant) == len(word) + 1:
        return word[0] == meant[0] and meant in _SMALLEST
    if len(word) <= 4:
        return len(word) != len(meant) and set(word) == set(meant) and word[0] == meant[0]
    return word[0] == meant[0] or (len(word) >= 7 and distance == 1)
