"""Who stands above whom: nobody gives, takes or acts with a role above their own."""

from __future__ import annotations

from crm_site.accounts.models import Membership
from crm_site.accounts.permissions import NotAllowed
from crm_site.accounts.roles import Role
from crm_site.core.actor import Actor

STAFF = frozenset({Role.ADMIN, Role.OWNER})
_ORDER = {role: place for place, role in enumerate(Role.values)}


def grantable(actor: Actor) -> list[Role]:
    """The roles the actor may give, weakest first."""
    return [role for role in Role if not _above(actor, role)]


def require_not_above(actor: Actor, *roles: str) -> None:
    """Raise NotAllowed when one of the roles stands above the actor's."""
    for role in roles:
        if _above(actor, role):
            raise NotAllowed(
                f"Only a member who is {Role(role).label.lower()} may do this.",
                fields={"role": "Above your own role."},
            )


def may_manage(actor: Actor, membership: Membership) -> bool:
    """Tell whether the member's role is not above the actor's."""
    return not _above(actor, membership.role)


def _above(actor: Actor, role: str) -> bool:
    return not actor.is_system and _ORDER[role] > _ORDER.get(actor.role, -1)
