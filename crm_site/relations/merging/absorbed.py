"""Records that were merged into another: which they are, and what goes with them when the other is removed for good."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from crm_site.core.actor import Actor
from crm_site.core.models import Kept
from crm_site.relations import hanging
from crm_site.relations.models import Merge, MergeMove


def family(label: str, record_id: int) -> set[int]:
    """The record and all that it has absorbed, over any number of merges."""
    found, fresh = {record_id}, {record_id}
    while fresh:
        into = Merge.objects.standing().filter(label=label, survivor_id__in=fresh)
        fresh = set(into.values_list("absorbed_id", flat=True)) - found
        found |= fresh
    return found


def gather(root: Kept) -> hanging.Ids:
    """The record, what it absorbed, and every row that hangs on any of them, hidden ones too."""
    ids = hanging.gather(root, deleted_too=True)
    others = family(root._meta.label_lower, root.pk) - {root.pk}
    for row in type(root).all_objects.filter(pk__in=others).order_by("pk"):
        for model, own in hanging.gather(row, deleted_too=True).items():
            ids.setdefault(model, set()).update(own)
    return ids


def forget(*, actor: Actor, label: str, record_ids: Iterable[int]) -> None:
    """Empty what merges noted of records that are no more: values of both sides, and the steps to take them apart."""
    own = list(record_ids)
    merges = Merge.objects.filter(Q(survivor_id__in=own) | Q(absorbed_id__in=own), label=label)
    merges = merges.filter(organization_id=actor.organization_id)
    MergeMove.objects.filter(merge__in=merges.order_by().values("pk")).delete()
    merges.update(fields={}, features={}, conflicts=[])
