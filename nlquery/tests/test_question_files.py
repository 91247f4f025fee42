"""Floors for whole files of questions, with the names on file and with none. Reading a file, and comparing slots.

None of these files was learned from. `own.jsonl` was written with the grammar; `blind_*.jsonl` by people who had read the
contract only, and measured once (intent, with slots, let be): j .981/.956/.950, k .950/.931/1.0. The floors are below on
purpose: they catch a step back, they are no measure of unseen questions.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from nlquery import registry
from nlquery.tests.test_grammar import QUESTIONS, TODAY, WORLD
from nlquery.translate import Translation, grammar, trying
from nlquery.translate.known import InMemory

FILES = sorted(path.name for path in QUESTIONS.glob("*.jsonl"))


def trials(name):
    return trying.read((QUESTIONS / name).read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("known", [WORLD, InMemory()], ids=["known", "unknown"])
def test_a_file_of_questions_is_understood(name, known):
    report = trying.run(
        trials(name), lambda text: grammar.read(text, known=known, today=TODAY), TODAY
    ).as_json()
    assert report["intent_accuracy"] >= 0.90, report["misses"]
    assert report["intent_and_slots_accuracy"] >= 0.85, report["misses"]
    assert report["no_match_rate"] >= 0.95, report["misses"]


def test_own_questions_cover_every_intent_and_much_that_is_none():
    own = trials("own.jsonl")
    counts = Counter(trial.intent for trial in own)
    assert len(own) >= 220 and counts[None] >= 40
    assert set(counts) - {None} == set(registry.entries())


@pytest.mark.parametrize(
    "row",
    [
        {"question": "x", "intent": "fund_progress", "slots": {"fund": "Fund II"}},
        {"question": "x", "expected_intent": "fund_progress", "expected_slots": {"fund": "Fund II"}},
        {"question": "x", "expected": {"intent": "fund_progress", "slots": {"fund": "Fund II"}}},
    ],
)
def test_a_line_may_name_what_it_expects_in_three_ways(row):
    (trial,) = trying.read([json.dumps(row), "", "# a remark"])
    assert (trial.intent, trial.slots) == ("fund_progress", {"fund": "Fund II"})


@pytest.mark.parametrize("intent", [None, "", "no_match"])
def test_an_intent_that_is_none_must_not_match(intent):
    (trial,) = trying.read([json.dumps({"question": "x", "intent": intent})])
    assert trial.intent is None


@pytest.mark.parametrize("line", ["{", "[]", '{"intent": "x"}', '{"question": 3}'])
def test_a_line_that_is_no_question_is_named(line):
    with pytest.raises(trying.BadLine, match="Line 2"):
        trying.read(["", line])


@pytest.mark.parametrize(
    ("intent", "wanted", "got", "same"),
    [
        ("reminder_due", {}, {"window": "next_7_days"}, True),
        ("reminder_due", {"window": "today"}, {"window": "2026-06-17..2026-06-17"}, True),
        ("reminder_due", {"window": "this_week"}, {"window": "2026-06-15..2026-06-21"}, True),
        ("reminder_due", {"window": "this_week"}, {"window": "next_7_days"}, False),
        ("investor_list", {"min_amount": "$2.5m"}, {"min_amount": 2500000}, True),
        ("investor_list", {"min_amount": "2m"}, {"min_amount": 2500000}, False),
        ("investor_list", {"limit": 50}, {}, True),
        ("investor_list", {"type": "fund"}, {}, False),
        ("who_knows", {"investor": "the Cedar Row"}, {"investor": "cedar row"}, True),
        ("who_knows", {"investor": "Cedar Row"}, {"investor": "Cedar Row", "kind": "call"}, False),
        ("investor_stale", {"days": "60"}, {"days": 60}, True),
        ("investor_stale", {}, {"days": 30}, True),
    ],
)
def test_slots_are_compared_by_what_they_mean(intent, wanted, got, same):
    assert trying.same(intent, wanted, got, TODAY) is same


def test_a_report_counts_each_class_apart():
    answers = {
        "a": Translation("data_health", {}, 1.0, "grammar"),
        "b": Translation("who_knows", {"investor": "X"}, 1.0, "grammar"),
        "c": Translation("data_health", {}, 1.0, "grammar"),
        "d": Translation(None, {}, 0.0, "grammar"),
    }
    rows = [
        {"class": "plain", "question": "a", "intent": "data_health"},
        {"class": "plain", "question": "b", "intent": "who_knows", "slots": {"investor": "Y"}},
        {"class": "no", "question": "c", "intent": None},
        {"class": "no", "question": "d", "intent": None},
    ]
    report = trying.run(trying.read(map(json.dumps, rows)), answers.__getitem__, TODAY).as_json()
    assert report["classes"]["plain"]["intent_accuracy"] == 1.0
    assert report["classes"]["plain"]["intent_and_slots_accuracy"] == 0.5
    assert report["classes"]["no"]["no_match_rate"] == 0.5
    assert [miss["question"] for miss in report["misses"]] == ["b", "c"]
