"""Encrypted messages whose key comes late, or never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_site.core import clock
from crm_site.core.scope import no_scope
from intake.matrix.bot import unread
from intake.matrix.choices import Kind
from intake.matrix.models import MatrixEvent, MatrixPost
from intake.matrix.tests.test_inbox_stores_once import intake_room, message, petra, store
from intake.models import InboundMessage

__all__ = ["intake_room", "petra"]


def sealed(event_id: str) -> dict[str, Any]:
    return message(event_id) | {"type": "m.room.encrypted", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


def test_a_message_whose_key_comes_late_is_taken_in_then(intake_room, petra) -> None:
    store(intake_room, sealed("$1"))
    assert MatrixEvent.objects.get().kind == Kind.UNREADABLE
    assert not InboundMessage.objects.exists()
    store(intake_room, message("$1"), token="s2")
    assert MatrixEvent.objects.get().kind == Kind.MESSAGE
    assert InboundMessage.objects.get().external_id == "$1"


def test_a_message_that_was_read_is_not_made_unreadable_again(intake_room, petra) -> None:
    store(intake_room, message("$1"))
    store(intake_room, sealed("$1"), token="s2")
    assert MatrixEvent.objects.get().kind == Kind.MESSAGE


@pytest.mark.parametrize(("age_s", "times"), [(30, 0), (90, 1), (2 * 24 * 3600, 0)])
def test_what_stays_unreadable_is_asked_for_once_a_day(age_s: int, times: int, intake_room, settings) -> None:
    settings.MATRIX = type(settings.MATRIX)(**{**settings.MATRIX.__dict__, "e2ee": True})
    store(intake_room, sealed("$1"), sealed("$2"))
    MatrixEvent.objects.update(received_at=clock.now() - timedelta(seconds=age_s))
    for _ in range(2):
        with no_scope():
            unread._ask_again()
    assert MatrixPost.objects.filter(key__startswith="unread").count() == times


def test_an_earlier_life_is_remembered(intake_room) -> None:
    store(intake_room, sealed("$1"), message("$2"))
    with no_scope():
        assert [room_id for room_id, _ in unread._recent()] == [intake_room.room_id]
