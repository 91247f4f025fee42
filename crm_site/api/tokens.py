"""`/api/v1/auth/token/` and `…/refresh/`: a pair of tokens for a member, by e-mail and password."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, SlugField
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import get_md5_hash_password

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership
from crm_site.api import authentication
from crm_site.api import services as tokens
from crm_site.api.operations import operation
from crm_site.core import naming, scope
from crm_site.core.actor import Door
from crm_site.core.serializers import Given, Shown


class LockedOut(APIException):
    """Too many failed attempts for this account from this address."""

    status_code = 429
    default_code = "locked_out"
    default_detail = "Too many failed attempts. Wait a quarter of an hour and try again."


class TokenGiven(Given):
    email = CharField(max_length=254)
    password = CharField(max_length=1024, trim_whitespace=False)
    organization = SlugField(
        max_length=60,
        required=False,
        help_text="Which one, for a member of several; the first when left out.",
    )


class RefreshGiven(Given):
    refresh = CharField(max_length=4000)


class TokenShown(Shown):
    access = CharField(help_text="Good for 10 minutes; send it as `Authorization: Bearer …`.")
    refresh = CharField(help_text="Good once, for 14 days.")
    organization = CharField(help_text="Its slug.")


class _Entrance(APIView):
    """The way in: nobody is logged in yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    tag = "auth"

    def get_authenticate_header(self, request: Request) -> str:
        # Without it the framework would turn 401 into 403 here, as no authenticator can name a scheme.
        return "Bearer"

    def given(self, request: Request, shape: type[Given]) -> dict[str, Any]:
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class TokenView(_Entrance):
    does = "token"

    @operation("Get a pair of tokens", takes=TokenGiven, gives=TokenShown, errors=(401, 429))
    def post(self, request: Request) -> Response:
        """By e-mail and password, for one organization. Failed attempts count together with those of the log-in page."""
        values = self.given(request, TokenGiven)
        email = naming.email_key(values["email"])
        user: Any = _checked(request, email, values["password"])
        found = authentication.membership_named(user_id=user.pk, slug=values.get("organization"))
        if found is None:
            raise AuthenticationFailed("You are not a member there.")
        actor = sessions.actor_for(found, door=Door.API, request=request._request)
        with scope.scope(found.organization):
            pair = tokens.issue_tokens(actor=actor, user=user)
        return _answer(pair, found)


class RefreshView(_Entrance):
    does = "refresh"

    @operation("Refresh a pair of tokens", takes=RefreshGiven, gives=TokenShown, errors=(401,))
    def post(self, request: Request) -> Response:
        """A refresh token works once. One used a second time was copied: then all of that user's stop working."""
        values = self.given(request, RefreshGiven)
        try:
            spent = tokens.MemberRefreshToken(values["refresh"])
        except TokenError:
            raise AuthenticationFailed("This refresh token is not valid.", code="token_not_valid") from None
        found = _member_of(spent)
        actor = sessions.actor_for(found, door=Door.API, request=request._request)
        with scope.scope(found.organization):
            pair = tokens.rotate_tokens(actor=actor, user=found.user, spent=spent)
            if pair is None:
                tokens.revoke_tokens(actor=actor, user=found.user)
                raise AuthenticationFailed(
                    "This refresh token was used before. Log in again.", code="token_reused"
                )
        return _answer(pair, found)


def _checked(request: Request, email: str, password: str) -> Any:
    inner: Any = request._request
    user = authenticate(inner, username=email, password=password)
    locked = getattr(inner, "axes_locked_out", False)
    # Its middleware would put the log-in page's HTML in place of this answer.
    inner.axes_locked_out = False
    if user is None:
        raise LockedOut() if locked else AuthenticationFailed("E-mail or password is wrong.")
    AxesProxyHandler.reset_attempts(username=email, ip_address=inner.axes_ip_address)
    return user


def _member_of(spent: tokens.MemberRefreshToken) -> Membership:
    claims = spent.payload
    found = authentication.membership_in(
        user_id=claims.get(api_settings.USER_ID_CLAIM), organization_id=claims.get(tokens.ORGANIZATION_CLAIM)
    )
    current = get_md5_hash_password(found.user.password) if found else None
    if found is None or claims.get(api_settings.REVOKE_TOKEN_CLAIM) != current:
        raise AuthenticationFailed("This refresh token is not valid.", code="token_not_valid")
    return found


def _answer(pair: tokens.Tokens, found: Membership) -> Response:
    return Response(
        {"access": pair.access, "refresh": pair.refresh, "organization": found.organization.slug},
        headers={"Cache-Control": "no-store"},
    )
