"""Which records become one together: a star around one of them, without a veto between any two.

Plain chains (A is B, B is C, so A is C) are what makes wrong merges: the ends of a chain may contradict each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from search.entities.choices import Tier
from search.entities.normalise import Subject
from search.entities.tiers import Comparison

Compare = Callable[[int, int], Comparison]
TORN = "One of them could as well be a third record"


@dataclass(frozen=True, slots=True)
class Cluster:
    """survivor: the record that stays. absorbed: the others, each certain to be the survivor."""

    survivor: int
    absorbed: tuple[int, ...]


def split_ambiguous(
    certain: Iterable[Comparison], compare: Compare
) -> tuple[list[Comparison], list[Comparison]]:
    """Take out the pairs of which one record would as well be a third that the other cannot be: (kept, doubted).

    Three offices of a chain, one of them written down without its town: it is one of the other two, but which?
    """
    pairs = list(certain)
    beside: defaultdict[int, set[int]] = defaultdict(set)
    for pair in pairs:
        beside[pair.left_id].add(pair.right_id)
        beside[pair.right_id].add(pair.left_id)
    known: dict[tuple[int, int], bool] = {}

    def contradict(one: int, other: int) -> bool:
        both = (min(one, other), max(one, other))
        if both not in known:
            known[both] = compare(*both).is_contradicted
        return known[both]

    kept: list[Comparison] = []
    doubted: list[Comparison] = []
    for pair in pairs:
        left, right = pair.left_id, pair.right_id
        torn = any(contradict(right, third) for third in beside[left] if third != right) or any(
            contradict(left, third) for third in beside[right] if third != left
        )
        (doubted if torn else kept).append(pair)
    return kept, [pair.doubted(TORN) for pair in doubted]


def cluster(
    certain: Iterable[Comparison], subjects: Mapping[int, Subject], compare: Compare
) -> list[Cluster]:
    """Join certain pairs, the best first; a pair that would bring two records together that contradict is left alone.

    compare: of any two ids, also of such that were never candidates.
    """
    belongs: dict[int, set[int]] = {}
    known = {(one.left_id, one.right_id): one for one in certain}

    def asked(one: int, other: int) -> Comparison:
        pair = (min(one, other), max(one, other))
        if pair not in known:
            known[pair] = compare(*pair)
        return known[pair]

    best_first = sorted(known.values(), key=lambda one: (-one.score, one.left_id, one.right_id))
    for pair in best_first:
        ours = belongs.get(pair.left_id, {pair.left_id})
        theirs = belongs.get(pair.right_id, {pair.right_id})
        if ours is theirs or any(asked(one, other).is_vetoed for one in ours for other in theirs):
            continue
        joined = ours | theirs
        if _hubs(joined, asked):
            belongs.update(dict.fromkeys(joined, joined))
    groups = {id(group): group for group in belongs.values()}.values()
    return sorted((_of(group, subjects, asked) for group in groups), key=lambda one: one.survivor)


def _hubs(group: Iterable[int], asked: Compare) -> list[int]:
    """The members that are certain to be each of the others."""
    members = sorted(group)
    return [
        hub
        for hub in members
        if all(other == hub or asked(hub, other).tier == Tier.CERTAIN for other in members)
    ]


def _of(group: set[int], subjects: Mapping[int, Subject], asked: Compare) -> Cluster:
    # The fullest record stays; of equals the oldest.
    survivor = min(_hubs(group, asked), key=lambda one: (-subjects[one].record.richness, one))
    return Cluster(survivor, tuple(sorted(group - {survivor})))
