"""Runs one attempt of one unit of work, and records how it ended, whatever happens."""

from __future__ import annotations

import logging
from contextlib import nullcontext

from django.db import connection
from django_q.exceptions import TimeoutException

from crm_site.core import faults, scope, unit
from crm_site.work import attempts, kinds

log = logging.getLogger(__name__)


class BadHandler(TypeError):
    """A handler returned something that is neither None nor a function. A programming error."""


def run(work_id: int) -> None:
    """Make one attempt. A delivery that comes twice, too early or too late does nothing."""
    claim = attempts.claim(work_id=work_id)
    if claim is None:
        return
    faults.point("work.claimed")
    try:
        _attempt(claim)
    except attempts.LostClaim:
        log.warning("Work %s (%s): lost its claim, its writes were undone", claim.work_id, claim.kind)
    except (Exception, SystemExit) as error:
        # SystemExit too: django-q2's time-out is one, and so is sys.exit() in a library.
        log.exception("Work %s (%s) failed", claim.work_id, claim.kind)
        if isinstance(error, SystemExit) and not connection.in_atomic_block:
            # A time-out may have struck in the middle of a query; that connection cannot be trusted.
            connection.close()
        attempts.fail(claim=claim, reason=_reason(error))


def _attempt(claim: attempts.Claim) -> None:
    inside = scope.scope(claim.organization_id) if claim.organization_id else nullcontext()
    with inside:
        writes = kinds.get(claim.kind).handler(
            organization_id=claim.organization_id, subject_id=claim.subject_id
        )
        if writes is not None and not callable(writes):
            raise BadHandler(f"The handler of {claim.kind} returned {type(writes).__name__}.")
        faults.point("work.handled")
        with unit.atomic():
            if writes is not None:
                writes()
            faults.point("work.written")
            attempts.finish(claim=claim)
            faults.point("work.finished")
    faults.point("work.committed")


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutException):
        return "It took longer than the time-out."
    return f"{type(error).__name__}: {error}"
