"""Encrypted rooms with MATRIX_E2EE=1: read, answered in, over restarts; and what is said where it is off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person, Seen
from intake.matrix.choices import Kind
from intake.matrix.models import MatrixEvent, MatrixPost

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]

SENTENCE = "Met Dana Whitfield of Blue Heron Capital, wants the deck"


@pytest.fixture
def office(homeserver: Homeserver) -> Iterator[Office]:
    made = Office(homeserver)
    yield made
    made.close()


@pytest.fixture
def petra(office: Office, tmp_path: Path) -> Person:
    store = tmp_path / "petra"
    store.mkdir()
    return office.member(store=store)


def sealed(office: Office, tmp_path: Path) -> dict[str, str]:
    """The bot's variables for encryption, with keys of its own that outlive it."""
    folder = tmp_path / "bot"
    folder.mkdir(exist_ok=True)
    return {"MATRIX_E2EE": "1", "VAR_DIR": str(folder)}


def test_a_sentence_goes_round_also_after_a_restart(office: Office, petra: Person, tmp_path: Path) -> None:
    with office.bot(more=sealed(office, tmp_path)) as bot:
        room = office.room(petra, encrypted=True)
        thread = office.tell(petra, room, SENTENCE)
        assert "Blue Heron" in thread.last
        assert bot.stop() == 0
    petra.answer(room, thread.root, "yes")
    with office.bot(more=sealed(office, tmp_path)):
        thread.wait_for_posts(2)
        office.tell(petra, room, "Called Blue Heron Capital, left a voicemail")
    with scope(office.organization):
        assert Communication.objects.count() == 1


def test_a_killed_bot_still_reads(office: Office, petra: Person, tmp_path: Path) -> None:
    with office.bot(more=sealed(office, tmp_path)) as bot:
        room = office.room(petra, encrypted=True)
        office.tell(petra, room, SENTENCE)
        bot.kill()
    thread = office.thread(petra, room, petra.say(room, "Called Blue Heron Capital, left a voicemail"))
    with office.bot(more=sealed(office, tmp_path)):
        thread.wait_for_posts(1)


def test_nothing_goes_in_clear_into_an_encrypted_room(office: Office, petra: Person, tmp_path: Path) -> None:
    with office.bot(more=sealed(office, tmp_path)):
        room = office.room(petra, encrypted=True)
        office.tell(petra, room, SENTENCE)
    for post in MatrixPost.unscoped.filter(room__room_id=room).exclude(event_id=""):
        stored = petra.homeserver.call(
            "GET", f"/_matrix/client/v3/rooms/{room}/event/{post.event_id}", token=petra.account.token
        )
        assert stored["type"] == "m.room.encrypted" or post.event_type == "m.reaction", stored["type"]
        assert "Heron" not in str(stored)


def test_the_bots_device_is_signed_by_its_account(office: Office, petra: Person, tmp_path: Path) -> None:
    with office.bot(more=sealed(office, tmp_path)):
        pass
    keys = petra.homeserver.call(
        "POST",
        "/_matrix/client/v3/keys/query",
        {"device_keys": {office.bot_id: []}},
        token=petra.account.token,
    )
    (public,) = keys["self_signing_keys"][office.bot_id]["keys"].values()
    device = keys["device_keys"][office.bot_id][office.bot_account.device_id]
    assert f"ed25519:{public}" in device["signatures"][office.bot_id]
    assert office.bot_id in keys["master_keys"]


def test_without_encryption_the_bot_says_once_that_it_cannot_read(
    office: Office, petra: Person, tmp_path: Path
) -> None:
    with office.bot():
        room = office.room(petra, encrypted=True)
        for number in range(2):
            petra.say(room, f"{SENTENCE} {number}")
        office.wait(
            petra,
            "the events are stored",
            lambda: MatrixEvent.unscoped.filter(room__room_id=room, kind=Kind.UNREADABLE).count() == 2,
        )
        office.wait(petra, "it is said", lambda: complaints(office, petra, room))
        office.tell(petra, office.room(petra), "Called Blue Heron Capital, left a voicemail")
        assert len(complaints(office, petra, room)) == 1


def complaints(office: Office, petra: Person, room: str) -> list[Seen]:
    """What the bot said in the room of being unable to read it; its hello may come before."""
    return [one for one in office.said(petra, room) if "MATRIX_E2EE" in one.body]
