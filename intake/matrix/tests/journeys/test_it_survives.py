"""Stopped, killed, cut off, refused, slowed down: nothing is lost, nothing is done twice."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from crm_site.tests.synapse.homeserver import Account, Homeserver
from crm_site.tests.synapse.office import BOT_STOPS_WITHIN_S, Bot, Office, workers
from crm_site.tests.synapse.person import Person
from intake.choices import ProposalState
from intake.matrix.choices import EventState, Link, PostState
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixState
from intake.matrix.tests.journeys.scene import firm, investors, logged
from intake.models import InboundMessage

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]

LOG_IN_REFUSED = 77
REVOKED = "syt_cm91bmR0YWJsZQ_GoneForGoodGoneForGood_0aaaaa"


@pytest.fixture(scope="module")
def place(homeserver: Homeserver, lasting_database: None) -> Iterator[Office]:
    """An office whose bot each test starts and stops itself."""
    made = Office(homeserver)
    yield made
    made.close()


@pytest.fixture(scope="module")
def petra(place: Office) -> Person:
    return place.member("partner", "Petra Partner")


def end(bot: Bot, how: str) -> None:
    if how == "killed":
        bot.kill()
    else:
        assert bot.stop() == 0


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_what_was_said_while_it_was_away_is_worked_off_in_order(place, petra, how: str) -> None:
    acme, later = firm(), firm()
    with place.bot() as bot:
        room = place.room(petra)
        thread = place.tell(petra, room, acme.met)
        end(bot, how)
    petra.answer(room, thread.root, "edit kind=call")
    petra.answer(room, thread.root, "yes", last_seen=thread.news[-1].event_id)
    other = place.thread(petra, room, petra.say(room, later.met))
    with place.bot():
        # The yes was to the version before the edit: it is asked again, not taken for the new one.
        thread.wait_for_posts(3)
        other.wait_for_posts(1)
        assert thread.states == [ProposalState.PENDING]
        thread.answer("yes")
        other.answer("yes")
    assert logged(place, acme.name)[0].kind == "call"
    assert [len(logged(place, one.name)) for one in (acme, later)] == [1, 1]
    assert [len(each.news) for each in (thread, other)] == [4, 2]


def test_sigterm_in_the_middle_of_work_ends_it_soon_and_loses_nothing(place, petra) -> None:
    with place.bot() as bot:
        room = place.room(petra)
        firms = [firm() for _ in range(25)]
        roots = petra.send_all(room, [one.met for one in firms])
        threads = [place.thread(petra, room, root) for root in roots]
        place.wait(petra, "it is at work", lambda: any(thread.news for thread in threads))
        began = time.monotonic()
        assert bot.stop(timeout_s=30) == 0
        assert time.monotonic() - began <= BOT_STOPS_WITHIN_S
    assert MatrixState.objects.get(user_id=place.bot_id).link == Link.STOPPED
    with place.bot():
        place.wait(petra, "the rest", lambda: all(thread.news for thread in threads), timeout_s=60)
        threads[-1].answer("no")
    assert [len(thread.news) for thread in threads] == [1] * 24 + [2]


def test_sigterm_while_it_waits_for_news_ends_it_at_once(place) -> None:
    with place.bot() as bot:
        began = time.monotonic()
        assert bot.stop() == 0
        assert time.monotonic() - began <= BOT_STOPS_WITHIN_S


def test_the_homeserver_restarts_and_it_goes_on(place, petra, homeserver) -> None:
    with place.bot() as bot:
        room = place.room(petra)
        before = place.tell(petra, room, firm().met)
        homeserver.kill()
        homeserver.start()
        after = place.tell(petra, room, firm().met)
        before.answer("yes")
        after.answer("yes")
        assert bot.process is not None and bot.process.poll() is None
    assert before.states == after.states == [ProposalState.COMMITTED]


def test_a_revoked_token_ends_it_with_a_code_of_its_own(place, petra, homeserver) -> None:
    account = homeserver.newcomer("roundtable")
    with Bot(homeserver, account) as bot:
        homeserver.revoke(account)
        assert bot.wait_until_gone() == LOG_IN_REFUSED
    state = MatrixState.objects.get(user_id=account.mxid)
    assert state.link == Link.REFUSED and state.detail


def test_a_token_that_never_was_ends_it_at_the_start(place, homeserver) -> None:
    account = homeserver.newcomer("roundtable")
    bot = Bot(homeserver, Account(account.mxid, REVOKED, account.device_id))
    try:
        bot.start()
        assert bot.wait_until_gone() == LOG_IN_REFUSED
    finally:
        bot.kill()


def test_a_long_absence_is_caught_up_whole(place, petra) -> None:
    """More messages than one /sync shows: the gap is filled by /messages."""
    with place.bot():
        room = place.room(petra)
        place.tell(petra, room, firm().met)
    firms = [firm() for _ in range(120)]
    roots = petra.send_all(room, [one.met for one in firms])
    with place.bot():
        threads = [place.thread(petra, room, root) for root in roots]
        place.wait(petra, "all of them", lambda: all(thread.news for thread in threads), timeout_s=120)
    assert [len(thread.news) for thread in threads] == [1] * 120
    stored = MatrixEvent.unscoped.filter(event_id__in=roots).order_by("id").values_list("event_id", flat=True)
    seen = [event.event_id for event in petra.in_room(room) if event.event_id in set(roots)]
    assert list(stored) == seen


def test_what_is_delivered_twice_and_sent_twice_happens_once(place, petra) -> None:
    acme = firm()
    with place.bot():
        room = place.room(petra)
        early = MatrixState.objects.get(user_id=place.bot_id).next_batch
        thread = place.tell(petra, room, acme.met)
        thread.answer("yes")
    # As after a backup was put back: the token is old, and what was sent counts as not sent.
    MatrixState.objects.filter(user_id=place.bot_id).update(next_batch=early)
    posts = MatrixPost.unscoped.filter(room__room_id=room)
    posts.update(state=PostState.QUEUED, event_id="", sent_at=None)
    with place.bot():
        other = place.tell(petra, room, firm().met)
        place.wait(petra, "all sent again", lambda: not posts.filter(state=PostState.QUEUED).exists())
        other.answer("yes")
    assert (len(thread.news), len(other.news)) == (2, 2)
    assert InboundMessage.unscoped.filter(external_id=thread.root).count() == 1
    assert len(logged(place, acme.name)) == 1


def test_once_reads_works_sends_and_ends(place, petra) -> None:
    with place.bot():
        room = place.room(petra)
    acme = firm()
    thread = place.thread(petra, room, petra.say(room, acme.met))
    for _ in range(2):
        bot = place.bot("--once")
        try:
            bot.start()
            assert bot.wait_until_gone(timeout_s=60) == 0
        finally:
            bot.kill()
        place.wait(petra, "read", lambda: thread.proposals)
    thread.wait_for_posts(1)
    assert thread.states == [ProposalState.PENDING]


def test_with_real_workers_the_whole_house_answers(place, petra) -> None:
    acme = firm()
    place.works_here = False
    try:
        with workers() as hands, place.bot():
            hands.wait_until_up("fast")
            room = place.room(petra)
            place.tell(petra, room, acme.met).answer("yes")
    finally:
        place.works_here = True
    assert len(logged(place, acme.name)) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections to lose")
def test_it_goes_on_when_the_database_ends_its_connections(place, petra) -> None:
    acme = firm()
    with place.bot() as bot:
        room = place.room(petra)
        thread = place.tell(petra, room, acme.met)
        for _ in range(3):
            assert end_other_connections() >= 1
            place.tell(petra, room, firm().met)
        thread.answer("yes")
        assert bot.process is not None and bot.process.poll() is None
    assert len(logged(place, acme.name)) == 1
    assert not MatrixEvent.unscoped.filter(state=EventState.FAILED).exists()


def end_other_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def test_two_bots_on_one_database_do_not_both_work(place, petra) -> None:
    acme = firm()
    with place.bot():
        second = place.bot()
        try:
            second.start()
            room = place.room(petra)
            thread = place.tell(petra, room, acme.met)
            thread.answer("yes")
            assert len(thread.news) == 2
        finally:
            second.kill()
    assert len(investors(place, acme.name)) == 1


def test_a_homeserver_that_slows_it_down_is_obeyed(tmp_path: Path, lasting_database: None) -> None:
    with Homeserver(tmp_path, messages={"per_second": 2, "burst_count": 3}) as strict:
        place = Office(strict)
        try:
            with place.bot() as bot:
                petra = place.member("partner", "Petra Partner")
                admin = strict.register("admin", admin=True)
                limits = f"/_synapse/admin/v1/users/{petra.mxid}/override_ratelimit"
                strict.call("POST", limits, {"messages_per_second": 0, "burst_count": 0}, token=admin.token)
                room = place.room(petra)
                roots = petra.send_all(room, [firm().met for _ in range(12)])
                threads = [place.thread(petra, room, root) for root in roots]
                place.wait(petra, "each its proposal", lambda: all(t.news for t in threads), timeout_s=60)
                assert [len(thread.news) for thread in threads] == [1] * 12
                assert bot.process is not None and bot.process.poll() is None
        finally:
            place.close()


def test_nothing_of_it_needs_a_signal_it_does_not_get(place) -> None:
    """Ctrl-C at a terminal is an order to stop, too."""
    with place.bot() as bot:
        assert bot.process is not None
        bot.process.send_signal(signal.SIGINT)
        assert bot.process.wait(timeout=BOT_STOPS_WITHIN_S * 2) in {0, 130}
