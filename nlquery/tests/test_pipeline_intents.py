"""The right rows of every question about opportunities and funds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.tests import cast
from nlquery.tests import world as worlds
from nlquery.tests.world import World

BLUE, CEDAR, DUNE, EIDER = (
    "Blue Heron Capital",
    "Cedar Row Partners",
    "Dune Lake Trust",
    "Eider Family Office",
)
GROWTH, INCOME, EURO = "Growth Fund II", "Income Fund II", "Euro Fund I"
STAGES = {
    "prospect": ("Prospect", 1, "100000.00", "0.00", "5000.00", "USD"),
    "meeting": ("Meeting", 1, "30000.00", "0.00", "7500.00", "EUR"),
    "diligence": ("Diligence", 1, "250000.00", "0.00", "125000.00", "USD"),
    "committed": ("Committed", 1, "0.00", "500000.00", "500000.00", "USD"),
    "passed": ("Passed", 1, "900000.00", "0.00", "0.00", "USD"),
}


@pytest.mark.parametrize(
    ("slots", "stages"),
    [
        ({}, list(STAGES)),
        ({"fund": GROWTH}, ["diligence", "committed", "passed"]),
        ({"fund": EURO}, ["meeting"]),
        ({"owner": "me"}, ["meeting", "diligence"]),
        ({"owner": "Petra", "fund": INCOME}, ["prospect"]),
        ({"owner": "me", "fund": INCOME}, []),
    ],
)
def test_the_pipeline_per_stage_and_currency(world: World, slots: dict, stages: list) -> None:
    keys = ("stage", "count", "expected", "committed", "weighted", "currency")
    rows = [tuple(row[key] for key in keys) for row in world.rows("pipeline_summary", **slots)]
    assert rows == [STAGES[key] for key in stages]


def test_the_pipeline_in_a_sentence_never_adds_currencies(world: World) -> None:
    assert world.ask("pipeline_summary").summary == (
        "5 opportunities (3 open, 1 won, 1 lost): $350,000 and €30,000 expected, $500,000 committed and "
        "$630,000 and €7,500 weighted by probability, the lost ones left out."
    )
    said = world.ask("pipeline_summary", owner="me", fund=INCOME).summary
    assert said == "There are no opportunities in Income Fund II of Olive Owner."


def test_one_stage_in_two_currencies_has_two_rows(world: World) -> None:
    cast.make_opportunity(
        investor=world.investors["dune"],
        fund=world.funds["euro"],
        stage="diligence",
        expected="1000",
        probability=10,
    )
    rows = [row for row in world.rows("pipeline_summary") if row["stage"] == "Diligence"]
    assert [(row["currency"], row["count"], row["weighted"]) for row in rows] == [
        ("EUR", 1, "100.00"),
        ("USD", 1, "125000.00"),
    ]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, [(BLUE, GROWTH), (CEDAR, INCOME), (BLUE, EURO)]),
        ({"fund": GROWTH}, [(BLUE, GROWTH)]),
        ({"owner": "Petra"}, [(CEDAR, INCOME)]),
        ({"stage": "diligence"}, [(BLUE, GROWTH)]),
        ({"stage": "committed"}, [(CEDAR, GROWTH)]),
        ({"stage": "closed"}, []),
        ({"closing": "this_month"}, [(CEDAR, INCOME)]),
        ({"closing": "next_month"}, [(BLUE, GROWTH)]),
        ({"closing": "2026-03-01..2026-04-30"}, [(CEDAR, INCOME), (BLUE, GROWTH)]),
        ({"closing": "2026-04-02.."}, []),
        ({"closing": "next_13_days"}, [(CEDAR, INCOME)]),
        ({"closing": "next_12_days"}, []),
        ({"min_amount": "100k"}, [(BLUE, GROWTH), (CEDAR, INCOME)]),
        ({"min_amount": "100000.01"}, [(BLUE, GROWTH)]),
        ({"max_amount": "100k"}, [(CEDAR, INCOME)]),
        ({"max_amount": "$99,999.99"}, []),
    ],
)
def test_open_opportunities_that_fit(world: World, slots: dict, expected: list) -> None:
    rows = world.rows("opportunity_list", **slots)
    assert [(row["investor"], row["fund"]) for row in rows] == expected


def test_an_opportunity_tells_its_own_probability_or_the_stages(world: World) -> None:
    investors.edit_opportunity(
        actor=world.actor, opportunity=world.deals["blue euro"], values={"probability": 0}
    )
    rows = world.rows("opportunity_list")
    assert [row["probability"] for row in rows] == [50, 5, 0]
    assert (rows[0]["expected"], rows[0]["committed"], rows[0]["close_on"], rows[0]["owner"]) == (
        "250000.00", "0.00", "2026-04-01", "Olive Owner",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({}, "3 open opportunities: $350,000 and €30,000 expected and nothing committed."),
        ({"limit": 1}, "3 open opportunities; these are the first 1."),
        (
            {"min_amount": "100k", "max_amount": "1m", "closing": "this_month"},
            "1 open opportunity from $100,000 up to $1,000,000, closing this month: "
            "$100,000 expected and nothing committed.",
        ),
        ({"stage": "closed", "fund": GROWTH}, "No opportunities in Closed in Growth Fund II."),
    ],
)
def test_the_sentence_tells_what_they_are_worth(world: World, slots: dict, said: str) -> None:
    assert world.ask("opportunity_list", **slots).summary == said


def moved(world: World, moment: str, deal: str, stage: str) -> None:
    with worlds.at(moment):
        investors.move_opportunity(actor=world.actor, opportunity=world.deals[deal], stage=cast.stage(stage))


def test_moves_on_both_sides_of_midnight(world: World) -> None:
    moved(world, "2026-03-15T23:59:59", "cedar income", "contacted")
    moved(world, "2026-03-16T00:00:00", "cedar income", "meeting")
    last, this = (
        world.rows("opportunity_moves", window=word, fund=INCOME) for word in ("last_week", "this_week")
    )
    assert [(row["from_stage"], row["to_stage"]) for row in last] == [("Prospect", "Contacted")]
    assert [(row["from_stage"], row["to_stage"]) for row in this] == [("Contacted", "Meeting")]
    assert this[0]["moved_at"] == "2026-03-16T00:00:00-04:00" and this[0]["by"] == "Olive Owner"


def test_an_opening_is_a_move_only_beyond_the_first_stage(world: World) -> None:
    """Cedar's in Income Fund II was opened as a prospect today; the others were opened further on."""
    rows = world.rows("opportunity_moves", window="today")
    assert {(row["investor"], row["fund"], row["to_stage"]) for row in rows} == {
        (BLUE, GROWTH, "Diligence"), (BLUE, EURO, "Meeting"), (CEDAR, GROWTH, "Committed"), (EIDER, GROWTH, "Passed"),
    }  # fmt: skip
    assert {row["from_stage"] for row in rows} == {"(new)"}


