"""Names, addresses and numbers taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.entities import firm_names, normalise, person_names, reach
from search.entities.record import Record


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Blue Heron Capital Partners, L.P.", "BLUE HERON CAP PTNRS"),
        ("Société Générale S.A.", "Societe Generale"),
        ("Acme & Sons Investment Mgmt", "Acme and Sons Investments Management LLC"),
        ("BlueHeron Capital", "Blue Heron Capital"),
        ("Growth Fund III", "growth fund 3"),
    ],
)
def test_two_ways_to_write_one_firm(one: str, other: str) -> None:
    ours, theirs = firm_names.read(one), firm_names.read(other)
    assert (ours.glued, ours.series, ours.countries) == (theirs.glued, theirs.series, theirs.countries)


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("Acme Fund II", ("2",)),
        ("Acme Fund II, L.P.", ("2",)),
        ("Acme LP IV", ("4",)),
        ("Acme Credit Fund 2021-B", ("2021", "b")),
        ("Acme Series A", ("a",)),
        ("Acme Fund One", ("1",)),
        ("3i Group", ()),
        ("Point72 Asset Management", ()),
        ("X Capital", ()),
        ("First Republic", ()),
        ("Five Arrows Capital", ()),
    ],
)
def test_the_number_of_a_vehicle_is_taken_out_and_one_of_a_name_is_not(
    name: str, series: tuple[str, ...]
) -> None:
    assert firm_names.read(name).series == series


@pytest.mark.parametrize(
    ("name", "countries"),
    [
        ("Acme Deutschland GmbH", {"DE"}),
        ("Acme (Hong Kong) Ltd", {"HK"}),
        ("Acme Asia Pte. Ltd.", {"ASIA"}),
        ("New Jersey Pension Fund", {"US-NJ"}),
        ("Acme Capital", set()),
    ],
)
def test_countries_are_taken_out(name: str, countries: set[str]) -> None:
    assert firm_names.read(name).countries == countries


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Dr. Hans van der Berg Jr.", ("hans", (), "vanderberg", "jr")),
        ("Nair, Priya", ("priya", (), "nair", "")),
        ("J. R. Smith", ("j", ("r",), "smith", "")),
        ("William (Bill) Gates III", ("william", (), "gates", "3")),
        ("Madonna", ("", (), "madonna", "")),
    ],
)
def test_a_person_is_taken_apart(name: str, parts: tuple[str, tuple[str, ...], str, str]) -> None:
    read = person_names.read(name)
    assert (read.given, read.middle, read.family, read.generation) == parts


def test_mailboxes() -> None:
    assert reach.email_key("A.B+crm@GoogleMail.com") == "ab@gmail.com"
    assert reach.email_key("a.b+crm@acme.com") == "a.b@acme.com"
    assert reach.email_key("no address") == ""
    assert reach.personal_emails(["info@acme.com", "ann@acme.com", "IR@acme.com"]) == {"ann@acme.com"}


def test_domains_are_the_firms_own() -> None:
    pages = ["https://www.ir.acme.co.uk/team?x=1", "https://www.linkedin.com/company/acme", "acme.github.io"]
    assert reach.domains(pages, ["ann@mail.acme.com", "ann@gmail.com"]) == {
        "acme.co.uk",
        "acme.com",
        "acme.github.io",
    }
    assert reach.own_domain("co.uk") == reach.own_domain("..") == ""


def test_numbers_are_brought_into_one_form() -> None:
    assert reach.phone_key("(415) 555-0132", "US") == reach.phone_key("+14155550132", "GB") == "+14155550132"
    assert reach.phone_key("020 7946 0018", "GB") == "+442079460018"
    assert reach.phone_keys(["1234", "000-0000-000", "ext. 5"], "US") == frozenset()


def test_profiles_are_linkedins() -> None:
    addresses = ["https://uk.linkedin.com/in/Ann-Lee/?a=1", "acme.com/team#ann", "linkedin.com/company/acme"]
    assert reach.profile_keys(addresses) == {"in/ann-lee", "company/acme"}


@given(
    st.sampled_from(("investor", "contact")), st.lists(st.text(max_size=60), max_size=3), st.text(max_size=40)
)
def test_whatever_was_typed_is_read(kind: str, names: list[str], anything: str) -> None:
    record = Record(
        id=1, kind=kind, names=tuple(names), emails=(anything,), phones=(anything,), websites=(anything,),
        profiles=(anything,), registry_ids=(anything,), place=anything, street=anything,
    )  # fmt: skip
    assert normalise.normalise(record).id == 1
