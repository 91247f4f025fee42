"""Looking members up for other rooms."""

from __future__ import annotations

from crm_site.accounts.models import Membership, User
from crm_site.core.errors import Invalid


def checked_user_id(user_id: int | None, *, field: str) -> int | None:
    """The id, when it is that of an active member of the organization in scope. Raises Invalid at `field`."""
    if user_id is None:
        return None
    if not Membership.objects.active().filter(user_id=user_id).exists():
        raise Invalid("Choose a member of your team.", fields={field: "Choose a member of your team."})
    return user_id


def team() -> list[User]:
    """The people of the organization in scope, by name."""
    return [membership.user for membership in Membership.objects.people()]
