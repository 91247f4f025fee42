"""Writes of token pairs: who holds which refresh token, and which of them are spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from crm_site.accounts.models import User
from crm_site.audit import services as audit
from crm_site.core import unit
from crm_site.core.actor import Actor

ORGANIZATION_CLAIM = "organization"


class MemberRefreshToken(RefreshToken):
    """A refresh token whose reuse is told apart from a forged one: the blacklist is looked at when it is spent."""

    def check_blacklist(self) -> None:
        """Left to `rotate_tokens`, where being the first to spend it is decided by a unique constraint."""


@dataclass(frozen=True)
class Tokens:
    """A pair, encoded."""

    access: str
    refresh: str


@unit.atomic
def issue_tokens(*, actor: Actor, user: User) -> Tokens:
    """A first pair for the actor's organization. The caller has checked the password."""
    refresh: Any = MemberRefreshToken.for_user(user)
    refresh[ORGANIZATION_CLAIM] = actor.organization_id
    return Tokens(access=str(refresh.access_token), refresh=str(refresh))


@unit.atomic
def rotate_tokens(*, actor: Actor, user: User, spent: MemberRefreshToken) -> Tokens | None:
    """A new pair for a refresh token, once. None: somebody has spent it before, so one of the two is a thief."""
    made: Any = spent.blacklist()  # annotated as the row; it is what get_or_create gives
    first: bool = made[1]
    return issue_tokens(actor=actor, user=user) if first else None


@unit.atomic
def revoke_tokens(*, actor: Actor, user: User) -> int:
    """Make every refresh token of the user useless; return how many were still good. Access tokens run out by themselves."""
    live = OutstandingToken.objects.filter(user=user, blacklistedtoken__isnull=True)
    BlacklistedToken.objects.bulk_create(
        (BlacklistedToken(token=token) for token in live), ignore_conflicts=True
    )
    count = len(live)
    audit.record(actor=actor, action="member.tokens_revoked", subject=user, details={"tokens": count})
    return count
