"""Who calls the API: a member's session, a member's token, or a machine's key. Each enters its organization's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from crm_site.accounts import keys, permissions, sessions
from crm_site.accounts.models import Membership, User
from crm_site.accounts.permissions import Verb
from crm_site.accounts.querysets import MembershipQuerySet
from crm_site.core import scope
from crm_site.core.actor import Door

if TYPE_CHECKING:
    # Not at run time: the framework's views load this module while they are being made.
    from rest_framework.views import APIView

KEYWORD = "Api-Key"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <key>`."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        keyword, _, given = get_authorization_header(request).decode("latin-1").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        found = keys.resolve(given.strip())
        if found is None:
            raise exceptions.AuthenticationFailed("This API key is unknown, revoked or expired.")
        scopes = frozenset(found.scopes) if found.scopes else None
        _enter(request, found.membership, scopes)
        return found.membership.user, found

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`, which names the organization it was given for."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        mine = membership_in(user_id=user.pk, organization_id=token.get("organization"))
        if mine is None:
            raise exceptions.AuthenticationFailed("This token is not for an organization you are in.")
        _enter(request, mine, None)
        return user, token


class MemberSessionAuthentication(SessionAuthentication):
    """The browser's session, with the CSRF check. The middleware has entered the scope already."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        inner: Any = request._request
        if found is None or inner.membership is None:
            return None
        inner.actor = sessions.actor_for(inner.membership, door=Door.API, request=inner)
        return found


class IsMember(BasePermission):
    """Everything but the way in needs a member; what a member may do is decided by the services."""

    message = "Log in, or send a token or an API key."

    def has_permission(self, request: Request, view: APIView) -> bool:
        actor = getattr(request._request, "actor", None)
        if actor is None:
            return False
        permissions.require(actor, Verb.READ)
        return True


def membership_in(*, user_id: Any, organization_id: Any) -> Membership | None:
    """The active membership in exactly that organization; a token that names none is good for none."""
    if not isinstance(organization_id, int) or isinstance(organization_id, bool):
        return None
    return _memberships(user_id).filter(organization_id=organization_id).first()


def membership_named(*, user_id: int, slug: str | None) -> Membership | None:
    """The active membership in the organization of that slug; without one, the member's first."""
    mine = _memberships(user_id)
    return (mine if slug is None else mine.filter(organization__slug=slug)).first()


def _memberships(user_id: Any) -> MembershipQuerySet:
    found: MembershipQuerySet = Membership.unscoped.active().filter(user_id=user_id)
    return found.select_related("organization", "user").order_by("id")


def _enter(request: Request, membership: Membership, scopes: frozenset[str] | None) -> None:
    inner: Any = request._request
    inner.membership = membership
    inner.organization = membership.organization
    inner.actor = sessions.actor_for(membership, door=Door.API, request=inner, scopes=scopes)
    # The middleware's `no_scope` around the request takes it away again at the end. A session of another organization
    # cannot be in force here: a request with an Authorization header is scoped by that header alone.
    scope.enter_for_request(membership.organization)
