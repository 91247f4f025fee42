"""Data fixes of communications, reminders, facts and attachments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from crm_site.accounts.admin_base import DeletedFilter, KeptAdmin
from crm_site.accounts.permissions import Verb
from crm_site.communications import services
from crm_site.communications.models import Attachment, Communication, Fact, Reminder
from crm_site.core.actor import Actor
from crm_site.investors.admin import WHEN


@admin.register(Communication)
class CommunicationAdmin(KeptAdmin):
    verb = Verb.LOG
    list_display = ("occurred_on", "kind", "investor", "subject", "state", "captured_via", "deleted_at")
    list_select_related = ("investor",)
    list_filter = (DeletedFilter, "kind", "state", "captured_via")
    # Not the body: a scan of every note of every year would be asked for by accident.
    search_fields = ("subject", "investor__name")
    date_hierarchy = "occurred_on"
    autocomplete_fields = ("investor",)
    addable = ("investor", "kind", "state", "direction", "occurred_on", "subject", "body")
    editable = ("kind", "state", "direction", "occurred_on", "subject", "body")
    readonly_fields = ("investor", "opportunity", "occurred_at", "captured_via", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_communication(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_communication(actor=actor, communication=row, values=values, version=version)


@admin.register(Reminder)
class ReminderAdmin(KeptAdmin):
    """Ticking off and reopening are acts of their own; here the words, the date and the person are mended."""

    verb = Verb.EDIT_REMINDER
    list_display = ("text", "due_on", "due_time", "assigned_to", "investor", "state", "deleted_at")
    list_select_related = ("investor", "assigned_to")
    list_filter = (DeletedFilter, "state")
    search_fields = ("text", "investor__name")
    autocomplete_fields = ("investor",)
    addable = ("investor", "text", "due_on", "due_time", "assigned_to")
    editable = ("text", "due_on", "due_time", "assigned_to")
    readonly_fields = ("investor", "opportunity", "communication", "state", "closed_at", "closed_by", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_reminder(actor=actor, **_person_by_id(values))

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_reminder(
            actor=actor, reminder=row, values=_person_by_id(values), version=version
        )


@admin.register(Fact)
class FactAdmin(KeptAdmin):
    verb = Verb.LOG
    list_display = ("text", "topic", "investor", "contact", "confidence", "deleted_at")
    list_select_related = ("investor", "contact")
    search_fields = ("text", "topic", "investor__name")
    autocomplete_fields = ("investor", "contact")
    addable = ("investor", "contact", "text", "topic")
    editable = ("text", "topic")
    readonly_fields = ("investor", "contact", "communication", "confidence", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_fact(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_fact(actor=actor, fact=row, values=values, version=version)


@admin.register(Attachment)
class AttachmentAdmin(KeptAdmin):
    """The file itself is served by the investor's page only, as a download, after the organization was checked."""

    list_display = ("name", "content_type", "size", "communication", "deleted_at")
    list_select_related = ("communication",)
    search_fields = ("name",)
    readonly_fields = ("communication", "name", "content_type", "size", "sha256", *WHEN)


def _person_by_id(values: dict[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "assigned_to" in given:
        person = given.pop("assigned_to")
        given["assigned_to_id"] = person.pk if person else None
    return given
