"""Passwords. A change ends all other sessions of the user, because the session carries a hash of the password's hash."""

from __future__ import annotations

import secrets

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from crm_site.accounts import permissions, ranks
from crm_site.accounts.models import Membership, User
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.audit import services as audit
from crm_site.core import fields, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, Forbidden

LONGEST = 200


class BelongsElsewhere(Conflict):
    """The user is a member of another organization too, whose door this password opens as well."""

    code = "belongs_elsewhere"


@unit.atomic
def change_password(*, actor: Actor, user: User, current: str, new: str) -> None:
    """Change one's own password, knowing the present one."""
    _require_self(actor, user)
    if not user.check_password(current):
        fields.refuse("current", "This is not your present password.")
    _set(actor, user, new, "user.password_changed")


@unit.atomic
def choose_password(*, actor: Actor, user: User, new: str) -> None:
    """Choose a new password by a link from one's own mailbox."""
    _require_self(actor, user)
    _set(actor, user, new, "user.password_reset")


@unit.atomic
def issue_password(*, actor: Actor, membership: Membership) -> str:
    """Give a member a one-time password, returned once. Raises BelongsElsewhere: they then use the link by mail."""
    permissions.require(actor, Verb.MANAGE_MEMBERS, on=[membership])
    ranks.require_not_above(actor, membership.role)
    if membership.role == Role.BOT:
        raise Conflict("A bot has no password; give it an API key.")
    # Unscoped: whoever sets the password could log in to the other organization as this person.
    elsewhere = Membership.unscoped.filter(user_id=membership.user_id).exclude(pk=membership.pk)
    if elsewhere.exists():
        raise BelongsElsewhere(
            "This account is not only yours to manage: let them use “Forgot your password?”."
        )
    password = draw()
    _store(membership.user, password)
    audit.record(actor=actor, action="user.password_issued", subject=membership)
    return password


def draw() -> str:
    """A password to be used once and then changed: 96 random bits."""
    return secrets.token_urlsafe(12)


def check(password: str, user: User, *, field: str = "password") -> None:
    """Raise Invalid at `field` when the password rules refuse it."""
    if len(password) > LONGEST:
        fields.refuse(field, f"At most {LONGEST} characters.")
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        fields.refuse(field, " ".join(error.messages))


def _require_self(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise Forbidden("Only they themselves can change this.")


def _set(actor: Actor, user: User, new: str, action: str) -> None:
    check(new, user, field="new")
    _store(user, new)
    audit.record(actor=actor, action=action, subject=user)


def _store(user: User, password: str) -> None:
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password)
