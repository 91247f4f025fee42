"""`/api/v1/funds/`, `…/stages/`, `…/opportunities/`"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.api import filters
from crm_site.api.base import Changes, Records, Values
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.core import naming
from crm_site.investors import serializers as shapes
from crm_site.investors import services as investors
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Fund, Opportunity, Stage


class Stages(Records):
    """The steps of the pipeline, in order. They are changed in Settings."""

    tag, noun = "stages", "stages"
    shown = shapes.StageShown
    orders = {"position": Order("position")}
    default_order = "position"
    filters = {"category": filters.by_choice("category", StageCategory.values, "Open, won or lost.")}

    def rows(self) -> QuerySet[Any]:
        return Stage.objects.all()


class Funds(Changes):
    """What is being raised."""

    tag, noun, model = "funds", "funds", Fund
    shown, draft, change = shapes.FundShown, shapes.FundGiven, shapes.FundChange
    orders = {"opens_on": Order("opens_on", nullable=True), "name": Order("name"), "id": Order("pk")}
    default_order = "-opens_on"
    filters = {"name": filters.by_text("name_key__contains", "Part of the name, folded.", naming.fold)}

    def rows(self) -> QuerySet[Any]:
        return Fund.objects.with_progress()

    def add(self, values: Values) -> Fund:
        return investors.create_fund(actor=self.actor, **values)

    def edit(self, row: Fund, values: Values, version: int) -> None:
        investors.edit_fund(actor=self.actor, fund=row, values=values, version=version)


class Opportunities(Changes):
    """Investors × funds."""

    tag, noun, model = "opportunities", "opportunities", Opportunity
    shown, draft, change = shapes.OpportunityShown, shapes.OpportunityGiven, shapes.OpportunityChange
    orders = {
        "id": Order("pk"),
        "expected": Order("expected", nullable=True),
        "committed": Order("committed", nullable=True),
        "close_on": Order("close_on", nullable=True),
        "stage": Order("stage__position"),
        "created_at": Order("created_at"),
    }
    default_order = "-id"
    filters = {
        "investor": filters.by_id("investor_id", "The investor's id."),
        "fund": filters.by_id("fund_id", "The fund's id."),
        "stage": filters.by_text("stage__key", "A stage's key."),
        "category": filters.by_choice("stage__category", StageCategory.values, "Open, won or lost."),
        "close_by": filters.by_day("close_on__lte", "Expected to close on or before this date."),
    }

    def rows(self) -> QuerySet[Any]:
        return Opportunity.objects.of_living().with_names()

    def add(self, values: Values) -> Opportunity:
        return investors.create_opportunity(actor=self.actor, **values)

    def edit(self, row: Opportunity, values: Values, version: int) -> None:
        investors.edit_opportunity(actor=self.actor, opportunity=row, values=values, version=version)

    @action(detail=True, methods=["post"])
    @operation("Move to a stage", takes=shapes.MoveGiven, gives="shown", errors=(409,), once=True)
    def move(self, request: Request, id: str) -> Response:
        """Standing there already is no error. Needs the right to move stages."""
        row, values = self.row(id), self.given(shapes.MoveGiven)
        version = self.version(values)
        investors.move_opportunity(actor=self.actor, opportunity=row, version=version, **values)
        return self.answer(row.pk)
