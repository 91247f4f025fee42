"""What came in and what was proposed, to look at: proposals are decided in the inbox."""

from __future__ import annotations

from django.contrib import admin

from crm_site.accounts.admin_base import ServiceAdmin
from intake.models import InboundMessage, IntakeRun, Proposal, StepResult


@admin.register(InboundMessage)
class InboundMessageAdmin(ServiceAdmin):
    list_display = ("id", "source", "sender", "state", "sent_at", "received_at")
    list_select_related = ("sender",)
    list_filter = ("source", "state")
    search_fields = ("external_id", "sender_label")
    fields = (
        "source", "external_id", "sender", "sender_label", "text", "sent_at", "received_at", "state", "revision",
    )  # fmt: skip


@admin.register(Proposal)
class ProposalAdmin(ServiceAdmin):
    list_display = ("id", "message", "ordinal", "state", "created_at", "expires_at", "decided_by")
    list_select_related = ("message", "decided_by")
    list_filter = ("state",)
    search_fields = ("=message__id", "error")


@admin.register(IntakeRun)
class IntakeRunAdmin(ServiceAdmin):
    list_display = ("id", "message", "parser", "outcome", "degraded", "duration_ms")
    list_select_related = ("message",)
    list_filter = ("parser", "outcome")
    search_fields = ("=message__id", "degraded")


@admin.register(StepResult)
class StepResultAdmin(ServiceAdmin):
    list_display = ("run", "position", "name", "confidence", "duration_ms")
    list_select_related = ("run",)
    list_filter = ("name",)
    search_fields = ("=run__id", "name")
    ordering = ("-run_id", "position")
