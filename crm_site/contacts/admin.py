"""Data fixes of people, their addresses and where they work."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from crm_site.accounts.admin_base import KeptAdmin
from crm_site.accounts.permissions import Verb
from crm_site.contacts import services
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core.actor import Actor
from crm_site.investors.admin import WHEN


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    verb = Verb.EDIT_CONTACT
    list_display = ("name", "linkedin", "updated_at", "deleted_at")
    search_fields = ("name",)
    editable = ("name", "linkedin", "notes")
    readonly_fields = ("merged_into", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.create_contact(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_contact(actor=actor, contact=row, values=values, version=version)


@admin.register(ContactEmail)
class ContactEmailAdmin(KeptAdmin):
    """A wrong address is deleted and the right one added: the log then tells both."""

    verb = Verb.EDIT_CONTACT
    list_display = ("email", "contact", "is_primary", "deleted_at")
    list_select_related = ("contact",)
    search_fields = ("email", "contact__name")
    autocomplete_fields = ("contact",)
    addable = ("contact", "email")
    readonly_fields = ("contact", "email", "domain", "is_primary", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_email(actor=actor, **values)


@admin.register(ContactPhone)
class ContactPhoneAdmin(KeptAdmin):
    verb = Verb.EDIT_CONTACT
    list_display = ("written", "number", "contact", "is_primary", "deleted_at")
    list_select_related = ("contact",)
    search_fields = ("number", "written", "contact__name")
    autocomplete_fields = ("contact",)
    addable = ("contact", "written")
    readonly_fields = ("contact", "written", "number", "is_primary", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.add_phone(actor=actor, contact=values["contact"], phone=values["written"])


@admin.register(Affiliation)
class AffiliationAdmin(KeptAdmin):
    verb = Verb.EDIT_CONTACT
    list_display = ("contact", "investor", "title", "from_on", "to_on", "is_primary", "deleted_at")
    list_select_related = ("contact", "investor")
    search_fields = ("contact__name", "investor__name", "title")
    autocomplete_fields = ("contact", "investor")
    addable = ("contact", "investor", "title", "from_on", "to_on")
    editable = ("title", "from_on", "to_on", "is_primary")
    readonly_fields = ("contact", "investor", *WHEN)

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        return services.affiliate(actor=actor, **values)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_affiliation(actor=actor, affiliation=row, values=values, version=version)
