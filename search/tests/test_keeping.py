"""The index is kept in step by the house itself: asked for once, resting while something is away, tidied each night."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.core import scope
from crm_site.tests import cast
from crm_site.tests.crashing.harness import ROOT, House
from crm_site.work import kinds, nudges, schedules
from crm_site.work.models import State, WorkItem
from crm_site.work.tests.drain import drain
from search import index, pulse, rebuilding, reconciling, sync, tasks
from search.models import CachedVector, Claim, Dirty, Target
from search.server import address
from search.tests.conftest import Process
from search.tests.settling import agree, found, live, settle, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(kept: Process, house: Organization) -> Target:
    rebuilding.ensure_target()
    settle()
    return live()


def works() -> int:
    return WorkItem.unscoped.filter(kind=tasks.SYNC).count()


def test_the_supervisor_looks_and_the_clock_does_too() -> None:
    assert nudges._nudges["search index"] is tasks.look
    known = {entry.name: entry for entry in schedules.entries()}
    assert known["look for the search index"].minutes == 1
    assert known["reconcile the search index"].daily_at is not None
    assert {tasks.SYNC, tasks.RECONCILE, tasks.REBUILD} <= set(kinds._kinds)


def test_the_embedded_index_is_a_member_of_the_house() -> None:
    """By the settings as they are made, in a process of its own."""
    script = "from crm_site import settings; print({m.name: m.enabled for m in settings.UP_MEMBERS}['index_server'])"

    def enabled(url: str) -> str:
        made = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "QDRANT_URL": url, "VAR_DIR": str(django_settings.VAR_DIR)},
            text=True,
            capture_output=True,
            check=True,
        )
        return made.stdout.strip()

    assert enabled("") == "True"
    assert enabled("http://127.0.0.1:6333") == "False"


def test_nothing_is_asked_for_when_nothing_waits(target: Target) -> None:
    assert tasks.look() is False
    assert works() == 0


def test_a_change_is_asked_for_once(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    assert tasks.look() is True
    assert [tasks.look() for _ in range(5)] == [False] * 5
    assert works() == 1
    drain()
    assert found("alpha") == {f"communication:{note.pk}"}
    assert tasks.look() is False


def test_a_new_house_gets_an_index_by_looking_alone(kept: Process, house: Organization) -> None:
    note = cast.make_communication(body="alpha")

    def is_built() -> bool:
        with scope.no_scope():
            tasks.look()
        drain()
        return rebuilding.live() is not None

    wait_until("an index", is_built)
    assert found("alpha") == {f"communication:{note.pk}"}


def test_what_a_turn_leaves_is_asked_for_again_without_a_supervisor(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = [cast.make_communication(body="alpha") for _ in range(5)]
    monkeypatch.setattr(sync, "BATCH", 1)
    ended = [timezone.now() + timedelta(hours=1)]
    run = sync.run
    monkeypatch.setattr(
        sync, "run", lambda until: sync._attempt(sync.claim()) if sync.is_due() else run(until=ended[0])
    )
    tasks.look()
    assert drain() > 5
    assert found("alpha") == {f"communication:{note.pk}" for note in notes}
    assert works() == 1


def test_an_index_that_was_never_started_is_not_asked_for(
    house: Organization, settings: Any, tmp_path: Path
) -> None:
    settings.INDEX_DIR = tmp_path
    cast.make_communication(body="alpha")
    assert rebuilding.is_due()
    assert tasks.look() is False
    assert works() == 0


def test_an_index_that_is_only_starting_is_no_error(
    house: Organization, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index.reset()
    settings.INDEX_DIR = tmp_path
    address.write(tmp_path, address.Address("http://127.0.0.1:9", "x"))  # of its last life; nobody listens
    assert tasks.look() is True
    drain()
    assert WorkItem.unscoped.get(kind=tasks.SYNC).state == State.DONE
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert pulse.is_resting()
    assert tasks.look() is False, "it rests"
    index.reset()


def test_after_a_rest_it_is_tried_again_and_the_log_says_it_once(
    own_index: Process, house: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    rebuilding.ensure_target()
    settle()
    note = cast.make_communication(body="alpha")
    own_index.stop()
    for _ in range(3):
        rested()
        assert tasks.look() is True
        drain()
    assert len([record for record in caplog.records if "does not answer" in record.message]) == 1
    assert works() == 3 and not WorkItem.unscoped.exclude(state=State.DONE).exists()
    own_index.start()
    rested()
    tasks.look()
    drain()
    assert found("alpha") == {f"communication:{note.pk}"}
    assert pulse.trouble() is None


def rested() -> None:
    """The rest is over."""
    pulse.Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    Claim.unscoped.update(next_try_at=None)


def test_a_sync_that_was_given_up_is_not_asked_for_at_once(target: Target) -> None:
    cast.make_communication(body="alpha")
    tasks.look()
    WorkItem.unscoped.update(state=State.DEAD, dead_at=timezone.now())
    assert tasks.look() is False
    WorkItem.unscoped.update(dead_at=timezone.now() - timedelta(hours=1))
    assert tasks.look() is True


def test_looking_loads_no_heavy_library() -> None:
    """In a new process: neither the client of the index nor the embedder."""
    script = (
        "import django, sys; django.setup()\n"
        "from search import tasks; tasks._has_reason = lambda: False; tasks.look()\n"
        "from search import condition, services, salvaging, driving\n"
        "print([name for name in ('qdrant_client', 'fastembed', 'onnxruntime', 'numpy', 'starlette') if name in sys.modules])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm_site.settings"}
    made = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, text=True, capture_output=True, check=True
    )
    assert made.stdout.strip() == "[]"


def test_a_lost_collection_is_made_and_filled_anew(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    index.drop_collection(target.collection)
    Communication.objects.filter(pk=note.pk).update(body="alpha beta")
    tasks.look()
    drain()
    assert live().pk == target.pk
    assert found("alpha") == {f"communication:{note.pk}"}
    agree()


def test_each_night_what_differs_is_healed_and_told(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    index.discard(
        organization_id=note.organization_id,
        collection=target.collection,
        points=[index.point_id(note.organization_id, f"communication:{note.pk}", 0)],
    )
    tasks.ask_for_reconciling()
    drain()
    beat = pulse.Heartbeat.objects.get(name=reconciling.beat_of(note.organization_id))
    assert beat.detail == "1 missing"
    settle()
    assert found("alpha") == {f"communication:{note.pk}"}
    tasks.ask_for_reconciling()
    drain()
    beat.refresh_from_db()
    assert beat.detail == ""


def test_each_night_old_tombstones_go_and_young_ones_stay(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    Communication.objects.filter(pk=note.pk).update(deleted_at=timezone.now())
    settle()

    def tombstones() -> int:
        held = index.stored(organization_id=note.organization_id, collection=target.collection)
        return sum(one.is_dead for one in held)

    reconciling.nightly(target)
    assert tombstones() == 1
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=4))
    reconciling.nightly(target)
    assert tombstones() == 0


def test_vectors_of_texts_that_are_gone_are_forgotten_and_those_in_use_stay(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    document = sync.loading.load([f"communication:{note.pk}"])[f"communication:{note.pk}"]
    used = sync.documents.chunks(document)[0].hash
    old = timezone.now() - timedelta(days=100)
    for hash_ in (used, "gone"):
        CachedVector.objects.create(
            organization_id=note.organization_id, embedder="m", hash=hash_, vector=b"1234", used_at=old
        )
    tasks.reconcile(organization_id=note.organization_id, subject_id=0)
    assert [row.hash for row in CachedVector.objects.all()] == [used]


def test_a_record_that_cannot_be_read_does_not_end_the_comparison(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = [cast.make_communication(body=f"alpha {number}") for number in range(3)]
    settle()
    bad = f"communication:{notes[0].pk}"
    load = sync.loading.load

    def careful(keys: Any) -> Any:
        chosen = list(keys)
        if bad in chosen:
            raise ValueError("corrupt")
        return load(chosen)

    monkeypatch.setattr(sync.loading, "load", careful)
    Communication.objects.filter(pk=notes[1].pk).update(body="omega")
    Dirty.unscoped.all().delete()
    told = {one.key: one.why for one in reconciling.drift(target)}
    assert told == {bad: "unreadable", f"communication:{notes[1].pk}": "stale"}


def test_a_damaged_point_is_removed_and_the_comparison_goes_on(target: Target) -> None:
    note = cast.make_communication(body="alpha")
    settle()
    with index._answering() as client:
        client.set_payload(
            target.collection,
            {"ver": "x", "chunk": None},
            points=[index.point_id(note.organization_id, f"communication:{note.pk}", 0)],
        )
    assert {one.why for one in reconciling.heal()} == {"damaged", "missing"}
    settle()
    assert found("alpha") == {f"communication:{note.pk}"}
    agree()


@pytest.mark.crash
def test_a_house_that_is_up_finds_a_new_note(house: Organization, tmp_path: Path, settings: Any) -> None:
    """The whole of it: supervisor, index server and workers as processes, and nobody who asks for anything."""
    index.reset()
    settings.INDEX_DIR = tmp_path / "index"
    before = cast.make_communication(body="alpha before the index was there")
    with House(
        settings_module="search.tests.house", more={"ROUNDTABLE_INDEX_DIR": str(settings.INDEX_DIR)}
    ) as running:
        wait_until("an index", lambda: rebuilding.live() is not None, within_s=90)
        assert found("alpha") == {f"communication:{before.pk}"}
        note = cast.make_communication(body="omega, just now")
        wait_until("the note", lambda: found("omega") == {f"communication:{note.pk}"}, within_s=15)
        assert running.stop() == 0
    index.reset()
    agree_after(settings.INDEX_DIR)


def agree_after(folder: Path) -> None:
    """What was written is still there when the index is started again."""
    process = Process(folder)
    process.start()
    try:
        agree()
    finally:
        process.kill()
        index.reset()
