"""Bringing the index up to date, or a rebuild to its end, in this process: what workers do turn by turn, without a pause.

Safe beside workers that do the same, and after any kill: how far it has come stands in the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from crm_site.core.errors import Unavailable
from search import pulse, rebuilding, sync
from search.models import Claim, Target, TargetState

STEP = timedelta(seconds=1)
#: Between two looks at what another process has in hand, or a database transaction that must end first.
PAUSE_S = 0.2


class Stuck(Unavailable):
    """Nothing has moved for too long, and it is not ours to move it."""

    code = "index_stuck"


@dataclass(frozen=True)
class Step:
    """How far a rebuild has come. waits: why it does not move, empty while it does."""

    target: Target
    done: int
    total: int
    waits: str = ""


@dataclass(frozen=True)
class Failing:
    """A record that cannot be brought into the index."""

    organization_id: int
    key: str
    why: str


def bring_up_to_date(*, patience_s: float = 60.0) -> int:
    """Work off everything that is dirty; returns how many records that were. What fails is put off as ever.

    Raises IndexUnavailable, ModelUnavailable, Stuck after `patience_s` without a step.
    """
    sync.hurry()
    done = 0
    began_at, moved_s = timezone.now(), time.monotonic()
    while True:
        step = sync.run(strict=True)
        done += step
        if not sync.is_due() and not sync.in_hand():
            return done
        trouble = pulse.trouble()
        if trouble is not None and trouble.at >= began_at:
            raise Stuck(trouble.why)
        moved_s = time.monotonic() if step else moved_s
        if time.monotonic() - moved_s > patience_s:
            raise Stuck("Another process has had the rest in hand for too long.")
        time.sleep(PAUSE_S)


def rebuild(target: Target, show: Callable[[Step], object], *, patience_s: float = 600.0) -> Target:
    """Take a rebuild to its end; `show` is told about once a second. Returns the target, searched by now.

    Raises IndexUnavailable, ModelUnavailable, Stuck after `patience_s` without a step.
    """
    sync.hurry()
    last: tuple[str, int] = ("", -1)
    moved_s = time.monotonic()
    while True:
        sync.run(until=timezone.now() + STEP, strict=True)
        rebuilding.advance(until=timezone.now() + STEP)
        target.refresh_from_db()
        if target.state != TargetState.BUILDING:
            return target
        done, total = rebuilding.progress(target)
        has_moved = (target.stage, done) != last
        waits = "" if has_moved or sync.is_due() else rebuilding.waits_for(target)
        show(Step(target, done, total, waits))
        if has_moved:
            last, moved_s = (target.stage, done), time.monotonic()
        elif time.monotonic() - moved_s > patience_s:
            raise Stuck(rebuilding.waits_for(target))
        elif not sync.is_due():
            # What fails is given its tries now; after them the rebuild goes on without it.
            sync.hurry(below=rebuilding.POISON_AFTER)
            time.sleep(PAUSE_S)


def failing(*, most: int = 20) -> list[Failing]:
    """Records that failed at their last try, of all organizations."""
    rows = Claim.unscoped.filter(failures__gt=0, target__state__in=[TargetState.BUILDING, TargetState.LIVE])
    found = rows.order_by("-failures", "key").values_list("organization_id", "key", "error")[:most]
    return [Failing(*row) for row in found]
