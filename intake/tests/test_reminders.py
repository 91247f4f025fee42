from __future__ import annotations

from datetime import date

import pytest

from intake.tests.reading import read


@pytest.mark.parametrize(
    ("text", "todo", "due"),
    [
        ("remind me to send K-1s to Lakeshore by Friday", "Send K-1s to Lakeshore", date(2026, 11, 27)),
        ("Met Cedar Row, follow up next Tuesday, thinking 2-3m", "Follow up", date(2026, 11, 24)),
        ("Met Cedar Row. Send deck by Friday.", "Send deck", date(2026, 11, 27)),
        ("Called Cedar Row, ping him in two weeks", "Ping him", date(2026, 12, 4)),
        ("Met Cedar Row; circle back in Q1", "Circle back", date(2027, 1, 1)),
        ("Met Cedar Row. I'll send the LPA tomorrow 3pm", "Send the LPA", date(2026, 11, 21)),
        ("Met Cedar Row. Check back after Thanksgiving", "Check back after Thanksgiving", None),
        ("Met Cedar Row. Need to send references by 11/30", "Send references", date(2026, 11, 30)),
    ],
)
def test_what_to_do_and_when(text, todo, due):
    reminder = read(text).reminder
    assert reminder is not None
    assert (reminder.text, reminder.due_on) == (todo, due)


@pytest.mark.parametrize(
    "text",
    [
        "Sent the deck to Cedar Row yesterday",
        "Cedar Row called on Monday",
        "No need to follow up with Cedar Row",
    ],
)
def test_what_is_done_is_no_reminder(text):
    assert read(text).reminder is None
