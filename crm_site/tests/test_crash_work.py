"""Background work under fire: nothing lost, nothing doubled, nothing stuck."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from os import kill

import pytest
from django.db import connection
from django_q.models import OrmQ

from crm_site.accounts.models import Organization
from crm_site.core import clock, unit
from crm_site.tests.crashing import tasks
from crm_site.tests.crashing.harness import House, wait_for
from crm_site.work import claimant, health, kinds, queue, services
from crm_site.work.models import State, WorkItem

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

SEED = 20261121
FAULT_POINTS = ("work.claimed", "work.written", "work.finished", "work.committed")


@pytest.fixture(autouse=True)
def crash_kinds():
    tasks.register()
    yield
    for name in [name for name in kinds._kinds if name.startswith("crash.")]:
        del kinds._kinds[name]


@pytest.fixture
def effects():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {tasks.EFFECTS}")
        cursor.execute(f"CREATE TABLE {tasks.EFFECTS} (subject_id bigint NOT NULL)")

    def read():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT subject_id FROM {tasks.EFFECTS}")
            return Counter(row[0] for row in cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {tasks.EFFECTS}")


@pytest.fixture
def acme():
    return Organization.objects.create(name="Acme", slug="acme")


@pytest.fixture
def say(capsys):
    """Print a measurement past pytest's capture."""

    def line(text):
        with capsys.disabled():
            sys.stdout.write(f"\n  {connection.vendor}: {text}")

    return line


def enqueue(acme, kind, subjects):
    for subject_id in subjects:
        services.enqueue(organization_id=acme.pk, kind=kind, subject_id=subject_id)


def unfinished():
    return WorkItem.unscoped.unfinished().count()


def exactly_once(subjects):
    return Counter(dict.fromkeys(subjects, 1))


def test_a_kill_at_any_point_of_an_attempt_loses_and_doubles_nothing(acme, effects, say):
    subjects = range(len(FAULT_POINTS))
    for subject_id, point in zip(subjects, FAULT_POINTS, strict=True):
        enqueue(acme, "crash.plain", [subject_id])
        with House(fault=point, command="qcluster") as house:
            work = WorkItem.unscoped.get(subject_id=subject_id)
            wait_for(f"killed at {point}", lambda work=work: _was_tried(work))
            house.kill()
        committed = point == "work.committed"
        assert effects()[subject_id] == int(committed), point
    with House():
        took_s = wait_for("drained", lambda: not unfinished())
    say(f"{len(FAULT_POINTS)} fault points, drained {took_s:.1f} s after the start")
    assert effects() == exactly_once(subjects)
    assert set(WorkItem.unscoped.values_list("state", flat=True)) == {State.DONE}


def _was_tried(work):
    work.refresh_from_db()
    return work.attempts > 0 and (work.state == State.DONE or claimant.is_gone(work.claimed_by))


def test_killing_the_whole_house_again_and_again_loses_and_doubles_nothing(acme, effects, say):
    dice = random.Random(SEED)
    rounds, batch, made = 4, 15, 0
    for _ in range(rounds):
        fresh = range(made, made + batch)
        enqueue(acme, "crash.plain", fresh)
        # Delivered twice on purpose.
        for work in WorkItem.unscoped.filter(subject_id__in=[s for s in fresh if s % 5 == 0]):
            queue.put(queue.PERFORM, work.pk, cluster=work.cluster)
        enqueue(acme, "crash.slow", range(10_000 + made, 10_003 + made))
        made += batch
        with House(command="qcluster") as house:
            house.wait_until_up("fast")
            time.sleep(dice.uniform(0.1, 0.9))
            house.kill()
    with House():
        took_s = wait_for("drained", lambda: not unfinished())
    say(f"seed {SEED}: {rounds} kills, {made + rounds * 3} works, drained in {took_s:.1f} s with the start")
    slow = [10_000 + start + n for start in range(0, made, batch) for n in range(3)]
    assert effects() == exactly_once([*range(made), *slow])
    assert not WorkItem.unscoped.dead().exists()


