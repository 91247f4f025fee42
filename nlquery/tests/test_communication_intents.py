"""The right rows of every question about what happened, on both sides of each window."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_site.tests import cast
from nlquery import peeking
from nlquery.tests.world import World

BLUE, CEDAR, DUNE, EIDER = (
    "Blue Heron Capital",
    "Cedar Row Partners",
    "Dune Lake Trust",
    "Eider Family Office",
)
SENT, ASKED, MET = "Sent the terms", "Asked about co-investment", "Met in Austin"
PASSED, WANTS, DINNER = "Passed on the fund", "Wants the model", "Dinner ahead"
ALL = [SENT, ASKED, MET, PASSED, WANTS]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"window": "today"}, [SENT]),
        ({"window": "this_week"}, [SENT, ASKED]),
        ({"window": "last_week"}, [MET]),
        ({"window": "last_30_days"}, ALL),
        ({"window": "last_29_days"}, ALL[:-1]),
        ({"window": "..2026-02-16"}, [WANTS]),
        ({"window": "..2026-02-15"}, []),
        ({"window": "2026-03-17.."}, [SENT, ASKED]),
        ({"window": "next_week"}, []),
        ({"window": "2026-03-19..2026-03-31"}, []),
        ({"window": "this_year", "kind": "email"}, [SENT, WANTS]),
        ({"window": "this_year", "kind": "note"}, []),
        ({"window": "this_year", "owner": "Petra"}, [ASKED, PASSED, WANTS]),
        ({"window": "this_year", "owner": "me"}, [SENT, ASKED, MET]),
        ({"window": "this_year", "investor": BLUE}, [SENT, ASKED, MET]),
        ({"window": "this_year", "investor": BLUE, "owner": "Petra", "kind": "call"}, [ASKED]),
        ({"window": "this_year", "investor": DUNE}, []),
    ],
)
def test_what_happened_in_a_window_newest_first(world: World, slots: dict, expected: list) -> None:
    assert world.names("activity_recent", key="what", **slots) == expected


def test_a_row_says_who_what_and_where_it_stands(world: World) -> None:
    row = world.rows("activity_recent", window="yesterday")[0]
    assert (row["date"], row["investor"], row["kind"], row["who"]) == (
        "2026-03-17",
        BLUE,
        "Call",
        "Olive Owner, Petra Partner",
    )
    assert row["investor_url"] == f"/investors/{world.investors['blue'].pk}/"
    assert row["what_url"].startswith("/communications/")


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"window": "last_30_days"}, "5 entries in the last 30 days."),
        ({"window": "last_30_days", "limit": 2}, "5 entries in the last 30 days; these are the latest 2."),
        ({"window": "today", "kind": "email"}, "1 e-mail today."),
        (
            {"window": "last_week", "kind": "call", "investor": BLUE},
            "No calls with Blue Heron Capital last week.",
        ),
        (
            {"window": "this_week", "owner": "Petra"},
            "1 entry in which Petra Partner took part this week.",
        ),
        (
            {"window": "this_year", "investor": BLUE, "owner": "me", "limit": 2},
            "More than 2 entries with Blue Heron Capital in which Olive Owner took part this year; these are the latest 2.",
        ),
    ],
)
def test_the_sentence_counts_and_says_what_is_left_out(world: World, slots: dict, said: str) -> None:
    answer = world.ask("activity_recent", **slots)
    assert answer.summary == said
    assert answer.truncated is ("latest" in said)


def test_counting_stops_where_it_gets_dear(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peeking, "MOST_COUNTED", 3)
    answer = world.ask("activity_recent", window="this_year", limit=1)
    assert answer.summary == "More than 3 entries this year; these are the latest 1."
    monkeypatch.setattr(peeking, "MOST_COUNTED", 5)
    assert world.ask("activity_recent", window="this_year", limit=1).summary.startswith("5 entries")


@pytest.mark.parametrize(
    ("slots", "what", "days", "said"),
    [
        (
            {"investor": BLUE},
            SENT,
            0,
            "The last communication with Blue Heron Capital was on 18 Mar 2026, today.",
        ),
        (
            {"investor": BLUE, "kind": "meeting"},
            MET,
            3,
            "The last meeting with Blue Heron Capital was on 15 Mar 2026, 3 days ago.",
        ),
        (
            {"investor": BLUE, "kind": "call"},
            ASKED,
            1,
            "The last call with Blue Heron Capital was on 17 Mar 2026, yesterday.",
        ),
        (
            {"investor": CEDAR},
            WANTS,
            30,
            "The last communication with Cedar Row Partners was on 16 Feb 2026, 30 days ago.",
        ),
    ],
)
def test_the_last_one_happened_and_is_not_deleted(
    world: World, slots: dict, what: str, days: int, said: str
) -> None:
    answer = world.ask("activity_last", **slots)
    assert [(row["what"], row["days"]) for row in answer.rows] == [(what, days)]
    assert answer.summary == said


def test_who_took_part_in_the_last_one(world: World) -> None:
    (row,) = world.rows("activity_last", investor=BLUE)
    assert (row["people"], row["who"]) == ("Priya Nair", "Olive Owner")


@pytest.mark.parametrize("slots", [{"investor": DUNE}, {"investor": EIDER, "kind": "call"}])
def test_nothing_on_record_is_said_so(world: World, slots: dict) -> None:
    answer = world.ask("activity_last", **slots)
    noun = "call" if slots.get("kind") else "communication"
    assert (answer.rows, answer.summary) == ([], f"No {noun} with {slots['investor']} is on record.")


@pytest.mark.parametrize("gone", ["Fallow Field Capital", "Ghost Pine Capital"])
def test_the_retired_and_the_deleted_are_not_found(world: World, gone: str) -> None:
    assert world.ask("activity_last", investor=gone).status == "not_found"


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            "day",
            [("2026-02-16", 1), ("2026-02-17", 1), ("2026-03-15", 1), ("2026-03-17", 1), ("2026-03-18", 1)],
        ),
        ("week", [("2026-02-16", 2), ("2026-03-09", 1), ("2026-03-16", 2)]),
        ("month", [("2026-02-01", 2), ("2026-03-01", 3)]),
        ("kind", [("E-mail", 2), ("Meeting", 2), ("Call", 1)]),
        ("owner", [("Olive Owner", 3), ("Petra Partner", 3)]),
        ("investor", [(BLUE, 3), (CEDAR, 1), (EIDER, 1)]),
    ],
)
def test_counts_by_group(world: World, by: str, expected: list) -> None:
    answer = world.ask("activity_count", window="last_30_days", by=by)
    assert [(row[by], row["count"]) for row in answer.rows] == expected
    # How many there were would be a pass of its own where one counts for several of us.
    said = "Members took part in communications 6 times" if by == "owner" else "5 communications"
    assert answer.summary.startswith(f"{said} in the last 30 days")


def test_counts_keep_to_the_window_and_the_kind(world: World) -> None:
    assert world.rows("activity_count", window="last_week", by="day") == [{"day": "2026-03-15", "count": 1}]
    assert world.rows("activity_count", window="next_week", by="kind") == []
    answer = world.ask("activity_count", window="last_30_days", by="week", kind="email")
    assert [row["count"] for row in answer.rows] == [1, 1]
    assert answer.summary == "2 e-mails in the last 30 days over 2 weeks."


def test_what_names_nobody_of_us_is_counted_as_such(world: World) -> None:
    cast.make_communication(world.investors["dune"], kind="note")
    rows = world.rows("activity_count", window="today", by="owner")
    assert {row["owner"]: row["count"] for row in rows} == {"Olive Owner": 1, "(nobody of us)": 1}


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"window": "last_30_days"}, [SENT, WANTS]),
        ({"window": "last_29_days"}, [SENT]),
        ({"window": "last_30_days", "direction": "inbound"}, [WANTS]),
        ({"window": "last_30_days", "direction": "outbound"}, [SENT]),
        ({"window": "last_30_days", "investor": CEDAR}, [WANTS]),
        ({"window": "last_week"}, []),
    ],
)
def test_emails_only(world: World, slots: dict, expected: list) -> None:
    assert world.names("email_activity", key="what", **slots) == expected


def test_the_sentence_tells_the_directions(world: World) -> None:
    said = world.ask("email_activity", window="last_30_days").summary
    assert said == "2 e-mails in the last 30 days (1 inbound, 1 outbound)."
    assert (
        world.ask("email_activity", window="today", direction="outbound").summary
        == "1 outbound e-mail today."
    )


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (
            {"window": "2026-02-01..2026-03-31"},
            [(PASSED, "Happened"), (MET, "Happened"), (DINNER, "Planned")],
        ),
        ({"window": "this_week"}, [(DINNER, "Planned")]),
        ({"window": "last_week"}, [(MET, "Happened")]),
        ({"window": "next_2_days"}, [(DINNER, "Planned")]),
        ({"window": "next_1_days"}, []),
        ({"window": "this_year", "owner": "Petra"}, [(PASSED, "Happened")]),
        ({"window": "this_year", "investor": BLUE}, [(MET, "Happened"), (DINNER, "Planned")]),
    ],
)
def test_meetings_past_and_planned_in_the_order_of_time(world: World, slots: dict, expected: list) -> None:
    rows = world.rows("meeting_list", **slots)
    assert [(row["what"], row["state"]) for row in rows] == expected


def test_the_sentence_tells_held_from_planned(world: World) -> None:
    said = world.ask("meeting_list", window="this_month").summary
    assert said == "2 meetings this month (1 happened, 1 planned)."


def test_a_meeting_with_a_time_comes_before_those_without(world: World) -> None:
    blue: Any = world.investors["blue"]
    cast.make_communication(blue, kind="meeting", body="No time", occurred_on="2026-03-21", state="planned")
    for hour in (18, 15):
        cast.make_communication(
            blue,
            kind="meeting",
            body=f"At {hour}",
            occurred_at=datetime(2026, 3, 21, hour, tzinfo=UTC),
            state="planned",
        )
    assert world.names("meeting_list", key="what", window="2026-03-21..2026-03-21") == [
        "At 15",
        "At 18",
        "No time",
    ]
    assert world.rows("meeting_list", window="2026-03-21..2026-03-21")[0]["at"] == "2026-03-21T11:00:00-04:00"
