"""What comes back wrong from the model or the index is refused, told and tried again; nothing wrong is kept."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from typing import Any

import pytest

from crm_site.accounts.models import Organization
from crm_site.core import spark
from crm_site.tests import cast, fakes
from search import embed, index, pulse, rebuilding, sync, vectors
from search.documents import Chunk
from search.embedding import local
from search.models import CachedVector, Claim, Dirty, Target
from search.server import address
from search.tests.conftest import Process
from search.tests.settling import found, live, settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(kept: Process, house: Organization) -> Target:
    rebuilding.ensure_target()
    settle()
    return live()


CHUNKS = [Chunk(0, "alpha", "h0"), Chunk(1, "beta", "h1")]


@pytest.fixture
def model(house: Organization, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A model that answers what the test puts in: one list of vectors for each call."""
    answers: list[Any] = []
    monkeypatch.setattr(embed, "embedder", lambda: embed.Embedder("m", 2))
    monkeypatch.setattr(embed, "configured_id", lambda: "m")
    monkeypatch.setattr(embed, "dense", lambda texts: answers.pop(0))
    yield answers


def vectors_of(house: Organization) -> dict[str, list[float]]:
    return vectors.of(CHUNKS, organization_id=house.pk, embedder="m", dimension=2)


def test_a_vector_is_made_once(model: list[Any], house: Organization) -> None:
    model.append([[1.0, 2.0], [3.0, 4.0]])
    assert vectors_of(house) == vectors_of(house) == {"h0": [1.0, 2.0], "h1": [3.0, 4.0]}


@pytest.mark.parametrize("bad", [[[1.0], [2.0]], [[1.0, 2.0], [1.0, 2.0, 3.0]], [[1.0, 2.0], [1e300, 0.0]]])
def test_wrong_vectors_are_refused_and_none_is_kept(model: list[Any], house: Organization, bad: Any) -> None:
    model.append(bad)
    with pytest.raises((vectors.DimensionChanged, spark.ModelUnavailable)):
        vectors_of(house)
    assert not CachedVector.objects.exists()


@pytest.mark.parametrize(
    "damaged", [b"", b"123", array("f", [1.0, 2.0, 3.0]).tobytes(), array("f", [float("nan"), 1.0]).tobytes()]
)
def test_a_damaged_vector_is_made_anew(model: list[Any], house: Organization, damaged: bytes) -> None:
    model.append([[1.0, 2.0], [3.0, 4.0]])
    vectors_of(house)
    CachedVector.objects.filter(hash="h1").update(vector=damaged)
    model.append([[5.0, 6.0]])
    assert vectors_of(house) == vectors_of(house) == {"h0": [1.0, 2.0], "h1": [5.0, 6.0]}


@pytest.mark.parametrize(
    "bad", [[[float("nan"), 1.0]], [[float("inf"), 1.0]], [[]], [[1.0, 2.0], [1.0, 2.0]]]
)
def test_a_local_model_is_not_trusted_either(
    bad: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CRM_EMBED_PATH, settings.SPARK_CONTROL_URL = "/somewhere", ""
    monkeypatch.setattr(local, "embed", lambda path, texts: bad)
    with pytest.raises(spark.ModelUnavailable):
        embed.dense(["alpha"])


def test_rows_wait_while_the_model_is_down_and_nothing_is_written(
    model: list[Any], kept: Process, house: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    model += [[[1.0, 2.0]]] * 10
    rebuilding.ensure_target()
    settle()

    def down(texts: Any) -> Any:
        raise spark.ModelUnavailable("The model server's vectors hold what is no number.")

    monkeypatch.setattr(embed, "dense", down)
    note = cast.make_communication(body="alpha")
    assert sync.run() == 0
    assert found("alpha") == set()
    assert Dirty.unscoped.filter(key=f"communication:{note.pk}").exists()
    trouble = pulse.trouble()
    assert trouble is not None and "no number" in trouble.why
    assert not Claim.unscoped.filter(failures__gt=0).exists(), "it is no record's fault"


@pytest.mark.parametrize("way", ["slow", "key", "nonsense"])
def test_an_index_that_misbehaves_is_told_apart(way: str, own_index: Process, settings: Any) -> None:
    with fakes.chat_server("no index at all") as stranger:
        misbehave(way, own_index, settings, stranger.url)
    index.reset()


def misbehave(way: str, own_index: Process, settings: Any, stranger: str) -> None:
    at = address.read(own_index.folder)
    assert at is not None
    if way == "slow":
        own_index.pause()
        settings.QDRANT_TIMEOUT_S = 1.0
    elif way == "key":
        settings.QDRANT_URL, settings.QDRANT_API_KEY = at.url, "guessed"
    else:
        settings.QDRANT_URL = stranger
    index.reset()
    said = {"slow": "within 1 s", "key": "refuses our key", "nonsense": "is no search index"}[way]
    began = time.monotonic()
    with pytest.raises(index.IndexUnavailable, match=said):
        index.collections()
    assert time.monotonic() - began < 10


def test_the_database_being_away_is_no_records_fault(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.make_communication(body="alpha")
    monkeypatch.setattr(sync, "read", gone)
    with pytest.raises(sync.OperationalError):
        sync.run()
    assert not Claim.unscoped.filter(failures__gt=0).exists()


def gone(batch: Any) -> Any:
    raise sync.OperationalError("the database is away")


def test_many_failures_do_not_overflow(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    note = cast.make_communication(body="alpha")
    monkeypatch.setattr(sync.documents, "chunks", lambda document: 1 / 0)
    sync.run()
    key = f"communication:{note.pk}"
    Claim.unscoped.filter(key=key).update(failures=sync.MOST_FAILURES, next_try_at=None)
    sync.run()
    assert Claim.unscoped.get(key=key).failures == sync.MOST_FAILURES
