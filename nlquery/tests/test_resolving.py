"""Whom a name means: one, several to choose from, or nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.roles import Role
from crm_site.core import scope
from crm_site.core.actor import Actor
from crm_site.tests import cast
from nlquery import runner
from nlquery.answers import Envelope
from nlquery.tests.world import World


def meant(world: World, said: str) -> Envelope:
    return world.ask("investor_contacts", investor=said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Blue Heron Capital", "Blue Heron Capital"),
        ("BLUE HERON CAPITAL, L.P.", "Blue Heron Capital"),
        ("Blue Heron", "Blue Heron Capital"),
        ("blue", "Blue Heron Capital"),
        ("Blue Herron Capital", "Blue Heron Capital"),
        ("crp holdings", "Cedar Row Partners"),
        ("Carl Stone", "Cedar Row Partners"),
        ("Eider", "Eider Family Office"),
    ],
)
def test_one_name_means_one_investor(world: World, said: str, name: str) -> None:
    answer = meant(world, said)
    assert answer.status == "ok" and answer.summary.endswith(f"at {name}.")


def test_an_exact_name_takes_one_query(world: World) -> None:
    with CaptureQueriesContext(connection) as seen:
        meant(world, "Blue Heron Capital")
    assert sum("investors_investoralias" in query["sql"] for query in seen) == 1
    assert not any("investors_investorgram" in query["sql"] for query in seen)


def test_close_names_are_to_choose_from_and_a_key_chooses(world: World) -> None:
    other = cast.make_investor("Blue Heron Ventures")
    answer = meant(world, "Blue Heron")
    assert (answer.status, answer.rows, answer.candidate_slot) == ("ambiguous", [], "investor")
    assert {one.name for one in answer.candidates} == {"Blue Heron Capital", "Blue Heron Ventures"}
    (key,) = [one.key for one in answer.candidates if one.id == other.pk]
    assert key == f"investor:{other.pk}"
    assert meant(world, key).summary.endswith("at Blue Heron Ventures.")
    assert meant(world, "Blue Heron Ventures").status == "ok"


def test_doubles_are_to_choose_from_five_at_most(world: World) -> None:
    for _ in range(6):
        cast.make_investor("Kite Capital")
    answer = meant(world, "Kite Capital")
    assert answer.status == "ambiguous" and len(answer.candidates) == 5
    typed = cast.make_investor("Kite Capital LLC")
    assert meant(world, "kite capital llc").summary.endswith("at Kite Capital LLC.")
    assert typed.pk


def test_nobody_is_found_and_the_nearest_are_only_named(world: World) -> None:
    answer = meant(world, "Zephyr Quarry Endowment")
    assert (answer.status, answer.candidates, answer.errors) == (
        "not_found", [], {"investor": "There is no investor “Zephyr Quarry Endowment”."},
    )  # fmt: skip
    # Alike but for the words that many share: no answer is better than one about another firm.
    assert meant(world, "Oder Family Office").status == "not_found"
    assert meant(world, "Fallow Field Capital").summary == "Fallow Field Capital is in the graveyard."


def test_a_key_opens_nothing_elsewhere(world: World, foreign: cast.Rows) -> None:
    gone, retired = world.investors["ghost"].pk, world.investors["fallow"].pk
    for number in (foreign.investor.pk, gone, retired, 0, 10**17):
        assert meant(world, f"investor:{number}").status == "not_found"
    assert world.ask("contact_lookup", contact=f"contact:{foreign.contact.pk}").status == "not_found"
    assert world.ask("investor_list", fund=f"fund:{foreign.fund.pk}").status == "not_found"
    assert world.ask("investor_list", fund=f"fund:{world.funds['growth'].pk}").status == "ok"
    # The key of another noun is a name like any other.
    assert meant(world, f"fund:{world.funds['growth'].pk}").status == "not_found"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Growth Fund II", ["Growth Fund II"]),
        ("growth fund 2", ["Growth Fund II"]),
        ("Growth", ["Growth Fund II"]),
        ("Fund I", ["Euro Fund I"]),
        ("Grwth Fund II", ["Growth Fund II"]),
        ("Fund II", ["Growth Fund II", "Income Fund II"]),
        ("Growth Fund III", []),
        ("fund", ["Euro Fund I", "Growth Fund II", "Income Fund II"]),
        ("Blue Heron Capital", []),
    ],
)
def test_a_fund_is_meant_by_its_words_and_its_number(world: World, said: str, names: list) -> None:
    answer = world.ask("investor_breakdown", by="type", fund=said)
    status = {0: "not_found", 1: "ok"}.get(len(names), "ambiguous")
    assert answer.status == status
    if status == "ambiguous":
        assert sorted(one.name for one in answer.candidates) == names
        assert all(
            world.ask("investor_breakdown", by="type", fund=one.key).status == "ok"
            for one in answer.candidates
        )
    if status == "ok":
        assert names[0] in answer.summary


@pytest.mark.parametrize("said", ["Petra Partner", "petra", "PARTNER", "Petra Partnr", "{email}"])
def test_an_owner_is_meant_by_name_given_name_or_address(world: World, said: str) -> None:
    asked = said.format(email=world.petra.user.email.upper())
    assert world.names("investor_stale", owner=asked, days=1) == ["Cedar Row Partners", "Eider Family Office"]


def test_me_is_who_asks(world: World) -> None:
    petra = runner.run_query(
        actor=cast.actor_of(world.petra), intent="investor_stale", slots={"owner": "ME", "days": 1}
    )
    assert [row["investor"] for row in petra.rows] == ["Cedar Row Partners", "Eider Family Office"]
    house = Actor.system(organization_id=world.organization.pk)
    assert runner.run_query(actor=house, intent="investor_stale", slots={"owner": "me"}).status == "not_found"


def test_two_members_of_one_name_are_told_apart_by_address(world: World) -> None:
    cast.make_member(world.organization, Role.ASSOCIATE, name="Petra Pine", email="pine@harbor.example")
    answer = world.ask("investor_stale", owner="petra")
    assert answer.status == "ambiguous" and answer.candidate_slot == "owner"
    keys = {one.name: one.key for one in answer.candidates}
    assert world.ask("investor_stale", owner=keys["Petra Pine"]).status == "ok"


def test_members_of_other_organizations_and_machines_own_nothing(world: World) -> None:
    cast.make_member(world.organization, Role.BOT, name="Robbie Bot", email="robbie@harbor.example")
    elsewhere = cast.make_organization()
    with scope.scope(elsewhere):
        cast.make_member(elsewhere, name="Quentin Faraway", email="quentin@far.example")
    for said in ("Robbie Bot", "robbie@harbor.example", "Quentin Faraway", "quentin@far.example"):
        assert world.ask("investor_stale", owner=said).status == "not_found"
