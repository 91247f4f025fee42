"""An answer as a chat message: the sentence, a short table, what to do about it; small and escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from nlquery import rooms
from nlquery.answers import Candidate, Column, Envelope, Type

COLUMNS = [
    Column("investor", "Investor", Type.LINK),
    Column("amount", "Amount", Type.MONEY),
    Column("count", "Calls", Type.INT),
    Column("share", "Raised", Type.PERCENT),
    Column("on", "Last", Type.DATE),
    Column("at", "Instant", Type.DATETIME),
]
SITE = "https://crm.example"


def row(name: str = "Blue Heron", **values):
    return {
        "investor": name,
        "investor_url": "/investors/7/",
        "amount": "2500000.00",
        "currency": "EUR",
        "count": 1234,
        "share": 40,
        "on": "2026-11-03",
        "at": datetime(2026, 11, 3, 9, 0, tzinfo=UTC).isoformat(),
    } | values


def answer(rows, columns=COLUMNS, **values) -> Envelope:
    return Envelope("ok", question="What?", summary="1 investor.", rows=rows, columns=list(columns), **values)


def well_formed(html: str) -> list[str]:
    """The tags in order; a tag left open or closed out of order fails."""
    open_tags: list[str] = []
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs) -> None:
            open_tags.append(tag)
            seen.append(tag)

        def handle_endtag(self, tag) -> None:
            assert open_tags.pop() == tag

    Reader().feed(html)
    assert open_tags == []
    return seen


def test_rows_become_a_short_table_and_lines(house) -> None:
    found = rooms.shown(answer([row()]), site=SITE)
    assert (
        "1 investor." in found.plain
        and "• Blue Heron · Amount €2.5m · Calls 1,234 · Raised 40%" in found.plain
    )
    assert "3 Nov 2026" in found.plain
    assert '<a href="https://crm.example/investors/7/">Blue Heron</a>' in found.html
    assert "€2.5m" in found.html and "<th>Amount</th>" in found.html
    assert "Instant" not in found.html
    assert set(well_formed(found.html)) <= {"p", "table", "thead", "tbody", "tr", "th", "td", "a"}
    assert f"{SITE}/ask/?q=What%3F" in found.plain


def test_no_more_than_ten_rows_and_the_rest_is_counted() -> None:
    found = rooms.shown(answer([row(f"Firm {number}") for number in range(25)]))
    assert found.html.count("<tr>") == 11 and "and 15 more" in found.plain
    assert "at least 15 more" in rooms.shown(answer([row()] * 25, truncated=True)).html
    assert "and more" in rooms.shown(answer([row()], truncated=True)).plain
    assert "more" not in rooms.shown(answer([row()])).plain


def test_nothing_from_a_record_becomes_markup() -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=y>'
    found = rooms.shown(answer([row(evil, investor_url="//evil.example/")]), site=SITE)
    assert "<script" not in found.html and "<img" not in found.html and "evil.example/" not in found.html
    well_formed(found.html)
    picked = Envelope(
        "ambiguous", summary=evil, candidates=[Candidate(1, evil, "investor:1")], suggestions=[evil]
    )
    assert "<script" not in rooms.shown(picked).html
    well_formed(rooms.shown(picked).html)


def test_a_message_stays_below_the_size_a_server_takes() -> None:
    wide = [Column(f"c{number}", "Ä" * 60, Type.TEXT) for number in range(5)]
    rows = [{column.key: "𝔛" * 5000 for column in wide} for _ in range(500)]
    found = rooms.shown(answer(rows, wide, truncated=True), site=SITE)
    assert len((found.plain + found.html).encode()) <= rooms.MOST_BYTES
    well_formed(found.html)
    huge = answer([row("&" * 4000)] * 10)
    huge.summary = "x" * 500
    assert len(rooms.shown(huge).html.encode()) <= rooms.MOST_BYTES


def test_several_to_choose_from_are_numbered() -> None:
    candidates = [Candidate(4, "Harbor Point", "investor:4"), Candidate(9, "Harbor View", "investor:9")]
    asked = Envelope("ambiguous", summary="Which one?", candidates=candidates, candidate_slot="investor")
    found = rooms.shown(asked)
    assert "1. Harbor Point\n2. Harbor View" in found.plain and "pick 1" in found.plain
    assert "<ol><li>Harbor Point</li>" in found.html
    assert rooms.picked(asked, 2) == "investor:9"
    assert [rooms.picked(asked, number) for number in (0, 3, -1)] == [None, None, None]


@pytest.mark.parametrize("status", ["no_match", "model_unavailable", "invalid_slots", "not_found"])
def test_an_answer_without_rows_says_what_to_do(status: str) -> None:
    found = rooms.shown(
        Envelope(
            status, summary="Sorry.", errors={"days": "A whole number."}, suggestions=["a?", "b?", "c?", "d?"]
        )
    )
    assert found.plain.startswith("Sorry.")
    assert "A whole number." in found.plain and "c?" in found.html and "d?" not in found.html


def test_a_missing_model_is_told() -> None:
    assert "by rule" in rooms.shown(answer([row()], intent="investor_list", model_down=True)).plain


@pytest.mark.parametrize(
    ("translator", "confidence", "is_told"),
    [("grammar", 0.5, True), ("grammar", 0.9, False), ("model", 0.5, False), ("direct", None, False)],
)
def test_an_unsure_reading_is_told(translator, confidence, is_told) -> None:
    found = answer([row()], intent="investor_list", translator=translator, confidence=confidence)
    assert ("not sure" in rooms.shown(found).plain) == is_told
