"""Asking for background work, and asking again.

Background work knows no members: who may retry dead work is checked by the door that offers it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError

from crm_site.core import clock, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, NotFound
from crm_site.work import kinds, queue
from crm_site.work.models import State, WorkItem
from crm_site.work.querysets import WorkQuerySet


class AlreadyQueued(Conflict):
    """The same work is waiting or running already."""

    code = "already_queued"


@unit.atomic
def enqueue(
    *,
    organization_id: int | None,
    kind: str,
    subject_id: int,
    delay: timedelta | None = None,
    dedupe: str = "",
) -> WorkItem:
    """Have `kind` done for a subject, once, after the caller's transaction commits; a rollback leaves nothing behind.

    Asking again while the same is unfinished makes no second row, but the handler will run once more after this commit.
    dedupe: tells apart several works of one kind on one subject. Raises UnknownKind.
    """
    wanted = kinds.get(kind)
    now = clock.now()
    same = WorkItem.unscoped.same_as(
        organization_id=organization_id, kind=kind, subject_id=subject_id, dedupe=dedupe
    )
    due_at = now + (delay or timedelta())
    known = _ask_again(same, due_at)
    if known is not None:
        return known
    try:
        with unit.savepoint():
            work = WorkItem.unscoped.create(
                organization_id=organization_id,
                kind=kind,
                subject_id=subject_id,
                dedupe=dedupe,
                cluster=wanted.cluster.name,
                next_try_at=due_at,
                enqueued_at=now,
                touched_at=now,
            )
    except IntegrityError:
        # Somebody asked for the same at the same instant and was first.
        known = _ask_again(same, due_at)
        if known is None:
            raise
        return known
    queue.deliver(work)
    return work


@unit.atomic
def retry_dead(*, actor: Actor, work_id: int) -> WorkItem:
    """Give dead work of the actor's organization a fresh set of attempts. Raises NotFound, AlreadyQueued."""
    # Not `objects`: the actor's organization decides, whatever scope the door is in.
    work = (
        WorkItem.unscoped.select_for_update()
        .filter(pk=work_id, organization_id=actor.organization_id)
        .first()
    )
    if work is None or work.state != State.DEAD:
        raise NotFound("There is no such work to retry; perhaps somebody retried it already.")
    twin = WorkItem.unscoped.same_as(
        organization_id=work.organization_id, kind=work.kind, subject_id=work.subject_id, dedupe=work.dedupe
    )
    if twin.exists():
        raise AlreadyQueued("The same work is already waiting or running.")
    now = clock.now()
    work.state, work.attempts, work.interrupted, work.dead_at = State.QUEUED, 0, 0, None
    work.next_try_at = work.touched_at = now
    work.save(update_fields=["state", "attempts", "interrupted", "dead_at", "next_try_at", "touched_at"])
    queue.deliver(work)
    return work


def _ask_again(same: WorkQuerySet, due_at: datetime) -> WorkItem | None:
    # The update comes first: it makes a claim that is under way wait for our commit, so that its handler reads what we
    # wrote, or it marks the running attempt as too early.
    if not same.update(asked_again=True):
        return None
    work = same.first()
    if work is not None and work.state == State.QUEUED and work.next_try_at > due_at:
        work.next_try_at = due_at
        work.save(update_fields=["next_try_at"])
        queue.deliver(work)
    return work
