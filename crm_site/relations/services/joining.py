"""Making two records one. Each step is noted, so that `unmerge` can take all of it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import faults, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, StaleEdit
from crm_site.core.models import Kept
from crm_site.relations.merging import absorbed as absorbed_ones
from crm_site.relations.merging import absorbing, locking, nouns
from crm_site.relations.merging.ledger import Ledger
from crm_site.relations.models import DistinctPair, Merge, MergedBy


class KeptApart(Conflict):
    """A person said that the two (or two that they absorbed) are not the same."""

    code = "kept_apart"


@unit.atomic
def merge(
    *,
    actor: Actor,
    survivor: Kept,
    absorbed: Kept,
    chosen: Mapping[str, Any] | None = None,
    versions: Mapping[int, int] | None = None,
    how: str = MergedBy.PERSON,
    rule_version: str = "",
    score: float | None = None,
    features: Mapping[str, Any] | None = None,
) -> Merge:
    """Make `absorbed` part of `survivor` (two investors, or two contacts): all that hangs on it moves, it is hidden and
    redirects. Again with the same two changes nothing and returns the first merge.

    chosen: field → value, where a person chose; else the survivor's own, and the other's where it has none. versions:
    record id → the version that the person saw. Raises KeptApart, StaleEdit, NotFound or Merged when one of them is gone,
    Invalid.
    """
    permissions.require(actor, Verb.MERGE, on=[survivor, absorbed])
    survivor, absorbed = locking.both(survivor, absorbed)
    done = _done_already(survivor, absorbed)
    if done is not None:
        return done
    locking.refuse_gone(survivor, absorbed)
    _refuse_stale(versions or {}, survivor, absorbed)
    _refuse_apart(survivor, absorbed)
    names = [str(absorbed), str(survivor)]
    row = _begin(actor, survivor, absorbed, how, rule_version, score, features)
    ledger = Ledger(actor, row)
    _hide(actor, absorbed, survivor, row.key)
    counts = absorbing.absorb(ledger, survivor, absorbed)
    faults.point("merge.moved")
    fields = _give_fields(actor, survivor, absorbed, chosen or {})
    for alias in nouns.add_aliases(actor=actor, survivor=survivor, names=names):
        ledger.made(alias)
    ledger.close()
    Merge.objects.filter(pk=row.pk).update(fields=fields, counts=counts)
    row.refresh_from_db()
    nouns.refresh(actor=actor, rows=[survivor, absorbed])
    for subject, other in ((survivor, absorbed), (absorbed, survivor)):
        details = {"with": other.pk, "survivor": survivor.pk, "how": how, "moved": counts}
        audit.record(
            actor=actor, action=f"{subject._meta.model_name}.merged", subject=subject, details=details
        )
    return row


def _done_already(survivor: Kept, absorbed: Kept) -> Merge | None:
    return (
        Merge.objects.standing()
        .filter(label=survivor._meta.label_lower, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        .first()
    )


def _refuse_stale(versions: Mapping[int, int], *rows: Kept) -> None:
    for row in rows:
        if versions.get(row.pk, row.version) != row.version:
            raise StaleEdit(f"Somebody changed {row} meanwhile. Look at both once more.")


def _refuse_apart(survivor: Kept, absorbed: Kept) -> None:
    label = survivor._meta.label_lower
    ours, theirs = absorbed_ones.family(label, survivor.pk), absorbed_ones.family(label, absorbed.pk)
    between = Q(low_id__in=ours, high_id__in=theirs) | Q(low_id__in=theirs, high_id__in=ours)
    if DistinctPair.objects.filter(between, label=label).exists():
        raise KeptApart(f"Somebody said that {survivor} and {absorbed} are not the same.")


def _begin(
    actor: Actor,
    survivor: Kept,
    absorbed: Kept,
    how: str,
    rule_version: str,
    score: float | None,
    features: Mapping[str, Any] | None,
) -> Merge:
    return Merge.objects.create(
        organization_id=actor.organization_id,
        label=survivor._meta.label_lower,
        survivor_id=survivor.pk,
        absorbed_id=absorbed.pk,
        key=uuid.uuid4(),
        how=how,
        rule_version=rule_version,
        score=score,
        features=dict(features or {}),
        merged_at=timezone.now(),
        decided_by_id=actor.user_id if how == MergedBy.PERSON else None,
    )


def _hide(actor: Actor, absorbed: Kept, survivor: Kept, key: uuid.UUID) -> None:
    # Before anything moves: the absorbed name must be free to become an alias.
    model: Any = type(absorbed)
    model.all_objects.filter(pk=absorbed.pk).update(
        deleted_at=timezone.now(),
        deleted_by_id=actor.user_id,
        deletion_key=key,
        merged_into_id=survivor.pk,
        version=F("version") + 1,
    )


def _give_fields(
    actor: Actor, survivor: Kept, absorbed: Kept, chosen: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    values = nouns.best(survivor, absorbed, chosen)
    before = {name: getattr(survivor, name) for name in values}
    if values:
        nouns.of(survivor).edit(actor, survivor, values)
    return {name: (before[name], getattr(survivor, name)) for name in values}
