"""The JSON contract, how strangers' JSON is refused, and how a person edits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from intake import parsed
from intake.tests.reading import FRIDAY, read

TEXT = (
    "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com). Follow up next Tuesday, thinking 2-3m"
)


def edit(text: str) -> parsed.ParsedMessage:
    return parsed.apply_edits(read(TEXT), parsed.parse_edits(text), sent_on=FRIDAY)


def test_json_has_the_documented_shape():
    got = read(TEXT).to_json()
    assert set(got) == {
        "intent", "investor_name", "contacts", "kind", "occurred_on", "note", "fund", "expected_amount", "committed_amount",
        "stage", "reminder", "confidence", "evidence", "direction", "facts", "also", "parser",
    }  # fmt: skip
    assert got["expected_amount"] == "2500000"
    assert got["reminder"] == {"text": "Follow up", "due_on": "2026-11-24"}
    assert parsed.from_json(got).to_json() == got


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intent", "destroy"), ("intent", None), ("kind", 5), ("occurred_on", "2026-02-30"), ("occurred_on", 5), ("expected_amount", 5),
        ("expected_amount", "NaN"), ("expected_amount", "-1"), ("expected_amount", "1e9"), ("investor_name", "x" * 201), ("investor_name", []),
        ("note", "x" * 10_001), ("contacts", {}), ("contacts", [{}] * 21), ("reminder", "x"), ("confidence", {"x": float("nan")}),
        ("confidence", {"x": True}), ("evidence", {"x": [5, 2]}), ("evidence", []), ("facts", [{"text": ""}]), ("also", [5]), ("surprise", 1),
        ("direction", "sideways"), ("parser", "oracle"), ("contacts", [{"name": "A", "email": "no at"}]),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(field, value):
    with pytest.raises(parsed.InvalidMessage) as caught:
        parsed.from_json({**read(TEXT).to_json(), field: value})
    assert any(path.startswith(field) for path in caught.value.fields)


@pytest.mark.parametrize(
    "obj", [None, [], "x", 5, {"also": [{"intent": "log", "also": [{}]}], "intent": "log"}]
)
def test_what_is_no_message_is_refused(obj):
    with pytest.raises(parsed.InvalidMessage):
        parsed.from_json(obj)


def test_fields_are_edited_by_the_words_of_the_room():
    changed = edit(
        'edit investor="Cedar Row" amount=1-2m contact2="Tom Baker" email2=tom@cedarrow.com due=friday stage=passed kind=call'
    )
    assert (changed.investor_name, changed.expected_amount, changed.stage, changed.kind) == (
        "Cedar Row",
        Decimal(1_500_000),
        "passed",
        "call",
    )
    assert changed.contacts[1] == parsed.ParsedContact(name="Tom Baker", email="tom@cedarrow.com")
    assert changed.reminder == parsed.ParsedReminder("Follow up", date(2026, 11, 27))
    assert changed.confidence["investor_name"] == 1.0
    assert "investor_name" not in changed.evidence


def test_an_empty_value_clears_a_field():
    changed = edit("amount= contact=  remind=")
    assert (changed.expected_amount, changed.reminder, changed.contacts[0].name) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "field"),
    [("colour=red", "colour"), ("amount=lots", "amount"), ("due=whenever", "due"), ("stage=moon", "stage"), ("kind=pigeon", "kind"),
     ("email=nobody", "email"), ("contact5=Tom", "contact5"), ("date=2027-01-01", "date"), ("investor2=x", "investor2")],
)  # fmt: skip
def test_a_bad_edit_names_its_field_and_changes_nothing(text, field):
    with pytest.raises(parsed.InvalidEdit) as caught:
        edit(text)
    assert list(caught.value.fields) == [field]


def test_an_unknown_field_is_told_which_exist():
    with pytest.raises(parsed.InvalidEdit, match="investor contact email title phone"):
        edit("colour=red")


@pytest.mark.parametrize("text", ["", "edit", "just words", "amount=2m and more"])
def test_what_is_no_edit_is_refused(text):
    with pytest.raises(parsed.InvalidEdit):
        parsed.parse_edits(text)
