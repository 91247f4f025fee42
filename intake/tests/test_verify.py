"""What a model claims is kept only when the message bears it out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from intake import parsed
from intake.parser import known, model, verify
from intake.tests.reading import FRIDAY, SENT_AT, ZONE

TEXT = "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com). Wants the Fund II deck, follow up next Tuesday, thinking 2-3m"
GOOD = {
    "intent": "log", "investor_name": "Blue Heron Capital", "kind": "meeting", "occurred_on": "2026-11-20",
    "contacts": [{"name": "Dana Whitfield", "email": "dana@blueheron.com", "phone": None, "title": "COO"}],
    "note": TEXT, "fund": "Fund II", "expected_amount": "2500000", "committed_amount": None, "stage": None,
    "reminder": {"text": "Send the Fund II deck", "due_on": "2026-11-24"}, "direction": None,
    "facts": [{"text": "Wants the Fund II deck", "topic": "request", "confidence": 0.8, "evidence": "Wants the Fund II deck"}],
    "confidence": {"investor_name": 0.97}, "evidence": {"investor_name": "Blue Heron Capital"}, "also": [],
}  # fmt: skip


def check(text: str = TEXT, members=(), **changes) -> parsed.ParsedMessage:
    message = model.read_answer(json.dumps({**GOOD, **changes}), text)
    crm = known.InMemory(members=members)
    return verify.verify(message, text=text, sent_at=SENT_AT, zone=ZONE, known=crm)


def test_what_stands_in_the_message_is_kept_with_its_place():
    message = check()
    assert message.investor_name == "Blue Heron Capital"
    assert TEXT[slice(*message.evidence["investor_name"])] == "Blue Heron Capital"
    assert message.reminder == parsed.ParsedReminder("Send the Fund II deck", date(2026, 11, 24))
    assert message.facts[0].evidence is not None
    assert message.parser == "model"


def test_an_invented_email_and_phone_are_dropped():
    person = {"name": "Dana Whitfield", "email": "dana@evil.com", "phone": "+1 512 555 0100", "title": None}
    contact = check(contacts=[person]).contacts[0]
    assert (contact.email, contact.phone) == ("dana@blueheron.com", None)


def test_an_invented_person_is_dropped():
    people = [*GOOD["contacts"], {"name": "Eve Invented", "email": None, "phone": None, "title": None}]
    assert [c.name for c in check(contacts=people).contacts] == ["Dana Whitfield"]


def test_an_invented_investor_gives_way_to_the_one_in_the_text():
    message = check(investor_name="Evil Corp")
    assert message.investor_name == "Blue Heron Capital"
    assert message.confidence["investor_name"] <= 0.5


def test_our_own_members_are_dropped():
    assert check(members=["Dana Whitfield"]).contacts == ()


def test_a_range_is_its_middle_whatever_the_model_took():
    assert check(expected_amount="3000000").expected_amount == Decimal(2_500_000)


def test_a_sum_that_nobody_wrote_is_dropped():
    text = "Met Blue Heron Capital"
    assert check(text, expected_amount="9000000", evidence={}).expected_amount is None


def test_a_wish_is_no_commitment():
    text = "Blue Heron Capital would commit 2m"
    message = check(text, committed_amount="2000000", expected_amount=None, evidence={})
    assert (message.expected_amount, message.committed_amount) == (Decimal(2_000_000), None)


def test_a_wrong_day_is_worked_out_anew():
    message = check(reminder={"text": "Follow up", "due_on": "2026-12-01"})
    assert message.reminder.due_on == date(2026, 11, 24)
    assert message.confidence["reminder.due_on"] < 0.9


def test_a_day_in_the_future_did_not_happen():
    assert check(occurred_on="2027-01-01").occurred_on == FRIDAY


def test_a_stage_without_words_for_it_is_dropped():
    assert check(stage="committed").stage is None


def test_an_invented_note_and_fact_give_way_to_the_text():
    message = check(
        note="They will surely wire ten million and love us forever",
        facts=[{"text": "Owns three yachts", "topic": "x", "confidence": 1}],
    )
    assert message.note == TEXT
    assert message.facts == ()


@pytest.mark.parametrize(
    "answer",
    ["", "no json", "[]", "{", '{"intent": 5}', '{"intent": "log", "confidence": {"x": NaN}}', '{"intent": "log", "foo": 1}', "{" * 5000,
     '{"intent": "log", "investor_name": ' + '"x' * 3000 + '"}', '{"intent":"log"}' + " " * 70_000, '{"intent": "log", "occurred_on": "soon"}'],
    ids=range(11),
)  # fmt: skip
def test_bad_answers_are_named_after_one_repair(answer):
    asked = []

    def chat(messages, schema):
        asked.append(messages)
        return answer

    with pytest.raises(model.BadAnswer):
        model.extract(TEXT, sent_at=SENT_AT, zone=ZONE, known=known.InMemory(), chat=chat)
    assert len(asked) == 2
    assert "cannot be used" in asked[1][-1]["content"]


def test_a_repaired_answer_counts():
    answers = iter(["oops", "<think>hm</think>```json\n" + json.dumps(GOOD) + "\n```"])
    message = model.extract(
        TEXT, sent_at=SENT_AT, zone=ZONE, known=known.InMemory(), chat=lambda m, s: next(answers)
    )
    assert message.investor_name == "Blue Heron Capital"


def test_offsets_are_accepted_as_well_as_quotes():
    message = model.read_answer(
        json.dumps({**GOOD, "evidence": {"investor_name": [24, 42], "fund": [5, 99999]}}), TEXT
    )
    assert dict(message.evidence) == {"investor_name": (24, 42)}
