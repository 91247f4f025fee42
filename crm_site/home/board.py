"""The pipeline board of one fund: what stands in each stage, added up, and the largest cards of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from crm_site.communications.models import Reminder
from crm_site.core import clock
from crm_site.core.money import ZERO
from crm_site.home.grid import addresses
from crm_site.investors.models import Fund, Opportunity, Stage
from crm_site.investors.querysets import OpportunityQuerySet

#: Cards of a column; beyond it the grid is the better place to look.
MOST_CARDS = 25
MOST_FUNDS = 30


@dataclass(frozen=True)
class Card:
    """An opportunity as the board shows it. days: since its last move."""

    id: int
    version: int
    name: str
    address: str
    move: str
    committed: Decimal | None
    expected: Decimal | None
    step: str | None
    step_on: date | None
    days: int | None
    owner: str


@dataclass
class BoardColumn:
    """One stage. number, committed, expected: of all its opportunities, not only of the cards shown."""

    stage: Stage
    cards: list[Card] = field(default_factory=list)
    number: int = 0
    committed: Decimal = ZERO
    expected: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return self.committed + self.expected

    @property
    def hidden(self) -> int:
        return self.number - len(self.cards)


def funds() -> list[Fund]:
    """The funds one can look at."""
    return list(Fund.objects.newest_first()[:MOST_FUNDS])


def read(fund: Fund, stages: Sequence[Stage]) -> list[BoardColumn]:
    """The columns of these stages: two queries, whatever the number of cards."""
    columns = {stage.pk: BoardColumn(stage) for stage in stages}
    standing = Opportunity.objects.of_live_investors().filter(fund=fund)
    counted = standing.filter(stage_id__in=columns).order_by().values("stage_id")
    for one in counted.annotate(number=Count("pk"), sure=Sum("committed"), hoped=Sum("expected")):
        column = columns[one["stage_id"]]
        column.number = one["number"]
        column.committed, column.expected = one["sure"] or ZERO, one["hoped"] or ZERO
    for opportunity in _largest(standing, [column.stage for column in columns.values() if column.number]):
        columns[opportunity.stage_id].cards.append(_card(opportunity))
    return list(columns.values())


def opportunity(opportunity_id: int) -> Opportunity | None:
    """One that stands on a board."""
    return Opportunity.objects.of_live_investors().with_names().filter(pk=opportunity_id).first()


def _card(row: Any) -> Card:
    owner, since = row.investor.assigned_to, row.stage_since
    return Card(
        id=row.pk,
        version=row.version,
        name=row.investor.name,
        address=addresses.investor(row.investor_id),
        move=addresses.move(row.pk),
        committed=row.committed or None,
        expected=row.expected or None,
        step=row.step,
        step_on=row.investor.next_step_on,
        days=(clock.today() - clock.local(since).date()).days if since else None,
        owner=owner.name if owner else "",
    )


def _largest(standing: OpportunityQuerySet, stages: Sequence[Stage]) -> list[Opportunity]:
    if not stages:
        return []
    amount = Coalesce("committed", ZERO) + Coalesce("expected", ZERO)
    ranked = standing.annotate(amount=amount).order_by("-amount", "-id")
    largest = Q()
    for stage in stages:
        largest |= Q(pk__in=ranked.filter(stage=stage).values("pk")[:MOST_CARDS])
    # Off the inner cuts: the outer query reads the chosen rows only.
    return list(
        _dressed(Opportunity.objects.filter(largest)).annotate(amount=amount).order_by("-amount", "-id")
    )


def _dressed(rows: OpportunityQuerySet) -> OpportunityQuerySet:
    """Adds what a card shows: the names, and the next step of its investor."""
    steps = Reminder.objects.open().filter(investor_id=OuterRef("investor_id")).soonest_first()
    dressed: OpportunityQuerySet = rows.select_related("investor__assigned_to").annotate(
        step=Subquery(steps.values("text")[:1])
    )
    return dressed
