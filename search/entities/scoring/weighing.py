"""Evidence for and against two records being one, in bits; and how rare each value is among all records."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from search.entities.normalise import Subject

#: A small book of names is a sample of a larger world: an identifier is never taken for commoner than this makes it.
SMALLEST_WORLD = 1000
#: Of firms: a shared mailbox, number or page that more records than this have belongs to a switchboard or a platform.
MOST_SHARERS = 5


@dataclass(frozen=True, slots=True)
class Rarity:
    """Counts of values over all records. world: how many records an identifier is rare among."""

    total: int
    counts: dict[str, Counter[Hashable]]

    @property
    def world(self) -> int:
        return max(self.total, SMALLEST_WORLD)

    @property
    def prior(self) -> float:
        """Bits against: of all pairs of records, about one in so many is a double."""
        return -math.log2(self.world)

    def sharers(self, name: str, values: Iterable[Hashable]) -> int:
        """How many records have the rarest of these values."""
        counts = self.counts[name]
        return min((counts[value] for value in values), default=0)

    def identifier(self, name: str, values: Iterable[Hashable], *, agreement: float = 0.9) -> float:
        """Bits for sharing the rarest of these values, of a kind that hardly two share by chance."""
        others = max(1, self.sharers(name, values) - 1)
        return max(0.0, math.log2(agreement * self.world / others))

    def common(self, name: str, value: Hashable, *, agreement: float = 0.9) -> float:
        """Bits for sharing a value of a kind that many share by chance: a given name, a town."""
        others = max(1, self.counts[name][value] - 1)
        return max(0.0, math.log2(agreement * max(self.total, 50) / others))


def rarity_of(subjects: Iterable[Subject]) -> Rarity:
    """Count every value of the records that weighing looks at."""
    counts: dict[str, Counter[Hashable]] = {
        name: Counter()
        for name in (
            "core given family domain phone email profile registry word place linked born street suburb postcode state"
            " number"
        ).split()
    }
    total = 0
    for subject in subjects:
        total += 1
        for name, values in _values(subject):
            counts[name].update(values)
    return Rarity(total=total, counts=counts)


def _values(subject: Subject) -> Iterable[tuple[str, Iterable[Hashable]]]:
    record = subject.record
    yield "core", {name.core for name in subject.firms}
    yield "word", {word for name in subject.firms for word in name.distinct}
    yield "given", {name.given for name in subject.people}
    yield "family", {name.family for name in subject.people}
    yield "domain", subject.domains
    yield "phone", subject.phones
    yield "email", subject.emails
    yield "profile", subject.profiles
    yield "registry", subject.registry_ids
    yield "linked", subject.linked
    yield "place", (subject.place,)
    yield "born", (record.born_on,)
    yield "street", (subject.street,)
    yield "number", (record.street_number,)
    yield "suburb", (subject.suburb,)
    yield "postcode", (record.postcode,)
    yield "state", (record.state,)


@dataclass(slots=True)
class Weighing:
    """What was found on the way. reasons, corroborators, doubts, vetoes: short lines for people, without any value.

    corroborators: agreement beyond the name. doubts: forbid merging without a person or the model. vetoes: forbid it.
    names_agree: as wholes, if need be but for spelling. is_certain_key: something that hardly two share, and the names fit.
    """

    bits: float
    names_agree: bool = False
    is_certain_key: bool = False
    is_strong_key: bool = False
    reasons: list[str] = field(default_factory=list)
    corroborators: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    vetoes: list[str] = field(default_factory=list)

    def count(self, bits: float, reason: str = "") -> None:
        self.bits += bits
        if reason:
            self.reasons.append(reason)

    def corroborate(self, bits: float, line: str) -> None:
        self.count(bits, line)
        self.corroborators.append(line)

    @property
    def score(self) -> float:
        """The evidence as a share of 1; comparable within one set of records and one version of the rules."""
        bits = max(-60.0, min(60.0, self.bits))
        return 1.0 / (1.0 + math.exp2(-bits))
