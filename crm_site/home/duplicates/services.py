"""Decisions on pairs: through `relations`, and noted in the queue in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.models import Kept
from crm_site.home.duplicates import kinds, progress
from crm_site.relations import services as relations
from crm_site.relations.models import Merge
from search.entities import queue
from search.entities.choices import PairState
from search.entities.models import Pair


@unit.atomic
def merge_two(
    *,
    actor: Actor,
    survivor: Kept,
    absorbed: Kept,
    chosen: Mapping[str, Any],
    versions: Mapping[int, int],
) -> Merge:
    """Merge two records that a person has compared. Raises what `relations.merge` raises."""
    permissions.require(actor, Verb.MERGE, on=[survivor, absorbed])
    done = relations.merge(
        actor=actor, survivor=survivor, absorbed=absorbed, chosen=chosen, versions=versions
    )
    _settle(survivor, absorbed, PairState.MERGED)
    return done


@unit.atomic
def tell_apart(*, actor: Actor, first: Kept, second: Kept) -> None:
    """Note that two records are not the same. Raises what `relations.keep_apart` raises."""
    permissions.require(actor, Verb.MERGE, on=[first, second])
    relations.keep_apart(actor=actor, first=first, second=second)
    _settle(first, second, PairState.APART)


@unit.atomic
def look_again(*, actor: Actor) -> None:
    """Have all records looked through for duplicates, in the background. While one look waits or runs, a further is the same."""
    permissions.require(actor, Verb.MERGE)
    progress.ask()


def _settle(first: Kept, second: Kept, state: PairState) -> None:
    low, high = sorted((first.pk, second.pk))
    kind = kinds.of_row(first).key
    for pair in Pair.objects.filter(kind=kind, left_id=low, right_id=high):
        queue.settle(pair, state)
