"""Intents about what is raised. Only live investors count; what retired ones had committed is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Sum

from crm_site.core.money import ZERO, Money
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Opportunity
from nlquery import peeking, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.intents.pipeline import COMMITTED, EXPECTED, FUND, TOPIC
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window


@intent(
    "fund_progress",
    topic=TOPIC,
    answers="Per fund: its target, what is committed and expected, percent raised and days to its close",
    examples=[
        Example("How much has Fund II raised so far?", {"fund": "Fund II"}),
        Example("How are our funds doing?"),
    ],
)
@dataclass(frozen=True, kw_only=True)
class FundProgress:
    fund: str | None = slot(slots.Name("fund"))

    def answer(self, asking: Asking) -> Answer:
        found = Fund.objects.all()
        if self.fund:
            found = found.filter(pk=asking.fund(self.fund).id)
        peek = peeking.peek(found.with_live_progress().newest_first())
        rows = [_progress(one, asking) for one in peek.rows]
        columns = [
            FUND,
            Column("target", "Target", Type.MONEY),
            COMMITTED,
            EXPECTED,
            Column("percent", "Raised", Type.PERCENT),
            Column("days", "Days to close", Type.INT),
        ]
        said = _said_of_one(peek.rows[0], rows[0]) if len(rows) == 1 else _said_of_all(peek.rows)
        return Answer(columns, rows, said, peek.truncated, group="fund", number="percent")


@intent(
    "commitment_total",
    topic=TOPIC,
    answers="The sum and number of commitments, of one fund or investor type, or those made in a window of time",
    examples=[
        Example("How much was committed this quarter?", {"window": "this_quarter"}),
        Example(
            "What have family offices committed to Fund II?", {"type": "family_office", "fund": "Fund II"}
        ),
    ],
)
@dataclass(frozen=True, kw_only=True)
class CommitmentTotal:
    fund: str | None = slot(slots.Name("fund"))
    type: str | None = slot(slots.Choice(InvestorType.values))
    window: Window | None = slot(slots.Window())

    def answer(self, asking: Asking) -> Answer:
        """window: of `committed_on`, which is set when an amount is first committed or the stage is won, and can be
        edited. A commitment without that date lies in no window."""
        found = Opportunity.objects.of_live_investors().counted().filter(committed__gt=0)
        where = ""
        if self.fund:
            fund = asking.fund(self.fund)
            found, where = found.filter(fund_id=fund.id), f" to {fund.name}"
        if self.type:
            found = found.filter(investor__type=self.type)
            where += f" by investors of type {InvestorType(self.type).label.lower()}"
        if self.window:
            found = found.filter(asking.days(self.window).on("committed_on"), committed_on__isnull=False)
            where += f" {self.window.words}"
        sums = found.order_by().values("fund__currency").annotate(total=Sum("committed"), count=Count("pk"))
        rows = [
            {"total": wording.decimal(one["total"]), "currency": one["fund__currency"], "count": one["count"]}
            for one in sums.order_by("-total", "fund__currency")
        ]
        count = sum(row["count"] for row in rows)
        total = wording.sums(Money(Decimal(row["total"]), row["currency"]) for row in rows)
        said = wording.sentence(f"{total} committed{where}")
        if rows:
            said = wording.sentence(f"{total} committed{where}, in {wording.count(count, 'commitment')}")
        columns = [
            Column("currency", "Currency"),
            Column("total", "Committed", Type.MONEY),
            Column("count", "Commitments", Type.INT),
        ]
        return Answer(columns, rows, said, number="total")


def _progress(fund: Any, asking: Asking) -> dict[str, Any]:
    return {
        **wording.fund_link(fund.pk, fund.name),
        "target": wording.decimal(fund.target) if fund.target is not None else None,
        "committed": wording.decimal(fund.committed_sum),
        "expected": wording.decimal(fund.expected_sum),
        "currency": fund.currency,
        "percent": _percent(fund),
        "days": (fund.closes_on - asking.today).days if fund.closes_on else None,
    }


def _percent(fund: Any) -> int | float | None:
    """Committed of the target, with one decimal where it is not whole: 99.6 is not yet 100."""
    if not fund.target:
        return None
    share = 100 * (fund.committed_sum or ZERO) / fund.target
    rounded = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def _said_of_one(fund: Any, row: dict[str, Any]) -> str:
    raised = wording.amount(fund.committed_sum or ZERO, fund.currency)
    of_target = f" of {wording.amount(fund.target, fund.currency)}" if fund.target else ""
    share = f" ({row['percent']}%)" if row["percent"] is not None else ""
    parts = [f"{wording.amount(fund.expected_sum or ZERO, fund.currency)} more is expected"]
    if row["days"] is not None:
        parts.append(_closing(row["days"]))
    if fund.retired_sum:
        retired = wording.amount(fund.retired_sum, fund.currency)
        parts.append(f"{retired} of investors in the graveyard is not counted")
    return f"{fund.name} has raised {raised}{of_target}{share}; {wording.listed(parts)}."


def _closing(days: int) -> str:
    if days < 0:
        return f"it closed {wording.count(-days, 'day')} ago"
    return f"it closes in {wording.count(days, 'day')}" if days else "it closes today"


def _said_of_all(funds: list[Any]) -> str:
    if not funds:
        return "There are no funds."
    raised = wording.sums(Money(one.committed_sum or ZERO, one.currency) for one in funds)
    hoped = wording.sums(Money(one.expected_sum or ZERO, one.currency) for one in funds)
    return f"{wording.count(len(funds), 'fund')} have raised {raised} together, and {hoped} more is expected."
