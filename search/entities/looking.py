"""A look for duplicates in the background, that a page can ask for and watch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from crm_site.core import scope
from crm_site.work import services as work
from search.entities import proposing
from search.entities.choices import WORK as WORK
from search.entities.choices import Kind
from search.entities.models import Look

#: Between two notes of how far a look is.
NOTE_EVERY_S = 1.0
#: A look that said nothing for so long has died; the next one takes its place.
SILENT_FOR = timedelta(minutes=15)


def ask() -> None:
    """Have both kinds looked through soon, in the organization in scope; call it inside `unit.atomic`. Twice is once."""
    work.enqueue(organization_id=scope.current_id(), kind=WORK, subject_id=0)


def last(kind: str) -> Look | None:
    """The last look of a kind, running or done; None when nobody ever looked."""
    return Look.objects.filter(kind=kind).first()


def is_running(look: Look | None) -> bool:
    """Tell whether it still works, as far as anybody can know."""
    return bool(look and look.finished_at is None and timezone.now() - look.started_at < SILENT_FOR)


def look_through() -> None:
    """Look through both kinds, noting how far it is. Run again after a kill it begins anew."""
    for kind in Kind.values:
        Look.objects.update_or_create(
            organization_id=scope.current_id(),
            kind=kind,
            defaults={"started_at": timezone.now(), "finished_at": None, "percent": 0, "error": ""},
        )
    for kind in Kind.values:
        try:
            outcome = proposing.propose(kind, progress=_noting(kind))
        except Exception as error:
            Look.objects.filter(kind=kind).update(
                finished_at=timezone.now(), error=f"{type(error).__name__}: {error}"[:200]
            )
            raise
        Look.objects.filter(kind=kind).update(
            finished_at=timezone.now(), percent=100, counts=outcome.as_counts()
        )


def _noting(kind: str) -> Callable[[float], None]:
    noted_at = 0.0

    def note(share: float) -> None:
        nonlocal noted_at
        if time.monotonic() - noted_at >= NOTE_EVERY_S:
            noted_at = time.monotonic()
            Look.objects.filter(kind=kind).update(percent=min(99, int(share * 100)))

    return note
