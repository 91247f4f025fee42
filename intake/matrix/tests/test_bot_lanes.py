"""The lanes of the bot, each by itself, with a homeserver that does what the test says and a real database."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.db import OperationalError

from crm_site.core import clock
from crm_site.core.scope import no_scope
from crm_site.tests import cast
from intake import services as intake
from intake.choices import MessageState, Source
from intake.matrix import conversation, wire
from intake.matrix.bot import deciding, running, syncing, working
from intake.matrix.bot.deciding import Deciding
from intake.matrix.bot.desk import Desk, Stopping
from intake.matrix.bot.syncing import Syncing
from intake.matrix.bot.working import Working
from intake.matrix.choices import EventState, Link, PostState, Purpose
from intake.matrix.errors import RateLimited, ServerDown, TokenRefused
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom, MatrixState, RoomQuestion
from intake.matrix.services import inbox, rooms
from intake.matrix.tests.room import BOT, SENTENCE, identify
from intake.models import InboundMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bots_thread")]
ROOM = "!intake:home.test"
LIMIT_S = 20


class Homeserver:
    """answers: what each /sync does, an exception or an answer; the last one repeats."""

    user_id = BOT

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.syncs: list[dict[str, Any]] = []
        self.typing: list[tuple[str, bool]] = []
        self.declined: list[str] = []
        self.joined: list[str] = []

    async def sync(self, **asked: Any) -> wire.Synced:
        self.syncs.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0.005)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def messages(self, room_id: str, **asked: Any) -> Any:
        raise ServerDown("no past today")

    async def show_typing(self, room_id: str, *, for_s: float) -> None:
        self.typing.append((room_id, for_s > 0))

    async def join(self, room_id: str) -> None:
        self.joined.append(room_id)

    async def leave(self, room_id: str) -> None:
        self.declined.append(room_id)


_number = itertools.count(1)


def message(body: str = SENTENCE, **more: Any) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "event_id": f"$m{next(_number)}",
        "sender": "@petra:home.test",
        "origin_server_ts": int(clock.now().timestamp() * 1000),
        "content": {"msgtype": "m.text", "body": body, **more},
    }


def reply(root: str, body: str = "yes") -> dict[str, Any]:
    return message(body, **{"m.relates_to": {"rel_type": "m.thread", "event_id": root}})


def came_in() -> dict[str, Any]:
    return message() | {"type": "m.room.member", "state_key": BOT, "content": {"membership": "join"}}


def synced(token: str, *events: dict[str, Any], limited: bool = False, **more: Any) -> wire.Synced:
    pages = (wire.Page(ROOM, (), events, limited, "p0"),) if events else ()
    return wire.Synced(token, pages, more.get("invites", ()), ())


@pytest.fixture
def intake_room(house, partner) -> MatrixRoom:
    identify(partner, "@petra:home.test")
    return rooms.register(actor=cast.system(), room_id=ROOM, purpose=Purpose.INTAKE)


def during(desk: Desk, lane: Coroutine[Any, Any, Any], happened: Callable[[], bool]) -> None:
    """Run a lane until something has happened, then stop it in order."""

    async def main() -> None:
        running_lane = asyncio.ensure_future(lane)
        deadline = time.monotonic() + LIMIT_S
        while not running_lane.done() and not await asyncio.to_thread(happened):
            assert time.monotonic() < deadline, "it did not happen"
            await asyncio.sleep(0.01)
        desk.stopping.set()
        await asyncio.wait_for(running_lane, LIMIT_S)

    with no_scope():
        asyncio.run(main())


# -- Reading -------------------------------------------------------------------------------------------------------------------


def read(server: Homeserver, happened: Callable[[], bool], since: str = "s0") -> Syncing:
    desk = Desk(server)
    reader = Syncing(desk, since=since)
    during(desk, reader.run(), happened)
    return reader


def test_what_comes_is_stored_and_the_next_sync_goes_on_from_there(intake_room) -> None:
    server = Homeserver(synced("s1", message()), synced("s2"))
    read(server, lambda: len(server.syncs) >= 3)
    assert [asked["since"] for asked in server.syncs[:3]] == ["s0", "s1", "s2"]
    assert [asked["full_state"] for asked in server.syncs[:3]] == [True, False, False]
    assert InboundMessage.objects.count() == 1
    assert MatrixState.objects.get().next_batch == "s2"


def test_a_gap_that_cannot_be_filled_moves_nothing_on(intake_room, monkeypatch) -> None:
    monkeypatch.setattr(syncing, "FIRST_PAUSE_S", 0.01)
    server = Homeserver(synced("s1", message(), limited=True))
    read(server, lambda: len(server.syncs) >= 3)
    assert {asked["since"] for asked in server.syncs} == {"s0"}
    assert not MatrixEvent.objects.exists()
    assert MatrixState.objects.get().next_batch == ""


def test_a_failing_homeserver_is_asked_ever_less_often_and_the_bot_says_so(intake_room, monkeypatch) -> None:
    monkeypatch.setattr(syncing, "FIRST_PAUSE_S", 0.05)
    server = Homeserver(ServerDown("HTTP 502"))
    began = time.monotonic()
    reader = read(server, lambda: len(server.syncs) >= 5)
    assert time.monotonic() - began >= 0.05 + 0.1 + 0.2 + 0.4
    assert reader.since == "s0"
    state = MatrixState.objects.get()
    assert (state.link, state.detail) == (Link.RETRYING, "ServerDown: HTTP 502")


def test_after_an_outage_it_is_connected_again_and_the_sender_is_told(intake_room, monkeypatch) -> None:
    monkeypatch.setattr(syncing, "FIRST_PAUSE_S", 0.01)
    server = Homeserver(ServerDown("gone"), RateLimited(0.02), synced("s1"))
    reader = read(server, lambda: len(server.syncs) >= 4)
    assert reader.desk.server_back.is_set() and reader.failures == 0
    state = MatrixState.objects.get()
    assert (state.link, state.detail) == (Link.CONNECTED, "")


def test_a_refused_token_ends_the_reading(intake_room) -> None:
    with pytest.raises(TokenRefused):
        read(Homeserver(TokenRefused("gone")), lambda: False)


def test_a_long_poll_is_left_at_once_when_told_to_stop(intake_room) -> None:
    class Silent(Homeserver):
        async def sync(self, **asked: Any) -> wire.Synced:
            self.syncs.append(asked)
            await asyncio.sleep(60)
            raise AssertionError

    server = Silent()
    began = time.monotonic()
    read(server, lambda: bool(server.syncs))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("events", "taken"), [((message(),), 0), ((message(), came_in(), message()), 1)])
def test_a_first_sync_ever_takes_only_what_was_said_since_the_bot_came(
    intake_room, events, taken: int
) -> None:
    server = Homeserver(synced("s1", *events), synced("s2"))
    read(server, lambda: len(server.syncs) >= 2, since="")
    assert InboundMessage.objects.count() == taken


def test_a_strangers_invite_is_declined_and_a_members_is_followed(intake_room) -> None:
    invites = (
        wire.Invite("!a:home.test", "@petra:home.test", "A"),
        wire.Invite("!b:home.test", "@sven:x.test", ""),
    )
    server = Homeserver(synced("s1", invites=invites), synced("s2"))
    read(server, lambda: len(server.syncs) >= 2)
    assert (server.joined, server.declined) == (["!a:home.test"], ["!b:home.test"])
    assert MatrixRoom.objects.get(room_id="!a:home.test").is_joined


# -- Deciding ------------------------------------------------------------------------------------------------------------------


def store(*events: dict[str, Any]) -> None:
    page = inbox.Delivery(ROOM, events, wire.RoomFacts())
    with no_scope():
        inbox.store_batch(deliveries=[page], bot_id=BOT, next_batch="s1", arrived=conversation.arrived)


def state_of(event: dict[str, Any]) -> str:
    return MatrixEvent.unscoped.get(event_id=event["event_id"]).state


def test_a_poison_event_is_given_up_after_three_attempts_and_said_and_the_others_go_on(
    intake_room, monkeypatch
) -> None:
    root = message()
    poison, healthy = reply(root["event_id"], "yes"), reply(root["event_id"], "help")
    store(root, poison, healthy)
    handle, tries = conversation.handle, []

    def poisoned(*, event: MatrixEvent, bot_id: str) -> None:
        handle(event=event, bot_id=bot_id)
        if event.event_id == poison["event_id"]:
            tries.append(clock.now())
            raise ZeroDivisionError("a bug")

    monkeypatch.setattr(conversation, "handle", poisoned)
    monkeypatch.setattr(inbox, "PAUSES", (inbox.PATIENCE, inbox.PATIENCE))
    desk = Desk(Homeserver(synced("s1")))
    during(desk, Deciding(desk).run(), lambda: state_of(poison) == EventState.FAILED)
    assert state_of(healthy) == EventState.DONE
    assert len(tries) == 3
    told = MatrixPost.objects.get(key__startswith="failed")
    assert told.thread_root == root["event_id"] and "ZeroDivisionError" in told.content["body"]


def test_an_answer_to_a_post_on_its_way_waits_without_losing_an_attempt(intake_room, monkeypatch) -> None:
    root = message()
    answer = reply(root["event_id"])
    store(root, answer)
    handle, tries = conversation.handle, []

    def early(*, event: MatrixEvent, bot_id: str) -> None:
        tries.append(event.attempts)
        if len(tries) < 5:
            raise conversation.NotYet("on its way")
        handle(event=event, bot_id=bot_id)

    monkeypatch.setattr(conversation, "handle", early)
    monkeypatch.setattr(inbox, "PATIENCE", inbox.PATIENCE / 20)
    desk = Desk(Homeserver(synced("s1")))
    during(desk, Deciding(desk).run(), lambda: state_of(answer) == EventState.DONE)
    assert tries == [0] * 5


def test_a_database_that_is_away_costs_an_event_no_attempt(intake_room, monkeypatch) -> None:
    root = message()
    answer = reply(root["event_id"], "help")
    store(root, answer)
    work_off, tries = deciding.work_off, []

    def away(*args: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("server closed the connection unexpectedly")
        work_off(*args)

    monkeypatch.setattr(deciding, "work_off", away)
    monkeypatch.setattr(deciding, "DATABASE_PAUSE_S", 0.01)
    desk = Desk(Homeserver(synced("s1")))
    during(desk, Deciding(desk).run(), lambda: state_of(answer) == EventState.DONE)
    assert MatrixEvent.objects.get(event_id=answer["event_id"]).attempts == 0


# -- Showing that it works -----------------------------------------------------------------------------------------------------


def test_typing_is_shown_while_a_message_is_read_and_a_line_is_said_when_it_takes_long(
    intake_room, monkeypatch
) -> None:
    monkeypatch.setattr(working, "TYPING_AFTER_S", 0.0)
    monkeypatch.setattr(working, "STILL_AFTER_S", 0.2)
    monkeypatch.setattr(working, "LOOK_EVERY_S", 0.02)
    root = message()
    store(root)
    server = Homeserver(synced("s1"))

    def is_over() -> bool:
        told = MatrixPost.unscoped.filter(key__startswith="working-")
        if told.exists():
            # The worker is done.
            InboundMessage.unscoped.update(state=MessageState.PROPOSED)
        return server.typing[-1:] == [(ROOM, False)]

    desk = Desk(server)
    during(desk, Working(desk).run(), is_over)
    assert server.typing == [(ROOM, True), (ROOM, False)]
    told = MatrixPost.objects.get(key__startswith="working-")
    assert (told.thread_root, told.content["msgtype"], told.state) == (
        root["event_id"],
        "m.notice",
        PostState.QUEUED,
    )


def test_the_same_goes_for_a_question_that_is_looked_up(intake_room, monkeypatch) -> None:
    monkeypatch.setattr(working, "TYPING_AFTER_S", 0.0)
    monkeypatch.setattr(working, "STILL_AFTER_S", 0.2)
    monkeypatch.setattr(working, "LOOK_EVERY_S", 0.02)
    asks = message("? who is quiet")
    store(asks)
    server = Homeserver(synced("s1"))

    def is_over() -> bool:
        if MatrixPost.unscoped.filter(key__startswith="working-question-").exists():
            RoomQuestion.unscoped.update(answered_at=clock.now())
        return server.typing[-1:] == [(ROOM, False)]

    desk = Desk(server)
    during(desk, Working(desk).run(), is_over)
    assert MatrixPost.objects.get(key__startswith="working-").thread_root == asks["event_id"]
    assert working.being_read() == []


def test_a_message_that_is_read_at_once_costs_no_typing(intake_room) -> None:
    store(message())
    InboundMessage.objects.update(state=MessageState.PROPOSED)
    server = Homeserver(synced("s1"))
    look = Working(Desk(server)).look()
    assert asyncio.run(look) is False and server.typing == []


def test_only_messages_from_rooms_are_shown(intake_room) -> None:
    intake.receive(actor=cast.system(), source=Source.WEB, body=SENTENCE)
    assert working.being_read() == []


# -- Stopping ------------------------------------------------------------------------------------------------------------------


def test_a_lane_that_hangs_does_not_keep_the_bot_from_stopping(monkeypatch, db) -> None:
    monkeypatch.setattr(running, "FINISH_S", 0.2)

    async def main() -> None:
        desk = Desk(Homeserver(synced("s1")))
        asyncio.get_running_loop().call_later(0.05, desk.stopping.set)
        await running.together(desk, [asyncio.sleep(60), desk.stopping.wait()])

    began = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - began < 5


def test_a_lane_that_fails_stops_the_others_and_is_told(db) -> None:
    ends = []

    async def failing(desk: Desk) -> None:
        raise TokenRefused("gone")

    async def patient(desk: Desk) -> None:
        await desk.pause(60)
        ends.append("in order")

    async def main() -> None:
        desk = Desk(Homeserver(synced("s1")))
        await running.together(desk, [failing(desk), patient(desk)])

    with pytest.raises(TokenRefused):
        asyncio.run(main())
    assert ends == ["in order"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TokenRefused("gone"), 77, "--login"),
        (running.NotConfigured("MATRIX_HOMESERVER is not set"), 78, "MATRIX_HOMESERVER"),
        (running.AnotherBot(), 1, "only one may"),
        (ServerDown("HTTP 502"), 1, "HTTP 502"),
        (OperationalError("server closed the connection"), 1, "database"),
        (Stopping(), 0, ""),
        (None, 0, ""),
    ],
)
def test_each_end_has_its_code_and_its_line(error, code: int, said: str, capsys) -> None:
    async def main() -> None:
        if error is not None:
            raise error

    assert running.guarded(main) == code
    assert said in capsys.readouterr().err
