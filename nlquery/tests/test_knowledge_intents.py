"""The right rows of what is known, what was said about a topic, and how complete the data is."""

from __future__ import annotations

from typing import Any

import pytest

from crm_site.communications.models import Communication, Fact
from crm_site.tests import cast
from nlquery import passages
from nlquery.tests import world as worlds
from nlquery.tests.world import World

BLUE, CEDAR = "Blue Heron Capital", "Cedar Row Partners"
LIKES, ASKED, SENT = "Likes co-investment", "Asked about co-investment", "Sent the terms"


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"investor": BLUE}, [LIKES]),
        ({"investor": BLUE, "topic": "terms"}, [LIKES]),
        ({"investor": BLUE, "topic": "co-investments"}, [LIKES]),
        ({"investor": BLUE, "topic": "fees"}, []),
        ({"investor": CEDAR}, []),
    ],
)
def test_facts_by_investor_and_topic(world: World, slots: dict, expected: list) -> None:
    assert world.names("fact_lookup", key="fact", **slots) == expected


def test_a_fact_tells_its_source_and_how_sure_it_is(world: World) -> None:
    blue = world.investors["blue"]
    call = Communication.objects.get(kind="call", state="happened")
    cast.make_fact(
        blue, text="Wants quarterly calls", confidence="0.35", communication=call, contact=world.people["priya"], actor=world.actor
    )  # fmt: skip
    cast.make_fact(blue, text="Owns a vineyard", actor=world.actor)
    rows = world.rows("fact_lookup", investor=BLUE)
    assert [(row["fact"], row["confidence"], row["source"], row["person"]) for row in rows] == [
        ("Owns a vineyard", 100, "Noted by Olive Owner", ""),
        ("Wants quarterly calls", 35, "Call on 17 Mar 2026", "Priya Nair"),
        (LIKES, 90, "Noted", ""),
    ]
    assert rows[1]["source_url"] == f"/communications/{call.pk}/" and rows[0]["source_url"] == ""
    assert (
        world.ask("fact_lookup", investor=BLUE).summary == "3 facts about Blue Heron Capital are remembered."
    )
    said = world.ask("fact_lookup", investor=CEDAR, topic="fees").summary
    assert said == "No facts about Cedar Row Partners on “fees” are remembered."


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"text": "co-investment"}, [LIKES, ASKED]),
        ({"text": "the coinvestment rights", "investor": CEDAR}, []),
        ({"text": "Did anyone mention the co investments?"}, []),
        ({"text": "CO-INVESTMENT asked"}, [ASKED]),
        ({"text": "about"}, [ASKED]),
        ({"text": "invest"}, [LIKES, ASKED]),
        ({"text": "vestment"}, []),
        ({"text": "terms"}, [SENT, LIKES]),
        ({"text": "co-investment", "investor": BLUE, "window": "yesterday"}, [ASKED]),
        ({"text": "co-investment", "window": "last_week"}, []),
        ({"text": "co-investment", "investor": CEDAR}, []),
        ({"text": "dinner"}, []),
        ({"text": "50%_"}, []),
        ({"text": "(.*)"}, []),
    ],
)
def test_what_was_said_about_a_topic(world: World, slots: dict, expected: list) -> None:
    assert world.names("activity_search", key="text", **slots) == expected


def test_the_sentence_admits_that_it_looked_for_words(world: World) -> None:
    said = world.ask("activity_search", text="co-investment").summary
    assert (
        said == "1 communication and 1 fact mention “co-investment” (found by its words, not by its meaning)."
    )
    said = world.ask("activity_search", text="unicorns", window="last_week").summary
    assert said == "Nothing last week mentions “unicorns” (found by its words, not by its meaning)."
    answer = world.ask("activity_search", text="co-investment", limit=1)
    assert (answer.truncated, [row["text"] for row in answer.rows]) == (True, [LIKES])
    assert answer.summary.endswith("; these are the latest 1.")


def test_a_search_that_does_not_reach_back_to_the_start_says_so(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(passages, "DEPTH", 5)
    answer = world.ask("activity_search", text="model")
    assert answer.rows == [] and "in communications since 18 Mar 2026" in answer.summary
    assert world.names("activity_search", key="text", text="model", investor=CEDAR) == ["Wants the model"]


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("Zürich is fine", "zürich"),
        ("ZÜRICH is fine", "Zürich"),
        ("Zurich is fine", "Zürich"),
        ("Side letters", "side letter"),
        ("The side letter", "letters side"),
        ("A co investment", "co-investment"),
    ],
)
def test_case_plurals_and_accents(world: World, body: str, asked: str) -> None:
    cast.make_communication(world.investors["dune"], body=body)
    assert world.names("activity_search", key="text", text=asked)[:1] == [body]


def test_a_long_text_is_cut_around_the_word(world: World) -> None:
    cast.make_communication(
        world.investors["dune"], body=f"{'Padding. ' * 3000}The quokka clause. {'More. ' * 3000}"
    )
    (told,) = world.names("activity_search", key="text", text="quokka")
    assert "quokka clause" in told and len(told) <= passages.SNIPPET


def test_health_counts_live_rows_and_gaps(world: World) -> None:
    answer = world.ask("data_health")
    rows = {row["table"]: (row["count"], row["missing"]) for row in answer.rows}
    assert rows == {
        "Investors": (4, "2 without a contact, 1 without an owner, 2 without a next step, 1 never spoken to"),
        "Contacts": (5, "2 without an e-mail"),
        "Opportunities": (5, ""),
        "Funds": (3, ""),
        "Communications": (7, ""),
        "Reminders": (4, ""),
        "Facts": (1, ""),
        "Search index": (None, "no index yet: topics are found by their words"),
    }
    assert answer.summary.startswith("4 investors, 5 contacts, 5 opportunities, 3 funds, 7 communications,")
    assert "the newest entry was made on 18 Mar 2026; 5 kinds of gap found" in answer.summary


def test_health_knows_the_newest_row(world: World) -> None:
    with worlds.at("2026-03-18T12:34:56"):
        fact = cast.make_fact(world.investors["blue"])
        rows = {row["table"]: row["newest"] for row in world.rows("data_health")}
    assert rows["Facts"] == "2026-03-18T12:34:56-04:00" and Fact.objects.get(pk=fact.pk)
    assert rows["Reminders"] == "2026-03-18T10:00:00-04:00"
