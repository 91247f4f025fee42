"""A person's name taken apart: given name, the names between, family name, generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_site.core import naming
from search.entities import tables


@dataclass(frozen=True, slots=True)
class PersonName:
    """given may be an initial. family holds its particles, without blanks: “van der Berg” → “vanderberg”."""

    given: str
    middle: tuple[str, ...]
    family: str
    generation: str

    @property
    def whole(self) -> str:
        """Both names without blanks, in alphabetical order: what “Nair, Priya” and “Priya Nair” share."""
        return "".join(sorted((self.given, self.family)))


@lru_cache(maxsize=131_072)
def read(name: str, given: str = "", family: str = "") -> PersonName:
    """Take a name apart. given, family: where they are known apart, and then `name` is not looked at."""
    if given or family:
        firsts = [word for word in naming.fold(given).split() if word not in tables.HONORIFICS]
        rest, generation = _take_generation(naming.fold(family).split())
        return PersonName(firsts[0] if firsts else "", tuple(firsts[1:]), "".join(rest), generation)
    words = [word for word in naming.person_key(_without_brackets(name)).split()][:12]
    words = [word for word in words if word not in tables.HONORIFICS] or words
    words, generation = _take_generation(words)
    if len(words) < 2:
        return PersonName("", (), words[0] if words else "", generation)
    start = _family_start(words)
    return PersonName(words[0], tuple(words[1:start]), "".join(words[start:]), generation)


def _without_brackets(name: str) -> str:
    before, opened, after = name.partition("(")
    return before + after.partition(")")[2] if opened and before.strip() else name


def _take_generation(words: Sequence[str]) -> tuple[list[str], str]:
    rest = list(words)
    generation = ""
    while len(rest) > 1 and rest[-1] in tables.GENERATIONS:
        generation = tables.GENERATIONS[rest.pop()]
    return rest, generation


def _family_start(words: Sequence[str]) -> int:
    at = len(words) - 1
    while at > 1 and words[at - 1] in tables.PARTICLES:
        at -= 1
    return at
