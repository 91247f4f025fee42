"""The palette: who and what is found by some typed letters, in which order, for whom; and the fragment that shows it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import palette

URL = "/search/go/"


def names(typed: str, kind: str = "") -> list[str]:
    return [entry.label for entry in palette.named(typed) if kind in ("", entry.kind)]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("TotoTata", "tata"),
        ("TotoTata", "TATA"),
        ("Céd Holding", "Ced"),
        ("Ced Holding", "Céd"),
        ("CÉD Holding", "céd"),
        ("Société Générale S.A.", "generale"),
        ("Société Générale S.A.", "société générale s.a."),
        ("Åland Öst AB", "aland ost"),
        ("Straße 7", "strasse"),
        ("Blue Heron Capital", "heron"),
        ("Blue Heron Capital", "her cap"),
        ("Blue Heron Capital", "capital blue"),
        ("Harbor Point LLC", "harbor point l"),
        ("Harbor Point LLC", "point llc"),
        ("Brook Wealth Mgmt", "wealth mg"),
        ("Brook Wealth Management", "wealth manag"),
        ("The Oak Trust", "the oa"),
        ("Müller & Söhne", "muller & s"),
        ("Иванов Капитал", "иванов"),
        ("100%_Club", "100%_c"),
        ("O'Neill Trust", "oneill"),
        ("O'Neill Trust", "o'neill"),
        ("Blue  Heron", "  blue   heron  "),
    ],
)
def test_an_investor_is_found_by_a_piece_of_the_name(house, name: str, typed: str) -> None:
    cast.make_investor("Quite Another One")
    cast.make_investor(name)
    assert names(typed, "investor") == [" ".join(name.split())]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Priya Nair", "nai"),
        ("Priya Nair", "Nair, Priya"),
        ("Céline Dupré", "dupre"),
        ("Celine Dupre", "Dupré"),
        ("Ana María López", "maria"),
        ("Tototata", "tata"),
    ],
)
def test_a_contact_is_found_and_told_by_title_and_firm(house, name: str, typed: str) -> None:
    firm = cast.make_investor("Cedar Row")
    cast.make_contact("Somebody Else", investor=firm)
    contact = cast.make_contact(name, investor=firm, title="Partner")
    (found,) = [entry for entry in palette.named(typed) if entry.kind == "contact"]
    assert (found.label, found.note, found.url) == (name, "Partner · Cedar Row", f"/contacts/{contact.pk}/")


def test_funds_and_other_names_are_found(house) -> None:
    fund = cast.make_fund("Growth Fund II")
    investor = cast.make_investor("Cedar Row Partners")
    investors.add_alias(actor=cast.system(), investor=investor, name="Zedernreihe")
    (found,) = palette.named("owth fu")
    assert (found.kind, found.url) == ("fund", f"/funds/{fund.pk}/")
    (found,) = palette.named("zedern")
    assert (found.label, found.url) == ("Cedar Row Partners", f"/investors/{investor.pk}/")
    assert found.note.startswith("also Zedernreihe")


def test_exact_comes_before_prefix_of_name_before_prefix_of_word_before_middle(house) -> None:
    for name in ("Antata Reach", "Big Tata", "Tata Motors", "Tata", "Toto Reach"):
        cast.make_investor(name)
    cast.make_contact("Tata Singh")
    assert names("tata", "investor") == ["Tata", "Tata Motors", "Big Tata", "Antata Reach"]
    assert names("tata")[0] == "Tata" and names("tata").index("Tata Singh") < names("tata").index("Big Tata")


def test_the_best_is_shown_also_when_very_many_fit(house) -> None:
    for number in range(palette.READ + 5):
        cast.make_investor(f"Aa Mantata {number}")
    cast.make_investor("Zz Tata")
    assert names("tata", "investor")[0] == "Zz Tata"
    assert len(names("tata", "investor")) == palette.SHOWN


def test_one_letter_looks_at_the_starts_of_words_only(house) -> None:
    cast.make_investor("Blue Heron")
    cast.make_investor("Cedar Row")
    assert names("h") == ["Blue Heron"]


def test_the_gone_and_the_retired_are_not_offered(house) -> None:
    for name, act in (("Tata One", "delete"), ("Tata Two", "retire"), ("Tata Three", "")):
        investor = cast.make_investor(name)
        investors.add_alias(actor=cast.system(), investor=investor, name=f"Also Xata {name}")
        if act == "delete":
            relations.delete_record(actor=cast.system(), row=investor)
        if act == "retire":
            investors.retire_investor(actor=cast.system(), investor=investor, reason="out")
    relations.delete_record(actor=cast.system(), row=cast.make_contact("Tata Gone"))
    relations.delete_record(actor=cast.system(), row=cast.make_fund("Tata Fund"))
    assert names("tata") == ["Tata Three"] and names("xata") == ["Tata Three"]


def test_a_former_place_is_not_shown(house) -> None:
    firm = cast.make_investor("Cedar Row")
    cast.make_contact("Priya Nair", investor=firm)
    relations.delete_record(actor=cast.system(), row=firm)
    assert [entry.note for entry in palette.named("priya")] == ["Contact"]


def test_nothing_of_another_organization(house, foreign) -> None:
    with scope(foreign.organization):
        cast.make_investor("Tata Elsewhere")
        cast.make_contact("Tata Contact Elsewhere")
        cast.make_fund("Tata Fund Elsewhere")
        mine = cast.make_investor("Elsewhere")
        investors.add_alias(actor=cast.system(), investor=mine, name="Tata Alias")
    assert palette.named("tata") == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "😀", "…", "%", "_", "\x00", "\ud800", "'", "\\", "a" * 10_000, "%' OR 1=1 --"]
)
def test_odd_letters_find_nothing_and_break_nothing(viewer, typed: str) -> None:
    cast.make_investor("Blue Heron")
    assert palette.named(typed) == []
    palette.offered(cast.actor_of(viewer), typed)


def test_without_letters_the_pages_are_offered_that_the_role_may_see(viewer, owner) -> None:
    def pages(member: Any) -> list[str]:
        return [entry.label for entry in palette.offered(cast.actor_of(member), "")]

    assert pages(owner)[0] == "New note" and {"Today", "Search", "System", "New investor"} <= set(
        pages(owner)
    )
    assert "Today" in pages(viewer)
    assert not {"New note", "System", "New investor"} & set(pages(viewer))


def test_every_page_has_an_address_that_opens(owner) -> None:
    client = cast.client_of(owner)
    for entry in palette.offered(cast.actor_of(owner), ""):
        assert client.get(entry.url.partition("#")[0]).status_code == 200, entry


def test_pages_are_found_by_other_words_too(owner) -> None:
    actor = cast.actor_of(owner)
    assert "Pipeline" in [entry.label for entry in palette.offered(actor, "stages")]
    assert "Contacts" in [entry.label for entry in palette.offered(actor, "peo")]
    assert not [entry for entry in palette.offered(actor, "zzz") if entry.kind == "page"]


def test_the_typed_text_can_be_searched_asked_or_noted(associate, viewer) -> None:
    acts = [
        entry.url for entry in palette.offered(cast.actor_of(associate), "fees & co?") if entry.kind == "act"
    ]
    assert acts == ["/search/?q=fees+%26+co%3F", "/ask/?q=fees+%26+co%3F", "/inbox/#compose"]
    acts = [entry.url for entry in palette.offered(cast.actor_of(viewer), "fees") if entry.kind == "act"]
    assert acts == ["/search/?q=fees", "/ask/?q=fees"]


def test_the_fragment_has_options_and_escapes_what_people_wrote(viewer) -> None:
    cast.make_investor("<script>alert(1)</script> Tata")
    answer = cast.client_of(viewer).get(URL, {"q": "tata"})
    shown = answer.content.decode()
    assert "<script>" not in shown and "&lt;script&gt;alert(1)&lt;/script&gt; Tata" in shown
    options = re.findall(r'id="(palette-\d+)"[^>]*role="option"', shown)
    assert len(options) == len(set(options)) == len(re.findall("<a ", shown)) == 3
    assert "<html" not in shown and "Search for “tata”" in html.unescape(shown)


def test_a_few_queries_whatever_is_found(viewer) -> None:
    client = cast.client_of(viewer)
    for number in range(12):
        investor = cast.make_investor(f"Tata {number}")
        cast.make_contact(f"Tata Person {number}", investor=investor)
        cast.make_fund(f"Tata Fund {number}")
    with CaptureQueriesContext(connection) as seen:
        client.get(URL, {"q": "tata"})
    assert len(seen) <= 8, [query["sql"] for query in seen]  # three of them find out who is asking


def test_a_visitor_is_shown_the_way_in(client, db) -> None:
    assert client.get(URL, {"q": "tata"}).status_code == 302


def test_every_page_has_the_button_and_it_leads_to_search_without_script(viewer) -> None:
    shown = cast.client_of(viewer).get("/").content.decode()
    button = re.search(r"<a [^>]*data-palette[^>]*>", shown)
    assert button and 'href="/search/"' in button.group()
    box = re.search(r'<dialog id="palette".*?</dialog>', shown, re.DOTALL)
    assert box and 'role="combobox"' in box.group() and 'aria-controls="palette-list"' in box.group()
    assert 'action="/search/"' in box.group() and 'id="palette-list" role="listbox"' in box.group()
