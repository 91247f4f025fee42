"""Today and now, in the zone of the organization in scope."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from crm_site.core import scope


def now() -> datetime:
    """The present instant, aware, UTC."""
    return timezone.now()


def today() -> date:
    """The local date of the organization in scope."""
    return timezone.now().astimezone(scope.zone()).date()


def local(instant: datetime) -> datetime:
    """The instant on the organization's clock."""
    return instant.astimezone(scope.zone())


def start_of(day: date) -> datetime:
    """The first instant of a local day. Around a clock change the day may be 23 or 25 hours long."""
    return datetime.combine(day, time.min, tzinfo=scope.zone())


def working_days_after(day: date, count: int) -> date:
    """The date `count` working days (Monday to Friday) after `day`."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day
