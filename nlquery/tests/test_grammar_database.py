"""The grammar against the database: whose names it knows, what that costs, and the command that tries files."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from crm_site.core.scope import scope
from crm_site.tests import cast
from nlquery.translate import grammar
from nlquery.translate.database_known import DatabaseKnown

pytestmark = pytest.mark.django_db


def test_names_are_found_by_the_matchers_index(house):
    cast.make_investor("Overdue Street Capital")
    got = grammar.translate("last call with overdue street capital")
    assert (got.intent, got.slots) == (
        "activity_last",
        {"investor": "overdue street capital", "kind": "call"},
    )


def test_other_names_deleted_rows_and_other_organizations(house, foreign):
    with scope(foreign.organization):
        cast.make_investor("Strangers Only Fund")
    cast.make_investor("Ours Alone")
    found = DatabaseKnown().names({"ours alone", "strangers only fund"}, {"nobody"})
    assert found.investors == {"ours alone"} and not found.contacts


def test_a_question_costs_two_queries_whatever_its_length(house, django_assert_num_queries):
    cast.make_investor("Harbor Point")
    for question in ("Who knows Harbor Point?", " ".join(["Who knows Harbor Point and Cedar Row"] * 6)):
        with django_assert_num_queries(2):
            grammar.translate(question)


def test_certain_means_that_a_model_adds_nothing(house):
    assert grammar.is_certain(grammar.translate("What's due this week?"))
    assert not grammar.is_certain(grammar.translate("Tell me a story"))


def test_questions_of_a_file_are_tried(house, tmp_path):
    file = tmp_path / "questions.jsonl"
    rows = [
        {"class": "plain", "question": "What's due this week?", "intent": "reminder_due", "slots": {"window": "this_week"}},
        {"class": "plain", "question": "Overdue reminders", "intent": "data_health"},
        {"class": "no", "question": "thanks!", "intent": "no_match"},
    ]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)))
    said = io.StringIO()
    call_command("try_questions", str(file), "--org", house.slug, stdout=said)
    assert "✗ Overdue reminders" in said.getvalue() and "reminder_overdue" in said.getvalue()
    assert "all: 2 questions, intent 50.0%, intent and slots 50.0%; 1 that must not match, no_match 100.0%" in said.getvalue()  # fmt: skip
    said = io.StringIO()
    call_command("try_questions", str(file), "--json", "--org", house.slug, stdout=said)
    report = json.loads(said.getvalue())
    assert report["intent_accuracy"] == 0.5 and len(report["misses"]) == 1
    said = io.StringIO()
    call_command("try_questions", str(file), "--misses", "--org", house.slug, stdout=said)
    assert said.getvalue().startswith("✗ Overdue reminders") and "all:" not in said.getvalue()


def test_a_file_that_cannot_be_read_is_an_error(house, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("try_questions", str(tmp_path / "none.jsonl"))
    (tmp_path / "bad.jsonl").write_text("{")
    with pytest.raises(CommandError, match="Line 1"):
        call_command("try_questions", str(tmp_path / "bad.jsonl"))
    with pytest.raises(CommandError, match="no such organization"):
        (tmp_path / "empty.jsonl").write_text("")
        call_command("try_questions", str(tmp_path / "empty.jsonl"), "--org", "nowhere")
