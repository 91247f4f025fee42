"""Data fixes of organizations, members and keys. Users are changed through their membership: they may span organizations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from crm_site.accounts import services
from crm_site.accounts.admin_base import EditableAdmin, ServiceAdmin, actor_of
from crm_site.accounts.models import ApiKey, MatrixIdentity, Membership, Organization, User
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor


@admin.register(Organization)
class OrganizationAdmin(EditableAdmin):
    verb = Verb.MANAGE_SETTINGS
    list_display = ("name", "slug", "time_zone", "currency")
    search_fields = ("name", "slug")
    editable = ("name", "time_zone", "currency")
    readonly_fields = ("slug", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(pk=actor_of(request).organization_id)

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        return services.edit_organization(actor=actor, organization=row, values=values)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    list_display = ("name", "email", "is_active", "is_staff", "last_login")
    search_fields = ("name", "email")
    fields = ("name", "email", "is_active", "is_staff", "last_login", "date_joined")
    ordering = ("name", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .filter(memberships__organization_id=actor_of(request).organization_id)
        )


@admin.register(Membership)
class MembershipAdmin(EditableAdmin):
    verb = Verb.MANAGE_MEMBERS
    list_display = ("user", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    editable = ("role", "is_active")
    readonly_fields = ("user", "created_at")

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        if "role" in values:
            services.change_role(actor=actor, membership=row, role=values["role"])
        if "is_active" in values:
            move = services.reactivate_member if values["is_active"] else services.deactivate_member
            move(actor=actor, membership=row)
        return row


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceAdmin):
    list_display = ("name", "prefix", "membership", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("membership__user",)
    search_fields = ("name", "prefix", "membership__user__name")
    # The digest stays out: a hash on a page helps nobody but a thief.
    fields = (
        "name",
        "prefix",
        "membership",
        "scopes",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )
    actions = ("revoke",)

    @admin.action(description="Revoke selected keys")
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for key in queryset.filter(revoked_at__isnull=True):
            services.revoke_api_key(actor=actor_of(request), key=key)


@admin.register(MatrixIdentity)
class MatrixIdentityAdmin(EditableAdmin):
    verb = Verb.MANAGE_MEMBERS
    list_display = ("mxid", "user", "created_at")
    list_select_related = ("user",)
    search_fields = ("mxid", "user__name", "user__email")
    addable = ("mxid", "user")
    readonly_fields = ("mxid", "user", "created_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.addable if obj is None else self.readonly_fields

    def add(self, actor: Actor, values: dict[str, Any]) -> Any:
        membership = Membership.objects.select_related("user").get(user=values["user"])
        return services.link_matrix_identity(actor=actor, membership=membership, mxid=values["mxid"])
