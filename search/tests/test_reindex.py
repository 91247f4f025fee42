"""`manage.py reindex`: up to date now, built anew, or proved to be right; and what it says when it cannot."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.core import scope
from crm_site.tests import cast
from search import driving, embed, index, loading, rebuilding, reconciling, sync
from search.asking import Wanted
from search.models import CachedVector, Claim, Dirty, Target, TargetState
from search.tests.conftest import Process
from search.tests.settling import agree, found, live, settle

pytestmark = pytest.mark.django_db(transaction=True)


def reindex(*flags: str) -> str:
    said = io.StringIO()
    with scope.no_scope():
        call_command("reindex", *flags, stdout=said)
    return said.getvalue()


@pytest.fixture
def rows(kept: Process, house: Organization) -> list[Communication]:
    return [cast.make_communication(body=f"alpha {number}") for number in range(3)]


def keys(rows: list[Communication]) -> set[str]:
    return {f"communication:{row.pk}" for row in rows}


def test_the_first_call_builds_the_index(rows: list[Communication]) -> None:
    said = reindex()
    assert "The new index is searched now" in said and "words only" in said
    assert found("alpha") == keys(rows)
    agree()


def test_it_brings_up_to_date_and_says_how_much(rows: list[Communication]) -> None:
    reindex()
    cast.make_communication(rows[0].investor, body="omega")
    assert "1 records brought up to date." in reindex()
    assert len(found("omega")) == 1
    assert "Nothing was waiting." in reindex()


def test_it_tries_at_once_what_was_put_off(
    rows: list[Communication], monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex()
    with monkeypatch.context() as patch:
        patch.setattr(sync.index, "upsert", refuse)
        Communication.objects.filter(pk=rows[0].pk).update(body="omega")
        assert sync.run() == 0
    assert Claim.unscoped.filter(next_try_at__isnull=False).exists()
    reindex()
    assert found("omega") == keys(rows[:1])


def refuse(**anything: Any) -> None:
    raise index.IndexUnavailable("The search index does not answer.")


def test_recreate_swaps_in_a_new_collection(rows: list[Communication]) -> None:
    reindex()
    before = live()
    said = reindex("--recreate")
    assert live().pk != before.pk
    assert "of 6 records" in said, "progress is told in plain lines where there is no terminal"
    assert found("alpha") == keys(rows)
    agree()


def test_recreate_goes_on_with_one_that_is_under_way(rows: list[Communication]) -> None:
    reindex()
    started = rebuilding.start()
    said = reindex("--recreate")
    assert "under way already" in said
    assert live().pk == started.pk
    assert Target.objects.filter(state=TargetState.BUILDING).count() == 0


class Killed(BaseException):
    """As a kill would: nothing may catch it."""


@pytest.mark.parametrize(
    "point", ["search.collection_made", "search.rebuild_dirty", "search.written", "search.served"]
)
def test_recreate_goes_on_after_a_kill(
    point: str, rows: list[Communication], monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex()
    before = live()

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch:
        for module in (sync, rebuilding):
            patch.setattr(module.faults, "point", kill)
        with pytest.raises(Killed):
            reindex("--recreate")
    Claim.unscoped.update(busy_until=None)  # else it waits until the dead one's claim runs out
    assert found("alpha") == keys(rows)
    reindex("--recreate")
    assert live().pk != before.pk
    assert found("alpha") == keys(rows)
    agree()


def test_check_says_that_they_agree(rows: list[Communication]) -> None:
    reindex()
    assert "Index and database agree." in reindex("--check")


@pytest.mark.parametrize("why", ["missing", "stale", "ghost", "damaged"])
def test_check_names_what_differs_and_changes_nothing(why: str, rows: list[Communication]) -> None:
    reindex()
    spoil(why, rows[0])
    for _ in range(2):
        with pytest.raises(CommandError, match=f"1 {why}") as failed:
            reindex("--check")
        assert failed.value.returncode == 1
    assert not Dirty.unscoped.exists()


def spoil(why: str, row: Communication) -> None:
    """Somebody's hand in the index, or in the database past its triggers."""
    organization_id, name, key = row.organization_id, live().collection, f"communication:{row.pk}"
    point = index.point_id(organization_id, key, 0)
    if why == "missing":
        index.discard(organization_id=organization_id, collection=name, points=[point])
    elif why == "stale":
        Communication.objects.filter(pk=row.pk).update(body="omega")
        Dirty.unscoped.all().delete()
    elif why == "damaged":
        words = embed.sparse_documents(["alpha"], avg_len=9)[0]
        stray = index.Passage("nonsense", 0, "x", "communication", words)
        index.upsert(organization_id=organization_id, collection=name, passages=[stray], ver=1)
    else:
        words = embed.sparse_documents(["alpha"], avg_len=9)[0]
        ghost = index.Passage("communication:999", 0, "x", "communication", words)
        index.upsert(organization_id=organization_id, collection=name, passages=[ghost], ver=1)


