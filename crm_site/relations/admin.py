"""Hands the admin the services that delete and restore, and shows what nobody may edit: the trash, the log, the work."""

from __future__ import annotations

from django.contrib import admin

from crm_site.accounts import admin_base
from crm_site.accounts.admin_base import ServiceAdmin
from crm_site.audit.models import AuditEvent
from crm_site.core.models import Kept
from crm_site.relations import hanging, services
from crm_site.relations.models import Deletion
from crm_site.work.models import Heartbeat, IdempotencyKey, WorkItem


def hangs_on(row: Kept) -> dict[str, int]:
    """What would go with a record."""
    return hanging.counts(hanging.gather(row), row)


admin_base.delete_through(
    admin_base.Removal(delete=services.delete_record, restore=services.restore_record, hangs_on=hangs_on)
)


@admin.register(Deletion)
class DeletionAdmin(ServiceAdmin):
    list_display = ("title", "label", "deleted_at", "deleted_by", "restored_at", "purged_at")
    list_select_related = ("deleted_by",)
    list_filter = ("label",)
    search_fields = ("title", "label")
    fields = (
        "title", "label", "subject_id", "counts", "deleted_at", "deleted_by", "restored_at", "purged_at",
    )  # fmt: skip


@admin.register(AuditEvent)
class AuditEventAdmin(ServiceAdmin):
    list_display = ("sequence", "at", "action", "subject_label", "subject_id", "user_id", "door")
    list_filter = ("door", "subject_label")
    search_fields = ("action", "subject_label", "=subject_id", "=request_id")
    fields = (
        "sequence", "at", "action", "user_id", "door", "subject_label", "subject_id", "parent_label", "parent_id",
        "captured_via", "request_id", "text", "mac",
    )  # fmt: skip


@admin.register(WorkItem)
class WorkItemAdmin(ServiceAdmin):
    """Given-up work is tried again from the System page."""

    list_display = ("kind", "subject_id", "state", "attempts", "next_try_at", "dead_at")
    list_filter = ("state", "kind")
    search_fields = ("kind", "=subject_id")
    ordering = ("-id",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ServiceAdmin):
    list_display = ("name", "beat_at", "detail")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ServiceAdmin):
    list_display = ("key", "status", "created_at")
    search_fields = ("key",)
    fields = ("key", "status", "content_type", "created_at")
    ordering = ("-id",)
