"""SQLite plans by what it was told; the schedule tells it."""

from __future__ import annotations

import pytest
from django.db import connection

from crm_site.core import clock
from crm_site.work import schedules, tasks
from crm_site.work.models import Heartbeat


@pytest.mark.django_db
def test_gathering_statistics_leaves_some_on_sqlite_and_harms_nobody() -> None:
    Heartbeat.objects.create(name="x", beat_at=clock.now())
    tasks.gather_statistics()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'work_heartbeat'")
            assert cursor.fetchone()[0] >= 1
    assert Heartbeat.objects.filter(name="x").exists()


def test_it_runs_every_day() -> None:
    assert any(entry.name == "gather statistics" and entry.daily_at for entry in schedules.entries())
