from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from django.db.utils import IntegrityError
from django.utils import timezone
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from crm_site.core import scope, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import NotFound
from crm_site.work import attempts, claimant, kinds, runner, services, sweeper, tasks
from crm_site.work.models import State, WorkItem
from crm_site.work.tests import cast
from crm_site.work.tests.drain import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return cast.organization()


def enqueue(acme, kind, subject_id=7, **options):
    return services.enqueue(organization_id=acme.pk, kind=kind, subject_id=subject_id, **options)


def reread(work):
    return WorkItem.unscoped.get(pk=work.pk)


def test_work_runs_in_its_organizations_scope_and_is_marked_done(acme):
    seen = []

    def handler(*, organization_id, subject_id):
        seen.append((organization_id, subject_id, scope.current_id(), unit.is_open()))
        return cast.note("effect")

    with cast.kind("t.plain", handler):
        work = enqueue(acme, "t.plain")
        assert drain() == 1
    assert seen == [(acme.pk, 7, acme.pk, False)]
    assert cast.noted("effect")
    work = reread(work)
    assert (work.state, work.attempts, work.claimed_by) == (State.DONE, 1, "")
    assert not OrmQ.objects.exists()


def test_work_of_the_house_has_no_scope(acme):
    seen = []
    with cast.kind("t.house", lambda *, organization_id, subject_id: seen.append(scope.current_id_or_none())):
        services.enqueue(organization_id=None, kind="t.house", subject_id=1)
        services.enqueue(organization_id=None, kind="t.house", subject_id=1)
        drain()
    assert seen == [None]


def test_a_rolled_back_transaction_leaves_no_work_and_nothing_in_the_queue(acme):
    with cast.kind("t.rollback", lambda **_: None), pytest.raises(ZeroDivisionError), unit.atomic():
        enqueue(acme, "t.rollback")
        1 / 0  # noqa: B018
    assert not WorkItem.unscoped.exists()
    assert not OrmQ.objects.exists()


def test_the_queue_holds_ids_only(acme):
    with cast.kind("t.ids", lambda **_: None):
        work = enqueue(acme, "t.ids")
    row = OrmQ.objects.get()
    assert (row.key, row.task["func"], row.task["args"], row.task["kwargs"]) == (
        "fast",
        "crm_site.work.tasks.perform",
        (work.pk,),
        {},
    )
    assert reread(work).queue_id == row.pk


def test_a_second_delivery_does_nothing(acme):
    runs = []

    def handler(*, organization_id, subject_id):
        runs.append(1)
        tasks.perform(work.pk)  # a second worker gets the same row while this one is at it
        return cast.note("effect")

    with cast.kind("t.twice", handler):
        work = enqueue(acme, "t.twice")
        tasks.perform(work.pk)
        tasks.perform(work.pk)
    assert runs == [1]
    assert reread(work).attempts == 1


def test_the_effect_is_undone_when_it_cannot_be_marked_done(acme):
    def handler(*, organization_id, subject_id):
        # The lease ran out and the sweeper gave the work to somebody else.
        WorkItem.unscoped.filter(pk=work.pk).update(claimed_by="another worker")
        return cast.note("effect")

    with cast.kind("t.lost", handler):
        work = enqueue(acme, "t.lost")
        tasks.perform(work.pk)
    assert not cast.noted("effect")
    assert (reread(work).state, reread(work).claimed_by) == (State.RUNNING, "another worker")


def test_failed_work_is_put_off_longer_each_time_and_dies_after_five_attempts(acme):
    def handler(*, organization_id, subject_id):
        raise ValueError("broken \x00 input")

    pauses = []
    with cast.kind("t.fails", handler), time_machine.travel(timezone.now(), tick=False) as clock:
        work = enqueue(acme, "t.fails")
        while reread(work).state == State.QUEUED:
            OrmQ.objects.all().delete()
            tasks.perform(work.pk)
            work = reread(work)
            if work.state == State.QUEUED:
                assert OrmQ.objects.get(pk=work.queue_id).lock == work.next_try_at
                pauses.append((work.next_try_at - timezone.now()).total_seconds())
                tasks.perform(work.pk)  # too early: no attempt
                clock.move_to(work.next_try_at)
    assert (work.state, work.attempts) == (State.DEAD, 5)
    assert work.last_error == "ValueError: broken input"
    assert work.dead_at is not None
    assert all(later > 2 * earlier for earlier, later in pairwise(pauses))
    assert len(pauses) == 4


