"""What becomes one together, and which pairs are never compared."""

from __future__ import annotations

import logging
from typing import Any

from search.entities import blocking
from search.entities.choices import Tier
from search.entities.clustering import TORN, Cluster
from search.entities.finding import Finder
from search.entities.tests.made import firm, person

SITE: dict[str, Any] = {"websites": ("blueheron.com",)}


def clusters(finder: Finder) -> list[Cluster]:
    return finder.clusters(finder.find().certain)


def test_three_of_one_become_one_around_the_fullest() -> None:
    three = [firm("Blue Heron Capital", richness=rich, **SITE) for rich in (1, 5, 5)]
    assert clusters(Finder(three)) == [Cluster(three[1].id, (three[0].id, three[2].id))]


def test_a_record_that_could_be_either_of_two_offices_is_left_to_a_person() -> None:
    here, there, nowhere = (
        firm("Blue Heron Capital", place=place, **SITE) for place in ("Boston", "Denver", "")
    )
    found = Finder([here, there, nowhere]).find()
    assert not found.certain
    assert [one.doubts for one in found.likely if nowhere.id in (one.left_id, one.right_id)] == [
        (TORN,),
        (TORN,),
    ]
    # With one office only there is no question.
    assert len(Finder([here, nowhere]).find().certain) == 1


def test_a_veto_between_any_two_keeps_the_groups_apart() -> None:
    def person_at(number: int, **values: Any) -> Any:
        return person("Ann Lee", phones=(f"+1415555013{number}",), **values)

    one, two, three = (
        person("Ann Lee", phones=("+14155550132",)),
        person("Ann Lee", phones=("+14155550132", "+14155550177")),
        person("Ann Lee", phones=("+14155550177",)),
    )
    chain = Finder([one, two, three])
    assert clusters(chain) == [Cluster(two.id, (one.id, three.id))]
    forbidden = Finder([one, two, three], apart=lambda a, b: {a, b} == {one.id, three.id})
    assert clusters(forbidden) == []  # `two` could be either, so it is left to a person
    certain = [chain.compare(one.id, two.id), chain.compare(two.id, three.id)]
    joined = forbidden.clusters(certain)
    assert all({one.id, three.id} - {group.survivor, *group.absorbed} for group in joined)


def test_a_chain_without_a_centre_is_not_joined() -> None:
    numbers = ["+14155550131", "+14155550132", "+14155550133"]
    chain = [person("Ann Lee", phones=tuple(numbers[max(0, at - 1) : at + 1])) for at in range(4)]
    for group in clusters(Finder(chain)):
        for other in group.absorbed:
            assert Finder(chain).compare(group.survivor, other).tier == Tier.CERTAIN


def test_what_somebody_kept_apart_is_vetoed() -> None:
    one, other = firm("Blue Heron", **SITE), firm("Blue Heron", **SITE)
    found = Finder([one, other], apart=lambda a, b: True).find()
    assert not found.certain and not found.likely
    assert [pair.vetoes for pair in found.vetoed] == [("Somebody said that they are not the same",)]


def test_a_block_of_too_many_is_left_out_and_said(caplog) -> None:
    many = [firm("Summit Partners", place=f"Town {number}") for number in range(blocking.MOST_IN_A_BLOCK + 1)]
    with caplog.at_level(logging.INFO, logger=blocking.__name__):
        found = Finder(many).find()
    assert found.compared == 0
    assert {one.largest for one in found.overflow} == {blocking.MOST_IN_A_BLOCK + 1}
    assert "left out" in caplog.text
    assert Finder(many[1:]).find().compared > 0


def test_progress_is_told() -> None:
    told: list[float] = []
    Finder([firm("Blue Heron", **SITE), firm("Blue Heron", **SITE)]).find(told.append)
    assert told == [0.0]
