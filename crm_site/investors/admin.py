"""Data fixes of investors, funds, stages and opportunities."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from crm_site.accounts.admin_base import DeletedFilter, KeptAdmin, ServiceAdmin
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from crm_site.investors import services
from crm_site.investors.models import Fund, Investor, InvestorAlias, Opportunity, Stage, StageChange, Tag

WHEN = ("version", "created_at", "updated_at", "created_by", "deleted_at")


@admin.register(Investor)
class InvestorAdmin(KeptAdmin):
    verb = Verb.EDIT_INVESTOR
    list_display = ("name", "type", "stage", "assigned_to", "last_activity_on", "graveyard_at", "deleted_at")
    list_select_related = ("stage", "assigned_to")
    list_filter = (DeletedFilter, "type", "stage")
    search_fields = ("name", "domain", "location")
    editable = ("name", "type", "assigned_to", "location", "website", "lead_source", "notes")
    readonly_fields = (
        "stage", "last_activity_on", "next_step_on", "committed_total", "expected_total",
        "graveyard_at", "graveyard_reason", "merged_into", *WHEN,
    )  # fmt: skip

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.create_investor(actor=actor, **_owner_by_id(values))

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_investor(actor=actor, investor=row, values=_owner_by_id(values), version=version)


@admin.register(InvestorAlias)
class InvestorAliasAdmin(KeptAdmin):
    verb = Verb.EDIT_INVESTOR
    list_display = ("name", "investor", "deleted_at")
    list_select_related = ("investor",)
    search_fields = ("name", "investor__name")
    autocomplete_fields = ("investor",)
    addable = ("investor", "name")
    readonly_fields = ("investor", "name", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_alias(actor=actor, **values)


@admin.register(Fund)
class FundAdmin(KeptAdmin):
    verb = delete_verb = Verb.MANAGE_FUNDS
    list_display = ("name", "target", "currency", "opens_on", "closes_on", "deleted_at")
    search_fields = ("name",)
    editable = ("name", "target", "currency", "opens_on", "closes_on", "description")
    readonly_fields = WHEN

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.create_fund(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_fund(actor=actor, fund=row, values=values, version=version)


@admin.register(Stage)
class StageAdmin(KeptAdmin):
    verb = delete_verb = Verb.MANAGE_STAGES
    list_display = ("label", "key", "position", "category", "probability", "deleted_at")
    search_fields = ("label", "key")
    editable = ("label", "category", "probability")
    readonly_fields = ("key", "position", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.create_stage(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_stage(actor=actor, stage=row, values=values, version=version)


@admin.register(Opportunity)
class OpportunityAdmin(KeptAdmin):
    """The stage is changed by a move, which has a right of its own and leaves a history."""

    verb = Verb.EDIT_OPPORTUNITY
    list_display = ("investor", "fund", "stage", "expected", "committed", "close_on", "deleted_at")
    list_select_related = ("investor", "fund", "stage")
    list_filter = (DeletedFilter, "stage", "fund")
    search_fields = ("investor__name", "fund__name")
    autocomplete_fields = ("investor",)
    addable = (
        "investor",
        "fund",
        "stage",
        "expected",
        "committed",
        "probability",
        "close_on",
        "committed_on",
    )
    editable = ("stage", "expected", "committed", "probability", "close_on", "committed_on")
    readonly_fields = ("investor", "fund", "stage_since", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.create_opportunity(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        stage = values.pop("stage", None)
        if stage is not None:
            services.move_opportunity(actor=actor, opportunity=row, stage=stage, version=version)
            version = row.version
        if values:
            services.edit_opportunity(actor=actor, opportunity=row, values=values, version=version)
        return row


@admin.register(StageChange)
class StageChangeAdmin(ServiceAdmin):
    list_display = ("opportunity", "from_stage", "to_stage", "changed_at", "changed_by")
    list_select_related = (
        "opportunity__investor",
        "opportunity__fund",
        "from_stage",
        "to_stage",
        "changed_by",
    )
    search_fields = ("opportunity__investor__name", "note")
    fields = ("opportunity", "from_stage", "to_stage", "changed_at", "changed_by", "note")


@admin.register(Tag)
class TagAdmin(KeptAdmin):
    """Tags come from tagging an investor; here they can only go."""

    list_display = ("name", "key", "deleted_at")
    search_fields = ("name",)
    readonly_fields = ("name", "key", *WHEN)


def _owner_by_id(values: dict[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "assigned_to" in given:
        owner = given.pop("assigned_to")
        given["assigned_to_id"] = owner.pk if owner else None
    return given
