"""The admin's door: members who are admin or owner, one log-in for the whole house, nothing that writes past the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm_site.accounts import ranks
from crm_site.accounts.admin_base import ServiceAdmin


class HouseAdminSite(admin.AdminSite):
    """Data fixes in the organization chosen for the session."""

    site_header = "Roundtable: data fixes"
    site_title = "Roundtable"
    index_title = "Records"
    site_url = "/"
    enable_nav_sidebar = True

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Take in our own admins only: those of libraries (queue, log-in attempts, groups) would write without audit."""
        if admin_class is not None and issubclass(admin_class, ServiceAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        membership = getattr(request, "membership", None)
        user = request.user
        return bool(membership and user.is_active and user.is_staff and membership.role in ranks.STAFF)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            if self.has_permission(request):
                return super().login(request, extra_context)
            raise PermissionDenied("Data fixes are for members who are admin or owner.")
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ours: Django's own page would write the password past the service, without audit."""
        return redirect("accounts:password")