@pytest.mark.parametrize(
    ("slots", "expected", "said"),
    [
        ({"to_stage": "diligence"}, [BLUE], "1 move to Diligence today."),
        ({"to_stage": "diligence", "fund": EURO}, [], "No moves to Diligence in Euro Fund I today."),
        ({"to_stage": "meeting", "fund": EURO}, [BLUE], "1 move to Meeting in Euro Fund I today."),
    ],
)
def test_moves_to_a_stage_or_in_a_fund(world: World, slots: dict, expected: list, said: str) -> None:
    answer = world.ask("opportunity_moves", window="today", **slots)
    assert ([row["investor"] for row in answer.rows], answer.summary) == (expected, said)


def test_a_fund_counts_what_live_investors_committed(world: World) -> None:
    answer = world.ask("fund_progress", fund=GROWTH)
    (row,) = answer.rows
    assert (row["target"], row["committed"], row["expected"], row["percent"], row["days"]) == (
        "10000000.00", "500000.00", "250000.00", 5, 104,
    )  # fmt: skip
    assert answer.summary == (
        "Growth Fund II has raised $500,000 of $10,000,000 (5%); $250,000 more is expected, it closes in 104 days and "
        "$1,400,000 of investors in the graveyard is not counted."
    )


def test_all_funds_side_by_side(world: World) -> None:
    answer = world.ask("fund_progress")
    assert [(row["fund"], row["percent"], row["currency"]) for row in answer.rows] == [
        (EURO, 0, "EUR"), (GROWTH, 5, "USD"), (INCOME, 0, "USD"),
    ]  # fmt: skip
    assert (
        answer.summary == "3 funds have raised $500,000 together, and $350,000 and €30,000 more is expected."
    )


