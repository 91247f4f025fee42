"""The right rows of every question about people."""

from __future__ import annotations

import pytest

from crm_site.accounts.models import Membership
from crm_site.contacts import services as contacts
from crm_site.tests import cast
from nlquery.tests.world import World

BLUE, CEDAR = "Blue Heron Capital", "Cedar Row Partners"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Priya Nair", [("Priya Nair", BLUE)]),
        ("nair, priya", [("Priya Nair", BLUE)]),
        ("PRIYA@blueheron.example", [("Priya Nair", BLUE)]),
        ("(212) 555-0100", [("Priya Nair", BLUE)]),
        ("priya", [("Priya Nair", BLUE)]),
        ("Stone", [("Carl Stone", CEDAR), ("Carla Stone", BLUE)]),
        ("Carl Stone", [("Carl Stone", CEDAR)]),
        ("Pria Nair", [("Priya Nair", BLUE)]),
        ("Lena Left", [("Lena Left", "")]),
        ("Gerda Pine", [("Gerda Pine", "")]),
    ],
)
def test_people_are_found_with_their_investor(world: World, asked: str, expected: list) -> None:
    rows = world.rows("contact_lookup", contact=asked)
    assert [(row["name"], row["investor"]) for row in rows] == expected


@pytest.mark.parametrize(
    "asked", ["Gone Girl", "gone@blueheron.example", "priya@fallow.example", "priya@gannet.example", "Xaver Quillfeather", "555 0199 999"]
)  # fmt: skip
def test_the_deleted_and_those_of_retired_investors_are_not_found(world: World, asked: str) -> None:
    answer = world.ask("contact_lookup", contact=asked)
    assert (answer.status, answer.rows, answer.candidate_slot) == ("not_found", [], "contact")


def test_details_and_the_last_talk_stand_in_the_row(world: World) -> None:
    (row,) = world.rows("contact_lookup", contact="Priya Nair")
    assert (row["title"], row["email"], row["phone"], row["last_contacted"]) == (
        "Partner", "priya@blueheron.example", "+1 212 555 0100", "2026-03-18",
    )  # fmt: skip


def test_somebody_at_two_investors_has_a_row_for_each(world: World) -> None:
    contacts.affiliate(
        actor=cast.system(), contact=world.people["priya"], investor=world.investors["dune"], title="Trustee"
    )
    rows = world.rows("contact_lookup", contact="Priya Nair")
    assert {(row["investor"], row["title"]) for row in rows} == {
        (BLUE, "Partner"),
        ("Dune Lake Trust", "Trustee"),
    }
    said = world.ask("contact_lookup", contact="Priya Nair").summary
    assert said.startswith("1 person at ") and BLUE in said and "Dune Lake Trust" in said


def test_a_slip_that_could_mean_two_is_for_the_member_to_choose(world: World) -> None:
    cast.make_contact("Priya Naik", investor=world.investors["dune"])
    answer = world.ask("contact_lookup", contact="Priya Naiz")
    assert (answer.status, answer.rows) == ("ambiguous", [])
    assert {one.name for one in answer.candidates} == {"Priya Nair", "Priya Naik"}
    picked = world.rows("contact_lookup", contact=answer.candidates[0].key)
    assert [row["name"] for row in picked] == [answer.candidates[0].name]


def test_who_knows_counts_what_took_place_by_member(world: World) -> None:
    rows = world.rows("who_knows", investor=BLUE)
    assert [(row["member"], row["communications"], row["last"]) for row in rows] == [
        ("Olive Owner", 3, "2026-03-18"),
        ("Petra Partner", 1, "2026-03-17"),
    ]
    assert world.ask("who_knows", investor=BLUE).summary == (
        "2 members of the team have communicated with Blue Heron Capital: most often Olive Owner (3 times, last on 18 Mar 2026)."
    )
    assert world.rows("who_knows", investor=CEDAR) == [
        {"member": "Petra Partner", "communications": 1, "last": "2026-02-16"}
    ]
    assert world.rows("who_knows", investor="Dune Lake Trust") == []


def test_who_has_left_the_team_knows_nobody_here(world: World) -> None:
    Membership.objects.filter(pk=world.petra.pk).update(is_active=False)
    assert world.names("who_knows", "member", investor=BLUE) == ["Olive Owner"]
