"""The guards of the sync, each of which can be switched off, to show that the harness goes red without it.

A trigger is switched off in the database itself, see `no_trigger`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.core import faults, triggers, unit
from search import index, rebuilding, reconciling, sync
from search.documents import Chunk
from search.models import Dirty, Stage, Target, TargetState
from search.sync import Batch, Seen

_acknowledge, _older = sync.acknowledge, index._older
_patch = pytest.MonkeyPatch()


def apply(name: str) -> None:
    """Switch off one guard in this process, and all others on. An empty name: all on."""
    _patch.undo()
    if name:
        GUARDS[name]()


def _acknowledges_all() -> None:
    """Instead of exactly the dirty rows that were read: all there are of the record."""

    def acknowledge(batch: Batch, seen: Seen) -> int:
        with unit.atomic():
            for key in seen.dirty:
                seen.dirty[key] = list(
                    Dirty.objects.filter(target=batch.target, key=key).values_list("id", flat=True)
                )
            return _acknowledge(batch, seen)

    _patch.setattr(sync, "acknowledge", acknowledge)


def _acknowledges_unclaimed() -> None:
    """Also when somebody has claimed the record since."""

    def acknowledge(batch: Batch, seen: Seen) -> int:
        ids = [row_id for rows in seen.dirty.values() for row_id in rows]
        Dirty.objects.filter(id__in=ids).delete()
        return len(batch.claims)

    _patch.setattr(sync, "acknowledge", acknowledge)


def _writes_always() -> None:
    """Over a later version too."""
    _patch.setattr(index, "_older", lambda ver: _older(2**53))


def _passes_the_barrier() -> None:
    """Without waiting for transactions that did not see the new target."""

    def pass_barrier(target: Target) -> bool:
        return rebuilding._go_to(target, Stage.DIRTY)

    _patch.setitem(rebuilding._STEPS, Stage.BARRIER, pass_barrier)


def _announces_nothing() -> None:
    """Nobody learns how many passages somebody else set out to write."""

    def announce(batch: Batch, cut: dict[str, list[Chunk]]) -> dict[str, int]:
        return {key: len(cut.get(key, ())) for key in batch.claims}

    _patch.setattr(sync, "_announce", announce)


def _tries_again_as_before() -> None:
    """A second try under the version of the first, whose passages the index takes for written already."""

    def again(batch: Batch, key: str) -> Batch:
        return Batch(batch.target, batch.organization_id, {key: batch.claims[key]})

    _patch.setattr(sync, "_claim_again", again)


def _serves_whatever_happened() -> None:
    """Without looking whether the rebuild is still the one under way."""

    def serve(target: Target) -> bool:
        if reconciling.heal(target):
            return False
        faults.point("search.compared")
        index.serve(target.collection)
        Target.objects.filter(state=TargetState.LIVE).update(
            state=TargetState.RETIRED, retired_at=timezone.now()
        )
        Target.objects.filter(pk=target.pk).update(state=TargetState.LIVE, stage=Stage.DONE)
        return True

    _patch.setitem(rebuilding._STEPS, Stage.VERIFY, serve)


#: The guards that live in Python; `trigger` lives in the database.
GUARDS: dict[str, Callable[[], Any]] = {
    "exact acknowledge": _acknowledges_all,
    "claim": _acknowledges_unclaimed,
    "conditional upsert": _writes_always,
    "barrier": _passes_the_barrier,
    "announcement": _announces_nothing,
    "one swap": _serves_whatever_happened,
    "fresh claim": _tries_again_as_before,
}


@contextmanager
def no_trigger(name: str = "search_communications_communication_update") -> Iterator[None]:
    """Take one trigger down for the time of the block."""
    (trigger,) = [one for one in triggers._registered.values() if one.name == name]
    suffix = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{suffix}")
    try:
        yield
    finally:
        triggers.install_all(connection)
