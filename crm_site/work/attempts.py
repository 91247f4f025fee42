"""The life of one attempt: claimed, then finished, failed or interrupted.

The attempt is counted and committed before the work, the effect and `state = done` share one transaction, and only the
holder of the claim may end it.
"""

from __future__ import annotations

import logging
import random
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from crm_site.core import clock, scope, text, unit
from crm_site.work import claimant, kinds, queue
from crm_site.work import cluster as clusters
from crm_site.work.models import State, WorkItem
from crm_site.work.querysets import WorkQuerySet

log = logging.getLogger(__name__)
ERROR_LENGTH = 500
LONGEST_PAUSE_S = 3600.0
INTERRUPTED = "The worker was stopped or killed while it was at it."


class LostClaim(RuntimeError):
    """The attempt took so long that it was given to another worker; what it wrote must be undone."""


@dataclass(frozen=True)
class Claim:
    """An attempt that this process may make."""

    work_id: int
    organization_id: int | None
    kind: str
    subject_id: int
    token: str


def claim(*, work_id: int) -> Claim | None:
    """Take the work and count the attempt, committed at once. None when it is not due, running elsewhere or finished."""
    now = clock.now()
    token = claimant.token()
    work = WorkItem.unscoped.filter(pk=work_id).first()
    if work is None:
        return None
    lease = timedelta(seconds=clusters.by_name(work.cluster).lease_s)
    # One statement decides between two deliveries of the same work.
    taken = WorkItem.unscoped.filter(pk=work_id, state=State.QUEUED, next_try_at__lte=now).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        asked_again=False,
        claimed_by=token,
        started_at=now,
        touched_at=now,
        lease_until=now + lease,
    )
    return Claim(work.pk, work.organization_id, work.kind, work.subject_id, token) if taken else None


def finish(*, claim: Claim) -> None:
    """Mark the work as done, inside the transaction of its effect. Raises LostClaim."""
    now = clock.now()
    mine = _held(claim)
    ended = {"claimed_by": "", "touched_at": now, "lease_until": None, "last_error": ""}
    if mine.filter(asked_again=False).update(state=State.DONE, finished_at=now, **ended):
        return
    if not mine.update(state=State.QUEUED, next_try_at=now, attempts=0, interrupted=0, **ended):
        raise LostClaim(f"Work {claim.work_id} was given to another worker meanwhile.")
    queue.deliver(WorkItem.unscoped.get(pk=claim.work_id))


@unit.atomic
def fail(*, claim: Claim, reason: str) -> None:
    """Record a failed attempt: try again later, or give up. Without the claim, nothing: somebody else has it."""
    work = WorkItem.unscoped.select_for_update().filter(pk=claim.work_id).first()
    if work is None or work.state != State.RUNNING or work.claimed_by != claim.token:
        return
    kind = kinds.find(work.kind)
    failures = work.attempts - work.interrupted
    if failures >= (kind.max_attempts if kind else kinds.MAX_ATTEMPTS):
        _bury(work, reason)
        return
    base_s = kind.retry_base_s if kind else kinds.RETRY_BASE_S
    _put_back(work, reason, pause=_pause(base_s, failures))


@unit.atomic
def interrupt(work: WorkItem) -> str | None:
    """Count an attempt that left no result. None when it ended after all."""
    claim = WorkItem.unscoped.filter(pk=work.pk, state=State.RUNNING, claimed_by=work.claimed_by)
    if not claim.update(interrupted=F("interrupted") + 1):
        return None
    work.refresh_from_db()
    kind = kinds.find(work.kind)
    # Counted apart from failures: a healthy row must not die of other people's crashes, but one that kills its worker
    # each time must not run for ever either.
    if work.interrupted >= (kind.max_attempts if kind else kinds.MAX_ATTEMPTS):
        _bury(work, INTERRUPTED)
        return State.DEAD
    base_s = kind.retry_base_s if kind else kinds.RETRY_BASE_S
    _put_back(
        work,
        INTERRUPTED,
        pause=timedelta() if work.interrupted == 1 else _pause(base_s, work.interrupted - 1),
    )
    return State.QUEUED


def _held(claim: Claim) -> WorkQuerySet:
    return WorkItem.unscoped.filter(pk=claim.work_id, state=State.RUNNING, claimed_by=claim.token)


def _put_back(work: WorkItem, reason: str, *, pause: timedelta) -> None:
    now = clock.now()
    work.state, work.claimed_by, work.lease_until = State.QUEUED, "", None
    work.last_error = text.shorten(reason, ERROR_LENGTH)
    work.next_try_at, work.touched_at = now + pause, now
    work.save(update_fields=["state", "claimed_by", "lease_until", "last_error", "next_try_at", "touched_at"])
    queue.deliver(work)


def _bury(work: WorkItem, reason: str) -> None:
    now = clock.now()
    work.state, work.claimed_by, work.lease_until = State.DEAD, "", None
    work.last_error = text.shorten(reason, ERROR_LENGTH)
    work.dead_at = work.touched_at = now
    work.save(update_fields=["state", "claimed_by", "lease_until", "last_error", "dead_at", "touched_at"])
    _tell(work)


def _tell(work: WorkItem) -> None:
    """Tell whoever waits for it. What fails here must not keep the work alive: it would be tried for ever."""
    kind = kinds.find(work.kind)
    if kind is None or kind.given_up is None:
        return
    inside = scope.scope(work.organization_id) if work.organization_id else nullcontext()
    try:
        with inside, unit.savepoint():
            kind.given_up(organization_id=work.organization_id, subject_id=work.subject_id)
    except Exception:
        log.exception("Nobody could be told that work %s (%s) was given up", work.pk, work.kind)


def _pause(base_s: float, failures: int) -> timedelta:
    """Four times longer each time, at most an hour; spread, so that what failed together does not return together."""
    longest = min(base_s * 4 ** (failures - 1), LONGEST_PAUSE_S)
    return timedelta(seconds=longest * random.uniform(0.75, 1.25))
