"""What a sync brings is stored once, in one transaction with how far it was read, and no event stops another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from crm_site.core import clock, unit
from crm_site.core.scope import no_scope, scope
from crm_site.tests import cast
from intake.matrix import conversation, wire
from intake.matrix.choices import EventState, Kind, Link, Purpose
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom, MatrixState
from intake.matrix.services import inbox, rooms
from intake.matrix.services.inbox import Delivery, Stored
from intake.matrix.tests.room import BOT, SENTENCE, identify
from intake.models import InboundMessage

NOTHING = wire.RoomFacts()


def message(
    event_id: str, body: str = SENTENCE, *, sender: str = "@petra:home.test", **more: Any
) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "event_id": event_id,
        "sender": sender,
        "origin_server_ts": int(clock.now().timestamp() * 1000),
        "content": {"msgtype": "m.text", "body": body},
        **more,
    }


def reply(event_id: str, target: str, body: str = "yes") -> dict[str, Any]:
    relation = {"m.in_reply_to": {"event_id": target}}
    return message(event_id) | {"content": {"msgtype": "m.text", "body": body, "m.relates_to": relation}}


def store(
    room: MatrixRoom | str,
    *events: dict[str, Any],
    arrived=conversation.arrived,
    token="s1",
    facts=NOTHING,
    left=(),
) -> Stored:
    room_id = room if isinstance(room, str) else room.room_id
    # As the bot does: with no organization in scope.
    with no_scope():
        return inbox.store_batch(
            deliveries=[Delivery(room_id, events, facts)],
            bot_id=BOT,
            next_batch=token,
            arrived=arrived,
            left=left,
        )


@pytest.fixture
def intake_room(house) -> MatrixRoom:
    return rooms.register(actor=cast.system(), room_id="!intake:home.test", purpose=Purpose.INTAKE)


@pytest.fixture
def petra(partner) -> str:
    return identify(partner, "@petra:home.test")


def test_a_message_is_taken_in_with_the_token_and_again_changes_nothing(intake_room, petra) -> None:
    assert store(intake_room, message("$1"), message("$1")) == Stored(1, 0, ())
    assert store(intake_room, message("$1"), token="s2") == Stored(0, 0, ())
    event = MatrixEvent.objects.get()
    assert (event.state, event.kind, event.sender) == (EventState.DONE, Kind.MESSAGE, petra)
    assert InboundMessage.objects.get().external_id == "$1"
    state = MatrixState.objects.get(user_id=BOT)
    assert (state.next_batch, state.link) == ("s2", Link.CONNECTED)
    assert state.synced_at is not None and state.connected_at is not None


def test_an_answer_waits_to_be_decided(intake_room, petra) -> None:
    thread = {"rel_type": "m.thread", "event_id": "$1"}
    answer = message("$2") | {"content": {"msgtype": "m.text", "body": "yes", "m.relates_to": thread}}
    assert store(intake_room, message("$1"), answer) == Stored(2, 1, ())
    assert MatrixEvent.objects.get(event_id="$2").state == EventState.NEW


def test_a_reply_to_another_person_is_a_message_and_one_to_us_is_an_answer(intake_room, petra) -> None:
    store(intake_room, message("$1"), reply("$2", "$1"), reply("$3", "$of-somebody", SENTENCE))
    kinds = dict(MatrixEvent.objects.values_list("event_id", "kind"))
    assert kinds == {"$1": Kind.MESSAGE, "$2": Kind.REPLY, "$3": Kind.MESSAGE}


def test_nothing_is_stored_when_the_database_goes_in_the_middle(intake_room, petra) -> None:
    def away(*, event: MatrixEvent, bot_id: str) -> None:
        if event.event_id == "$2":
            raise OperationalError("gone")
        conversation.arrived(event=event, bot_id=bot_id)

    with pytest.raises(OperationalError), unit.savepoint():
        store(intake_room, message("$1"), message("$2"), arrived=away)
    assert not MatrixEvent.objects.exists() and not InboundMessage.objects.exists()
    assert not MatrixState.objects.exists()


def test_a_poison_event_waits_alone_and_stops_nothing(intake_room, petra) -> None:
    def poisoned(*, event: MatrixEvent, bot_id: str) -> None:
        conversation.arrived(event=event, bot_id=bot_id)
        if event.event_id == "$2":
            raise ZeroDivisionError("a bug")

    stored = store(intake_room, message("$1"), message("$2"), message("$3"), arrived=poisoned)
    assert stored == Stored(3, 1, ())
    bad = MatrixEvent.objects.get(event_id="$2")
    assert (bad.state, bad.attempts, bad.error) == (EventState.NEW, 1, "ZeroDivisionError: a bug")
    assert bad.next_try_at is not None and bad.next_try_at > clock.now()
    # What it did before it failed is undone.
    assert set(InboundMessage.objects.values_list("external_id", flat=True)) == {"$1", "$3"}
    assert MatrixState.objects.get().next_batch == "s1"


def test_an_event_that_breaks_the_reader_is_left_out(intake_room, petra, monkeypatch, caplog) -> None:
    read = wire.read

    def broken(event, **more):
        if event["event_id"] == "$2":
            raise RecursionError("too deep")
        return read(event, **more)

    monkeypatch.setattr(wire, "read", broken)
    assert store(intake_room, message("$1"), message("$2"), message("$3")).new == 2
    assert "'$2'" in caplog.text
    assert MatrixState.objects.get().next_batch == "s1"


def test_each_event_belongs_to_the_organization_of_its_room(intake_room, petra, foreign) -> None:
    with scope(foreign.organization):
        theirs = rooms.register(actor=cast.system(), room_id="!theirs:home.test", purpose=Purpose.INTAKE)
    with no_scope():
        inbox.store_batch(
            deliveries=[
                Delivery(intake_room.room_id, (message("$1"),), NOTHING),
                Delivery(theirs.room_id, (message("$2"),), NOTHING),
            ],
            bot_id=BOT,
            next_batch="s1",
            arrived=conversation.arrived,
        )
    assert [event.event_id for event in MatrixEvent.objects.all()] == ["$1"]
    with scope(foreign.organization):
        assert [event.event_id for event in MatrixEvent.objects.all()] == ["$2"]
        # Petra is a member here, not there.
        assert not InboundMessage.objects.exists()
    assert [each.external_id for each in InboundMessage.objects.all()] == ["$1"]


def test_a_room_nobody_registered_is_named_and_its_words_are_not_kept(house) -> None:
    assert store("!elsewhere:home.test", message("$1")) == Stored(0, 0, ("!elsewhere:home.test",))
    assert not MatrixEvent.unscoped.exists()


def test_of_a_room_without_a_purpose_nothing_is_kept_that_people_say(house, petra) -> None:
    room = rooms.register(actor=cast.system(), room_id="!idle:home.test")
    assert store(room, message("$1"), reply("$2", "$1")).new == 0


def test_an_encrypted_room_is_told_once_what_to_do(intake_room) -> None:
    scrambled = {"type": "m.room.encrypted", "content": {"ciphertext": "x"}, "sender": "@petra:home.test"}
    store(intake_room, {**scrambled, "event_id": "$1"})
    store(intake_room, {**scrambled, "event_id": "$2"}, facts=wire.RoomFacts(is_encrypted=True))
    told = MatrixPost.objects.filter(key__startswith="encrypted")
    assert [post.content["body"].startswith("This room is encrypted") for post in told] == [True]
    intake_room.refresh_from_db()
    assert intake_room.is_encrypted and intake_room.encryption_told_at


def test_a_room_the_bot_has_left_is_noted(intake_room) -> None:
    store(intake_room)
    intake_room.refresh_from_db()
    assert intake_room.is_joined
    store("!other:home.test", left=[intake_room.room_id, "!unknown:home.test"])
    intake_room.refresh_from_db()
    assert not intake_room.is_joined


def test_after_three_failures_an_event_is_given_up(intake_room, petra) -> None:
    store(intake_room, message("$1"), reply("$2", "$1"))
    event = MatrixEvent.objects.get(event_id="$2")
    actor = inbox.actor_of(event.organization_id)
    over = []
    for _ in range(inbox.MOST_ATTEMPTS):
        over.append(inbox.note_failure(actor=actor, event=event, error=ValueError("no")))
        event.refresh_from_db()
        assert not MatrixEvent.objects.waiting(clock.now()).exists()
    assert over == [False, False, True]
    assert (event.state, event.error, event.next_try_at) == (EventState.FAILED, "ValueError: no", None)
    assert not MatrixEvent.objects.waiting(clock.now() + timedelta(days=1)).exists()


def test_an_event_that_waits_for_a_post_loses_no_attempt(intake_room, petra) -> None:
    store(intake_room, message("$1"), reply("$2", "$1"))
    event = MatrixEvent.objects.get(event_id="$2")
    inbox.wait(actor=inbox.actor_of(event.organization_id), event=event)
    assert not MatrixEvent.objects.waiting(clock.now()).exists()
    (due,) = MatrixEvent.objects.waiting(clock.now() + inbox.PATIENCE)
    assert due.attempts == 0