def test_check_without_an_index_says_what_to_do(kept: Process, house: Organization) -> None:
    with pytest.raises(CommandError, match="There is no index yet") as failed:
        reindex("--check")
    assert failed.value.returncode == 2


def test_an_index_that_was_never_started_is_said_kindly(
    settings: Any, tmp_path: Path, house: Organization
) -> None:
    index.reset()
    settings.INDEX_DIR = tmp_path
    with pytest.raises(CommandError, match="has not been started yet"):
        reindex()


def test_an_index_that_is_down_is_said_kindly(own_index: Process, house: Organization) -> None:
    reindex()
    cast.make_communication(body="alpha")
    own_index.stop()
    for flags in ([], ["--recreate"], ["--check"]):
        with pytest.raises(CommandError, match="does not answer") as failed:
            reindex(*flags)
        assert failed.value.returncode == (2 if flags == ["--check"] else 1)
    assert Dirty.unscoped.exists()


def test_a_model_that_is_down_is_said_kindly(kept: Process, house: Organization, settings: Any) -> None:
    settings.SPARK_CONTROL_URL, settings.CRM_EMBED_MODEL = "http://127.0.0.1:9", "m"
    embed.spark.reset()
    embed.reset()
    with pytest.raises(CommandError, match="does not answer"):
        reindex()
    embed.spark.reset()


def test_a_record_that_cannot_be_read_is_named_and_holds_nothing_up(
    rows: list[Communication], monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex()
    bad = f"communication:{rows[1].pk}"
    monkeypatch.setattr(loading, "load", without(bad, loading.load))
    with pytest.raises(CommandError, match="1 records could not be read"):
        reindex("--recreate")
    assert found("alpha") == keys([rows[0], rows[2]])
    assert [one.key for one in driving.failing()] == [bad]
    monkeypatch.undo()
    reindex()
    assert found("alpha") == keys(rows)


def without(bad: str, load: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def careful(wanted: Any) -> Any:
        chosen = list(wanted)
        if bad in chosen:
            raise ValueError("corrupt")
        return load(chosen)

    return careful


class Model:
    """An embedder whose name and dimension change."""

    def __init__(self) -> None:
        self.id, self.dimension, self.texts = "one", 4, 0

    def embedder(self) -> embed.Embedder:
        return embed.Embedder(self.id, self.dimension)

    def dense(self, texts: Any) -> list[list[float]]:
        self.texts += len(texts)
        return [[float(len(text) % 7 + 1)] * self.dimension for text in texts]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    made = Model()
    monkeypatch.setattr(embed, "embedder", made.embedder)
    monkeypatch.setattr(embed, "configured_id", lambda: made.id)
    monkeypatch.setattr(embed, "dense", made.dense)
    return made


def by_meaning(collection: str = index.ALIAS) -> int:
    query = {"words": None, "wanted": Wanted(), "limit": 50, "organization_id": scope.current_id()}
    size = live().dimension or 0
    return len(index.query(mode="dense", dense=[1.0] * size, collection=collection, **query))


def test_another_model_is_never_mixed_in_and_a_rebuild_cures_it(
    rows: list[Communication], model: Model
) -> None:
    reindex()
    before = by_meaning()
    model.id = "two"
    note = cast.make_communication(rows[0].investor, body="omega")
    model.texts = 0
    said = reindex()
    assert "Changed since it was built: the embedding model: one then, two now" in said
    assert model.texts == 0, "the live index is not given the other model's vectors"
    assert found("omega") == {f"communication:{note.pk}"}, "its words are found all the same"
    assert by_meaning() == before
    reindex("--recreate")
    assert by_meaning() == before + 1
    assert live().embedder == "two"
    agree()


def test_back_with_the_old_model_what_lacks_a_vector_gets_one(
    rows: list[Communication], model: Model
) -> None:
    reindex()
    before = by_meaning()
    model.id = "two"
    cast.make_communication(rows[0].investor, body="omega")
    reindex()
    model.id = "one"
    with pytest.raises(CommandError, match="1 stale"):
        reindex("--check")
    reconciling.heal()
    settle()
    assert by_meaning() == before + 1


def test_another_dimension_is_refused_the_rows_wait_and_a_rebuild_cures_it(
    rows: list[Communication], model: Model
) -> None:
    reindex()
    model.dimension = 6
    note = cast.make_communication(rows[0].investor, body="omega")
    with pytest.raises(CommandError, match=r"vectors of 6 numbers and the index was built for 4.*--recreate"):
        reindex()
    assert found("omega") == set()
    assert Dirty.unscoped.filter(key=f"communication:{note.pk}").exists()
    assert {len(bytes(row.vector)) for row in CachedVector.unscoped.all()} == {16}
    reindex("--recreate")
    assert live().dimension == 6
    assert found("omega") == {f"communication:{note.pk}"}
    settle()
    agree()
