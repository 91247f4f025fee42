"""What people said about two records that look alike: that they are not the same."""

from __future__ import annotations

from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.models import Kept
from crm_site.relations.merging import locking
from crm_site.relations.models import DistinctPair


@unit.atomic
def keep_apart(*, actor: Actor, first: Kept, second: Kept) -> DistinctPair:
    """Note that two records are not the same, so that no rule and no model merges them. Again changes nothing.

    Raises Merged, NotFound when one of them is gone, Invalid.
    """
    permissions.require(actor, Verb.MERGE, on=[first, second])
    # Locked, so that a merge of the two at the same moment does not pass by.
    locking.refuse_gone(*locking.both(first, second))
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


@unit.atomic
def allow_again(*, actor: Actor, first: Kept, second: Kept) -> bool:
    """Take back that two records are not the same: a slip, or a merge taken back by mistake. False when nobody said so."""
    permissions.require(actor, Verb.MERGE, on=[first, second])
    low, high = sorted((first.pk, second.pk))
    said = DistinctPair.objects.filter(label=first._meta.label_lower, low_id=low, high_id=high)
    removed, _ = said.filter(organization_id=actor.organization_id).delete()
    if removed:
        name = first._meta.model_name
        audit.record(actor=actor, action=f"{name}.allowed_again", subject=first, details={"with": second.pk})
    return bool(removed)
