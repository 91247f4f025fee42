"""Whether two words are one word with a slip of the pen."""

from __future__ import annotations

from rapidfuzz.distance import OSA, JaroWinkler

LEAST_LETTERS = 4
LONG = 8
ALIKE = 0.9


def is_slip(one: str, other: str) -> bool:
    """One letter wrong, missing, added or swapped; two in a long word. Never in words with digits: those are counted."""
    shorter = min(len(one), len(other))
    if shorter < LEAST_LETTERS or (one[0] != other[0] and shorter < LONG):
        return False  # “Merlin” and “Berlin”
    if not (one.isalpha() and other.isalpha()) or abs(len(one) - len(other)) > 2:
        return False
    return bool(OSA.distance(one, other, score_cutoff=2) <= (2 if shorter >= LONG else 1))


def is_slip_of_name(one: str, other: str) -> bool:
    """The same for names of people, that are also written by ear."""
    if min(len(one), len(other)) < 3:
        return False
    if OSA.distance(one, other, score_cutoff=1) <= 1:
        return True
    return bool(JaroWinkler.similarity(one, other, score_cutoff=ALIKE) >= ALIKE)


def is_slip_of_digits(one: str, other: str) -> bool:
    """One digit wrong, missing, added, or two swapped."""
    return bool(one and other and OSA.distance(one, other, score_cutoff=1) <= 1)


def has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
