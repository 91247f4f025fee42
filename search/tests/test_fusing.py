"""How passages become records, and how two rankings become one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from search import fusing
from search.fusing import Ranked


@dataclass(frozen=True)
class Passage:
    key: str
    number: int
    score: float


def leg(*scores: tuple[str, float]) -> list[Ranked]:
    return [Ranked(key, score) for key, score in scores]


def test_a_record_is_worth_its_best_passage() -> None:
    found = [Passage("a", 3, 9.0), Passage("b", 0, 8.0), Passage("a", 1, 7.0), Passage("a", 2, 6.0)]
    assert fusing.records(found) == [Ranked("a", 9.0, [3, 1, 2]), Ranked("b", 8.0, [0])]


def test_what_both_legs_found_goes_before_what_one_did() -> None:
    words = [("a", 9.0), ("b", 8.9), ("c", 1.0)]
    meaning = [("d", 0.9), ("b", 0.89), ("e", 0.1)]
    assert [one.key for one in fusing.fuse([leg(*words), leg(*meaning)], 3)][:1] == ["b"]


def test_the_scale_of_a_leg_does_not_matter() -> None:
    words, meaning = leg(("a", 9.0), ("b", 5.0), ("c", 1.0)), leg(("c", 0.9), ("b", 0.4), ("a", 0.1))
    larger = [Ranked(one.key, one.score * 1000) for one in meaning]
    assert [one.score for one in fusing.fuse([words, larger], 3)] == pytest.approx(
        [one.score for one in fusing.fuse([words, meaning], 3)]
    )


def test_the_only_record_with_a_rare_word_goes_before_a_hundred_that_mean_the_like() -> None:
    meaning = leg(*((f"m{number}", 0.9 - number / 200) for number in range(100)))
    fused = fusing.fuse([meaning, leg(("rare", 7.0))], 100)
    assert fused[0].key == "rare" and len(fused) == 101


def test_passages_found_by_either_leg_are_kept_once() -> None:
    words, meaning = [Ranked("a", 2.0, [1, 2])], [Ranked("a", 0.5, [2, 3])]
    (fused,) = fusing.fuse([words, meaning], 100)
    assert fused.numbers == [1, 2, 3]


def test_a_single_leg_and_equal_scores_are_left_in_order() -> None:
    only = leg(("a", 3.0), ("b", 2.0))
    assert fusing.fuse([only], 100) == only
    assert fusing.fuse([[], only], 2)[0].key == "a"
    assert {one.score for one in fusing.fuse([leg(("a", 1.0), ("b", 1.0)), []], 2)} == {0.5}