@pytest.mark.parametrize(
    ("values", "percent", "days"),
    [
        ({"target": "501000"}, 99.8, 104),
        ({"target": "400000"}, 125, 104),
        ({"target": None}, None, 104),
        ({"closes_on": date(2026, 3, 18)}, 5, 0),
        ({"closes_on": date(2026, 3, 17)}, 5, -1),
        ({"closes_on": None}, 5, None),
    ],
)
def test_percent_and_days_at_their_edges(world: World, values: dict, percent: Any, days: Any) -> None:
    investors.edit_fund(actor=world.actor, fund=world.funds["growth"], values=values)
    answer = world.ask("fund_progress", fund=GROWTH)
    assert (answer.rows[0]["percent"], answer.rows[0]["days"]) == (percent, days)
    closing = {
        0: "it closes today",
        -1: "it closed 1 day ago",
        None: "$250,000 more is expected and $1,400,000",
    }
    assert closing.get(days, "104 days") in answer.summary


@pytest.mark.parametrize(
    ("slots", "total"),
    [
        ({}, "500000.00"),
        ({"window": "this_week"}, "500000.00"),
        ({"window": "last_week"}, None),
        ({"window": "2026-03-16..2026-03-16"}, "500000.00"),
        ({"window": "2026-03-17.."}, None),
        ({"window": "..2026-03-15"}, None),
        ({"fund": GROWTH}, "500000.00"),
        ({"fund": INCOME}, None),
        ({"type": "institution"}, "500000.00"),
        ({"type": "family_office"}, None),
    ],
)
def test_commitments_by_date_fund_and_type(world: World, slots: dict, total: str | None) -> None:
    expected = [{"total": total, "currency": "USD", "count": 1}] if total else []
    assert world.rows("commitment_total", **slots) == expected


def test_commitments_are_added_per_currency(world: World) -> None:
    investors.edit_opportunity(
        actor=world.actor, opportunity=world.deals["blue euro"], values={"committed": "10000"}
    )
    answer = world.ask("commitment_total", window="this_week")
    assert [(row["currency"], row["total"]) for row in answer.rows] == [
        ("USD", "500000.00"),
        ("EUR", "10000.00"),
    ]
    assert answer.summary == "$500,000 and €10,000 committed this week, in 2 commitments."
    said = world.ask("commitment_total", window="last_week", type="fund").summary
    assert said == "Nothing committed by investors of type fund last week."


def test_what_was_committed_and_then_lost_does_not_count(world: World) -> None:
    investors.move_opportunity(
        actor=world.actor, opportunity=world.deals["cedar growth"], stage=cast.stage("passed")
    )
    assert world.rows("commitment_total") == []


def test_an_organization_without_stages_or_funds_gets_an_answer(db: None) -> None:
    bare = worlds.bare("Bare Office")
    with scope(bare.organization):
        assert bare.ask("opportunity_moves", window="today").summary == "No moves today."
        assert bare.ask("fund_progress").summary == "There are no funds."
        assert bare.ask("pipeline_summary").summary == "There are no opportunities."
