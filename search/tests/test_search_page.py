"""The search page by plain GET: the box, its filters, what was found and what was not."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import forms, pages, retrieve
from search.answers import Piece

URL = "/search/"


@pytest.fixture(autouse=True)
def no_index(settings: Any, tmp_path: Any) -> None:
    settings.INDEX_DIR = tmp_path
    retrieve.circuit.mended()


def page(member: Any, **sent: str) -> str:
    answer = cast.client_of(member).get(URL, sent)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def titles(shown: str) -> list[str]:
    found = re.findall(r'class="finding-title"><a href="[^"]*">(.*?)</a>', shown)
    return [html.unescape(title) for title in found]


def test_the_empty_page_has_the_box_and_says_what_can_be_found(viewer) -> None:
    cast.make_investor()
    shown = page(viewer)
    box = re.search(r'<input class="finding-input".*?>', shown, re.DOTALL)
    assert box and 'data-key="/"' in box.group() and "autofocus" in box.group() and 'name="q"' in box.group()
    assert "Everything that was ever written down here" in shown


def test_a_newcomer_is_told_where_to_begin(viewer) -> None:
    assert "Nothing to search yet" in page(viewer) and 'href="/inbox/#compose"' in page(viewer)


def test_a_note_is_shown_with_its_words_marked_and_leads_to_the_record(viewer, partner) -> None:
    investor = cast.make_investor("Blue Heron", assigned_to_id=partner.user_id)
    note = cast.make_communication(
        investor, subject="Lunch", body="Worried about the quokka clause.", occurred_on=date(2026, 3, 2)
    )
    shown = page(viewer, q="quokka")
    assert titles(shown) == ["Lunch"] and f'href="/communications/{note.pk}/"' in shown
    assert "Worried about the <mark>quokka</mark> clause." in shown
    assert f'<a href="/investors/{investor.pk}/">Blue Heron</a>' in shown
    assert "Petra Partner" in shown and 'datetime="2026-03-02"' in shown
    assert 'value="quokka"' in shown and "autofocus" not in shown


def test_what_people_wrote_is_escaped_also_inside_a_mark(viewer) -> None:
    investor = cast.make_investor("<b>Bold</b> & Co")
    cast.make_communication(
        investor, subject="<i>Hi</i>", body="<script>alert('quokka')</script> <img src=x> & so on"
    )
    shown = page(viewer, q="quokka <script>")
    assert (
        "<script>alert" not in shown
        and "<img src=x>" not in shown
        and "<i>Hi" not in shown
        and "<b>Bold" not in shown
    )
    assert "alert(&#x27;<mark>quokka</mark>&#x27;)" in shown and "&lt;img src=x&gt; &amp; so on" in shown
    assert 'value="quokka &lt;script&gt;"' in shown


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("abc", [], [("abc", False)]),
        ("abc", [(0, 3)], [("abc", True)]),
        ("abc", [(0, 1), (2, 3)], [("a", True), ("b", False), ("c", True)]),
        ("abcd", [(1, 2), (2, 3)], [("a", False), ("b", True), ("c", True), ("d", False)]),
        ("", [], []),
    ],
)
def test_a_passage_is_cut_at_its_marks_and_nothing_is_lost(text: str, marks: list, expected: list) -> None:
    assert [(part.text, part.is_marked) for part in pages.parts(Piece(text, marks))] == expected


def test_every_kind_of_record_leads_to_a_page_that_a_viewer_may_open(viewer) -> None:
    investor = cast.make_investor("Quokka Capital", notes="quokka")
    fund = cast.make_fund("Quokka Fund")
    cast.make_contact("Quinn Quokka", investor=investor, notes="quokka")
    cast.make_communication(investor, body="quokka")
    cast.make_fact(investor, text="quokka")
    cast.make_opportunity(investor=investor, fund=fund)
    client = cast.client_of(viewer)
    for kind in pages.KINDS:
        shown = page(viewer, q="quokka", kind=kind.value)
        (address,) = re.findall(r'class="finding-title"><a href="([^"#]*)', shown) or [""]
        assert client.get(address).status_code == 200, kind


def test_filters_narrow_and_stay_in_the_address(viewer, partner) -> None:
    mine = cast.make_investor("Mine", assigned_to_id=partner.user_id)
    other = cast.make_investor("Other")
    for investor, subject, on in (
        (mine, "Old", date(2025, 1, 5)),
        (mine, "New", date(2026, 1, 5)),
        (other, "Third", date(2026, 1, 5)),
    ):
        cast.make_communication(investor, subject=subject, body="quokka", occurred_on=on)
    cast.make_fact(mine, text="quokka fact", topic="Fourth")
    assert set(titles(page(viewer, q="quokka"))) == {"Old", "New", "Third", "Fourth"}
    assert set(titles(page(viewer, q="quokka", kind="communication"))) == {"Old", "New", "Third"}
    assert set(titles(page(viewer, q="quokka", investor=str(other.pk)))) == {"Third"}
    assert set(titles(page(viewer, q="quokka", owner=str(partner.user_id)))) == {"Old", "New", "Fourth"}
    assert set(titles(page(viewer, q="quokka", since="2025-12-31", until="2026-01-05"))) == {"New", "Third"}
    shown = page(
        viewer,
        q="quokka",
        kind="communication",
        owner=str(partner.user_id),
        since="2025-01-01",
        mode="sparse",
    )
    assert (
        '<option value="communication" selected>' in shown
        and f'<option value="{partner.user_id}" selected>' in shown
    )
    assert 'name="since" value="2025-01-01"' in shown and re.search(r'value="sparse" checked', shown)
    assert 'href="?q=quokka">Clear filters' in shown


def test_the_results_can_be_narrowed_to_one_investor_by_a_link(viewer) -> None:
    first, second = cast.make_investor("First One"), cast.make_investor("Second One")
    for investor in (first, first, second):
        cast.make_communication(investor, body="quokka")
    shown = page(viewer, q="quokka")
    links = re.findall(r'class="chip" href="\?q=quokka&amp;investor=(\d+)">([^<]*)<', shown)
    assert links == [(str(first.pk), "First One"), (str(second.pk), "Second One")]
    narrowed = page(viewer, q="quokka", investor=str(second.pk))
    assert "Not only Second One" in narrowed and len(titles(narrowed)) == 1


def test_the_retired_show_on_request_only_and_say_so(viewer) -> None:
    investor = cast.make_investor("Fallow Fields")
    cast.make_communication(investor, subject="Long ago", body="quokka")
    investors.retire_investor(actor=cast.system(), investor=investor, reason="out")
    shown = page(viewer, q="quokka")
    assert titles(shown) == [] and "Retired investors too" in shown
    shown = page(viewer, q="quokka", retired="1")
    assert titles(shown) == ["Long ago"] and '<span class="chip chip-warn">Retired</span>' in shown


def test_the_deleted_never_show(viewer) -> None:
    kept, gone = cast.make_investor("Kept"), cast.make_investor("Gone")
    cast.make_communication(gone, body="quokka one")
    relations.delete_record(actor=cast.system(), row=cast.make_communication(kept, body="quokka two"))
    relations.delete_record(actor=cast.system(), row=gone)
    assert titles(page(viewer, q="quokka", retired="1")) == []


def test_pages_of_results_are_turned_in_the_address(viewer) -> None:
    investor = cast.make_investor()
    for number in range(forms.PAGE + 3):
        cast.make_communication(investor, subject=f"Note {number}", body="quokka")
    first = page(viewer, q="quokka", kind="communication")
    second = page(viewer, q="quokka", kind="communication", page="2")
    assert len(titles(first)) == forms.PAGE and len(titles(second)) == 3
    assert not set(titles(first)) & set(titles(second))
    assert "?q=quokka&amp;kind=communication&amp;page=2" in first and 'rel="prev"' not in first
    assert 'rel="next"' not in second and 'rel="prev" href="?q=quokka&amp;kind=communication"' in second
    assert "That was all" in page(viewer, q="quokka", page="3")


def test_nothing_found_offers_a_name_and_other_ways(viewer) -> None:
    investor = cast.make_investor("TotoTata")
    shown = page(viewer, q="tata", mode="sparse", kind="fact")
    assert "Nothing found" in shown and f'<a href="/investors/{investor.pk}/">TotoTata</a>' in shown
    assert 'href="?q=tata">The same without filters' in shown and 'href="/ask/?q=tata"' in shown
    assert "By words and by meaning together" in shown and "Retired investors too" in shown


def test_the_page_says_when_the_index_was_not_asked(viewer) -> None:
    cast.make_communication(body="quokka")
    assert retrieve.NOT_BUILT in html.unescape(page(viewer, q="quokka"))


@pytest.mark.parametrize(
    "sent",
    [
        {"q": "x" * 10_000},
        {"q": "fees " * 2_000},
        {"q": "😀"},
        {"q": "😀 quokka"},
        {"q": "the and of"},
        {"q": "\x00quokka\x1f"},
        {"q": "'; DROP TABLE x; -- \" AND ( * ^ NEAR("},
        {"q": "quokka", "mode": "telepathy"},
        {"q": "quokka", "kind": "wombat"},
        {"q": "quokka", "page": "-1"},
        {"q": "quokka", "page": "99999999999999999999999"},
        {"q": "quokka", "investor": "1e9", "owner": "٣"},
        {"q": "quokka", "investor": str(2**63)},
        {"q": "quokka", "owner": "999999999999"},
    ],
)
def test_odd_questions_are_answered(viewer, sent: dict) -> None:
    cast.make_communication(body="quokka")
    page(viewer, **sent)


def test_a_long_question_is_kept_in_the_box_and_the_cut_is_told(viewer) -> None:
    shown = page(viewer, q="quokka " * 1_500)
    assert "quokka quokka" in shown and html.escape(retrieve.TOO_LONG) in shown


@pytest.mark.parametrize("said", ["tomorrow", "2026-13-01", "0001-01-01", "2026-02-30"])
def test_a_date_that_is_none_is_left_out_and_that_is_said(viewer, said: str) -> None:
    cast.make_communication(subject="Here", body="quokka")
    shown = page(viewer, q="quokka", since=said)
    assert titles(shown) == ["Here"] and f"“{said}” is no date, so it was left out." in shown


def test_ids_of_another_organization_show_nothing(viewer, foreign, stranger) -> None:
    with scope(foreign.organization):
        cast.make_communication(foreign.investor, subject="Secret", body="quokka elsewhere")
    cast.make_communication(subject="Ours", body="quokka")
    assert titles(page(viewer, q="quokka")) == ["Ours"]
    shown = page(viewer, q="quokka", investor=str(foreign.investor.pk))
    assert titles(shown) == [] and foreign.investor.name not in shown and "is not here" in shown
    shown = page(viewer, q="quokka", owner=str(stranger.user_id))
    assert titles(shown) == [] and "Sven" not in shown


def test_fewer_than_twelve_queries_whatever_is_found(viewer) -> None:
    client = cast.client_of(viewer)
    fund = cast.make_fund("Quokka Fund")
    for number in range(8):
        investor = cast.make_investor(f"Quokka {number}")
        contact = cast.make_contact(f"Quokka Person {number}", investor=investor)
        cast.make_communication(investor, body="quokka", contacts=[contact])
        cast.make_fact(investor, text="quokka")
        cast.make_opportunity(investor=investor, fund=fund)
    for sent in ({}, {"q": "quokka"}, {"q": "quokka", "kind": "communication"}, {"q": "zebra"}):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(URL, sent).status_code == 200
        assert len(seen) < 12, (sent, [query["sql"][:90] for query in seen])


def test_a_visitor_is_shown_the_way_in(client, db) -> None:
    assert client.get(URL, {"q": "x"}).status_code == 302


def test_the_navigation_leads_here_by_the_slash(viewer) -> None:
    shown = cast.client_of(viewer).get("/contacts/").content.decode()
    links = [tag for tag in re.findall(r"<a [^>]*>", shown) if 'href="/search/"' in tag]
    assert any('data-key="/"' in tag for tag in links)
    assert 'aria-current="page" data-key="/"' in " ".join(page(viewer).split())
