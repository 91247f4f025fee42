"""From records to pairs and clusters: the whole of the rules, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from search.entities import blocking, clustering, normalise, tiers
from search.entities.choices import Tier
from search.entities.record import Record
from search.entities.scoring import firms, weighing
from search.entities.tiers import Comparison

#: Asked with how much of the work is done, 0..1.
Progress = Callable[[float], None]
Apart = Callable[[int, int], bool]
STEP = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """compared: how many pairs. certain, likely: each pair once, in order of ids. vetoed: would be certain otherwise."""

    compared: int
    certain: list[Comparison]
    likely: list[Comparison]
    vetoed: list[Comparison]
    overflow: list[blocking.Overflow]


class Finder:
    """The rules over one set of records of one kind. apart: tells which two somebody said are not the same."""

    def __init__(
        self,
        records: Iterable[Record],
        *,
        apart: Apart = lambda one, other: False,
        with_vetoes: bool = True,
    ) -> None:
        subjects = normalise.normalise_all(records)
        self.subjects = {subject.id: subject for subject in subjects}
        self.rarity = weighing.rarity_of(subjects)
        self._apart = apart
        self._with_vetoes = with_vetoes

    def compare(self, one: int, other: int) -> Comparison:
        """What the rules say of two records by their ids. Raises KeyError for an unknown one."""
        return tiers.compare(
            self.subjects[one],
            self.subjects[other],
            self.rarity,
            apart=self._apart(one, other),
            with_vetoes=self._with_vetoes,
        )

    def find(self, progress: Progress = lambda share: None) -> Found:
        """Compare all candidates."""
        subjects = list(self.subjects.values())
        pairs, overflow = blocking.candidates(subjects, self.rarity)
        certain: list[Comparison] = []
        likely: list[Comparison] = []
        vetoed: list[Comparison] = []
        for number, (one, other) in enumerate(pairs):
            if number % STEP == 0:
                progress(number / len(pairs))
            left, right = subjects[one], subjects[other]
            if left.firms and not firms.is_worth_weighing(left, right):
                continue
            found = self.compare(left.id, right.id)
            if found.tier == Tier.CERTAIN:
                certain.append(found)
            elif found.tier == Tier.LIKELY:
                likely.append(found)
            elif found.is_vetoed and found.would_merge:
                vetoed.append(found)
        certain, torn = clustering.split_ambiguous(certain, self.compare)
        likely = sorted([*likely, *torn], key=lambda pair: (pair.left_id, pair.right_id))
        return Found(len(pairs), certain, likely, vetoed, overflow)

    def clusters(self, certain: Iterable[Comparison]) -> list[clustering.Cluster]:
        """What of the certain pairs may become one, see `clustering`."""
        return clustering.cluster(certain, self.subjects, self.compare)
