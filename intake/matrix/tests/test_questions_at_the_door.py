"""What is a question goes to one door, in either room."""

from __future__ import annotations

import pytest

from intake.matrix.conversation import questions
from intake.matrix.tests.room import BOT, proposals
from intake.models import InboundMessage

ANSWER = "I can't answer questions yet."


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    texts: list[str] = []
    real = questions.ask

    def note(**given) -> None:
        texts.append(given["text"])
        real(**given)

    monkeypatch.setattr(questions, "ask", note)
    return texts


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("? who is quiet", "who is quiet"),
        ("?who is quiet", "who is quiet"),
        ("@bot who is quiet", "who is quiet"),
        ("@Bot: who is quiet", "who is quiet"),
        (f"{BOT} who is quiet", "who is quiet"),
        ("@roundtable who is quiet", "who is quiet"),
        ("roundtable: who is quiet", "who is quiet"),
    ],
)
def test_what_is_put_to_the_bot_is_a_question(room, petra, asked, body, text) -> None:
    root = room.say(petra, body)
    assert asked == [text]
    assert room.texts(root) == [ANSWER]
    assert InboundMessage.objects.count() == 0


def test_a_mention_makes_it_a_question(room, petra, asked) -> None:
    room.say(
        petra,
        "CRM Bot: who is quiet",
        formatted_body=f'<a href="https://matrix.to/#/{BOT}">CRM Bot</a>: who is quiet',
        **{"m.mentions": {"user_ids": [BOT]}},
    )
    assert asked == ["who is quiet"]


def test_a_question_by_its_words_is_answered_in_its_thread(room, petra, asked) -> None:
    root = room.capture(petra, "who haven't we talked to since August?")
    assert asked == ["who haven't we talked to since August?"]
    assert room.texts(root) == [ANSWER]
    assert proposals() == []


def test_every_message_of_the_query_room_is_a_question(query_room, petra, asked) -> None:
    root = query_room.say(petra, "Met Dana at Blue Heron Capital")
    assert asked == ["Met Dana at Blue Heron Capital"]
    assert query_room.texts(root) == [ANSWER]
    assert InboundMessage.objects.count() == 0


def test_a_viewer_may_ask(room, victor) -> None:
    assert room.texts(room.say(victor, "? who is quiet")) == [ANSWER]


def test_a_stranger_may_not_ask(query_room, asked) -> None:
    root = query_room.say("@sven:elsewhere.test", "who is quiet")
    assert asked == []
    assert query_room.last(root).startswith("Sorry, I don't know you yet")


def test_a_question_in_the_thread_of_a_proposal_is_answered_there(room, petra, asked) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "? when did we last meet Dana")
    assert asked == ["when did we last meet Dana"]
    assert room.last(root) == ANSWER


def test_a_yes_that_mentions_the_bot_is_a_yes(room, petra, asked) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "roundtable: yes")
    assert asked == [] and proposals()[0].state == "committed"


def test_a_pick_in_the_thread_of_a_question_goes_to_the_questions(query_room, petra, monkeypatch) -> None:
    picked = []
    monkeypatch.setattr(
        questions, "pick", lambda **given: picked.append((given["number"], given["thread_root"]))
    )
    root = query_room.say(petra, "who is quiet")
    query_room.reply(petra, root, "pick 2")
    assert picked == [(2, root)]


def test_a_pick_where_nothing_was_offered_says_so(query_room, petra) -> None:
    root = query_room.say(petra, "who is quiet")
    query_room.reply(petra, root, "pick 2")
    assert query_room.last(root) == "There is nothing to choose from here."


def test_talk_in_the_thread_of_a_question_is_left_in_peace(query_room, petra, asked) -> None:
    root = query_room.say(petra, "who is quiet")
    query_room.reply(petra, root, "thanks")
    assert len(asked) == 1


def test_help_in_the_query_room_is_no_question(query_room, petra, asked) -> None:
    root = query_room.say(petra, "help")
    assert asked == [] and query_room.last(root).startswith("Ask your question as a message")


def test_help_in_the_intake_room_says_how(room, petra) -> None:
    root = room.say(petra, "help")
    assert room.last(root).startswith("Tell me what happened")
    assert InboundMessage.objects.count() == 0


def test_a_client_that_mentions_whom_it_answers_asks_nothing(room, petra, asked) -> None:
    root = room.capture(petra)
    relation = {
        "rel_type": "m.thread",
        "event_id": root,
        "m.in_reply_to": {"event_id": room.last_event(root)},
    }
    said = {"msgtype": "m.text", "body": "looks right", "m.mentions": {"user_ids": [BOT]}}
    room.send(petra, {**said, "m.relates_to": relation})
    assert asked == []
    assert room.last(root).startswith("I understand `yes`")