def test_what_the_failing_attempt_wrote_is_undone(acme):
    def handler(*, organization_id, subject_id):
        def writes():
            cast.note("half")()
            raise RuntimeError("no")

        return writes

    with cast.kind("t.half", handler):
        work = enqueue(acme, "t.half")
        tasks.perform(work.pk)
    assert not cast.noted("half")
    assert reread(work).state == State.QUEUED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutException("x"), "It took longer than the time-out."),
        (SystemExit(3), "SystemExit: 3"),
        (RecursionError("deep"), "RecursionError: deep"),
        (MemoryError(), "MemoryError:"),
    ],
)
def test_nothing_escapes_from_a_task(acme, error, reason):
    def handler(*, organization_id, subject_id):
        raise error

    with cast.kind("t.escapes", handler):
        work = enqueue(acme, "t.escapes")
        assert tasks.perform(work.pk) is None
    assert reread(work).last_error == reason


@pytest.mark.parametrize("returned", [5, "text", object()])
def test_a_handler_that_returns_something_else_is_a_failure(acme, returned):
    with cast.kind("t.returns", lambda **_: returned):
        work = enqueue(acme, "t.returns")
        assert tasks.perform(work.pk) is None
    assert "BadHandler" in reread(work).last_error


def test_work_whose_kind_is_gone_dies_with_a_reason(acme):
    with cast.kind("t.gone", lambda **_: None, max_attempts=1):
        work = enqueue(acme, "t.gone")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(kinds.MAX_ATTEMPTS):
            clock.move_to(reread(work).next_try_at)
            tasks.perform(work.pk)
    assert reread(work).state == State.DEAD
    assert "t.gone" in reread(work).last_error


def test_work_that_is_nowhere_is_ignored():
    assert tasks.perform(987654) is None


def test_asking_twice_makes_one_row(acme):
    runs = []
    with cast.kind("t.same", lambda **_: runs.append(1)):
        first = enqueue(acme, "t.same")
        assert enqueue(acme, "t.same").pk == first.pk
        assert enqueue(acme, "t.same", dedupe="other").pk != first.pk
        drain()
    assert runs == [1, 1]


def test_asking_while_it_runs_makes_it_run_once_more(acme):
    runs = []

    def handler(*, organization_id, subject_id):
        runs.append(1)
        if len(runs) == 1:
            # What was read just now may be out of date by the time this attempt ends.
            assert enqueue(acme, "t.again").pk == work.pk
        return None

    with cast.kind("t.again", handler):
        work = enqueue(acme, "t.again")
        drain()
    assert runs == [1, 1]
    assert reread(work).state == State.DONE


def test_asking_brings_a_put_off_try_forward(acme):
    with cast.kind("t.forward", lambda **_: None):
        work = enqueue(acme, "t.forward", delay=timedelta(hours=1))
        assert drain() == 0
        enqueue(acme, "t.forward")
        assert drain() == 1
    assert reread(work).state == State.DONE


def test_an_unknown_kind_is_refused_at_once(acme):
    with pytest.raises(kinds.UnknownKind):
        enqueue(acme, "t.nobody")


def test_a_kind_belongs_to_one_handler():
    with cast.kind("t.mine", lambda **_: None), pytest.raises(kinds.KindTaken):
        kinds.register("t.mine", lambda **_: None)


def test_the_database_refuses_two_unfinished_works_on_one_thing(acme):
    with cast.kind("t.unique", lambda **_: None):
        work = enqueue(acme, "t.unique")
    work.pk = None
    with pytest.raises(IntegrityError), unit.savepoint():
        work.save(force_insert=True)


def claimed(acme, token):
    work = enqueue(acme, "t.claimed")
    assert attempts.claim(work_id=work.pk)
    WorkItem.unscoped.filter(pk=work.pk).update(claimed_by=token)
    return work


def dead_process_token():
    parts = claimant.token().split(" ")
    return " ".join([parts[0], "999999999", *parts[2:]])


def test_a_dead_workers_work_is_taken_up_at_once(acme):
    with cast.kind("t.claimed", lambda **_: cast.note("effect")):
        work = claimed(acme, dead_process_token())
        assert sweeper.sweep() == sweeper.Swept(interrupted=1)
        assert drain() == 1
    work = reread(work)
    assert (work.state, work.attempts, work.interrupted) == (State.DONE, 2, 1)


