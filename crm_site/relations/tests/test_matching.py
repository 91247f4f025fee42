"""Whom a name means."""

from __future__ import annotations

import pytest

from crm_site.investors import services as investors
from crm_site.relations import matching
from crm_site.relations import services as relations
from crm_site.relations.matching import How
from crm_site.tests import cast


@pytest.fixture
def heron(house):
    return cast.make_investor("Blue Heron Capital", website="https://www.blueheron.com")


def best(**asked: str) -> tuple[str, How]:
    found = matching.match(**asked)
    assert found.best is not None
    return found.best.investor.name, found.best.how


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        ("Blue Heron Capital", How.EXACT),
        ("blue heron capital", How.EXACT),
        ("The Blue Heron Capital, L.P.", How.NORMALISED),
        ("Bleu Heron Capital", How.FUZZY),
        ("Blue Herron", How.FUZZY),
        ("Blue Heron", How.FUZZY),
    ],
)
def test_spellings_lead_to_the_firm(heron, asked: str, how: How) -> None:
    assert best(investor=asked) == ("Blue Heron Capital", how)
    assert matching.match(investor=asked).likely


def test_a_fuzzy_hit_is_never_certain(heron) -> None:
    assert not matching.match(investor="Blue Herron Capital").certain


def test_an_alias_leads_to_the_firm(heron) -> None:
    investors.add_alias(actor=cast.system(), investor=heron, name="BHC Group")
    assert best(investor="bhc group") == ("Blue Heron Capital", How.ALIAS)


def test_address_number_and_domain_lead_to_the_firm(heron) -> None:
    cast.make_contact("Dana Whitfield", investor=heron, email="dana@blueheron.com", phone="+1 512 555 0188")
    assert best(email="DANA@blueheron.com") == ("Blue Heron Capital", How.EMAIL)
    assert best(phone="(512) 555-0188") == ("Blue Heron Capital", How.PHONE)
    assert best(email="somebody.new@blueheron.com") == ("Blue Heron Capital", How.DOMAIN)
    assert best(contact="Whitfield, Dana") == ("Blue Heron Capital", How.CONTACT)


def test_close_names_of_different_firms_come_back_as_candidates(house) -> None:
    for name in ("Cedar Row Partners", "Cedar Row Capital"):
        cast.make_investor(name)
    found = matching.match(investor="Cedar Row")
    assert {one.investor.name for one in found.candidates} == {"Cedar Row Partners", "Cedar Row Capital"}
    assert not found.certain and not found.likely


def test_twins_of_one_name_are_not_certain(house) -> None:
    for _ in range(2):
        cast.make_investor("Twin Oaks")
    found = matching.match(investor="Twin Oaks")
    assert len(found.candidates) == 2 and not found.certain


@pytest.mark.parametrize("other", ["Blue Harbor Capital", "Red Heron Capital", "Heron Lake Advisors"])
def test_a_different_firm_is_not_proposed(heron, other: str) -> None:
    assert not matching.match(investor=other).likely


def test_fund_series_set_firms_apart(house) -> None:
    cast.make_investor("Asia Growth Fund III")
    assert not matching.match(investor="Asia Growth Fund IV").candidates


def test_deleted_investors_are_not_found_and_retired_ones_are(heron) -> None:
    investors.retire_investor(actor=cast.system(), investor=heron, reason="no fit")
    assert matching.match(investor="Blue Heron Capital").certain
    relations.delete_record(actor=cast.system(), row=heron)
    assert matching.match(investor="Blue Heron Capital").candidates == []


def test_another_organization_is_never_matched(house, foreign: cast.Rows) -> None:
    assert matching.match(investor=foreign.investor.name).candidates == []
    assert matching.match(contact=foreign.contact.name).candidates == []
    email = "ada@elsewhere.example"
    assert matching.match(email=email).candidates == []


@pytest.mark.parametrize("junk", ["", " ", "💰", "%' OR 1=1 --", "a" * 5000, "\u202eevil", "the", "&"])
def test_odd_names_find_nothing_and_never_fail(heron, junk: str) -> None:
    assert matching.match(investor=junk, contact=junk, email=junk, phone=junk).candidates == []


def test_people_are_found_within_their_firm(heron) -> None:
    dana = cast.make_contact("Dana Whitfield", investor=heron)
    for written in ("Dana", "dana whitfield", "D. Whitfield", "Dana Whitfeild"):
        assert matching.match_contact(investor=heron, name=written) == dana
    elsewhere = cast.make_investor()
    assert matching.match_contact(investor=elsewhere, name="Dana Whitfield") is None
    assert matching.match_contact(investor=heron, name="Whitfield Trust") is None


def test_two_people_of_one_given_name_are_not_guessed(heron) -> None:
    cast.make_contact("Tom Price", investor=heron)
    cast.make_contact("Tom Reed", investor=heron)
    assert matching.match_contact(investor=heron, name="Tom") is None


def test_the_cost_does_not_grow_with_the_number_of_investors(house, django_assert_max_num_queries) -> None:
    for number in range(30):
        cast.make_investor(f"Common Word Capital {number + 2000}")
    with django_assert_max_num_queries(10):
        matching.match(investor="Comon Word Capitl", email="x@y.example", phone="+15125550188")
