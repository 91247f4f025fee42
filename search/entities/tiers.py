"""What is to become of a pair: merged by rule, decided by a person, or left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search.entities.choices import Kind, Tier
from search.entities.normalise import Subject
from search.entities.scoring import firms, people
from search.entities.scoring.weighing import Rarity, Weighing

#: The share of a score from which agreement beyond the name merges without a single certain key.
HIGH = 0.99
#: From here on a person should look.
LOW = 0.12
APART = "Somebody said that they are not the same"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records and what the rules say. left_id < right_id. would_merge: certain, but for the vetoes."""

    left_id: int
    right_id: int
    tier: Tier
    score: float
    reasons: tuple[str, ...]
    corroborators: tuple[str, ...]
    doubts: tuple[str, ...]
    vetoes: tuple[str, ...]
    would_merge: bool

    @property
    def is_vetoed(self) -> bool:
        return bool(self.vetoes)

    @property
    def is_contradicted(self) -> bool:
        """Something speaks against the two being one, be it only a doubt."""
        return bool(self.vetoes or self.doubts)

    def doubted(self, why: str) -> Comparison:
        """The same, for a person to decide."""
        return replace(self, tier=Tier.LIKELY, doubts=(*self.doubts, why), would_merge=False)


def compare(
    one: Subject, other: Subject, rarity: Rarity, *, apart: bool = False, with_vetoes: bool = True
) -> Comparison:
    """Weigh two different records of one kind and say what is to become of them.

    apart: somebody said that they are not the same. with_vetoes off: for measuring what the vetoes are worth.
    """
    left, right = (one, other) if one.id < other.id else (other, one)
    found = (people if left.record.kind == Kind.CONTACT else firms).weigh(left, right, rarity)
    if apart:
        found.vetoes.append(APART)
    vetoes = found.vetoes if with_vetoes else []
    merges = not found.doubts and (found.is_certain_key or _is_sure(found))
    return Comparison(
        left_id=left.id,
        right_id=right.id,
        tier=_tier(found, merges=merges, vetoed=bool(vetoes)),
        score=round(found.score, 6),
        reasons=tuple(found.reasons),
        corroborators=tuple(found.corroborators),
        doubts=tuple(found.doubts),
        vetoes=tuple(vetoes),
        would_merge=merges,
    )


def _is_sure(found: Weighing) -> bool:
    return found.score >= HIGH and found.names_agree and bool(found.corroborators)


def _tier(found: Weighing, *, merges: bool, vetoed: bool) -> Tier:
    if vetoed:
        return Tier.UNLIKELY
    if merges:
        return Tier.CERTAIN
    if found.score >= LOW or found.is_certain_key or found.is_strong_key:
        return Tier.LIKELY
    return Tier.UNLIKELY
