"""Who belongs to the organization, and with which role."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import Q

from crm_site.accounts import permissions, ranks
from crm_site.accounts.models import Membership, User
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.accounts.services import passwords
from crm_site.audit import services as audit
from crm_site.core import fields, naming, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, Forbidden


class AlreadyMember(Conflict):
    """The person is, or was, a member: change the role or let them in again instead."""

    code = "already_member"


class LastOwner(Conflict):
    """An organization without an owner could never be purged, or given to anybody."""

    code = "last_owner"


@dataclass(frozen=True)
class NewMember:
    """password: the one-time password of a user who is new here; None when they have one, or are a machine."""

    membership: Membership
    password: str | None


@unit.atomic
def add_member(
    *, actor: Actor, email: str, role: str, name: str = "", password: str | None = None
) -> NewMember:
    """Let a person (or a machine, role `bot`) in. A user who is known elsewhere keeps name and password.

    password: instead of a drawn one; checked by the password rules. Raises AlreadyMember.
    """
    permissions.require(actor, Verb.MANAGE_MEMBERS)
    chosen = _checked_role(actor, role)
    address = _checked_email(email)
    user = User.objects.filter(email__iexact=address).first()
    shown_password = None
    if user is None:
        person = fields.line(name, field="name", limit=120, required=True)
        user, shown_password = _new_user(address, person, chosen, password)
    if Membership.objects.filter(user=user).exists():
        raise AlreadyMember("They are a member already.", fields={"email": "They are a member already."})
    try:
        with unit.savepoint():
            membership = Membership.objects.create(
                organization_id=actor.organization_id, user=user, role=chosen
            )
    except IntegrityError:
        raise AlreadyMember(
            "They are a member already.", fields={"email": "They are a member already."}
        ) from None
    _refresh_staff(user)
    shown = {"email": user.email, "name": user.name, "role": chosen}
    audit.record(actor=actor, action="member.added", subject=membership, changes=audit.fresh(shown))
    return NewMember(membership=membership, password=shown_password)


@unit.atomic
def change_role(*, actor: Actor, membership: Membership, role: str) -> Membership:
    """Give a member another role: never one above the actor's own, and never away from the last owner."""
    permissions.require(actor, Verb.MANAGE_MEMBERS, on=[membership])
    chosen = _checked_role(actor, role)
    standing = _locked(membership)
    ranks.require_not_above(actor, standing.role)
    if standing.role == chosen:
        return membership
    if standing.role == Role.OWNER:
        _refuse_last_owner(standing)
    Membership.objects.filter(pk=standing.pk).update(role=chosen)
    membership.role = chosen
    _refresh_staff(membership.user)
    audit.record(
        actor=actor,
        action="member.role_changed",
        subject=membership,
        changes={"role": (standing.role, chosen)},
    )
    return membership


@unit.atomic
def deactivate_member(*, actor: Actor, membership: Membership) -> Membership:
    """Shut a member out of this organization. The row stays, so that history keeps its names; keys stop working."""
    return _set_active(actor, membership, active=False)


@unit.atomic
def reactivate_member(*, actor: Actor, membership: Membership) -> Membership:
    """Let a former member in again, with the role they had."""
    return _set_active(actor, membership, active=True)


@unit.atomic
def edit_profile(*, actor: Actor, user: User, name: str) -> User:
    """Change one's own name: people belong to themselves, whatever the role."""
    if actor.user_id != user.pk:
        raise Forbidden("Only they themselves can change this.")
    new = fields.line(name, field="name", limit=120, required=True)
    old = User.objects.select_for_update().get(pk=user.pk).name
    if new != old:
        User.objects.filter(pk=user.pk).update(name=new)
        user.name = new
        audit.record(actor=actor, action="user.edited", subject=user, changes={"name": (old, new)})
    return user


def _set_active(actor: Actor, membership: Membership, *, active: bool) -> Membership:
    permissions.require(actor, Verb.MANAGE_MEMBERS, on=[membership])
    standing = _locked(membership)
    ranks.require_not_above(actor, standing.role)
    if standing.is_active == active:
        return membership
    if not active and standing.role == Role.OWNER:
        _refuse_last_owner(standing)
    Membership.objects.filter(pk=standing.pk).update(is_active=active)
    membership.is_active = active
    _refresh_staff(membership.user)
    action = "member.reactivated" if active else "member.deactivated"
    audit.record(actor=actor, action=action, subject=membership, changes={"is_active": (not active, active)})
    return membership


def _locked(membership: Membership) -> Membership:
    # All owners are locked in one order: two owners who demote each other at the same moment must not both succeed.
    wanted = Q(role=Role.OWNER) | Q(pk=membership.pk)
    found = {row.pk: row for row in Membership.objects.select_for_update().filter(wanted).order_by("pk")}
    return found[membership.pk]


def _refuse_last_owner(membership: Membership) -> None:
    others = Membership.objects.active().filter(role=Role.OWNER).exclude(pk=membership.pk)
    if membership.is_active and not others.exists():
        raise LastOwner(
            "The last owner has to stay: make somebody else an owner first.",
            fields={"role": "This is the last owner."},
        )


def _checked_role(actor: Actor, role: str) -> str:
    chosen = fields.choice(role, field="role", options=Role.values)
    ranks.require_not_above(actor, str(chosen))
    return str(chosen)


def _checked_email(email: str) -> str:
    address = naming.email_key(fields.line(email, field="email", limit=254, required=True))
    try:
        validate_email(address)
    except ValidationError:
        fields.refuse("email", "This is not an e-mail address.")
    return address


def _new_user(email: str, name: str, role: str, password: str | None) -> tuple[User, str | None]:
    if role == Role.BOT:
        return User.objects.create_user(email, None, name=name), None
    if password is None:
        drawn = passwords.draw()
        return User.objects.create_user(email, drawn, name=name), drawn
    passwords.check(password, User(email=email, name=name))
    return User.objects.create_user(email, password, name=name), None


def _refresh_staff(user: User) -> None:
    # Unscoped: one flag opens the admin's door for all organizations of a person; the role decides inside each.
    staff = Membership.unscoped.filter(user=user, is_active=True, role__in=ranks.STAFF).exists()
    if user.is_staff != staff:
        User.objects.filter(pk=user.pk).update(is_staff=staff)
        user.is_staff = staff
