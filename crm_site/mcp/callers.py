"""Who calls: the member behind an API key, or the one that the command was started as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from crm_site.accounts import keys, permissions, sessions
from crm_site.accounts.models import Membership
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import Forbidden


class NoMember(Forbidden):
    """Nobody active has the address, in that organization."""

    code = "no_member"


@dataclass(frozen=True)
class Caller:
    """A member, the actor of what they do, and the organization they do it in (the member's)."""

    membership: Membership
    actor: Actor

    @property
    def may_write_directly(self) -> bool:
        """Whether an admin gave the key the scope by its name, and the member's role still has it (decisions.md 15).

        A key without scopes may do all that its role allows, but nobody has named this for it.
        """
        named = Verb.WRITE_DIRECT in (self.actor.scopes or ())
        return named and permissions.may(self.actor, Verb.WRITE_DIRECT)


#: Asked anew at each call: a member may leave while a session goes on.
Calling = Callable[[], Caller]


def by_key(text: str, *, request: HttpRequest) -> Caller | None:
    """The caller behind the text of an API key; None when it is unknown, revoked or expired, or the member has left."""
    found = keys.resolve(text)
    if found is None:
        return None
    scopes = frozenset(found.scopes) if found.scopes else None
    actor = sessions.actor_for(found.membership, door=Door.MCP, request=request, scopes=scopes)
    return Caller(found.membership, actor)


def by_email(email: str, *, slug: str) -> Caller:
    """The member of that address, in the organization of that slug (without one: their first). Raises NoMember."""
    found = sessions.membership_by_email(email.strip(), slug=slug)
    if found is None:
        where = f" in the organization {slug}" if slug else ""
        raise NoMember(f"No active member has the e-mail {email}{where}.")
    return Caller(found, sessions.actor_for(found, door=Door.MCP))
