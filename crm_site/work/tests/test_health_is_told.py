from __future__ import annotations

import socket
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from django_q.models import OrmQ, Task

from crm_site.core import scope
from crm_site.work import beats, doctor, health, pruning, services, tasks, views
from crm_site.work.models import IdempotencyKey, WorkItem
from crm_site.work.tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return cast.organization()


@pytest.fixture
def beating():
    tasks.beat("fast")
    tasks.beat("llm")


def get(view):
    response = view(RequestFactory().get("/"))
    return response.status_code, response.content


def test_alive_needs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get(views.healthz) == (200, b'{"status": "ok"}')


def test_ready_when_both_clusters_beat(beating):
    status, body = get(views.readyz)
    assert (status, b'"status": "ok"' in body) == (200, True)


def test_not_ready_when_one_cluster_is_silent(beating):
    beats.forget(["cluster:llm"])
    status, body = get(views.readyz)
    assert status == 503
    assert b'"workers_fast": true' in body
    assert b'"workers_llm": false' in body


def test_not_ready_on_a_beat_of_yesterday(beating):
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert get(views.readyz)[0] == 503


def test_health_counts_what_waits_and_what_died(acme):
    with cast.kind("t.dies", lambda **_: 5, max_attempts=1), cast.kind("t.waits", lambda **_: None):
        dead = services.enqueue(organization_id=acme.pk, kind="t.dies", subject_id=1)
        tasks.perform(dead.pk)
        services.enqueue(organization_id=acme.pk, kind="t.waits", subject_id=1)
        services.enqueue(organization_id=acme.pk, kind="t.waits", subject_id=2, delay=timedelta(days=1))
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            state = health.now()
    fast = state.clusters[0]
    assert (fast.name, fast.depth, fast.put_off, fast.running, state.dead) == ("fast", 1, 1, 0, 1)
    assert 590 < fast.oldest_s < 620


def test_dead_work_is_listed_inside_its_organization_only(acme):
    with cast.kind("t.dies", lambda **_: 5, max_attempts=1):
        dead = services.enqueue(organization_id=acme.pk, kind="t.dies", subject_id=1)
        tasks.perform(dead.pk)
    with scope.scope(acme):
        assert [work.pk for work in health.dead_work()] == [dead.pk]
    with scope.scope(cast.organization("other")):
        assert not health.dead_work().exists()
    with pytest.raises(scope.OutsideScope):
        health.dead_work()


def told():
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError:
        return 1, out.getvalue()
    return 0, out.getvalue()


def test_the_doctor_is_content_when_all_is_well(beating):
    code, text = told()
    assert code == 0, text
    assert all(line.split()[0] in {"ok", "warn"} for line in text.splitlines())


def test_the_doctor_names_silent_workers():
    code, text = told()
    assert code == 1
    assert "no sign of life from fast, llm" in text


def test_an_apps_own_question_is_asked_and_may_break(beating, monkeypatch):
    monkeypatch.setattr(doctor, "_questions", {})

    def broken():
        raise OSError("connection refused\nby peer")

    doctor.register("model", broken)
    code, text = told()
    assert code == 1
    assert text.splitlines()[-1].split(maxsplit=2) == ["down", "model", "OSError: connection refused"]


def test_pruning_takes_the_old_and_leaves_the_rest(acme, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    with cast.kind("t.old", lambda **_: None), cast.kind("t.dies", lambda **_: 5, max_attempts=1):
        for subject_id in range(5):
            tasks.perform(services.enqueue(organization_id=acme.pk, kind="t.old", subject_id=subject_id).pk)
        dead = services.enqueue(organization_id=acme.pk, kind="t.dies", subject_id=1)
        tasks.perform(dead.pk)
    waiting = WorkItem.unscoped.create(
        kind="t.old", subject_id=9, cluster="fast", next_try_at=timezone.now(), enqueued_at=timezone.now(),
        touched_at=timezone.now(),
    )  # fmt: skip
    IdempotencyKey.unscoped.create(organization=acme, key="old", fingerprint="")
    Task.objects.create(
        id="old", name="old", func="f", started=timezone.now(), stopped=timezone.now(), success=False
    )
    assert pruning.prune() == 0
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        young = IdempotencyKey.unscoped.create(organization=acme, key="young", fingerprint="")
        pruning.prune()
    assert set(WorkItem.unscoped.values_list("pk", flat=True)) == {dead.pk, waiting.pk}
    assert list(IdempotencyKey.unscoped.all()) == [young]
    assert not Task.objects.exists()
    assert not OrmQ.objects.exists()


def test_up_says_that_a_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=str(port)):
            call_command("up", check_port=True, port=port)
    out = StringIO()
    call_command("up", check_port=True, port=port, stdout=out)
    assert "is free" in out.getvalue()


def test_a_cluster_named_on_the_command_line_is_refused():
    with pytest.raises(CommandError, match="Q_CLUSTER_NAME=llm"):
        call_command("qcluster", cluster_name="llm")
