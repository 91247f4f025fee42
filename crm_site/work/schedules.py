"""What runs by the clock: one list in code. Nobody edits it in the admin, because one schedule with bad arguments
stops all of them.
"""

from __future__ import annotations

import ast
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django_q.models import Schedule

from crm_site.core import clock, unit
from crm_site.work import cluster as clusters
from crm_site.work.models import Heartbeat

Argument = str | int
MUTEX = "schedules"


class WrongSchedule(ValueError):
    """A schedule that django-q2 could not run. A programming error, found at start-up."""


@dataclass(frozen=True)
class Entry:
    """One schedule: every so many minutes, or once a day at a time of the server's zone. Arguments: plain values."""

    name: str
    function: str
    minutes: int | None = None
    daily_at: time | None = None
    args: tuple[Argument, ...] = ()
    cluster: str = clusters.FAST.name


_entries: dict[str, Entry] = {}


def register(
    name: str,
    function: str,
    *,
    minutes: int | None = None,
    daily_at: time | None = None,
    args: tuple[Argument, ...] = (),
    cluster: str = clusters.FAST.name,
) -> None:
    """Add a schedule to the list; call it in an app's `tasks.py`. function: dotted path to a `@task`."""
    _entries[name] = Entry(name, function, minutes, daily_at, args, cluster)


def entries() -> list[Entry]:
    """The list, by name."""
    return [_entries[name] for name in sorted(_entries)]


def validate(entry: Entry) -> None:
    """Find now what would stop every schedule later. Raises WrongSchedule."""
    if (entry.minutes is None) == (entry.daily_at is None):
        raise WrongSchedule(f"{entry.name}: say either every how many minutes or at what time of day")
    row = _row(entry)
    try:
        clusters.by_name(entry.cluster)
        import_string(entry.function)
        row.full_clean()
        read_back = ast.literal_eval(row.args or "()")
    except (ImportError, KeyError, SyntaxError, ValueError, ValidationError) as error:
        raise WrongSchedule(f"{entry.name}: {error}") from error
    if read_back != entry.args:
        raise WrongSchedule(f"{entry.name}: its arguments do not survive being written down")


def check_schedules(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A system check: every command refuses to start with a schedule that would stop the others."""
    found: list[checks.CheckMessage] = []
    for entry in entries():
        try:
            validate(entry)
        except WrongSchedule as error:
            found.append(checks.Error(str(error), id="work.E001"))
    return found


@unit.atomic
def sync() -> int:
    """Make the database's schedules equal to the list; return how many rows changed. Safe to run again, and at once."""
    # Two clusters start together, and django-q2 has no unique name: this row is the lock.
    Heartbeat.objects.get_or_create(name=MUTEX, defaults={"beat_at": clock.now()})
    Heartbeat.objects.select_for_update().get(name=MUTEX)
    known: dict[str, Schedule] = {}
    changed = 0
    for row in Schedule.objects.order_by("pk"):
        if row.name in _entries and row.name not in known:
            known[row.name] = row
        else:
            row.delete()
            changed += 1
    for entry in entries():
        validate(entry)
        changed += _write(entry, known.get(entry.name))
    return changed


def _write(entry: Entry, row: Schedule | None) -> bool:
    wanted = _row(entry)
    if row is None:
        wanted.save()
        return True
    names = ("func", "args", "kwargs", "hook", "schedule_type", "minutes", "repeats", "cron", "cluster")
    # A row edited by hand is put back; `next_run` is django-q2's own, as long as the time of day stays.
    moved = entry.daily_at is not None and _local(row.next_run).time() != entry.daily_at
    if not moved and all(getattr(row, name) == getattr(wanted, name) for name in names):
        return False
    for name in (*names, "next_run"):
        setattr(row, name, getattr(wanted, name))
    row.save()
    return True


def _row(entry: Entry) -> Schedule:
    return Schedule(
        name=entry.name,
        func=entry.function,
        args=repr(entry.args) if entry.args else None,
        schedule_type=Schedule.DAILY if entry.daily_at else Schedule.MINUTES,
        minutes=entry.minutes,
        repeats=-1,
        next_run=_first_run(entry),
        cluster=entry.cluster,
    )


def _first_run(entry: Entry) -> datetime:
    now = clock.now()
    if entry.daily_at is None:
        return now
    here = _local(now)
    today = datetime.combine(here.date(), entry.daily_at, tzinfo=here.tzinfo)
    return (
        today
        if today > here
        else datetime.combine(here.date() + timedelta(days=1), entry.daily_at, tzinfo=here.tzinfo)
    )


def _local(instant: datetime) -> datetime:
    return instant.astimezone(zoneinfo.ZoneInfo(settings.TIME_ZONE))
