"""search.md 5d (6), (7), (8): the embedding server fails in every way, nothing is embedded twice, and clocks jump."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.core import scope, spark
from crm_site.investors.models import Investor
from crm_site.tests import cast, fakes
from search import embed, index, rebuilding, sync
from search.models import Claim, Dirty, Target
from search.tests.chaos import truth
from search.tests.chaos.hands import Order
from search.tests.chaos.harness import STORM, Town

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

WAYS_TO_FAIL = ("down", "too few", "no number", "no answer", "longer")
HOUR = timedelta(hours=1)


@dataclass
class Embeddings:
    """A server of embeddings. mode: how it answers. texts: all it was ever asked for."""

    url: str = ""
    mode: str = "well"
    dimension: int = 4
    texts: list[str] = field(default_factory=list)

    def answer(self, texts: list[str]) -> tuple[int, str]:
        self.texts += texts
        length = self.dimension + (self.mode == "longer")
        vectors: list[list[Any]] = [[float(len(text) % 7 + 1), *[0.5] * (length - 1)] for text in texts]
        if self.mode == "too few":
            vectors.pop()
        if self.mode == "no number":
            vectors[0][1] = float("nan")
        data = [{"index": number, "embedding": vector} for number, vector in enumerate(vectors)]
        return (503 if self.mode == "down" else 200), json.dumps({"data": data})


@contextmanager
def embeddings() -> Iterator[Embeddings]:
    server = Embeddings()

    class Handler(fakes.Quiet):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = server.answer(asked["input"])
            if server.mode == "no answer":
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

    with fakes.serving(Handler) as server.url:
        yield server


@pytest.fixture
def model(town: Town, settings: Any) -> Iterator[Embeddings]:
    """An index with dense vectors, and the server they come from."""
    with embeddings() as server:
        settings.SPARK_CONTROL_URL = town.model_url = server.url
        settings.CRM_EMBED_MODEL = "chaos"
        spark.reset()
        embed.reset()
        rebuilding.start()
        town.settle()
        yield server
    spark.reset()
    embed.reset()


def live() -> Target:
    target = rebuilding.live()
    assert target is not None
    return target


def without_vector(target: Target) -> list[str | None]:
    return [
        one.key
        for organization in Organization.objects.order_by("id")
        for one in index.stored(organization_id=organization.pk, collection=target.collection)
        if not one.is_dead and not one.has_dense
    ]


def test_an_embedding_server_that_fails_in_every_way_only_delays(model: Embeddings, town: Town) -> None:
    dice = random.Random(6)
    town.hire(writer=3)
    town.order(town.of("sync"), Order(seed=6, chances=STORM))

    def turn() -> None:
        if dice.random() < 0.15:
            model.mode = dice.choice(("well", *WAYS_TO_FAIL))

    town.write_for(3.0, seed=6, each=turn)
    model.mode = "well"
    town.settle()
    assert live().dimension == 4
    assert town.differences() == []
    assert without_vector(live()) == []


def test_a_model_with_longer_vectors_waits_for_a_rebuild_and_then_all_is_there(
    model: Embeddings, town: Town
) -> None:
    with scope.scope(Organization.objects.get(pk=town.actors[0].organization_id)):
        note = cast.make_communication(body="Said while the vectors were longer.")
    model.dimension = 6
    sync.run()
    waiting = Claim.unscoped.get(key=f"communication:{note.pk}")
    assert Dirty.unscoped.filter(key=waiting.key).exists() and "reindex --recreate" in waiting.error
    rebuilding.start()
    town.settle()
    assert live().dimension == 6
    assert town.differences() == []
    assert without_vector(live()) == []


def test_a_save_that_changes_nothing_asks_for_no_vector(model: Embeddings, town: Town) -> None:
    model.texts.clear()
    for note in Communication.unscoped.all():
        note.save()
    Investor.unscoped.update(location="")
    assert (
        not Dirty.unscoped.filter(key__startswith="communication:").count() < Communication.unscoped.count()
    )
    town.settle()
    assert town.differences() == []
    assert model.texts == []


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["back", "forward"])
def test_a_clock_that_jumps_holds_nothing_up(
    jump: timedelta, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims that died with their sync, and records put off, as they stand when the clock is set."""
    with scope.scope(Organization.objects.get(pk=town.actors[0].organization_id)):
        notes = [cast.make_communication(body=f"Number {number}.") for number in range(2)]
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() - jump)
        monkeypatch.setattr(sync, "BUSY_S", 20.0)  # as in the house, not as in this test's other processes
        monkeypatch.setattr(sync, "RETRY_MOST_S", 900.0)
        first = sync.claim(only=[f"communication:{notes[0].pk}"])
        second = sync.claim(only=[f"communication:{notes[1].pk}"])
        assert first is not None and second is not None
        sync._put_off(second, "not now")
        monkeypatch.setattr(timezone, "now", real)
    sync.run()
    assert truth.is_clean()
    assert town.differences() == []