def test_a_living_workers_work_is_left_alone(acme):
    with cast.kind("t.claimed", lambda **_: None):
        work = claimed(acme, claimant.token())
        assert sweeper.sweep() == sweeper.Swept()
        assert reread(work).state == State.RUNNING


def test_work_on_another_machine_comes_back_when_its_lease_ends(acme):
    with cast.kind("t.claimed", lambda **_: None):
        work = claimed(acme, "elsewhere.1 17 4711 abc")
        assert sweeper.sweep() == sweeper.Swept()
        with time_machine.travel(timezone.now() + timedelta(minutes=3)):
            assert sweeper.sweep().interrupted == 1
        assert reread(work).state == State.QUEUED


def test_work_that_kills_its_worker_each_time_dies(acme):
    with cast.kind("t.claimed", lambda **_: None), time_machine.travel(timezone.now(), tick=False) as clock:
        work = claimed(acme, dead_process_token())
        for _ in range(kinds.MAX_ATTEMPTS):
            sweeper.sweep()
            clock.move_to(reread(work).next_try_at)
            if attempts.claim(work_id=work.pk):
                WorkItem.unscoped.filter(pk=work.pk).update(claimed_by=dead_process_token())
    work = reread(work)
    assert (work.state, work.attempts, work.interrupted) == (State.DEAD, 5, 5)
    assert work.last_error == attempts.INTERRUPTED


def test_interruptions_do_not_use_up_the_attempts_of_healthy_work(acme):
    with cast.kind("t.claimed", lambda **_: 5):
        work = claimed(acme, dead_process_token())
        WorkItem.unscoped.filter(pk=work.pk).update(attempts=5, interrupted=3)
        sweeper.sweep()
        work = reread(work)
        assert (work.state, work.interrupted) == (State.QUEUED, 4)
        with time_machine.travel(work.next_try_at):
            runner.run(work.pk)
    assert reread(work).state == State.QUEUED


def test_work_that_the_queue_lost_is_queued_again_once(acme):
    with cast.kind("t.purged", lambda **_: None):
        work = enqueue(acme, "t.purged")
        OrmQ.objects.all().delete()
        assert sweeper.sweep() == sweeper.Swept(requeued=1)
        assert sweeper.sweep() == sweeper.Swept()
        assert OrmQ.objects.count() == 1
        assert reread(work).queue_id == OrmQ.objects.get().pk


def test_a_quiet_sweep_writes_nothing(acme, django_assert_num_queries):
    with cast.kind("t.waits", lambda **_: None):
        enqueue(acme, "t.waits", delay=timedelta(hours=1))
        with django_assert_num_queries(2) as seen:
            sweeper.sweep()
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)


def dead_work(acme):
    work = enqueue(acme, "t.dead")
    tasks.perform(work.pk)
    assert reread(work).state == State.DEAD
    return work


def test_dead_work_is_retried_with_fresh_attempts(acme):
    actor = Actor.system(organization_id=acme.pk)
    broken = [True]

    def handler(*, organization_id, subject_id):
        if broken:
            raise RuntimeError("no")

    with cast.kind("t.dead", handler, max_attempts=1):
        work = dead_work(acme)
        broken.clear()
        services.retry_dead(actor=actor, work_id=work.pk)
        drain()
    work = reread(work)
    assert (work.state, work.attempts, work.dead_at) == (State.DONE, 1, None)
    with pytest.raises(NotFound):
        services.retry_dead(actor=actor, work_id=work.pk)


def test_dead_work_of_another_organization_is_not_found(acme):
    other = cast.organization("other")
    with cast.kind("t.dead", lambda **_: 5, max_attempts=1):
        work = dead_work(acme)
        with pytest.raises(NotFound):
            services.retry_dead(actor=Actor.system(organization_id=other.pk), work_id=work.pk)


def test_dead_work_is_not_retried_beside_a_living_twin(acme):
    with cast.kind("t.dead", lambda **_: 5, max_attempts=1):
        work = dead_work(acme)
        enqueue(acme, "t.dead")
        with pytest.raises(services.AlreadyQueued):
            services.retry_dead(actor=Actor.system(organization_id=acme.pk), work_id=work.pk)


def test_reading_the_queue_uses_our_index(acme):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "django_q_ormq")
    assert found["work_queue_key_lock"]["columns"] == ["key", "lock"]
