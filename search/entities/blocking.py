"""Which records are worth comparing: those that share a key of any pass. A record is never compared with all others."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from search.entities.normalise import Subject
from search.entities.scoring.weighing import Rarity

log = logging.getLogger(__name__)

#: A key that more records share tells nothing; the other passes find their pairs.
MOST_IN_A_BLOCK = 60

Keys = Callable[[Subject, Rarity], Iterable[Hashable]]


@dataclass(frozen=True, slots=True)
class Overflow:
    """A pass, and how many of its blocks were too large to be compared."""

    name: str
    blocks: int
    largest: int


def candidates(
    subjects: Sequence[Subject], rarity: Rarity, *, most: int = MOST_IN_A_BLOCK
) -> tuple[list[tuple[int, int]], list[Overflow]]:
    """Pairs of places in `subjects` (lower first, in order), and the passes that had too large blocks."""
    found: set[int] = set()
    overflow: list[Overflow] = []
    size = len(subjects)
    for name, keys in _PASSES.items():
        blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place, subject in enumerate(subjects):
            for key in set(keys(subject, rarity)):
                blocks[key].append(place)
        too_large = [len(block) for block in blocks.values() if len(block) > most]
        if too_large:
            overflow.append(Overflow(name, len(too_large), max(too_large)))
        for block in blocks.values():
            if 1 < len(block) <= most:
                # As one number: a million tuples would take four times the room.
                found.update(one * size + other for one, other in combinations(block, 2))
    for one_pass in overflow:
        log.info(
            "Blocks of “%s” left out: %d, the largest of %d", one_pass.name, one_pass.blocks, one_pass.largest
        )
    return [divmod(both, size) for both in sorted(found)], overflow


def _shared(name: str) -> Keys:
    def keys(subject: Subject, rarity: Rarity) -> Iterable[Hashable]:
        return getattr(subject, name)  # type: ignore[no-any-return]

    return keys


def _firm_glued(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.firms:
        yield name.glued
        yield name.core


def _firm_rarest_two(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.firms:
        rarest = _by_rarity(name.distinct, rarity)[:2]
        if len(rarest) == 2:
            yield tuple(sorted(rarest))


def _firm_rarest_start(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.firms:
        yield _by_rarity(name.distinct, rarity)[0][:4], name.words[-1][:3]


def _firm_first_start(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.firms:
        yield name.words[0][:5], name.words[-1][:3]


def _by_rarity(words: Sequence[str], rarity: Rarity) -> list[str]:
    counts = rarity.counts["word"]
    return sorted(set(words), key=lambda word: (counts[word], word))


def _person_whole(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    return (name.whole for name in subject.people)


def _person_family(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.people:
        if name.given and name.family:
            yield name.family, name.given[0]
            yield name.given, name.family[:3]


def _person_consonants(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    for name in subject.people:
        if name.given and name.family:
            yield tuple(sorted((_skeleton(name.given), _skeleton(name.family))))


def _skeleton(word: str) -> str:
    """First letter and consonants, none twice in a row: what stays of a name written by ear."""
    letters = word[0]
    for letter in word[1:]:
        if letter not in "aeiouyhw" and letter != letters[-1]:
            letters += letter
    return letters[:5]


def _person_at_firm(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    """Within one firm a family name or a given name's start is enough."""
    places: list[Hashable] = [*subject.linked, *subject.domains]
    for name in subject.people:
        for place in places:
            yield place, name.family
            yield place, name.given[:3], name.family[:1]


def _person_birth(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    if subject.record.born_on:
        yield subject.record.born_on


def _person_address(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    record = subject.record
    if subject.street and record.street_number:
        yield subject.street, record.street_number
    if subject.street and record.postcode:
        yield subject.street, record.postcode


def _person_name_and_area(subject: Subject, rarity: Rarity) -> Iterator[Hashable]:
    record = subject.record
    for name in subject.people:
        for area in (record.postcode, subject.suburb, record.born_on[:4]):
            if area:
                yield name.family[:4], area
                yield name.given[:4], area


_PASSES: dict[str, Keys] = {
    "e-mail": _shared("emails"),
    "phone": _shared("phones"),
    "domain": lambda subject, rarity: subject.domains if subject.firms else (),
    "profile": _shared("profiles"),
    "registry": _shared("registry_ids"),
    "firm's name": _firm_glued,
    "two rarest words": _firm_rarest_two,
    "start of the rarest word": _firm_rarest_start,
    "start of the first word": _firm_first_start,
    "person's name": _person_whole,
    "family name": _person_family,
    "sound of the name": _person_consonants,
    "name at a firm": _person_at_firm,
    "date of birth": _person_birth,
    "address": _person_address,
    "name and area": _person_name_and_area,
}
