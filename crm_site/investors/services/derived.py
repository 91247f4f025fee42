"""Keeping the derived columns of investors true: one set-based statement for any number of investors."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from crm_site.core import scope
from crm_site.core.actor import Actor
from crm_site.core.money import ZERO
from crm_site.investors.models import Investor, Opportunity

_AMOUNT: DecimalField[object, object] = DecimalField(max_digits=17, decimal_places=2)


def refresh_pipeline(*, actor: Actor, investor_ids: Iterable[int] | None = None) -> None:
    """Recompute stage and totals of these investors (None: of all in the organization) from their opportunities.

    Not audited: nothing is decided here, the opportunities' own entries tell the story.
    """
    rows = Investor.all_objects.filter(organization_id=actor.organization_id)
    if investor_ids is not None:
        rows = rows.filter(pk__in=list(investor_ids))
    own = Opportunity.objects.of_living().filter(investor_id=OuterRef("pk"))
    rows.update(
        stage_id=Subquery(own.most_advanced_first().values("stage_id")[:1]),
        committed_total=_sum_of("committed"),
        expected_total=_sum_of("expected"),
    )


def _sum_of(field: str) -> Coalesce:
    # Only the organization's own currency: amounts in others are shown beside it, never converted.
    counted = Opportunity.objects.filter(
        investor_id=OuterRef("pk"), fund__deleted_at__isnull=True, fund__currency=scope.current().currency
    ).counted()
    total = counted.order_by().values("investor_id").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=_AMOUNT), Value(ZERO), output_field=_AMOUNT)
