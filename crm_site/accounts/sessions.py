"""Which membership a request acts with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm_site.accounts.models import Membership
from crm_site.core.actor import Actor, Door

SESSION_KEY = "organization_id"


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership chosen in the session, else the member's first one; None for visitors and former members."""
    if not request.user.is_authenticated:
        return None
    # Unscoped: this look-up is what finds out which organization to enter.
    mine = Membership.unscoped.active().filter(user_id=request.user.pk).select_related("organization", "user")
    chosen = request.session.get(SESSION_KEY)
    found = mine.filter(organization_id=chosen).first() if isinstance(chosen, int) else None
    return found or mine.order_by("id").first()


def attach(request: HttpRequest, membership: Membership | None) -> None:
    """Put membership, organization and actor on the request."""
    door = Door.ADMIN if request.path.startswith("/admin/") else Door.WEB
    carried: Any = request
    carried.membership = membership
    carried.organization = membership.organization if membership else None
    carried.actor = actor_for(membership, door=door, request=request) if membership else None


def actor_for(
    membership: Membership, *, door: Door, request: HttpRequest | None = None, scopes: frozenset[str] | None = None
) -> Actor:
    """The actor behind a membership. `scopes` limits a machine's key."""
    return Actor(
        organization_id=membership.organization_id,
        role=membership.role,
        door=door,
        user_id=membership.user_id,
        label=membership.user.name,
        request_id=getattr(request, "request_id", ""),
        scopes=scopes,
    )
