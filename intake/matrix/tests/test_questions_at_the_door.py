"""What is a question goes to one door, in either room; what comes of it is in `test_questions_are_answered`."""

from __future__ import annotations

import pytest

from intake.matrix.conversation import questions
from intake.matrix.tests.room import BOT, proposals
from intake.models import InboundMessage


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
    root = room.ask(petra, body)
    assert asked == [text]
    assert len(room.texts(root)) == 1
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
    room.answer_all()
    assert len(room.texts(root)) == 1
    assert proposals() == []


def test_every_message_of_the_query_room_is_a_question(query_room, petra, asked) -> None:
    root = query_room.ask(petra, "Met Dana at Blue Heron Capital")
    assert asked == ["Met Dana at Blue Heron Capital"]
    assert len(query_room.texts(root)) == 1
    assert InboundMessage.objects.count() == 0


def test_a_stranger_may_not_ask(query_room, asked) -> None:
    root = query_room.say("@sven:elsewhere.test", "who is quiet")
    assert asked == []
    assert query_room.last(root).startswith("Sorry, I don't know you yet")


def test_a_question_in_the_thread_of_a_proposal_is_answered_there(room, petra, asked) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "? when did we last meet Dana")
    assert asked == ["when did we last meet Dana"]


def test_a_yes_that_mentions_the_bot_is_a_yes(room, petra, asked) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "roundtable: yes")
    assert asked == [] and proposals()[0].state == "committed"


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
