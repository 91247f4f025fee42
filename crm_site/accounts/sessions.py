"""Which membership a request acts with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm_site.accounts.models import Membership, Organization
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import NotFound

SESSION_KEY = "organization_id"


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership chosen in the session, else the member's first one; None for visitors and former members."""
    if not request.user.is_authenticated:
        return None
    # Unscoped: this look-up is what finds out which organization to enter.
    mine = Membership.unscoped.active().filter(user=request.user).select_related("organization", "user")
    chosen = request.session.get(SESSION_KEY)
    found = mine.filter(organization_id=chosen).first() if isinstance(chosen, int) else None
    return found or mine.order_by("id").first()


def membership_by_email(email: str, *, slug: str = "") -> Membership | None:
    """The active membership of that address in the organization of that slug; without one, the member's first."""
    # Unscoped: this look-up is what finds out which organization to enter.
    mine = (
        Membership.unscoped.active().filter(user__email__iexact=email).select_related("organization", "user")
    )
    return (mine.filter(organization__slug=slug) if slug else mine).order_by("id").first()


def choose(request: HttpRequest, organization_id: int) -> Membership:
    """Work in another organization of the member's from now on. Raises NotFound for one they are not in."""
    mine = Membership.unscoped.active().filter(user_id=_user_id(request), organization_id=organization_id)
    membership = mine.select_related("organization", "user").first()
    if membership is None:
        raise NotFound("You are no member of such an organization.")
    request.session[SESSION_KEY] = membership.organization_id
    attach(request, membership)
    return membership


def organizations_of(request: HttpRequest) -> list[Organization]:
    """The organizations the member may work in, by name."""
    mine = Membership.unscoped.active().filter(user_id=_user_id(request)).select_related("organization")
    return [membership.organization for membership in mine.order_by("organization__name", "id")]


def attach(request: HttpRequest, membership: Membership | None) -> None:
    """Put membership, organization and actor on the request."""
    door = Door.ADMIN if request.path.startswith("/admin/") else Door.WEB
    carried: Any = request
    carried.membership = membership
    carried.organization = membership.organization if membership else None
    carried.actor = actor_for(membership, door=door, request=request) if membership else None


def actor_for(
    membership: Membership,
    *,
    door: Door,
    request: HttpRequest | None = None,
    scopes: frozenset[str] | None = None,
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


def _user_id(request: HttpRequest) -> int:
    """Of whoever is logged in; 0, which nobody has, for a visitor."""
    return request.user.pk or 0