def test_poison_dies_with_a_reason_and_the_healthy_do_not_notice(acme, effects, say):
    with House() as house:
        house.wait_until_up()
        for number, name in enumerate(tasks.POISON):
            enqueue(acme, f"crash.{name}", [900 + number])
        enqueue(acme, "crash.plain", range(20))
        enqueue(acme, "crash.model", range(100, 103))
        healthy_s = wait_for("healthy done", lambda: sum(effects().values()) >= 23)
        took_s = wait_for("all ended", lambda: not unfinished())
    say(f"healthy work done in {healthy_s:.1f} s, poison dead in {healthy_s + took_s:.1f} s")
    assert effects() == exactly_once([*range(20), *range(100, 103)])
    dead = {work.kind: work for work in WorkItem.unscoped.dead()}
    assert set(dead) == {f"crash.{name}" for name in tasks.POISON}
    for work in dead.values():
        assert work.attempts <= 2 * tasks.POISON_ATTEMPTS - 1
        assert work.last_error
    assert dead["crash.suicide"].attempts == tasks.POISON_ATTEMPTS
    assert "time-out" in dead["crash.loop"].last_error


def test_any_single_child_may_be_killed(acme, effects, say):
    subject_id = 0
    with House() as house:
        house.wait_until_up("fast")
        # Idle workers first: they take the lock of django-q2's internal queue with them, and nothing ever runs again.
        for victims in (
            lambda: house.hands_of("fast")[:2],
            lambda: house.hands_of("fast")[:1],
            lambda: house.hands_of("fast")[-1:],
            lambda: house.hands_of("fast")[2:3],
            lambda: [house.sentinel_of("fast")],
            lambda: [house.main_of("fast")],
        ):
            time.sleep(0.5)
            killed = victims()
            for pid in killed:
                with suppress(ProcessLookupError):
                    kill(pid, signal.SIGKILL)
            enqueue(acme, "crash.plain", range(subject_id, subject_id + 3))
            subject_id += 3
            took_s = wait_for("back at work", lambda: not unfinished(), timeout_s=60)
            say(f"{len(killed)} killed, work done after {took_s:.1f} s")
            house.wait_until_up("fast")
    assert effects() == exactly_once(range(subject_id))


def test_work_lost_between_queue_and_worker_does_not_wait_for_the_queues_retry(acme, effects, say):
    with House() as house:
        house.wait_until_up("fast")
        with unit.atomic():
            work = services.enqueue(organization_id=acme.pk, kind="crash.plain", subject_id=1)
            # What a pusher leaves behind that is killed between the fetch and the hand-over.
            OrmQ.objects.filter(pk=work.queue_id).update(lock=clock.now() + timedelta(minutes=4))
        took_s = wait_for("done", lambda: not unfinished(), timeout_s=60)
    say(f"lost in the pusher's hands, done after {took_s:.1f} s")
    assert effects() == exactly_once([1])


def test_nothing_outlives_a_killed_supervisor(say):
    with House() as house:
        house.wait_until_up()
        assert len(house.pids()) >= 10
        house.kill_the_supervisor()
        took_s = wait_for("all gone", lambda: not house.pids(), timeout_s=5)
    say(f"all processes gone {took_s:.2f} s after kill -9 of the supervisor")


def test_a_stop_lets_running_work_finish(acme, effects, say):
    with House() as house:
        house.wait_until_up()
        wait_for("beating", lambda: health.now().is_beating)
        enqueue(acme, "crash.slow", [1])
        wait_for("started", lambda: WorkItem.unscoped.running().exists())
        started = time.monotonic()
        assert house.stop() == 0
        assert not house.pids()
    say(f"clean stop in {time.monotonic() - started:.1f} s")
    assert effects() == exactly_once([1])
    assert not health.now().is_beating
