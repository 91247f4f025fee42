from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_q.models import OrmQ

from crm_site.core import clock
from crm_site.work import attempts, beats, cluster, services, sweeper, tasks, watchdog
from crm_site.work.tests import cast
from crm_site.work.watchdog import Signs, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SILENT = Signs(beat_at=None, moved_at=None, busy=0)


def at(second):
    return NOON + timedelta(seconds=second)


@pytest.fixture
def watch():
    """A watch over a cluster that answered its first beat, asked again at noon."""
    watch = watchdog.Watch(cluster.FAST, every=timedelta(seconds=10), patience=timedelta(seconds=30))
    watch.restarted(at(-60))
    assert watch.look(at(-60), SILENT) is Verdict.ASK
    watch.asked(at(-60))
    assert watch.look(at(0), Signs(at(-59), None, 0)) is Verdict.ASK
    watch.asked(at(0))
    return watch


def watched(watch, until, signs=SILENT):
    """Look every two seconds; return the second at which it was called stuck, or None."""
    for second in range(2, until, 2):
        if watch.look(at(second), signs) is Verdict.WEDGED:
            return second
    return None


def test_silence_beyond_patience_is_stuck(watch):
    assert watched(watch, 60) == 32


def test_a_beat_is_asked_for_only_when_the_last_one_came_back(watch):
    assert watch.look(at(20), SILENT) is Verdict.FINE
    assert watch.look(at(22), Signs(at(5), None, 0)) is Verdict.ASK
    watch.asked(at(22))
    assert watch.look(at(24), Signs(at(23), None, 0)) is Verdict.FINE


def test_work_that_moves_is_a_sign_of_life(watch):
    assert watched(watch, 60, Signs(None, at(20), 0)) == 52


def test_long_work_on_all_hands_is_not_stuck(watch):
    assert watched(watch, 600, Signs(None, None, cluster.FAST.workers)) is None


def test_one_long_work_does_not_excuse_the_other_hands(watch):
    assert watched(watch, 60, Signs(None, None, 1)) == 32


def test_a_cluster_that_boots_gets_time(watch):
    watch.restarted(at(0))
    assert watch.look(at(0), SILENT) is Verdict.ASK
    watch.asked(at(0))
    assert watched(watch, 120) == 62


def test_after_a_sleep_of_the_machine_nobody_is_blamed_at_once(watch):
    assert watch.look(at(3600), SILENT) is Verdict.FINE
    assert watch.look(at(3602), SILENT) is Verdict.FINE


@pytest.mark.django_db
def test_signs_are_read_from_the_rows():
    acme = cast.organization()
    assert watchdog.signs_of(cluster.FAST) == SILENT
    with cast.kind("t.signs", lambda **_: None):
        work = services.enqueue(organization_id=acme.pk, kind="t.signs", subject_id=1)
        assert watchdog.signs_of(cluster.FAST).moved_at is None
        assert attempts.claim(work_id=work.pk)
    tasks.beat("fast")
    signs = watchdog.signs_of(cluster.FAST)
    assert signs.busy == 1
    assert signs.moved_at is not None
    assert signs.beat_at == beats.last("cluster:fast")
    assert watchdog.signs_of(cluster.LLM) == SILENT


@pytest.mark.django_db
def test_what_a_killed_cluster_had_fetched_is_handed_out_again_but_not_what_waits_on_purpose():
    acme = cast.organization()
    with cast.kind("t.release", lambda **_: None):
        fetched = services.enqueue(organization_id=acme.pk, kind="t.release", subject_id=1)
        put_off = services.enqueue(
            organization_id=acme.pk, kind="t.release", subject_id=2, delay=timedelta(minutes=5)
        )
    rows = OrmQ.objects
    rows.filter(pk=fetched.queue_id).update(lock=clock.now() + timedelta(minutes=4))
    assert sweeper.release(cluster="fast") == 1
    assert rows.get(pk=fetched.queue_id).lock <= clock.now()
    assert rows.get(pk=put_off.queue_id).lock == put_off.next_try_at


@pytest.mark.django_db
def test_what_a_killed_worker_had_taken_but_not_claimed_is_handed_out_again():
    acme = cast.organization()
    later = clock.now() + timedelta(minutes=4)
    with cast.kind("t.taken", lambda **_: None):
        works = [
            services.enqueue(organization_id=acme.pk, kind="t.taken", subject_id=number)
            for number in range(4)
        ]
        lost, running, fresh, untouched = works
        OrmQ.objects.filter(pk__in=[lost.queue_id, running.queue_id]).update(lock=later)
        before_the_beat = sweeper.fetched(cluster="fast")
        assert set(before_the_beat) == {lost.queue_id, running.queue_id}
        OrmQ.objects.filter(pk=fresh.queue_id).update(lock=later)
        assert attempts.claim(work_id=running.pk)
        assert sweeper.release_overtaken(cluster="fast", earlier=before_the_beat) == 1
    locks = dict(OrmQ.objects.values_list("pk", "lock"))
    assert locks[lost.queue_id] <= clock.now()
    assert locks[running.queue_id] == locks[fresh.queue_id] == later
    assert locks[untouched.queue_id] <= clock.now()
