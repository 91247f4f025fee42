from __future__ import annotations

import pytest

from intake.tests.reading import read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Met Dana at Blue Heron", "Blue Heron"),
        ("spoke to dana at blue heron capital", "blue heron capital"),
        ("Blue Heron's CFO called", "Blue Heron"),
        ("Bank of Oslo is in for 2m", "Bank of Oslo"),
        ("Called the Whitfield Family Office", "Whitfield Family Office"),
        ("Met Eberhardt & Söhne GmbH", "Eberhardt & Söhne GmbH"),
        ("Lunch with Blue Heron Capital, LLC", "Blue Heron Capital, LLC"),
        ("called cedar row, left vm for tom", "cedar row"),
        ("Nordlys FO passed", "Nordlys FO"),
    ],
)
def test_firms_the_crm_has_never_heard_of(text, name):
    assert read(text).investor_name == name


def test_known_investors_are_found_in_lower_case():
    message = read("had a great chat with lakeshore about fund ii", investors=["Lakeshore"])
    assert message.investor_name == "lakeshore"
    assert message.confidence["investor_name"] > 0.9


def test_who_invests_for_themselves_is_their_own_investor():
    message = read("Robert Klein wants to put in 250k personally, his cell is 512-555-0133")
    assert message.investor_name == "Robert Klein"
    assert message.contacts[0].phone == "512-555-0133"


def test_a_known_contact_leads_to_the_investor_later():
    message = read("Spoke to Dana Whitfield, she could do 1m", contacts=["Dana Whitfield"])
    assert message.investor_name is None
    assert message.contacts[0].name == "Dana Whitfield"


def test_one_message_about_two_investors_gives_two():
    message = read("Met Northgate and they might commit 5m. Also called Lakeshore, they're out.")
    other = message.also[0]
    assert (message.investor_name, message.kind, message.stage) == ("Northgate", "meeting", None)
    assert (other.investor_name, other.kind, other.stage, other.expected_amount) == (
        "Lakeshore",
        "call",
        "passed",
        None,
    )


@pytest.mark.parametrize(
    "text", ["In Austin today", "Meeting on Monday", "Thanks!", "COO and CFO", "Great call"]
)
def test_other_capitals_are_no_investor(text):
    assert read(text).investor_name is None
