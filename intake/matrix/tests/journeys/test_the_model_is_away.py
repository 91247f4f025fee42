"""With a model that is down, slow or odd: people see that it works on it, get the grammar's proposal, and are told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from crm_site.tests.fakes import ChatServer, chat_server
from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import STILL_WORKING, Office
from crm_site.tests.synapse.person import Person
from intake.choices import ProposalState
from intake.matrix.tests.journeys.scene import firm

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]

SLOW_S = 11.5


class Model:
    """Fails; while `held` is set, only after the test lets go."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.may_go_on.wait(60)
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def server(model: Model) -> Iterator[ChatServer]:
    with chat_server(model.answer) as running:
        yield running


@pytest.fixture(scope="module")
def place(homeserver: Homeserver, lasting_database: None, server: ChatServer) -> Iterator[Office]:
    made = Office(homeserver)
    with made.bot(more={"SPARK_CONTROL_URL": server.url}):
        yield made
        made.close()


@pytest.fixture(scope="module")
def petra(place: Office) -> Person:
    return place.member("partner", "Petra Partner")


@pytest.fixture(autouse=True)
def the_workers_know_the_model(settings, server: ChatServer) -> None:
    settings.SPARK_CONTROL_URL = server.url


def test_when_the_model_is_down_the_grammar_proposes_and_says_so(place, petra, server) -> None:
    acme = firm()
    room = place.room(petra)
    thread = place.tell(petra, room, acme.met)
    assert server.requests
    assert acme.name in thread.posts[0].body
    said = "\n".join(post.body for post in thread.posts).lower()
    assert "model" in said
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]


def test_people_see_that_it_reads_and_after_ten_seconds_that_it_still_does(place, petra, model) -> None:
    room = place.room(petra)
    model.may_go_on.clear()
    timer = threading.Timer(SLOW_S, model.may_go_on.set)
    timer.start()
    try:
        thread = place.thread(petra, room, petra.say(room, firm().met))
        petra.wait_for("typing", lambda: (room, place.bot_id) in petra.ever_typed)
        # The worker below blocks this thread until the model answers; what the person saw meanwhile is in the room.
        thread.wait_for_posts(1)
    finally:
        timer.cancel()
        model.may_go_on.set()
    first, second = thread.posts
    assert first.body == STILL_WORKING and "`yes`" in second.body
    petra.wait_for("it stops typing", lambda: place.bot_id not in petra.typing.get(room, set()))
    assert thread.states == [ProposalState.PENDING]
