"""Progress of funds by stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from crm_site.core.money import ZERO
from crm_site.investors.models import Fund, Opportunity
from crm_site.investors.querysets import OpportunityQuerySet


@dataclass(frozen=True)
class StageCount:
    """How many opportunities stand in a stage, and what is committed and hoped for there."""

    stage: dict[str, Any]
    count: int
    amount: Decimal


@dataclass(frozen=True)
class FundLine:
    """A fund read `with_progress()`, and its stages in order."""

    fund: Fund
    stages: list[StageCount] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """Committed in percent of the target: more than 100 when it is oversubscribed."""
        committed = getattr(self.fund, "committed_sum", None) or ZERO
        return round(100 * committed / self.fund.target) if self.fund.target else 0


def with_stages(funds: Iterable[Fund]) -> list[FundLine]:
    """The funds with their counts by stage: one query for any number."""
    lines = {fund.pk: FundLine(fund) for fund in funds}
    named = {name: F(f"stage__{name}") for name in ("key", "label", "position", "category")}
    rows: QuerySet[Any, Any] = (
        Opportunity.objects.of_living()
        .filter(fund_id__in=lines)
        .order_by("fund_id", "stage__position", "stage_id")
        .values("fund_id", "stage_id", **named)
        .annotate(count=Count("pk"), committed_sum=Sum("committed"), expected_sum=Sum("expected"))
    )
    for row in rows:
        stage = {name: row[name] for name in named}
        amount = (row["committed_sum"] or ZERO) + (row["expected_sum"] or ZERO)
        lines[row["fund_id"]].stages.append(StageCount(stage, row["count"], amount))
    return list(lines.values())


def opportunities(fund: Fund, *, stage: str = "") -> OpportunityQuerySet:
    """Those in a fund: most committed first, then most hoped for."""
    rows = Opportunity.objects.of_living().select_related("investor__assigned_to", "stage").filter(fund=fund)
    if stage:
        rows = rows.filter(stage__key=stage)
    return rows.order_by(
        F("committed").desc(nulls_last=True), F("expected").desc(nulls_last=True), "investor__name", "id"
    )
