"""API keys: made, used, revoked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from crm_site.accounts import key_text, permissions, ranks
from crm_site.accounts.models import ApiKey, Membership
from crm_site.accounts.permissions import TABLE, Verb
from crm_site.accounts.roles import Role
from crm_site.audit import services as audit
from crm_site.core import fields, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict

# Writing "last used" on every call would turn each read into a write.
USED_EVERY = timedelta(minutes=5)


class KeyRevoked(Conflict):
    """The key was revoked already."""

    code = "key_revoked"


@dataclass(frozen=True)
class NewApiKey:
    """text: the key itself, shown once and never stored."""

    key: ApiKey
    text: str


@unit.atomic
def create_api_key(
    *,
    actor: Actor,
    membership: Membership,
    name: str,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> NewApiKey:
    """Make a key that acts as a member, normally a bot. scopes: verbs to limit it to; none means all its role allows."""
    permissions.require(actor, Verb.MANAGE_KEYS, on=[membership])
    ranks.require_not_above(actor, membership.role)
    if not membership.is_active or not membership.user.is_active:
        fields.refuse("membership", "Choose an active member.")
    if expires_at is not None and expires_at <= timezone.now():
        fields.refuse("expires_at", "This is in the past.")
    limits = _checked_scopes(scopes, membership.role)
    made = key_text.make()
    key = ApiKey.objects.create(
        organization_id=actor.organization_id,
        membership=membership,
        name=fields.line(name, field="name", limit=80, required=True),
        prefix=made.prefix,
        digest=made.digest,
        scopes=limits,
        expires_at=expires_at,
    )
    shown = {"name": key.name, "acts_as": membership.user_id, "scopes": limits, "expires_at": expires_at}
    audit.record(actor=actor, action="api_key.created", subject=key, changes=audit.fresh(shown))
    return NewApiKey(key=key, text=made.text)


@unit.atomic
def revoke_api_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """End a key at once. Raises KeyRevoked when it has ended already."""
    permissions.require(actor, Verb.MANAGE_KEYS, on=[key])
    now = timezone.now()
    if not ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now):
        raise KeyRevoked("This key was revoked already.")
    key.revoked_at = now
    audit.record(actor=actor, action="api_key.revoked", subject=key, changes={"revoked_at": (None, now)})
    return key


def note_key_use(*, key: ApiKey) -> None:
    """Keep "last used", to five minutes. Bookkeeping: not audited, no right needed; the key itself has just been proven."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        # Unscoped: the scope is entered only after the key is known.
        ApiKey.unscoped.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def _checked_scopes(scopes: Iterable[str], role: str) -> list[str]:
    wanted = sorted({str(one) for one in scopes})
    unknown = [one for one in wanted if one not in {str(verb) for verb in Verb}]
    if unknown:
        fields.refuse("scopes", f"There is no right called {', '.join(unknown)}.")
    beyond = [one for one in wanted if Verb(one) not in TABLE[role]]
    if beyond:
        label = Role(role).label.lower()
        fields.refuse("scopes", f"A member who is {label} does not have: {', '.join(beyond)}.")
    return wanted
