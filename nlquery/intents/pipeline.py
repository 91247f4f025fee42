"""Intents about opportunities. Those of retired or deleted investors, or in deleted funds, do not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from crm_site.core.money import ZERO, Money
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Opportunity, StageChange
from crm_site.investors.querysets import OpportunityQuerySet
from nlquery import peeking, slots, wording, words
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window

TOPIC = "Pipeline"
INVESTOR = Column("investor", "Investor", Type.LINK)
FUND = Column("fund", "Fund", Type.LINK)
EXPECTED = Column("expected", "Expected", Type.MONEY)
_CELLS = (
    "investor_id", "investor__name", "investor__assigned_to__name", "fund_id", "fund__name", "fund__currency",
    "stage__label", "stage__probability", "expected", "committed", "probability", "close_on",
)  # fmt: skip
COMMITTED = Column("committed", "Committed", Type.MONEY)


@intent(
    "pipeline_summary",
    topic=TOPIC,
    answers="Per stage and currency: how many opportunities, and the amounts expected, committed and weighted by probability",
    examples=[
        Example("Show the pipeline for Fund II", {"fund": "Fund II"}),
        Example("How does my pipeline look?", {"owner": "me"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class PipelineSummary:
    fund: str | None = slot(slots.Name("fund"))
    owner: str | None = slot(slots.Owner())

    def answer(self, asking: Asking) -> Answer:
        found, whose = narrowed(asking, Opportunity.objects.of_live_investors(), self.fund, self.owner)
        grouped = (
            found.with_weighted()
            .order_by("stage__position", "stage_id", "fund__currency")
            .values("stage_id", "stage__position", "stage__label", "stage__category", "fund__currency")
            .annotate(count=Count("pk"), sure=Sum("committed"), hoped=Sum("expected"), likely=Sum("weighted"))
        )
        rows = [_stage_row(one) for one in grouped]
        columns = [
            Column("stage", "Stage"),
            Column("count", "Opportunities", Type.INT),
            EXPECTED,
            COMMITTED,
            Column("weighted", "Weighted", Type.MONEY),
            Column("amount", "Expected and committed", Type.MONEY),
        ]
        return Answer(columns, rows, _pipeline_said(rows, whose), group="stage", number="amount")


@intent(
    "opportunity_list",
    topic=TOPIC,
    answers="Open opportunities that fit (of a stage that is named: all in it), the soonest to close or the largest first",
    examples=[
        Example("Which opportunities close this quarter?", {"closing": "this_quarter"}),
        Example("Open deals above $1m in diligence", {"min_amount": "1m", "stage": "diligence"}),
        Example("Who is in soft circle for Fund II?", {"stage": "soft_circle", "fund": "Fund II"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class OpportunityList:
    stage: str | None = slot(slots.Stage())
    fund: str | None = slot(slots.Name("fund"))
    owner: str | None = slot(slots.Owner())
    min_amount: Decimal | None = slot(slots.Amount())
    max_amount: Decimal | None = slot(slots.Amount())
    closing: Window | None = slot(slots.Window())
    limit: int = slot(slots.Int(1, 500), default=50)

    def answer(self, asking: Asking) -> Answer:
        found, whose = narrowed(
            asking, Opportunity.objects.of_live_investors().with_amount(), self.fund, self.owner
        )
        found = found.filter(self._standing(asking), self._amounts(asking))
        order = ("-amount", "-id")
        if self.closing:
            found, order = found.filter(asking.days(self.closing).on("close_on")), ("close_on", "-id")
        peek = peeking.peek(found.order_by(*order).values(*_CELLS), self.limit)
        where = f" in {asking.stage(self.stage).label}" if self.stage else ""
        noun = "opportunity" if self.stage else "open opportunity"
        when = f", closing {self.closing.words}" if self.closing else ""
        range_ = _range(asking, self.min_amount, self.max_amount)
        said = wording.sentence(
            f"{peek.count(noun)}{where}{whose}{range_}{when}{'' if peek.truncated else _worth(peek.rows)}"
            f"{peek.more('first')}"
        )
        columns = [
            INVESTOR,
            FUND,
            Column("stage", "Stage"),
            EXPECTED,
            COMMITTED,
            Column("probability", "Probability", Type.PERCENT),
            Column("close_on", "Closes", Type.DATE),
            Column("owner", "Owner"),
        ]
        return Answer(columns, [_row(one) for one in peek.rows], said, peek.truncated)

    def _standing(self, asking: Asking) -> Q:
        """Whoever names a stage wants what stands in it, won and lost ones too."""
        if self.stage:
            return Q(stage_id=asking.stage(self.stage).id)
        return Q(stage__category=StageCategory.OPEN)

    def _amounts(self, asking: Asking) -> Q:
        """Amounts are asked for in the organization's currency, so what is in another one fits neither way."""
        if self.min_amount is None and self.max_amount is None:
            return Q()
        found = Q(fund__currency=asking.currency)
        if self.min_amount is not None:
            found &= Q(amount__gte=self.min_amount)
        if self.max_amount is not None:
            found &= Q(amount__lte=self.max_amount)
        return found


