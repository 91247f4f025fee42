"""Named ways to read members and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from crm_site.accounts.roles import Role

if TYPE_CHECKING:
    from crm_site.accounts.models import ApiKey, Membership  # noqa: F401


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Members of an organization."""

    def active(self) -> MembershipQuerySet:
        """Those who may log in now."""
        return self.filter(is_active=True, user__is_active=True)

    def people(self) -> MembershipQuerySet:
        """Active members that are no machines, by name, with their users."""
        return self.active().exclude(role=Role.BOT).select_related("user").order_by("user__name", "id")

    def everyone(self) -> MembershipQuerySet:
        """All members, former ones last, with their users."""
        return self.select_related("user").order_by("-is_active", "user__name", "id")

    def with_role(self, *roles: str) -> MembershipQuerySet:
        """Active people with one of the roles."""
        return self.people().filter(role__in=roles)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys of machines."""

    def usable(self) -> ApiKeyQuerySet:
        """Neither revoked nor expired, of a member that is still active."""
        in_time = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=timezone.now())
        active = models.Q(membership__is_active=True, membership__user__is_active=True)
        return self.filter(in_time, active, revoked_at__isnull=True).order_by("-id")

    def newest_first(self) -> ApiKeyQuerySet:
        """All keys, with the member each acts as."""
        return self.select_related("membership__user").order_by("-id")
