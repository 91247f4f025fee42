"""Whatever is typed, the grammar parser answers, in time, and only with what stands in the message."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import parsed
from intake.parser import grammar, known, score
from intake.tests.reading import SENT_AT, ZONE, read
from intake.tests.test_grammar_score import MESSAGES

PIECES = [
    "Met", "Dana Whitfield", "(COO,", "Blue Heron Capital", "dana@blueheron.com", ")", "2-3m", "$1.5mm", "next Tuesday", "on Monday",
    "follow up", "committed", "passed", "not", "+1 512 555 0188", "Fund II", "and", "at", "from", ",", ".", "\n", "?", "remind me to", "3/11",
    "31/02", "Dec 32", "From:", "To:", "Subject: x", "\x00", "\u202e", "🎉", "<b>", "';--", "İstanbul", "ǅ", "ﬁ", "e\u0301", "van der",
]  # fmt: skip
ODD = [
    "", " ", "\n\n", "\x00", "?", "…", "👍👍", "مرحبا التقيت دانا", "שלום", "<script>alert(1)</script>", "'; DROP TABLE investors;--",
    "\ud800 lone", "a" * 500, "@" * 300, "((((((((((", "1" * 400, "Met " * 200, "$" * 200, ",,,,,,", "http://x.y/" + "z" * 900,
]  # fmt: skip


def _offsets(message: parsed.ParsedMessage) -> list[tuple[int, int]]:
    found = [*message.evidence.values(), *(f.evidence for f in message.facts if f.evidence)]
    return found + [place for other in message.also for place in _offsets(other)]


def _check(text: str) -> None:
    message = read(text)
    assert all(0 <= start < end <= len(text) for start, end in _offsets(message))
    assert all(0 <= sure <= 1 for sure in message.confidence.values())
    assert message.occurred_on <= SENT_AT.date()
    json.dumps(message.to_json()).encode()
    assert parsed.from_json(message.to_json()).to_json() == message.to_json()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=25).map(" ".join))
def test_any_text_is_parsed_into_a_valid_message(text):
    _check(text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_are_parsed_into_a_valid_message(text):
    _check(text)


@pytest.mark.parametrize("row", score.read_rows(MESSAGES), ids=lambda row: row["text"][:30])
def test_evidence_is_the_literal_span(row):
    text = row["text"]
    message = grammar.parse(
        text,
        sent_at=datetime.fromisoformat(row.get("sent_at", score.SENT_AT)),
        zone=ZONE,
        known=score.known_of(row),
    )
    for one in (message, *message.also):
        if place := one.evidence.get("investor_name"):
            assert text[slice(*place)] == one.investor_name
        for i, contact in enumerate(one.contacts):
            for field in ("name", "email", "phone", "title"):
                if value := getattr(contact, field):
                    assert text[slice(*one.evidence[f"contacts.{i}.{field}"])] == value


@pytest.mark.parametrize(
    "unit",
    ["Met Dana Whitfield at Blue Heron Capital, thinking 2-3m, follow up next Tuesday. ", "a", "1", "@", "Aa ", "A. ", "(", "1,000 ", "to ", "and ", "\n",
     "a@b.c ", "+1 512 555 0188 ", "on Monday ", "from at with ", "🎉", "Mr. ", "- ", "committed 2m to "],
)  # fmt: skip
def test_a_hundred_kilobytes_are_read_in_bounded_time(unit):
    text = unit * (100_000 // len(unit.encode()))
    started = time.process_time()
    message = grammar.parse(text, sent_at=SENT_AT, zone=ZONE, known=known.InMemory())
    assert time.process_time() - started < 5
    assert len(message.note) <= parsed.LIMITS["note"]
