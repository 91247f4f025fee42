"""Days and hours at which people in offices talk."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def working(day: date, last: date | None = None) -> date:
    """The day, or the nearest working day after it; before it where that would pass `last`."""
    if day.weekday() < 5:
        return day
    moved = day + timedelta(days=7 - day.weekday())
    return moved if last is None or moved <= last else day - timedelta(days=day.weekday() - 4)


def days_between(rng: random.Random, first: date, last: date, count: int) -> list[date]:
    """`count` working days in order, from `first` to `last`."""
    span = max(0, (last - first).days)
    drawn = sorted(int(rng.random() * (span + 1)) for _ in range(count))
    return [working(first + timedelta(days=offset), last) for offset in drawn]


def moment(rng: random.Random, day: date, zone: ZoneInfo, *, after: datetime | None = None) -> datetime:
    """A time in office hours of the local day, later than `after` where the day still allows it."""
    at = datetime.combine(day, time(8 + int(rng.random() * 10), 5 * int(rng.random() * 12)), tzinfo=zone)
    if after is not None and at <= after:
        at = min(after + timedelta(minutes=20 + int(rng.random() * 60)), at.replace(hour=19, minute=45))
        at = max(at, after + timedelta(minutes=1))
    return at
