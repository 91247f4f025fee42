from __future__ import annotations

import pytest

from intake.tests.reading import read


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Met Dana at Blue Heron", "log"),
        ("add Harbor Family Office", "add"),
        ("New contact at Cedar Row: Tom Baker", "add"),
        ("remind me to call Cedar Row tomorrow", "remind"),
        ("follow up with Cedar Row next week", "remind"),
        ("Cedar Row passed", "stage"),
        ("Northgate just signed for 1.5mm in Fund II!!", "stage"),
        ("who haven't we talked to since August?", "question"),
        ("? fund ii pipeline", "question"),
        ("did we call Lakeshore", "question"),
        ("thanks both, great work today", "ignore"),
        ("👍", "ignore"),
        ("", "ignore"),
        ("can you remind me to call Cedar Row?", "remind"),
        ("add a note: met Cedar Row today", "log"),
    ],
)
def test_what_a_message_is_for(text, intent):
    assert read(text).intent == intent


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Cedar Row passed", "passed"),
        ("Cedar Row is out", "passed"),
        ("Not for them: Cedar Row", "passed"),
        ("Cedar Row soft circled 2m", "soft_circle"),
        ("Cedar Row is in DD", "diligence"),
        ("moved Cedar Row to diligence", "diligence"),
        ("Cedar Row signed", "committed"),
        ("Cedar Row closed", "closed"),
        ("Cedar Row gave us a verbal", "soft_circle"),
        ("Cedar Row has not signed", None),
        ("Cedar Row might pass", None),
        ("Dana at Cedar Row passed the deck along", None),
        ("Cedar Row will commit next week", None),
    ],
)
def test_stages_are_only_what_is_so(text, stage):
    assert read(text).stage == stage


def test_stages_follow_the_organizations_own_keys():
    stages = (("new", "New"), ("lost", "Declined"), ("won", "Funded"))
    assert read("Cedar Row passed", stages=stages).stage == "lost"


@pytest.mark.parametrize(
    ("text", "kind", "direction"),
    [
        ("Called Cedar Row", "call", "outbound"),
        ("Got a call from Dana at Cedar Row", "call", "inbound"),
        ("I emailed Cedar Row", "email", "outbound"),
        ("Cedar Row wrote back", "email", "inbound"),
        ("Texted Dana at Cedar Row", "message", "outbound"),
        ("Zoom with Cedar Row", "meeting", None),
        ("Lunch with Dana of Cedar Row", "meeting", None),
        ("Left a voicemail at Cedar Row", "call", "outbound"),
        ("Cedar Row wants 2m", "note", None),
    ],
)
def test_kind_and_direction(text, kind, direction):
    message = read(text)
    assert (message.kind, message.direction) == (kind, direction)
