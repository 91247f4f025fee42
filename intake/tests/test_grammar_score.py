"""How well the grammar parser reads a file of messages, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.parser import score

MESSAGES = Path(__file__).with_name("messages.jsonl")
# Below these something is broken; the parser stands well above (see the table that parse_message --file prints).
FLOORS = {name: 0.85 for name in score.FIELDS} | {"facts": 0.7, "also": 0.6}


@pytest.fixture(scope="module")
def report() -> score.Report:
    return score.score(score.read_rows(MESSAGES))


def test_there_are_at_least_ninety_messages_of_every_intent():
    rows = score.read_rows(MESSAGES)
    assert len(rows) >= 90
    assert {row["expected"]["intent"] for row in rows} == {
        "log",
        "add",
        "remind",
        "stage",
        "question",
        "ignore",
    }


def test_overall_field_f1_is_at_least_085(report):
    assert report.overall.f1 >= 0.85, report.table()


@pytest.mark.parametrize("name", score.FIELDS)
def test_no_field_falls_below_its_floor(report, name):
    assert report.counts[name].f1 >= FLOORS[name], report.table()


def test_a_wrong_value_costs_both_precision_and_recall():
    row = {
        "text": "Met Cedar Row",
        "expected": {"intent": "log", "investor_name": "Somebody Else", "kind": "meeting"},
    }
    counts = score.score([row]).counts
    assert (counts["investor_name"].extra, counts["investor_name"].missed) == (1, 1)
    assert counts["kind"].hit == 1


def test_the_table_names_every_field(report):
    assert all(name in report.table() for name in (*score.FIELDS, "all"))
