"""Intents that rank investors, or group them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from crm_site.communications import engagement
from crm_site.communications.models import Communication
from crm_site.core.money import ZERO, Money
from crm_site.investors.choices import InvestorType, StageCategory
from crm_site.investors.models import Investor, Opportunity
from crm_site.investors.querysets import OpportunityQuerySet
from nlquery import slots, windows, wording
from nlquery.answers import ROW_CEILING, Answer, Column, Type
from nlquery.asking import Asking
from nlquery.intents.investors import INVESTOR, LIMIT, TOPIC
from nlquery.registry import Example, intent, slot

_RECENT = windows.parse(f"last_{engagement.DAYS}_days")


@intent(
    "investor_top",
    topic=TOPIC,
    answers="Investors ranked by committed or expected amount, by number of communications, or by engagement",
    examples=[
        Example("Top 5 investors by committed capital", {"by": "committed", "limit": 5}),
        Example(
            "Who have we talked to most this quarter?", {"by": "communications", "window": "this_quarter"}
        ),
        Example("Our most engaged investors", {"by": "engagement"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorTop:
    """Window: for committed, when it was committed; for expected, when it should close; else when the talk took place
    (engagement without a window: the last 90 days). Fund: amounts in it; else only investors with an opportunity in it.
    Amounts are ranked within their currency, `limit` in each."""

    by: str = slot(slots.Choice(("committed", "expected", "communications", "engagement")), required=True)
    fund: str | None = slot(slots.Name("fund"))
    window: windows.Window | None = slot(slots.Window())
    limit: int = slot(LIMIT, default=10)

    def answer(self, asking: Asking) -> Answer:
        if self.by in ("committed", "expected"):
            return self._by_amount(asking)
        return self._by_talks(asking)

    def _by_amount(self, asking: Asking) -> Answer:
        when = asking.days(self.window).on("committed_on" if self.by == "committed" else "close_on")
        counted = Opportunity.objects.of_live_investors().counted().filter(when)
        if self.fund:
            counted = counted.filter(fund_id=asking.fund(self.fund).id)
        sums = counted.order_by().values("investor_id", "investor__name", "fund__currency")
        sums = sums.annotate(total=Sum(self.by)).filter(total__gt=0)
        order = (F("total").desc(), F("investor__name").asc(), F("investor_id").asc())
        place = Window(RowNumber(), partition_by=[F("fund__currency")], order_by=order)
        # One more than is shown, in each currency, so as to know that there are more.
        found = list(
            sums.annotate(place=place).filter(place__lte=self.limit + 1).order_by("place")[: ROW_CEILING + 1]
        )
        shown = [one for one in found if one["place"] <= self.limit]
        shown.sort(
            key=lambda one: (one["fund__currency"] != asking.currency, one["fund__currency"], one["place"])
        )
        rows = [
            {
                "place": one["place"],
                **wording.investor_link(one["investor_id"], one["investor__name"]),
                self.by: wording.decimal(one["total"]),
                "currency": one["fund__currency"],
            }
            for one in shown
        ]
        column = Column(self.by, self.by.capitalize(), Type.MONEY)
        truncated = len(shown) < len(found)
        return Answer(
            [_PLACE, INVESTOR, column],
            rows,
            self._amounts_said(rows),
            truncated,
            group="investor",
            number=self.by,
        )

    def _amounts_said(self, rows: list[dict[str, Any]]) -> str:
        time = self.window.words if self.window else ""
        best: dict[str, dict[str, Any]] = {}
        for row in rows:
            best.setdefault(row["currency"], row)
        if not best:
            return wording.sentence(f"no live investor has {_HAS[self.by]} anything", time)
        leaders = [
            f"{row['investor']} with {wording.amount(Decimal(row[self.by]), code)}"
            for code, row in best.items()
        ]
        apart = "each currency is ranked by itself: " if len(best) > 1 else ""
        return wording.sentence(f"{apart}most {self.by}", time, f"is {wording.listed(leaders)}")

    def _by_talks(self, asking: Asking) -> Answer:
        window = self.window or (_RECENT if self.by == "engagement" else None)
        talks = (
            Communication.objects.happened().of_live_investors().filter(asking.days(window).on("occurred_on"))
        )
        if self.fund:
            there = Opportunity.objects.filter(fund_id=asking.fund(self.fund).id)
            talks = talks.filter(investor_id__in=there.values("investor_id"))
        number = engagement.points() if self.by == "engagement" else Count("id")
        # Grouped by the id alone, an index hands the groups over in order; the name is the same in all of one.
        sums = talks.order_by().values("investor_id").annotate(number=number, name=Max("investor__name"))
        found = list(sums.order_by("-number", "name", "investor_id")[: self.limit + 1])
        rows = [
            {
                "place": place,
                **wording.investor_link(one["investor_id"], one["name"]),
                self.by: one["number"],
            }
            for place, one in enumerate(found[: self.limit], start=1)
        ]
        column = Column(self.by, self.by.capitalize(), Type.INT)
        said = self._talks_said(rows, window.words if window else "")
        truncated = len(found) > self.limit
        return Answer([_PLACE, INVESTOR, column], rows, said, truncated, group="investor", number=self.by)

    def _talks_said(self, rows: list[dict[str, Any]], time: str) -> str:
        if not rows:
            return wording.sentence("there was no communication with any live investor", time)
        first = rows[0]
        if self.by == "engagement":
            points = wording.count(first["engagement"], "point")
            return wording.sentence(
                f"the most engaged investor {time} is {first['investor']} with {points} ({engagement.IN_WORDS})"
            )
        talks = wording.count(first["communications"], "communication")
        return wording.sentence(
            f"the most talked to {time} is {first['investor']} with {talks}".replace("  ", " ")
        )


_PLACE = Column("place", "#", Type.INT)
_HAS = {"committed": "committed", "expected": "promised"}


@intent(
    "investor_breakdown",
    topic=TOPIC,
    answers="How many live investors there are, and their amount, per type, stage, location, owner or source",
    examples=[
        Example("How many investors of each type do we have?", {"by": "type"}),
        Example("Break down Fund II investors by stage", {"by": "stage", "fund": "Fund II"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorBreakdown:
    """Amount: committed and expected together, open or won. With a fund: those with an opportunity in it, their amount in
    it and the stage they have in it. Without: amounts in other currencies are further rows, of those who have them."""

    by: str = slot(slots.Choice(("type", "stage", "location", "owner", "source")), required=True)
    fund: str | None = slot(slots.Name("fund"))

    def answer(self, asking: Asking) -> Answer:
        if self.fund:
            fund = asking.fund(self.fund)
            found = self._in_opportunities(Opportunity.objects.filter(fund_id=fund.id), of_opportunity=True)
            groups = self._rows(found, fund.currency)
            said = f"with an opportunity in {fund.name}"
        else:
            groups = self._rows(self._all(), asking.currency)
            others = Opportunity.objects.counted().exclude(fund__currency=asking.currency)
            groups += self._rows(self._in_opportunities(others, of_opportunity=False), "")
            said = "in all"
        own = [row for row in groups if row["currency"] == (fund.currency if self.fund else asking.currency)]
        rows = groups[:ROW_CEILING]
        column = Column(self.by, _LABELS[self.by])
        columns = [column, Column("investors", "Investors", Type.INT), Column("amount", "Amount", Type.MONEY)]
        summary = self._said(own, groups, said)
        return Answer(columns, rows, summary, len(groups) > len(rows), group=self.by, number="investors")

    def _all(self) -> QuerySet[Any, Any]:
        group = _GROUPS[self.by]
        names = {"group": F(group), "order": F(_ORDER_OF.get(self.by, group))}
        found = Investor.objects.live().with_amount().order_by().values(**names)
        return found.annotate(number=Count("id"), sum=Sum("amount")).order_by(*_MOST_FIRST)[: ROW_CEILING + 1]

    def _in_opportunities(self, found: OpportunityQuerySet, *, of_opportunity: bool) -> QuerySet[Any, Any]:
        own_stage = self.by == "stage" and of_opportunity
        prefix = "" if own_stage else "investor__"
        group = prefix + _GROUPS[self.by]
        counted = ~Q(stage__category=StageCategory.LOST)
        names = {"group": F(group), "order": F(prefix + _ORDER_OF.get(self.by, _GROUPS[self.by]))}
        if not of_opportunity:
            names["currency"] = F("fund__currency")
        amount = Coalesce(Sum("committed", filter=counted), ZERO) + Coalesce(
            Sum("expected", filter=counted), ZERO
        )
        grouped = found.of_live_investors().order_by().values(**names)
        grouped = grouped.annotate(number=Count("investor_id", distinct=True), sum=amount)
        return grouped.order_by(*_MOST_FIRST)[: ROW_CEILING + 1]

    def _rows(self, found: QuerySet[Any, Any], currency: str) -> list[dict[str, Any]]:
        listed = list(found)
        if self.by == "stage":
            listed.sort(key=lambda one: (one["order"] is None, one["order"]))
        return [
            {
                self.by: _shown(self.by, one["group"]),
                "investors": one["number"],
                "amount": wording.decimal(one["sum"]),
                "currency": one.get("currency", currency),
            }
            for one in listed
        ]

    def _said(self, own: list[dict[str, Any]], groups: list[dict[str, Any]], said: str) -> str:
        investors = wording.count(sum(row["investors"] for row in own), "live investor")
        parts = wording.count(len(own), _LABELS[self.by].lower())
        if len(own) > ROW_CEILING:
            parts = f"the {ROW_CEILING} largest of more {wording.plural(_LABELS[self.by].lower())}"
        amounts = wording.sums(Money(Decimal(row["amount"]), row["currency"]) for row in groups)
        apart = "; each currency has rows of its own" if len({row["currency"] for row in groups}) > 1 else ""
        return wording.sentence(f"{investors} {said}, in {parts}: {amounts} committed and expected{apart}")


#: The two databases place an empty group differently by themselves.
_MOST_FIRST = ("-number", F("group").asc(nulls_last=True), "order")
_GROUPS = {
    "type": "type", "stage": "stage__label", "location": "location", "owner": "assigned_to__name", "source": "lead_source",
}  # fmt: skip
_ORDER_OF = {"stage": "stage__position", "owner": "assigned_to_id"}
_LABELS = {"type": "Type", "stage": "Stage", "location": "Location", "owner": "Owner", "source": "Source"}
_NONE = {"stage": "No stage", "location": "Unknown", "owner": "Nobody", "source": "Unknown"}


def _shown(by: str, group: Any) -> str:
    if by == "type":
        return InvestorType(group).label if group in InvestorType.values else str(group)
    return str(group) if group else _NONE[by]
