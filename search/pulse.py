"""How the last attempt to bring the index up to date went, kept where every process sees it.

Rests on the database alone: while the index or the embedder is away nobody asks for work each half second, and the System
page can say since when and why.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from crm_site.work import beats
from crm_site.work.models import Heartbeat

log = logging.getLogger(__name__)
#: The heartbeats' names. Their detail says what went wrong; empty: all is well.
SYNC, REBUILD = "search index", "search rebuild"
#: How long nobody tries again after the index or the embedder did not answer.
REST = timedelta(seconds=5)


@dataclass(frozen=True)
class Trouble:
    """What keeps the index from being brought up to date, seen last at `at`."""

    at: datetime
    why: str


def failed(why: str, *, name: str = SYNC) -> None:
    """Note that it could not be done, and rest. Once in the log: while the index is away this happens every few seconds."""
    known = trouble(name=name)
    if known is None or known.why != why:
        log.warning("%s: %s", name.capitalize(), why)
    beats.record(name, why)


def worked(*, name: str = SYNC) -> None:
    """Note that it went well. Writes only when it did not before: an idle house writes nothing."""
    if Heartbeat.objects.named(name).exclude(detail="").exists():
        beats.record(name)


def trouble(*, name: str = SYNC) -> Trouble | None:
    """What went wrong last, None when the last attempt went well."""
    row = Heartbeat.objects.named(name).exclude(detail="").first()
    return Trouble(row.beat_at, row.detail) if row else None


def is_resting(*, name: str = SYNC) -> bool:
    """Tell whether it failed a moment ago. A clock that was set back does not make the rest longer."""
    found = trouble(name=name)
    return found is not None and timedelta() <= timezone.now() - found.at < REST
