from __future__ import annotations

import pytest

from intake.tests.reading import read


def test_title_firm_and_email_in_brackets():
    message = read("Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com)")
    contact = message.contacts[0]
    assert (contact.name, contact.title, contact.email) == ("Dana Whitfield", "COO", "dana@blueheron.com")
    assert message.investor_name == "Blue Heron Capital"


def test_each_address_goes_to_the_person_in_its_local_part():
    message = read("Met Dana Whitfield and Tom Baker of Cedar Row: tom@cedarrow.com, dana@cedarrow.com")
    assert [(c.name, c.email) for c in message.contacts] == [
        ("Dana Whitfield", "dana@cedarrow.com"),
        ("Tom Baker", "tom@cedarrow.com"),
    ]


def test_an_office_address_is_nobodys():
    message = read("Met Dana Whitfield and Tom Baker of Cedar Row, info@cedarrow.com")
    assert [c.email for c in message.contacts] == [None, None]


@pytest.mark.parametrize(
    "number", ["+1 512 555 0188", "(512) 555-0188", "512-555-0188", "+49 89 5550 1234", "512.555.0188"]
)
def test_phone_numbers_are_kept_as_written(number):
    assert read(f"add Harbor Family Office, contact Priya Nair {number}").contacts[0].phone == number


@pytest.mark.parametrize(
    "text", ["Met Priya Nair of Cedar Row on 2026-11-03", "Priya Nair of Cedar Row is in for 2,500,000"]
)
def test_dates_and_sums_are_no_phone_numbers(text):
    assert read(text).contacts[0].phone is None


def test_our_own_members_are_no_contacts():
    message = read("Tom Reed and I met Ingrid Lund at Nordlys Capital", members=["Tom Reed"])
    assert [c.name for c in message.contacts] == ["Ingrid Lund"]


def test_a_contact_with_a_members_given_name_and_another_surname_stays():
    message = read("Met Tom Baker at Cedar Row", members=["Tom Reed"])
    assert [c.name for c in message.contacts] == ["Tom Baker"]


@pytest.mark.parametrize(
    "name",
    [
        "José Müller",
        "Mark O'Brien",
        "Willem van der Berg",
        "Karen McDonald",
        "Mei-Ling Chen",
        "Søren Østergård",
    ],
)
def test_names_in_their_own_spelling(name):
    assert [c.name for c in read(f"Met {name} at Cedar Row Capital").contacts] == [name]


def test_who_made_the_introduction_is_no_contact():
    message = read("Intro from Bob at Goldman: met Helena Strand at Fjord Capital")
    assert message.investor_name == "Fjord Capital"
    assert [c.name for c in message.contacts] == ["Helena Strand"]


def test_a_forwarded_mail_names_its_sender_and_not_us():
    message = read(
        "From: Nina Kovacs <nina@danubecap.eu>\nTo: Tom Reed <tom@ours.example>\nSubject: Fund II\n\nHi Tom,\nwe could do 1m.\n"
        "Nina Kovacs\nInvestment Director\nDanube Capital",
        members=["Tom Reed"],
    )
    assert (message.kind, message.direction, message.investor_name) == ("email", "inbound", "Danube Capital")
    assert [(c.name, c.email) for c in message.contacts] == [("Nina Kovacs", "nina@danubecap.eu")]


@pytest.mark.parametrize(
    "title",
    [
        "CFO",
        "managing partner",
        "head of alternatives",
        "principal",
        "general counsel",
        "VP",
        "investment director",
    ],
)
def test_titles_behind_the_name(title):
    assert read(f"Met Dana Whitfield, {title} at Cedar Row").contacts[0].title == title
