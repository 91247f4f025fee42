"""The right rows of every question about follow-ups, on both sides of each day and hour."""

from __future__ import annotations

import pytest

from crm_site.communications import services as communications
from crm_site.communications.models import Reminder
from nlquery.tests import world as worlds
from nlquery.tests.world import World

CALL, LETTER, MODEL, ROOM = "Call Priya", "Send the side letter", "Send the model", "Book the room"
CEDAR = "Cedar Row Partners"


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, [CALL, LETTER, MODEL]),
        ({"window": "today"}, [CALL]),
        ({"window": "yesterday"}, [ROOM]),
        ({"window": "this_week"}, [ROOM, CALL, LETTER]),
        ({"window": "next_week"}, [MODEL]),
        ({"window": "next_4_days"}, [CALL, LETTER]),
        ({"window": "next_3_days"}, [CALL]),
        ({"window": "2026-03-24.."}, []),
        ({"owner": "Petra"}, [MODEL]),
        ({"owner": "me"}, [CALL, LETTER]),
        ({"investor": CEDAR}, [MODEL]),
        ({"investor": CEDAR, "owner": "me"}, []),
    ],
)
def test_open_reminders_due_in_a_window(world: World, slots: dict, expected: list) -> None:
    assert world.names("reminder_due", key="text", **slots) == expected


def test_the_sentence_and_the_cells(world: World) -> None:
    answer = world.ask("reminder_due")
    assert answer.summary == "3 reminders are due in the next 7 days."
    assert answer.slots == {"window": "next_7_days"}
    row = answer.rows[0]
    assert (row["due"], row["time"], row["investor"], row["owner"]) == (
        "2026-03-18", "09:00", "Blue Heron Capital", "Olive Owner",
    )  # fmt: skip
    said = world.ask("reminder_due", investor=CEDAR, owner="Petra").summary
    assert said == "1 reminder about Cedar Row Partners of Petra Partner is due in the next 7 days."
    assert world.ask("reminder_due", window="tomorrow").summary == "No reminders are due tomorrow."


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_what_is_closed_is_not_due(world: World, state: str) -> None:
    reminder = Reminder.objects.get(text=CALL)
    communications.close_reminder(actor=world.actor, reminder=reminder, state=state)
    assert world.names("reminder_due", key="text", window="today") == []
    assert world.names("reminder_overdue", key="text") == [ROOM]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-17T23:59:00", []),
        ("2026-03-18T00:00:00", [ROOM]),
        ("2026-03-18T09:00:00", [ROOM]),
        ("2026-03-18T09:00:01", [ROOM, CALL]),
        ("2026-03-22T23:59:59", [ROOM, CALL]),
        ("2026-03-23T00:00:00", [ROOM, CALL, LETTER]),
    ],
)
def test_overdue_from_the_next_midnight_or_from_its_hour(world: World, moment: str, expected: list) -> None:
    with worlds.at(moment):
        assert world.names("reminder_overdue", key="text") == expected


def test_overdue_ones_of_a_member(world: World) -> None:
    answer = world.ask("reminder_overdue", owner="Petra")
    assert [(row["text"], row["days"], row["investor"]) for row in answer.rows] == [(ROOM, 1, "")]
    assert answer.summary == "1 reminder of Petra Partner is overdue, the oldest since 17 Mar 2026."
    assert world.ask("reminder_overdue").summary == "2 reminders are overdue, the oldest since 17 Mar 2026."
    with worlds.at("2026-03-16T08:00:00"):
        assert world.ask("reminder_overdue").summary == "No reminders are overdue."
