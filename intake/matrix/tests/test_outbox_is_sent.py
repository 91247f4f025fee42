"""What the outbox holds goes out: in order within a room, each once, whatever the homeserver says."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.tests import cast
from intake.matrix.bot import sending as bot_sending
from intake.matrix.bot.desk import Desk
from intake.matrix.bot.sending import Sending
from intake.matrix.choices import PostState, Purpose
from intake.matrix.errors import RateLimited, Rejected, ServerDown, TokenRefused
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.services import outbox, rooms, sending
from intake.matrix.tests.room import BOT
from intake.matrix.wording.said import Said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bots_thread")]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (7).to_bytes(4, "big") + (5).to_bytes(4, "big") + b"rest"


class Homeserver:
    """Says what it is told to say to each attempt at a post, then takes it. Each transaction id makes one event."""

    user_id = BOT

    def __init__(self) -> None:
        self.answers: dict[str, list[Exception]] = defaultdict(list)
        self.events: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self.attempts: list[tuple[str, dict[str, Any]]] = []
        self.uploads: list[bytes] = []
        self.busy: set[str] = set()
        self.overlaps = 0

    async def send(self, room_id: str, event_type: str, content: dict[str, Any], transaction_id: str) -> str:
        body = content.get("body", "")
        self.attempts.append((body, content))
        self.overlaps += room_id in self.busy
        self.busy.add(room_id)
        await asyncio.sleep(0.01)
        self.busy.discard(room_id)
        if self.answers[body]:
            raise self.answers[body].pop(0)
        self.events.setdefault(transaction_id, (room_id, event_type, content))
        return f"$of-{transaction_id}"

    async def with_picture(self, room_id: str, content: dict[str, Any], png: bytes) -> dict[str, Any]:
        self.uploads.append(png)
        return {**content, "url": "mxc://home.test/up"}

    def bodies(self, room_id: str) -> list[str]:
        return [content["body"] for where, _, content in self.events.values() if where == room_id]


@pytest.fixture
def server() -> Homeserver:
    return Homeserver()


@pytest.fixture
def room(house) -> MatrixRoom:
    return rooms.register(actor=cast.system(), room_id="!one:home.test", purpose=Purpose.INTAKE)


def say(room: MatrixRoom, body: str, **more: Any) -> MatrixPost:
    post = outbox.say(actor=cast.system(), room=room, key=f"test:{room.pk}:{body}", said=Said(body), **more)
    assert post is not None
    return post


def flush(server: Homeserver) -> Sending:
    sender = Sending(Desk(server))
    asyncio.run(sender.flush())
    return sender


def states(room: MatrixRoom) -> list[str]:
    return list(MatrixPost.objects.filter(room=room).order_by("id").values_list("state", flat=True))


def test_posts_go_out_in_order_within_a_room_and_rooms_beside_one_another(room, server) -> None:
    other = rooms.register(actor=cast.system(), room_id="!two:home.test")
    for number in range(8):
        say(room, f"a{number}")
        say(other, f"b{number}")
    assert flush(server).sent == 16
    assert server.bodies(room.room_id) == [f"a{number}" for number in range(8)]
    assert server.bodies(other.room_id) == [f"b{number}" for number in range(8)]
    assert server.overlaps == 0
    post = MatrixPost.objects.order_by("id").first()
    assert (post.state, post.event_id) == (PostState.SENT, f"$of-{post.transaction_id}")
    assert post.sent_at is not None


def test_posts_of_every_organization_go_out(room, server, foreign) -> None:
    say(room, "ours")
    with scope(foreign.organization):
        say(rooms.register(actor=cast.system(), room_id="!theirs:home.test"), "theirs")
    flush(server)
    assert not MatrixPost.unscoped.queued().exists()
    assert server.bodies("!theirs:home.test") == ["theirs"]


def test_an_answer_hangs_in_its_thread(room, server) -> None:
    say(room, "x", thread_root="$root")
    flush(server)
    ((_, _, content),) = server.events.values()
    assert content["m.relates_to"]["rel_type"] == "m.thread"
    assert content["m.relates_to"]["event_id"] == "$root"


def test_a_picture_is_uploaded_and_named_by_its_address(room, server) -> None:
    say(room, "a chart", picture=PNG)
    flush(server)
    assert server.uploads == [PNG]
    ((_, _, content),) = server.events.values()
    assert (content["msgtype"], content["url"]) == ("m.image", "mxc://home.test/up")
    assert content["info"] == {"mimetype": "image/png", "size": len(PNG), "w": 7, "h": 5}


@pytest.mark.parametrize("error", [ServerDown("HTTP 502"), RateLimited(30)])
def test_what_the_homeserver_cannot_take_now_waits_with_all_after_it(room, server, error) -> None:
    say(room, "one")
    say(room, "two")
    server.answers["one"] = [error]
    sender = flush(server)
    assert states(room) == [PostState.QUEUED, PostState.QUEUED]
    post = MatrixPost.objects.order_by("id").first()
    assert post.attempts == 1 and type(error).__name__ in post.error
    assert [body for body, _ in server.attempts] == ["one"]
    if isinstance(error, RateLimited):
        assert sender.paused_until_s - bot_sending.time.monotonic() > 25


def test_when_the_homeserver_is_back_nothing_waits_any_longer(room, server) -> None:
    say(room, "one")
    server.answers["one"] = [ServerDown("gone")]

    async def outage() -> Sending:
        sender = Sending(Desk(server))
        sender.failures = 8  # an outage of a while: the pause is a long one
        assert await sender.flush() == 0
        assert await sender.flush() == 0  # still within the pause
        sender.desk.server_back.set()
        await sender.flush()
        return sender

    assert asyncio.run(outage()).sent == 1
    assert states(room) == [PostState.SENT]


def test_a_repeat_within_a_limit_waits_as_long_as_it_was_told(room, server) -> None:
    say(room, "one")
    server.answers["one"] = [RateLimited(0.3)]

    async def work() -> float:
        desk = Desk(server)
        sender = Sending(desk)
        began = asyncio.get_running_loop().time()
        running = asyncio.ensure_future(sender.run())
        while not sender.sent:
            await asyncio.sleep(0.01)
        took_s = asyncio.get_running_loop().time() - began
        desk.stopping.set()
        await running
        return took_s

    assert 0.3 <= asyncio.run(asyncio.wait_for(work(), 10)) < 8
    assert len(server.attempts) == 2


def test_a_room_that_is_being_served_is_not_served_by_a_second_lane(room, server) -> None:
    for number in range(6):
        say(room, f"a{number}")

    async def work() -> None:
        desk = Desk(server)
        sender = Sending(desk)
        running = asyncio.ensure_future(sender.run())
        while sender.sent < 6:
            # Woken again and again, as by a worker that answers many messages.
            desk.to_send.set()
            await asyncio.sleep(0.002)
        desk.stopping.set()
        await running

    asyncio.run(asyncio.wait_for(work(), 20))
    assert server.overlaps == 0
    assert [body for body, _ in server.attempts] == [f"a{number}" for number in range(6)]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_is_refused_for_good_is_given_up_and_the_next_goes_out(room, server, status: int) -> None:
    say(room, "one")
    say(room, "two")
    server.answers["one"] = [Rejected(status, "M_FORBIDDEN", "no")]
    flush(server)
    assert states(room) == [PostState.FAILED, PostState.SENT]
    assert "M_FORBIDDEN" in MatrixPost.objects.order_by("id").first().error


def test_a_reaction_that_stands_already_counts_as_sent(room, server) -> None:
    say(room, "one")
    server.answers["one"] = [Rejected(400, "M_DUPLICATE_ANNOTATION", "twice")]
    flush(server)
    assert states(room) == [PostState.SENT]


def test_a_root_that_can_carry_no_thread_is_answered_in_the_room(room, server) -> None:
    say(room, "one", thread_root="$a-reaction")
    server.answers["one"] = [Rejected(400, "M_UNKNOWN", "Cannot start threads from an event with a relation")]
    flush(server)
    assert states(room) == [PostState.SENT]
    assert "m.relates_to" not in server.attempts[-1][1]


def test_a_refused_token_ends_the_sending_and_loses_nothing(room, server) -> None:
    say(room, "one")
    server.answers["one"] = [TokenRefused("gone")]
    with pytest.raises(TokenRefused):
        flush(server)
    assert states(room) == [PostState.QUEUED]


def test_a_bug_of_ours_is_tried_three_times_and_then_stops_nobody(room, server) -> None:
    say(room, "one")
    say(room, "two")
    server.answers["one"] = [ZeroDivisionError("a bug")] * 3
    for attempt in range(1, bot_sending.MOST_ATTEMPTS):
        flush(server)
        assert states(room) == [PostState.QUEUED, PostState.QUEUED]
        assert MatrixPost.objects.order_by("id").first().attempts == attempt
        MatrixPost.objects.update(next_try_at=None)
    flush(server)
    assert states(room) == [PostState.FAILED, PostState.SENT]


def test_what_is_put_off_keeps_its_room_waiting_and_no_other(room, server) -> None:
    other = rooms.register(actor=cast.system(), room_id="!two:home.test")
    first = say(room, "one")
    say(room, "two")
    say(other, "three")
    sending.put_off(actor=cast.system(), post_id=first.pk, pause=timedelta(minutes=5), why="later")
    flush(server)
    assert states(room) == [PostState.QUEUED, PostState.QUEUED] and states(other) == [PostState.SENT]


def test_a_post_sent_and_not_noted_is_sent_again_under_the_same_id(room, server) -> None:
    post = say(room, "one")
    flush(server)
    MatrixPost.objects.update(state=PostState.QUEUED, event_id="", sent_at=None)
    flush(server)
    assert len(server.attempts) == 2 and len(server.events) == 1
    assert MatrixPost.objects.get(pk=post.pk).state == PostState.SENT


def test_two_posts_of_one_row_number_never_share_a_transaction_id(room) -> None:
    """After a backup was put back the database counts from an earlier number again."""
    post = say(room, "one")
    twin = MatrixPost(pk=post.pk, created_at=clock.now() + timedelta(days=1))
    assert twin.transaction_id != post.transaction_id


def test_marking_touches_only_posts_of_the_organization_that_still_wait(room, foreign) -> None:
    post = say(room, "one")
    elsewhere = cast.actor_of(cast.make_member(foreign.organization))
    sending.mark_sent(actor=elsewhere, post_id=post.pk, event_id="$1")
    assert states(room) == [PostState.QUEUED]
    sending.mark_sent(actor=cast.system(), post_id=post.pk, event_id="$1")
    sending.give_up(actor=cast.system(), post_id=post.pk, why="late")
    assert states(room) == [PostState.SENT]
