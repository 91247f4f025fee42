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
from crm_site.core.errors import Conflict, Invalid, NotFound
from crm_site.core.models import Kept
from crm_site.relations.merging import absorbing, nouns
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
    how: str = MergedBy.PERSON,
    rule_version: str = "",
    score: float | None = None,
    features: Mapping[str, Any] | None = None,
) -> Merge:
    """Make `absorbed` part of `survivor` (two investors, or two contacts): all that hangs on it moves, it is hidden and
    redirects. Again with the same two changes nothing and returns the first merge.

    chosen: field → value, where a person chose; else the survivor's own, and the other's where it has none.
    Raises KeptApart, NotFound when one of them is gone, Invalid.
    """
    permissions.require(actor, Verb.MERGE, on=[survivor, absorbed])
    survivor, absorbed = _locked(survivor, absorbed)
    done = _done_already(survivor, absorbed)
    if done is not None:
        return done
    _refuse_gone(survivor, absorbed)
    _refuse_apart(survivor, absorbed)
    row = _begin(actor, survivor, absorbed, how, rule_version, score, features)
    ledger = Ledger(actor, row)
    _hide(actor, absorbed, survivor, row.key)
    counts = absorbing.absorb(ledger, survivor, absorbed)
    faults.point("merge.moved")
    fields = _give_fields(actor, survivor, absorbed, chosen or {})
    alias = nouns.add_alias(actor=actor, survivor=survivor, absorbed=absorbed)
    if alias is not None:
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


@unit.atomic
def keep_apart(*, actor: Actor, first: Kept, second: Kept) -> DistinctPair:
    """Note that two records are not the same, so that no rule and no model merges them. Again changes nothing."""
    permissions.require(actor, Verb.MERGE, on=[first, second])
    if type(first) is not type(second) or first.pk == second.pk:
        raise Invalid("Choose two different records of one kind.")
    low, high = sorted((first.pk, second.pk))
    pair, is_new = DistinctPair.objects.get_or_create(
        organization_id=actor.organization_id,
        label=first._meta.label_lower,
        low_id=low,
        high_id=high,
        defaults={"decided_at": timezone.now(), "decided_by_id": actor.user_id},
    )
    if is_new:
        name = first._meta.model_name
        audit.record(actor=actor, action=f"{name}.kept_apart", subject=first, details={"from": second.pk})
    return pair


def _locked(survivor: Kept, absorbed: Kept) -> tuple[Kept, Kept]:
    """Both as they are now, locked in the order of their ids: two merges that share a record must not wait in a ring."""
    nouns.of(survivor)
    if type(survivor) is not type(absorbed) or survivor.pk == absorbed.pk:
        raise Invalid("Choose two different records of one kind.")
    model = type(survivor)
    rows = model.all_objects.select_for_update(of=("self",)).filter(pk__in=[survivor.pk, absorbed.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    if len(found) != 2:
        raise NotFound("There is no such record.")
    return found[survivor.pk], found[absorbed.pk]


def _done_already(survivor: Kept, absorbed: Kept) -> Merge | None:
    return (
        Merge.objects.standing()
        .filter(label=survivor._meta.label_lower, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        .first()
    )


def _refuse_gone(survivor: Kept, absorbed: Kept) -> None:
    for row in (survivor, absorbed):
        if row.is_deleted:
            merged = getattr(row, "merged_into_id", None) is not None
            raise NotFound(f"{row} was {'merged' if merged else 'deleted'} meanwhile.")


def _refuse_apart(survivor: Kept, absorbed: Kept) -> None:
    label = survivor._meta.label_lower
    ours, theirs = _family(label, survivor.pk), _family(label, absorbed.pk)
    between = Q(low_id__in=ours, high_id__in=theirs) | Q(low_id__in=theirs, high_id__in=ours)
    if DistinctPair.objects.filter(between, label=label).exists():
        raise KeptApart(f"Somebody said that {survivor} and {absorbed} are not the same.")


def _family(label: str, record_id: int) -> set[int]:
    """The record and all that it has absorbed, over any number of merges."""
    found, fresh = {record_id}, {record_id}
    while fresh:
        into = Merge.objects.standing().filter(label=label, survivor_id__in=fresh)
        fresh = set(into.values_list("absorbed_id", flat=True)) - found
        found |= fresh
    return found


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
