"""What was asked, to look at."""

from __future__ import annotations

from django.contrib import admin

from crm_site.accounts.admin_base import ServiceAdmin
from nlquery.models import Asked


@admin.register(Asked)
class AskedAdmin(ServiceAdmin):
    list_display = (
        "id",
        "user",
        "question",
        "intent",
        "status",
        "translator",
        "door",
        "row_count",
        "elapsed_ms",
        "asked_at",
    )
    list_select_related = ("user",)
    list_filter = ("status", "translator", "door")
    search_fields = ("question", "intent")
