"""`/api/v1/investors/`"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.api import filters
from crm_site.api.base import ID, Changes, Values
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.api.shapes import DeletionShown
from crm_site.communications.models import Communication
from crm_site.communications.serializers import CommunicationShown
from crm_site.core import naming
from crm_site.core.errors import NotFound
from crm_site.investors import serializers as shapes
from crm_site.investors import services as investors
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Investor, InvestorAlias
from crm_site.relations import services as relations

TIMELINE = {"occurred_on": Order("occurred_on")}


def _graveyard(rows: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
    return rows.filter(graveyard_at__isnull=not wanted)


def _silent(rows: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
    return rows.filter(last_activity_on__isnull=wanted)


def _tagged(rows: QuerySet[Any], tag_key: str) -> QuerySet[Any]:
    return rows.filter(pk__in=Investor.objects.tagged(tag_key).order_by().values("pk"))


class Investors(Changes):
    """Who invests. The list holds live ones; `graveyard=true` shows those retired on purpose."""

    tag, noun, model = "investors", "investors", Investor
    shown, draft, change = shapes.InvestorShown, shapes.InvestorGiven, shapes.InvestorChange
    orders = {
        "name": Order("name"),
        "last_activity_on": Order("last_activity_on", nullable=True),
        "next_step_on": Order("next_step_on", nullable=True),
        "committed_total": Order("committed_total"),
        "expected_total": Order("expected_total"),
        "stage": Order("stage__position", nullable=True),
        "created_at": Order("created_at"),
        "id": Order("pk"),
    }
    default_order = "name"
    filters = {
        "name": filters.by_text("name_key__contains", "Part of the name, folded.", naming.fold),
        "type": filters.by_choice("type", InvestorType.values, "The investor's type."),
        "assigned_to": filters.by_id("assigned_to_id", "The owner's user id."),
        "stage": filters.by_text("stage__key", "A stage's key."),
        "tag": filters.through_text(_tagged, "A tag.", naming.fold),
        "graveyard": filters.by_flag("Those in the graveyard (true), or the live ones (false).", _graveyard),
        "silent": filters.by_flag("Those never spoken to.", _silent),
        "active_since": filters.by_day("last_activity_on__gte", "Last activity on or after this date."),
        "quiet_since": filters.by_day("last_activity_on__lte", "Last activity on or before this date."),
        "next_step_by": filters.by_day("next_step_on__lte", "Next step on or before this date."),
    }

    def rows(self) -> QuerySet[Any]:
        return Investor.objects.with_people().prefetch_related("tags")

    def listed(self) -> QuerySet[Any]:
        if "graveyard" in self.request.query_params:
            return self.rows()
        return self.rows().filter(graveyard_at__isnull=True)

    def add(self, values: Values) -> Investor:
        return investors.create_investor(actor=self.actor, **values)

    def edit(self, row: Investor, values: Values, version: int) -> None:
        investors.edit_investor(actor=self.actor, investor=row, values=values, version=version)

    @action(detail=True, methods=["post"])
    @operation("Retire into the graveyard", takes=shapes.RetireGiven, gives="shown", errors=(409,), once=True)
    def retire(self, request: Request, id: str) -> Response:
        """Out of every live list; kept, and searchable on request."""
        row, values = self.row(id), self.given(shapes.RetireGiven)
        version = self.version(values)
        investors.retire_investor(actor=self.actor, investor=row, reason=values["reason"], version=version)
        return self.answer(row.pk)

    @action(detail=True, methods=["post"])
    @operation("Revive from the graveyard", takes=shapes.ReviveGiven, gives="shown", errors=(409,), once=True)
    def revive(self, request: Request, id: str) -> Response:
        """Back among the live ones."""
        row, values = self.row(id), self.given(shapes.ReviveGiven)
        investors.revive_investor(actor=self.actor, investor=row, version=self.version(values))
        return self.answer(row.pk)

    @action(detail=True, methods=["put"])
    @operation("Set the tags", takes=shapes.TagsGiven, gives=shapes.TagsShown)
    def tags(self, request: Request, id: str) -> Response:
        """Exactly these tags; new words become tags."""
        row, values = self.row(id), self.given(shapes.TagsGiven)
        found = investors.set_tags(actor=self.actor, investor=row, tags=values["tags"])
        return Response({"tags": [tag.name for tag in found]})

    @action(detail=True, methods=["get"])
    @operation("List other names", gives=shapes.AliasShown, many=True)
    def aliases(self, request: Request, id: str) -> Response:
        """Other names the investor goes by; the matcher knows them."""
        rows = InvestorAlias.objects.filter(investor=self.row(id))
        return self.paged(rows, shapes.AliasShown, {"name": Order("name")}, "name")

    @aliases.mapping.post
    @operation(
        "Add another name",
        takes=shapes.AliasGiven,
        gives=shapes.AliasShown,
        status=201,
        errors=(409,),
        once=True,
    )
    def add_alias(self, request: Request, id: str) -> Response:
        """One living investor has an alias at a time."""
        row, values = self.row(id), self.given(shapes.AliasGiven)
        alias = investors.add_alias(actor=self.actor, investor=row, name=values["name"])
        return Response(shapes.AliasShown(alias).data, status=201)

    @action(detail=True, methods=["delete"], url_path=f"aliases/(?P<row_id>{ID})")
    @operation("Remove another name", gives=DeletionShown, errors=(409,))
    def remove_alias(self, request: Request, id: str, row_id: str) -> Response:
        """It can be restored from the trash."""
        alias = InvestorAlias.objects.filter(investor=self.row(id), pk=int(row_id)).first()
        if alias is None:
            raise NotFound("There is no such record.")
        gone = relations.delete_record(actor=self.actor, row=alias, version=self.version({}))
        return Response(DeletionShown(gone).data)

    @action(detail=True, methods=["get"])
    @operation("Read the timeline", gives=CommunicationShown, many=True)
    def timeline(self, request: Request, id: str) -> Response:
        """What happened and what is planned with the investor, the latest day first."""
        rows = Communication.objects.with_people().filter(investor=self.row(id))
        return self.paged(rows, CommunicationShown, TIMELINE, "-occurred_on")
