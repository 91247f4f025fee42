"""What merges by rule, what waits for a person, and what never merges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.benchmarks import made_up_firms, made_up_people
from search.entities import tiers
from search.entities.choices import Tier
from search.entities.finding import Finder
from search.entities.record import Record
from search.entities.scoring import firms
from search.entities.tests.made import compared, firm, person

SITE: dict[str, Any] = {"websites": ("https://www.blueheron.com/",)}
PHONE: dict[str, Any] = {"phones": ("+14155550132",)}


@pytest.mark.parametrize("shared", [SITE, PHONE, {"emails": ("ann@blueheron.com",)}])
def test_the_same_name_with_something_beside_it_is_certain(shared: dict[str, Any]) -> None:
    found = compared(firm("Blue Heron Capital LLC", **shared), firm("BLUE HERON CAP", **shared))
    assert found.tier == Tier.CERTAIN
    assert found.corroborators


@pytest.mark.parametrize("place", ["", "Boston"])
def test_names_alone_wait_for_a_person(place: str) -> None:
    found = compared(firm("Blue Heron Capital", place=place), firm("Blue Heron Capital", place=place))
    assert found.tier == Tier.LIKELY
    assert not found.corroborators


def test_any_score_without_a_corroborator_waits_for_a_person() -> None:
    alike: dict[str, Any] = {"linked": (7,), "place": "Boston"}
    found = compared(firm("Blue Heron Capital", **alike), firm("Blue Heron Capital", **alike))
    assert found.score >= tiers.HIGH and not found.corroborators
    assert found.tier == Tier.LIKELY


def test_people_of_one_name_wait_for_a_person() -> None:
    assert compared(person("Ann Lindqvist"), person("Ann Lindqvist")).tier == Tier.LIKELY


def test_a_shared_domain_alone_is_nothing() -> None:
    found = compared(firm("Blue Heron Capital", **SITE), firm("Otter Creek Insurance", **SITE))
    assert found.tier == Tier.UNLIKELY


@pytest.mark.parametrize(
    "page", ["https://www.linkedin.com/", "https://sites.google.com/x", "gmail.com", "acme.wordpress.com/x"]
)
def test_a_host_that_many_use_tells_nothing(page: str) -> None:
    one, other = firm("Blue Heron Capital", websites=(page,)), firm("Blue Heron Capital", websites=(page,))
    among = [firm(f"Firm {number}", websites=("https://acme.wordpress.com/x",)) for number in range(3)]
    found = compared(one, other, *among)
    assert "wordpress" in page or found.tier == Tier.LIKELY


@pytest.mark.parametrize(
    ("one", "other", "veto"),
    [
        ("Asian Fund III", "Asian Fund IV", "Different vehicles of a series"),
        ("Acme Growth Fund 2019", "Acme Growth Fund 2021", "Different vehicles of a series"),
        ("Acme Growth Fund", "Acme Growth Fund II", "Different vehicles of a series"),
        ("Acme Capital", "Acme Capital Deutschland", "Houses of different countries"),
        ("Acme Capital India", "Acme Capital Japan", "Houses of different countries"),
        ("Acme GmbH", "Acme Pty Ltd", "Legal forms of different countries"),
        ("Acme Foundation", "Acme Bank", "Different houses of a name"),
        ("Point72 Capital", "Point73 Capital", "Different numbers in the names"),
    ],
)
def test_a_veto_beats_everything_that_agrees(one: str, other: str, veto: str) -> None:
    shared: dict[str, Any] = {**SITE, **PHONE, "emails": ("ann@blueheron.com",), "place": "Boston"}
    found = compared(firm(one, **shared), firm(other, **shared))
    assert veto in found.vetoes
    assert found.tier == Tier.UNLIKELY


def test_different_registry_numbers_are_a_veto_and_equal_ones_are_certain() -> None:
    one, other = (
        firm("Blue Heron", registry_ids=("A1",), **SITE),
        firm("Blue Heron", registry_ids=("A2",), **SITE),
    )
    assert compared(one, other).vetoes == ("Different registry numbers",)
    assert compared(one, replace(other, registry_ids=("a-1",))).tier == Tier.CERTAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (firm("Blue Heron", place="Boston", **SITE), firm("Blue Heron", place="Denver", **SITE)),
        (firm("Blue Heron Foundation", **SITE), firm("Blue Heron Capital", **SITE)),
        (firm("Blue Heron Capital", **SITE), firm("Blue Heron Partners", **SITE)),
        (firm("Blue Heron LLP", **SITE), firm("Blue Heron Inc", **SITE)),
        (firm("Blue Heron Fund I", **SITE), firm("Blue Heron Fund", **SITE)),
        (firm("Blue Heron GmbH", **SITE), firm("Blue Heron", **SITE)),
        (firm("Ann Lee", type="individual", **PHONE), firm("Ann Lee", type="family_office", **PHONE)),
    ],
)
def test_a_doubt_leaves_it_to_a_person(one: Record, other: Record) -> None:
    found = compared(one, other)
    assert found.doubts
    assert found.tier != Tier.CERTAIN


def test_another_name_of_one_that_is_the_others_own_is_the_same() -> None:
    found = compared(firm("Heron Wealth", "Blue Heron Capital", **SITE), firm("Blue Heron Capital", **SITE))
    assert found.tier == Tier.CERTAIN
    # Two vehicles may both be called by the manager's name; that makes them no one vehicle.
    both = compared(firm("Heron Fund II", "Heron", **SITE), firm("Heron Fund III", "Heron", **SITE))
    assert both.vetoes


def test_people_merge_by_mailbox_page_or_name_and_number() -> None:
    mailbox = {"emails": ("ann.lee@acme.com",)}
    assert compared(person("Ann Lee", **mailbox), person("Annie Lee", **mailbox)).tier == Tier.CERTAIN
    page = {"profiles": ("https://linkedin.com/in/annlee",)}
    assert compared(person("Ann Lee", **page), person("Ann Lee-Smith", **page)).tier != Tier.UNLIKELY
    assert compared(person("Ann Lee", **PHONE), person("Lee, Ann", **PHONE)).tier == Tier.CERTAIN


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("John Smith", "Mary Smith", {"emails": ("smiths@gmail.com",)}),
        ("John Smith", "Mary Jones", PHONE),
        ("John Smith", "Mary Smith", {"linked": (7,), **PHONE}),
        ("John A. Smith", "John B. Smith", PHONE),
        ("John Smith", "John Smith Jr.", PHONE),
        ("J. Smith", "J. Smith", {"linked": (7,)}),
    ],
)
def test_relatives_and_colleagues_never_merge_by_rule(one: str, other: str, shared: dict[str, Any]) -> None:
    assert compared(person(one, **shared), person(other, **shared)).tier != Tier.CERTAIN


def test_generations_of_a_family_are_a_veto() -> None:
    assert compared(person("John Smith Sr.", **PHONE), person("John Smith Jr.", **PHONE)).vetoes


def test_an_investor_who_is_a_person_is_compared_as_one() -> None:
    alone: dict[str, Any] = {"type": "individual"}
    assert (
        compared(firm("Bob Smith", **alone, **PHONE), firm("Robert Smith", **alone, **PHONE)).tier
        == Tier.CERTAIN
    )
    assert compared(firm("Bob Smith", **alone), firm("Mary Smith", **alone)).tier == Tier.UNLIKELY
    assert compared(firm("Bob Smith", **PHONE), firm("Robert Smith", **PHONE)).tier != Tier.CERTAIN


def test_a_switchboard_is_no_ones_number() -> None:
    colleagues = [person(f"Some Body{number}", **PHONE) for number in range(10)]
    found = compared(person("Ann Lee", **PHONE), person("Ann Lee", **PHONE), *colleagues)
    assert found.tier == Tier.LIKELY


_words = st.sampled_from(
    ("Blue", "Heron", "Acme", "Capital", "Fund", "II", "III", "GmbH", "Asia", "Bank", "Lee", "Ann")
)
_record = st.builds(
    lambda words, page, phone, place: {
        "names": (" ".join(words),), "websites": page, "phones": phone, "place": place,
    },
    st.lists(_words, min_size=1, max_size=4),
    st.sampled_from(((), ("acme.com",), ("heron.com",))),
    st.sampled_from(((), ("+14155550132",))),
    st.sampled_from(("", "Boston", "Paris")),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(("investor", "contact")), _record, _record)
def test_which_of_two_comes_first_makes_no_difference(
    kind: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    straight = [Record(id=1, kind=kind, **one), Record(id=2, kind=kind, **other)]
    turned = [Record(id=2, kind=kind, **one), Record(id=1, kind=kind, **other)]
    first, second = Finder(straight).compare(1, 2), Finder(turned).compare(1, 2)
    assert (first.tier, first.score, first.vetoes, first.doubts) == (
        second.tier, second.score, second.vetoes, second.doubts,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(("investor", "contact")), _record, _record)
def test_nothing_is_certain_without_a_corroborator(
    kind: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    found = Finder([Record(id=1, kind=kind, **one), Record(id=2, kind=kind, **other)]).compare(1, 2)
    assert found.tier != Tier.CERTAIN or (found.corroborators and not found.vetoes and not found.doubts)


@settings(max_examples=200, deadline=None)
@given(_record, _record)
def test_the_quick_look_skips_only_what_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    finder = Finder([Record(id=1, kind="investor", **one), Record(id=2, kind="investor", **other)])
    left, right = finder.subjects[1], finder.subjects[2]
    if not firms.is_worth_weighing(left, right):
        assert firms.match_names(left.firms, right.firms).level == firms.Level.DIFFERENT
        assert finder.compare(1, 2).tier == Tier.UNLIKELY


def shares(records: list[Record], truth: set[tuple[int, int]], **options: Any) -> tuple[float, float, Finder]:
    """Precision and recall of what the rules would merge."""
    finder = Finder(records, **options)
    groups = [(one.survivor, *one.absorbed) for one in finder.clusters(finder.find().certain)]
    pairs = {(min(a, b), max(a, b)) for group in groups for a in group for b in group if a != b}
    right = len(pairs & truth)
    return right / max(1, len(pairs)), right / len(truth), finder


@pytest.mark.parametrize("seed", range(10))
def test_firms_merge_precisely_and_worse_without_the_vetoes(seed: int) -> None:
    made = made_up_firms.make(seed, firms=120)
    precision, recall, _ = shares(made.records, made.true_pairs)
    assert precision >= 0.998
    assert recall >= 0.45
    without, _, _ = shares(made.records, made.true_pairs, with_vetoes=False)
    assert without < precision - 0.05


@pytest.mark.parametrize("seed", range(3))
def test_people_with_slips_are_found_and_relatives_are_not_merged(seed: int) -> None:
    made = made_up_people.make(seed, people=300)
    precision, recall, finder = shares(made.records, made.true_pairs)
    assert precision >= 0.985
    assert recall >= 0.85
    found = {(one.left_id, one.right_id) for one in (*finder.find().certain, *finder.find().likely)}
    assert len(found & made.true_pairs) / len(made.true_pairs) >= 0.98
