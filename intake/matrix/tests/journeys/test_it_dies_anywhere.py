"""Killed at each step, as by a power cut, and started again: every message answered once, every yes written once."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import Office
from intake.choices import ProposalState
from intake.matrix.models import MatrixEvent
from intake.matrix.tests.journeys.scene import firm, logged
from intake.models import InboundMessage

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def place(homeserver: Homeserver, lasting_database: None) -> Iterator[Office]:
    made = Office(homeserver)
    yield made
    made.close()


POINTS = [
    "matrix.storing",  # inside the transaction that stores what came
    "matrix.stored",  # right after it
    "matrix.deciding",  # inside the transaction of a yes
    "matrix.decided",  # right after it
    "matrix.sent",  # the homeserver has the post, and we have not noted that
]


@pytest.mark.parametrize("point", POINTS)
def test_a_bot_that_dies_there_loses_nothing_and_does_nothing_twice(place, point: str) -> None:
    petra = place.member("partner", "Petra Partner")
    written, later = firm(), firm()
    with place.bot() as bot:
        room = place.room(petra)
        thread = place.tell(petra, room, written.met)
        bot.stop()
    petra.answer(room, thread.root, "yes")
    other = place.thread(petra, room, petra.say(room, later.met))
    faulty = place.bot(fault=point)
    try:
        faulty.start()
        assert faulty.process is not None
        place.wait(petra, f"it dies at {point}", lambda: faulty.process.poll() is not None, timeout_s=60)
        assert faulty.process.returncode == -signal.SIGKILL
    finally:
        faulty.kill()
    with place.bot():
        thread.wait_for_posts(2)
        other.wait_for_posts(1)
        other.answer("no")
    assert [len(thread.news), len(other.news)] == [2, 2]
    assert thread.states == [ProposalState.COMMITTED] and other.states == [ProposalState.REJECTED]
    assert len(logged(place, written.name)) == 1
    assert InboundMessage.unscoped.filter(external_id__in=[thread.root, other.root]).count() == 2
    assert MatrixEvent.unscoped.filter(event_id__in=[thread.root, other.root]).count() == 2
