"""Saying: once per key, in the writer's transaction, and the sender hears of it at the commit."""

from __future__ import annotations

import struct

import psycopg
import pytest
from django.db import connection

from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.errors import NotFound
from crm_site.core.scope import scope
from intake.matrix import keys
from intake.matrix.models import MatrixPost
from intake.matrix.services import outbox
from intake.matrix.wording.said import say

HELLO = say("Hello")


@pytest.fixture
def system(house) -> Actor:
    return Actor.system(organization_id=house.pk)


def test_the_same_key_is_said_once(room, system) -> None:
    first = outbox.say(actor=system, room=room.row, key="one", said=HELLO)
    again = outbox.say(actor=system, room=room.row, key="one", said=say("Something else"))
    assert first is not None and again is None
    assert [post.content["body"] for post in MatrixPost.objects.filter(key="one")] == ["Hello"]


def test_saying_it_again_leaves_the_rest_of_the_transaction_whole(room, system) -> None:
    with unit.atomic():
        outbox.say(actor=system, room=room.row, key="one", said=HELLO)
        outbox.say(actor=system, room=room.row, key="one", said=HELLO)
        outbox.say(actor=system, room=room.row, key="two", said=HELLO)
    assert MatrixPost.objects.filter(room=room.row, key__in=["one", "two"]).count() == 2


def test_what_is_rolled_back_is_never_said(room, system) -> None:
    with pytest.raises(ZeroDivisionError), unit.atomic():
        outbox.say(actor=system, room=room.row, key="one", said=HELLO)
        _ = 1 / 0
    assert not MatrixPost.objects.filter(key="one").exists()


def test_nobody_speaks_in_a_room_of_another_organization(room, foreign) -> None:
    elsewhere = Actor.system(organization_id=foreign.organization.pk)
    with scope(foreign.organization), pytest.raises(NotFound):
        outbox.say(actor=elsewhere, room=room.row, key="one", said=HELLO)


def test_a_picture_is_said_with_its_size_and_what_it_shows(room, system) -> None:
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"rest"
    post = outbox.say(actor=system, room=room.row, key="one", said=say("Two bars"), picture=png)
    assert post is not None
    assert (post.content["msgtype"], post.content["body"]) == ("m.image", "Two bars")
    assert post.content["info"] == {"mimetype": "image/png", "size": len(png), "w": 640, "h": 480}


def test_a_long_key_fits_and_stays_itself() -> None:
    parts = ("refused", "$" + "a" * 250, "@" + "b" * 250)
    assert len(keys.key_of(*parts)) <= keys.LENGTH
    assert keys.key_of(*parts) == keys.key_of(*parts) != keys.key_of(*parts[:2], "@c")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_the_sender_hears_of_it_at_the_commit_and_not_before(room, system) -> None:
    given = {
        key: value
        for key, value in connection.get_connection_params().items()
        if isinstance(value, str | int)
    }
    wanted = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if key in given}
    with psycopg.connect(**wanted, autocommit=True) as ear:
        ear.execute(f"LISTEN {outbox.CHANNEL}")
        with unit.atomic():
            outbox.say(actor=system, room=room.row, key="one", said=HELLO)
            assert list(ear.notifies(timeout=0.1)) == []
        assert [heard.channel for heard in ear.notifies(timeout=5, stop_after=1)] == [outbox.CHANNEL]
