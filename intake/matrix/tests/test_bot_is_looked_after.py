"""Its log-in on disk, its lock, how it hears of new posts, and what doctor says of it."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.urls import reverse

from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.work import beats
from crm_site.work.doctor import Verdict
from crm_site.work.models import Heartbeat
from intake.matrix import condition, session, tasks
from intake.matrix.bot import waking
from intake.matrix.bot.checking import may_send
from intake.matrix.bot.desk import Desk
from intake.matrix.bot.lock import AnotherBot
from intake.matrix.choices import Link, PostState, Purpose
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.services import outbox, rooms, state
from intake.matrix.session import Session
from intake.matrix.tests.room import BOT
from intake.matrix.wording import addresses
from intake.matrix.wording.said import Said

HERE = "https://matrix.home.test"


@pytest.fixture
def configured(settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path
    settings.MATRIX = replace(
        django_settings.MATRIX,
        homeserver=HERE,
        user=BOT,
        access_token="",
        device_id="",
        password="",
        e2ee=False,
    )
    return settings


# -- The log-in ----------------------------------------------------------------------------------------------------------------


def test_a_log_in_is_kept_for_the_owner_only_and_replaced_whole(configured) -> None:
    assert session.load() is None
    for token in ("first", "second"):
        session.store(Session(HERE, BOT, "DEVICE", token))
        assert stat.S_IMODE(os.stat(session.path()).st_mode) == 0o600
        assert session.load() == Session(HERE, BOT, "DEVICE", token)
    assert [entry.name for entry in session.path().parent.iterdir()] == ["session.json"]


def test_a_token_of_the_settings_wins(configured) -> None:
    session.store(Session(HERE, BOT, "OLD", "stored"))
    configured.MATRIX = replace(configured.MATRIX, access_token="set", device_id="NEW")
    assert session.load() == Session(HERE, BOT, "NEW", "set")


@pytest.mark.parametrize("other", [{"homeserver": "https://other.test"}, {"user": "@other:home.test"}])
def test_a_log_in_of_another_account_is_not_used(configured, other) -> None:
    session.store(Session(HERE, BOT, "DEVICE", "stored"))
    configured.MATRIX = replace(configured.MATRIX, **other)
    assert session.load() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"user_id": 3}', "\x00"])
def test_a_broken_file_is_no_log_in(configured, text: str) -> None:
    session.path().parent.mkdir()
    session.path().write_text(text)
    assert session.load() is None


# -- The lock and the waker ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_only_one_bot_gets_the_database(configured) -> None:
    async def main() -> None:
        first, second = waking.make(), waking.make()
        await first.start()
        with pytest.raises(AnotherBot):
            await second.start()
        await first.close()
        await second.start()
        await second.close()

    asyncio.run(main())


@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_a_post_of_another_process_wakes_the_sender_after_its_commit(configured, house) -> None:
    room = rooms.register(actor=cast.system(), room_id="!a:home.test", purpose=Purpose.INTAKE)

    def elsewhere() -> None:
        with scope(house):
            outbox.say(actor=cast.system(), room=room, key="x", said=Said("hello"))
        connections.close_all()

    async def main() -> float:
        desk, waker = Desk(client=None), waking.make()
        await waker.start()
        listening = asyncio.ensure_future(waker.run(desk))
        await asyncio.sleep(0.3)
        desk.to_send.clear()
        writer = threading.Thread(target=elsewhere)
        began = asyncio.get_running_loop().time()
        writer.start()
        await asyncio.wait_for(desk.to_send.wait(), 10)
        took_s = asyncio.get_running_loop().time() - began
        desk.stopping.set()
        # Told to stop, it does not wait for the next word.
        await asyncio.wait_for(listening, 2)
        await waker.close()
        await asyncio.to_thread(writer.join)
        return took_s

    assert asyncio.run(main()) < 5
    assert MatrixPost.objects.get().state == PostState.QUEUED


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections to lose")
@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_a_listener_whose_connection_was_ended_listens_again_and_holds_the_lock_again(
    configured, house
) -> None:
    def end_it() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'roundtable matrix_bot'"
            )
            return int(cursor.fetchone()[0])

    async def main() -> None:
        desk, waker, other = Desk(client=None), waking.make(), waking.make()
        await waker.start()
        listening = asyncio.ensure_future(waker.run(desk))
        assert await asyncio.to_thread(end_it) == 1
        await asyncio.wait_for(desk.to_send.wait(), 15)
        with pytest.raises(AnotherBot):
            await other.start()
        desk.stopping.set()
        await asyncio.wait_for(listening, 2)
        await waker.close()

    asyncio.run(main())


# -- What doctor says ----------------------------------------------------------------------------------------------------------


def finding() -> tuple[Verdict, str]:
    found = tasks.matrix_bot()
    return found.verdict, found.text


def alive(link: Link = Link.CONNECTED, detail: str = "") -> None:
    beats.record(condition.BEAT)
    state.note_link(user_id=BOT, link=link, detail=detail)


def test_without_a_homeserver_there_is_nothing_to_say(db, settings) -> None:
    settings.MATRIX = replace(django_settings.MATRIX, homeserver="")
    assert finding() == (Verdict.OK, "none set up (MATRIX_HOMESERVER)")


def test_a_bot_that_reads_and_sends_is_well(house, configured) -> None:
    alive()
    state.note_synced(user_id=BOT, next_batch="s1")
    verdict, text = finding()
    assert verdict is Verdict.OK and text.startswith("connected, last sync 0 s ago; 0 to send, 0 to decide")
    assert condition.now().is_connected


def test_a_bot_that_never_ran_or_beats_no_more_is_down(house, configured) -> None:
    assert finding()[0] is Verdict.DOWN
    alive()
    Heartbeat.objects.update(beat_at=clock.now() - timedelta(minutes=5))
    verdict, text = finding()
    assert verdict is Verdict.DOWN and "not running" in text
    assert not condition.now().is_connected


def test_a_refused_log_in_says_what_to_do(house, configured) -> None:
    alive(Link.REFUSED, "Token is not active")
    verdict, text = finding()
    assert verdict is Verdict.DOWN and "Token is not active" in text and "--login" in text


def test_a_homeserver_that_does_not_answer_is_a_warning(house, configured) -> None:
    alive(Link.RETRYING, "HTTP 502")
    assert finding() == (Verdict.WARN, "the homeserver does not answer: HTTP 502")


def test_what_waits_too_long_what_was_given_up_and_what_cannot_be_read_is_named(house, configured) -> None:
    alive()
    room = rooms.register(actor=cast.system(), room_id="!a:home.test", purpose=Purpose.INTAKE)
    for key in ("late", "lost"):
        outbox.say(actor=cast.system(), room=room, key=key, said=Said("x"))
    MatrixPost.objects.filter(key="late").update(created_at=clock.now() - timedelta(minutes=3))
    MatrixPost.objects.filter(key="lost").update(state=PostState.FAILED)
    MatrixRoom.objects.update(is_encrypted=True)
    verdict, text = finding()
    assert verdict is Verdict.WARN
    assert "1 to send" in text and "more than two minutes" in text and "given up: 1 posts, 0 events" in text
    assert "!a:home.test, which is encrypted: set MATRIX_E2EE=1" in text and f"invite {BOT}" in text


# -- What it costs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", addresses.PAGES)
def test_the_bots_links_are_those_of_the_site(name: str) -> None:
    page = addresses.PAGES[name]
    assert page.format(7) == reverse(name, args=[7] if "{}" in page else [])


def test_the_bot_loads_neither_the_pages_nor_what_draws_charts() -> None:
    """Each of these is tens of megabytes or a second of its start."""
    heavy = [
        "crm_site.urls",
        "altair",
        "vl_convert",
        "numpy",
        "fastembed",
        "qdrant_edge",
        "drf_spectacular.views",
    ]
    script = (
        "import sys, django; django.setup(); import intake.matrix.management.commands.matrix_bot;"
        "from intake.matrix.wording import addresses; addresses.of_rooms(); addresses.of_investor(1);"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm_site.settings"}
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.stdout.strip() == "[]", found.stderr


# -- Rights in a room ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "may"),
    [
        ({}, True),
        ({"events_default": 50}, False),
        ({"events_default": 50, "users_default": 50}, True),
        ({"events_default": 50, "users": {BOT: 50}}, True),
        ({"events_default": 0, "events": {"m.room.message": 100}, "users": {BOT: 50}}, False),
        ({"events": "junk", "users": [], "events_default": "x"}, True),
    ],
)
def test_power_levels_tell_whether_the_bot_may_speak(levels, may: bool) -> None:
    assert may_send(levels, BOT) is may
