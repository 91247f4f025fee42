"""What is in the index is what is in the database, whoever wrote and however, once nothing is dirty any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.accounts.models import Membership, Organization
from crm_site.communications.models import Communication
from crm_site.core import scope, unit
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import embed, index, rebuilding, reconciling, sync
from search.models import CachedVector, Claim, Dirty, Stage, Target
from search.tests.conftest import Process
from search.tests.settling import agree, found, live, settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(shared_index: Process, settings: Any, house: Organization) -> Iterator[Target]:
    index.reset()
    settings.INDEX_DIR = shared_index.folder
    rebuilding.ensure_target()
    settle()
    yield live()
    for one in Target.objects.all():
        index.drop_collection(one.collection)
    index.reset()


def test_what_is_written_is_found_after_a_sync(target: Target) -> None:
    note = cast.make_communication(body="They asked about co-investment rights.")
    assert found("co-investment") == set()
    settle()
    assert found("co-investment") == {f"communication:{note.pk}"}
    agree()


@pytest.mark.parametrize("way", ["service", "update", "bulk", "raw", "hard"])
def test_every_way_of_writing_is_noticed(way: str, target: Target, owner: Membership) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    if way == "service":
        relations.delete_record(actor=cast.actor_of(owner), row=note)
    elif way == "update":
        Communication.objects.filter(pk=note.pk).update(body="omega")
    elif way == "bulk":
        note.body = "omega"
        Communication.objects.bulk_update([note], ["body"])
    elif way == "raw":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE communications_communication SET body = 'omega' WHERE id = %s", [note.pk])
    else:
        Communication.objects.filter(pk=note.pk).purge()
    settle()
    assert found("alpha") == set()
    assert found("omega") == ({f"communication:{note.pk}"} if way in ("update", "bulk", "raw") else set())
    agree()


def test_a_rollback_leaves_nothing_to_do(target: Target) -> None:
    with pytest.raises(RuntimeError), unit.atomic():
        cast.make_communication(body="never")
        raise RuntimeError("undo")
    assert not Dirty.unscoped.exists()


def test_a_renamed_investor_is_renamed_in_all_that_names_it(target: Target) -> None:
    investor = cast.make_investor("Blue Heron")
    note = cast.make_communication(investor, body="lunch")
    settle()
    investors.edit_investor(actor=cast.system(), investor=investor, values={"name": "Grey Owl"})
    settle()
    assert f"communication:{note.pk}" in found("grey owl")
    assert found("heron") == set()
    agree()


def test_what_belongs_to_another_records_text_changes_it(target: Target) -> None:
    investor = cast.make_investor("Blue Heron")
    settle()
    investors.add_alias(actor=cast.system(), investor=investor, name="Kestrel Partners")
    investors.set_tags(actor=cast.system(), investor=investor, tags=["Texas"])
    settle()
    assert found("kestrel") == found("texas") == {f"investor:{investor.pk}"}
    agree()


def test_merging_and_taking_apart_are_followed(target: Target, partner: Membership) -> None:
    one, two = cast.make_investor("Blue Heron"), cast.make_investor("Grey Owl")
    note = cast.make_communication(two, body="lunch")
    settle()
    done = relations.merge(actor=cast.actor_of(partner), survivor=one, absorbed=two)
    settle()
    assert found("lunch", investor_id=one.pk) == {f"communication:{note.pk}"}
    agree()
    relations.unmerge(actor=cast.actor_of(partner), merge=done)
    settle()
    assert found("lunch", investor_id=two.pk) == {f"communication:{note.pk}"}
    agree()


def test_a_text_that_shrinks_leaves_no_ghosts(target: Target) -> None:
    note = cast.make_communication(body="The quick talk went on. " * 200)
    settle()
    assert index.count(organization_id=note.organization_id) > 3
    Communication.objects.filter(pk=note.pk).update(body="short")
    settle()
    assert found("quick") == set()
    agree()


def test_the_graveyard_is_found_on_request_only(target: Target, partner: Membership) -> None:
    investor = cast.make_investor("Blue Heron")
    investors.retire_investor(actor=cast.actor_of(partner), investor=investor, reason="closed")
    settle()
    assert found("heron") == set()
    assert found("heron", graveyard=True) == {f"investor:{investor.pk}"}


def test_each_organization_finds_its_own(target: Target, foreign: cast.Rows) -> None:
    settle()
    mine = cast.make_communication(body="alpha")
    with scope.scope(foreign.organization):
        theirs = cast.make_communication(body="alpha")
    settle()
    assert found("alpha") == {f"communication:{mine.pk}"}
    with scope.scope(foreign.organization):
        assert found("alpha") == {f"communication:{theirs.pk}"}


def stage_zombie(key: str) -> tuple[sync.Batch, sync.Seen]:
    """A worker that has read and then stands still."""
    batch = sync.claim(only=[key])
    assert batch is not None
    with scope.scope(batch.organization_id):
        seen = sync.read(batch)
    Claim.unscoped.update(busy_until=None)
    return batch, seen


@pytest.mark.parametrize("change", ["update", "delete", "shrink"])
def test_a_worker_that_wakes_late_changes_nothing(change: str, target: Target, owner: Membership) -> None:
    long = "The old talk went on. " * 200
    note = cast.make_communication(body=long if change == "shrink" else "alpha old")
    key = f"communication:{note.pk}"
    batch, seen = stage_zombie(key)
    if change == "delete":
        relations.delete_record(actor=cast.actor_of(owner), row=note)
    else:
        Communication.objects.filter(pk=note.pk).update(body="new")
    settle()
    with scope.scope(batch.organization_id):
        sync.write(batch, seen)
        assert sync.acknowledge(batch, seen) == 0
    assert found("old") == set()
    agree()


def test_a_change_after_the_reading_is_not_acknowledged(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    batch, seen = stage_zombie(f"communication:{note.pk}")
    Communication.objects.filter(pk=note.pk).update(body="omega")
    with scope.scope(batch.organization_id):
        sync.write(batch, seen)
        sync.acknowledge(batch, seen)
    assert Dirty.unscoped.filter(key=f"communication:{note.pk}").exists()
    settle()
    assert found("omega") == {f"communication:{note.pk}"}


def test_a_rebuild_serves_the_old_collection_until_the_new_one_is_whole(target: Target) -> None:
    before = cast.make_communication(body="alpha")
    settle()
    rebuilding.start()
    during = cast.make_communication(body="beta")
    assert found("alpha") == {f"communication:{before.pk}"}
    settle()
    assert live().pk != target.pk
    assert found("alpha beta") == {f"communication:{before.pk}", f"communication:{during.pk}"}
    agree()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_rebuild_waits_for_writers_that_did_not_see_it(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE communications_communication SET body = 'omega' WHERE id = %s", [note.pk])
    building = rebuilding.start()
    for _ in range(3):
        rebuilding.advance(until=timezone.now() + timedelta(seconds=5))
    building.refresh_from_db()
    assert building.stage == Stage.BARRIER
    other.commit()
    other.close()
    settle()
    assert found("omega") == {f"communication:{note.pk}"}
    agree()


def test_there_is_one_rebuild_at_a_time(target: Target) -> None:
    before = set(index.collections())
    new = rebuilding.start()
    with pytest.raises(rebuilding.RebuildRunning):
        rebuilding.start()
    assert set(index.collections()) - before == {new.collection}


def test_a_lost_collection_is_noticed_and_written_anew(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    index.drop_collection(target.collection)
    index.create_collection(target.collection, dimension=None)
    index.serve(target.collection)
    assert [one.why for one in reconciling.drift(target) if one.key == f"communication:{note.pk}"] == [
        "missing"
    ]
    reconciling.heal()
    settle()
    assert found("alpha") == {f"communication:{note.pk}"}
    agree()


def test_a_ghost_is_noticed_and_buried(target: Target) -> None:
    ghost = index.Passage(
        "communication:999", 0, "x", "communication", embed.sparse_documents(["alpha"], avg_len=9)[0]
    )
    index.upsert(organization_id=scope.current_id(), collection=target.collection, passages=[ghost], ver=50)
    assert [one.why for one in reconciling.heal()] == ["ghost"]
    settle()
    assert found("alpha") == set()
    agree()


def test_a_restored_database_gets_the_upper_hand_again(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    Claim.unscoped.update(ver=0)  # as an older backup has it
    Communication.objects.filter(pk=note.pk).update(body="omega")
    for _ in range(3):
        sync.run()
    reconciling.heal()
    settle()
    assert found("omega") == {f"communication:{note.pk}"}
    agree()


def test_one_record_that_cannot_be_read_does_not_block_the_others(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = [cast.make_communication(body=f"alpha {n}") for n in range(3)]
    bad = f"communication:{notes[1].pk}"
    cut = sync.documents.chunks

    def spoiled(document: Any) -> Any:
        if document.key == bad:
            raise ValueError("corrupt")
        return cut(document)

    monkeypatch.setattr(sync.documents, "chunks", spoiled)
    sync.run()
    assert found("alpha") == {
        f"communication:{note.pk}" for note in notes if f"communication:{note.pk}" != bad
    }
    waiting = Claim.unscoped.get(key=bad)
    assert waiting.failures == 1 and waiting.next_try_at is not None and "corrupt" in waiting.error


def test_an_index_that_is_down_makes_changes_wait(own_index: Process, house: Organization) -> None:
    rebuilding.ensure_target()
    settle()
    note = cast.make_communication(body="alpha")
    own_index.stop()
    assert sync.run() == 0
    assert Dirty.unscoped.exists()
    own_index.start()
    Claim.unscoped.update(next_try_at=None)
    settle()
    assert found("alpha") == {f"communication:{note.pk}"}


class Counting:
    """An embedder that counts the texts it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def dense(self, texts: Any) -> list[list[float]]:
        self.texts += texts
        return [[float(len(text) % 7 + 1), 1.0, 0.5, 0.25] for text in texts]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counter = Counting()
    monkeypatch.setattr(embed, "dense", counter.dense)
    monkeypatch.setattr(embed, "embedder", lambda: embed.Embedder("test", 4))
    return counter


def test_a_save_that_changes_nothing_embeds_nothing(counting: Counting, target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    counting.texts.clear()
    Communication.objects.filter(pk=note.pk).update(body="alpha")
    Investor.objects.filter(pk=note.investor_id).update(location="")
    assert Dirty.unscoped.exists()
    settle()
    assert counting.texts == []
    assert CachedVector.objects.exists()


def test_a_clock_set_back_changes_nothing(target: Target, time_machine: Any = None) -> None:
    first = cast.make_communication(body="alpha")
    settle()
    real = timezone.now
    earlier = timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: real() - earlier)
        Communication.objects.filter(pk=first.pk).update(body="omega")
        Claim.unscoped.update(busy_until=None, next_try_at=None)
        settle()
    assert found("omega") == {f"communication:{first.pk}"}