@intent(
    "opportunity_moves",
    topic=TOPIC,
    answers="Which opportunities changed their stage in a window of time, the latest first",
    examples=[
        Example("Who moved to diligence last month?", {"window": "last_month", "to_stage": "diligence"}),
        Example("Stage changes in Fund II this week", {"window": "this_week", "fund": "Fund II"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class OpportunityMoves:
    window: Window = slot(slots.Window(), required=True)
    to_stage: str | None = slot(slots.Stage())
    fund: str | None = slot(slots.Name("fund"))

    def answer(self, asking: Asking) -> Answer:
        stages = words.read().stages
        found = StageChange.objects.of_live_investors().moves(stages[0].id if stages else None)
        found = found.filter(asking.days(self.window).at("changed_at"))
        where = ""
        if self.to_stage:
            stage = asking.stage(self.to_stage)
            found, where = found.filter(to_stage_id=stage.id), f" to {stage.label}"
        if self.fund:
            fund = asking.fund(self.fund)
            found, where = found.filter(opportunity__fund_id=fund.id), f"{where} in {fund.name}"
        peek = peeking.peek(
            found.newest_first().values(
                "changed_at", "note", "from_stage__label", "to_stage__label", "changed_by__name",
                investor_id=F("opportunity__investor_id"), investor=F("opportunity__investor__name"),
                fund_id=F("opportunity__fund_id"), fund=F("opportunity__fund__name"),
            )
        )  # fmt: skip
        rows = [
            {
                "moved_at": wording.iso(one["changed_at"]),
                **wording.investor_link(one["investor_id"], one["investor"]),
                "to_stage": one["to_stage__label"],
                "from_stage": one["from_stage__label"] or "(new)",
                **wording.fund_link(one["fund_id"], one["fund"]),
                "by": one["changed_by__name"] or "",
            }
            for one in peek.rows
        ]
        said = wording.sentence(peek.count("move") + where, f"{self.window.words}{peek.more('latest')}")
        columns = [
            Column("moved_at", "Moved", Type.DATETIME),
            INVESTOR,
            Column("to_stage", "To"),
            Column("from_stage", "From"),
            FUND,
            Column("by", "By"),
        ]
        return Answer(columns, rows, said, peek.truncated, time="moved_at")


def narrowed(
    asking: Asking, found: OpportunityQuerySet, fund: str | None, owner: str | None
) -> tuple[OpportunityQuerySet, str]:
    """Those in the fund and of the investors that a member owns, and “ in Fund II of Anna”."""
    whose = ""
    if fund:
        meant = asking.fund(fund)
        found, whose = found.filter(fund_id=meant.id), f" in {meant.name}"
    if owner:
        one_of_us = asking.owner(owner)
        found = found.filter(investor__assigned_to_id=one_of_us.id)
        whose = f"{whose} of {one_of_us.name}"
    return found, whose


def _stage_row(one: Mapping[str, Any]) -> dict[str, Any]:
    sure, hoped = one["sure"] or ZERO, one["hoped"] or ZERO
    return {
        "stage": one["stage__label"],
        "category": one["stage__category"],
        "count": one["count"],
        "expected": wording.decimal(hoped),
        "committed": wording.decimal(sure),
        "weighted": wording.decimal(one["likely"]),
        "amount": wording.decimal(sure + hoped),
        "currency": one["fund__currency"],
    }


def _pipeline_said(rows: list[dict[str, Any]], whose: str) -> str:
    if not rows:
        return f"There are no opportunities{whose}."
    counted = [row for row in rows if row["category"] != StageCategory.LOST]
    sums = [f"{_sum(counted, key)} {key}" for key in ("expected", "committed")]
    sums.append(f"{_sum(counted, 'weighted')} weighted by probability")
    numbers = [
        f"{sum(row['count'] for row in rows if row['category'] == category):,} {category}"
        for category in StageCategory.values
    ]
    total = sum(row["count"] for row in rows)
    return wording.sentence(
        f"{wording.count(total, 'opportunity')}{whose} ({', '.join(numbers)}):",
        f"{wording.listed(sums)}, the lost ones left out",
    )


def _sum(rows: list[dict[str, Any]], key: str) -> str:
    return wording.sums(Money(Decimal(row[key]), row["currency"]) for row in rows)


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    chance = one["probability"]
    return {
        **wording.investor_link(one["investor_id"], one["investor__name"]),
        **wording.fund_link(one["fund_id"], one["fund__name"]),
        "stage": one["stage__label"],
        "expected": wording.decimal(one["expected"]),
        "committed": wording.decimal(one["committed"]),
        "currency": one["fund__currency"],
        "probability": one["stage__probability"] if chance is None else chance,
        "close_on": wording.iso(one["close_on"]),
        "owner": one["investor__assigned_to__name"] or "",
    }


def _worth(rows: Sequence[Mapping[str, Any]]) -> str:
    """“: $3,000,000 expected and $1,000,000 committed”."""
    if not rows:
        return ""
    hoped, sure = (
        wording.sums(Money(one[key] or ZERO, one["fund__currency"]) for one in rows)
        for key in ("expected", "committed")
    )
    return f": {hoped} expected and {sure} committed"


def _range(asking: Asking, low: Decimal | None, high: Decimal | None) -> str:
    said = [
        f"{word} {wording.amount(value, asking.currency)}"
        for word, value in (("from", low), ("up to", high))
        if value is not None
    ]
    return f" {' '.join(said)}" if said else ""
