from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.core import checks
from django.utils import timezone
from django_q import scheduler
from django_q.models import OrmQ, Schedule

from crm_site.work import schedules, tasks
from crm_site.work.models import Heartbeat

EVERY_HOUSE_HAS = {"sweep", "prune", "beat fast", "beat llm"}
TASK = "crm_site.work.tasks.sweep"


@pytest.fixture
def extra():
    """Register schedules for one test."""
    before = dict(schedules._entries)
    yield schedules.register
    schedules._entries.clear()
    schedules._entries.update(before)


def test_the_list_is_valid():
    assert schedules.check_schedules(None) == []
    assert {entry.name for entry in schedules.entries()} >= EVERY_HOUSE_HAS


@pytest.mark.parametrize(
    "wrong",
    [
        {"function": "crm_site.work.tasks.nowhere", "minutes": 1},
        {"function": TASK},
        {"function": TASK, "minutes": 1, "daily_at": time(1)},
        {"function": TASK, "minutes": -1},
        {"function": TASK, "minutes": 1, "cluster": "slow"},
        {"function": TASK, "minutes": 1, "args": (timezone,)},
        {"function": TASK, "minutes": 1, "args": (datetime(2026, 1, 1),)},
    ],
)
def test_a_schedule_that_would_stop_the_others_stops_the_start(extra, wrong):
    extra("wrong", **wrong)
    found = schedules.check_schedules(None)
    assert [message.id for message in found] == ["work.E001"]
    assert isinstance(found[0], checks.Error)
    assert "wrong" in found[0].msg


@pytest.mark.django_db
def test_sync_makes_the_table_equal_to_the_list(extra):
    extra("hello", TASK, minutes=7, args=(1, "two"))
    Schedule.objects.create(name="by hand", func="os.system", args="1, 2, 'oops")
    schedules.sync()
    assert {row.name for row in Schedule.objects.all()} == {entry.name for entry in schedules.entries()}
    row = Schedule.objects.get(name="hello")
    assert (row.func, row.args, row.minutes, row.repeats, row.cluster) == (TASK, "(1, 'two')", 7, -1, "fast")
    assert schedules.sync() == 0


@pytest.mark.django_db
def test_sync_puts_back_what_somebody_edited_or_doubled():
    schedules.sync()
    Schedule.objects.filter(name="sweep").update(args="1, 2, 'oops")
    Schedule.objects.create(name="sweep", func=TASK)
    assert schedules.sync() == 2
    assert Schedule.objects.get(name="sweep").args is None


@pytest.mark.django_db
def test_sync_leaves_the_next_run_alone():
    schedules.sync()
    soon = timezone.now() + timedelta(seconds=17)
    Schedule.objects.filter(name="sweep").update(next_run=soon)
    schedules.sync()
    assert Schedule.objects.get(name="sweep").next_run == soon


@pytest.mark.django_db
def test_a_daily_schedule_runs_at_its_time(extra):
    extra("nightly", TASK, daily_at=time(3, 20))
    with time_machine.travel("2026-03-01T04:00:00Z", tick=False):
        schedules.sync()
        assert Schedule.objects.get(name="nightly").next_run.isoformat() == "2026-03-02T03:20:00+00:00"
        extra("nightly", TASK, daily_at=time(5))
        assert schedules.sync() == 1
        assert Schedule.objects.get(name="nightly").next_run.isoformat() == "2026-03-01T05:00:00+00:00"


@pytest.mark.django_db(transaction=True)  # django-q2 closes the connection first
def test_after_a_day_of_darkness_each_schedule_runs_once():
    schedules.sync()
    OrmQ.objects.all().delete()
    Schedule.objects.update(next_run=timezone.now() - timedelta(days=1))
    scheduler.scheduler()
    scheduler.scheduler()
    queued = [row.task["func"] for row in OrmQ.objects.filter(key="fast")]
    assert sorted(queued) == sorted(
        entry.function for entry in schedules.entries() if entry.cluster == "fast"
    )
    assert Schedule.objects.filter(cluster="fast", next_run__lte=timezone.now()).count() == 0


@pytest.mark.django_db
def test_a_scheduled_task_notes_when_it_ran_and_what_went_wrong():
    broken = [True]

    def nightly():
        if broken:
            raise ValueError("disk full")

    task = tasks.scheduled(nightly)
    assert task() is None
    assert "disk full" in Heartbeat.objects.get(name__startswith="task:").detail
    broken.clear()
    assert task() is None
    assert Heartbeat.objects.get(name__startswith="task:").detail == ""
