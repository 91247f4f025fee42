"""Whose rooms there are and what the bot knows of them."""

from __future__ import annotations

from django.conf import settings

from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.audit import services as audit
from crm_site.core import clock, text, unit
from crm_site.core.actor import Actor
from intake.matrix import wire
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixRoom
from intake.matrix.services import outbox
from intake.matrix.wording import lines, troubles


def find(room_id: str) -> MatrixRoom | None:
    """The room the bot knows by that id, of whichever organization."""
    return MatrixRoom.unscoped.filter(room_id=room_id).first()


def organizations_of(mxid: str) -> list[int]:
    """Ids of the organizations in which an active member stands behind the Matrix user."""
    linked = MatrixIdentity.unscoped.filter(mxid=mxid).values_list("organization_id", "user_id")
    active = Membership.unscoped.active()
    return sorted(
        organization_id
        for organization_id, user_id in linked
        if active.filter(organization_id=organization_id, user_id=user_id).exists()
    )


@unit.atomic
def register(*, actor: Actor, room_id: str, purpose: str = Purpose.NONE, name: str = "") -> MatrixRoom:
    """Make the room one of the actor's organization. One that is known keeps what it has, apart from an unset purpose.

    Not safe to call with a room of another organization: look with `find` first.
    """
    room, is_new = MatrixRoom.objects.get_or_create(
        room_id=room_id,
        defaults={
            "organization_id": actor.organization_id,
            "purpose": purpose,
            "name": text.shorten(name, 120),
        },
    )
    if is_new:
        shown = {"room_id": room_id, "purpose": purpose}
        audit.record(actor=actor, action="matrix_room.registered", subject=room, changes=audit.fresh(shown))
    elif purpose != Purpose.NONE:
        set_purpose(actor=actor, room=room, purpose=purpose)
    return room


@unit.atomic
def set_purpose(*, actor: Actor, room: MatrixRoom, purpose: str) -> None:
    """Use the room for something else from now on. One that an upgrade has replaced stays as it was."""
    if room.purpose == purpose or room.replaced_by:
        return
    changes = {"purpose": (room.purpose, purpose)}
    MatrixRoom.objects.filter(pk=room.pk).update(purpose=purpose)
    room.purpose = purpose
    audit.record(actor=actor, action="matrix_room.changed", subject=room, changes=changes)
    if room.is_joined and purpose != Purpose.NONE:
        greet(actor=actor, room=room)


@unit.atomic
def note_joined(*, actor: Actor, room: MatrixRoom) -> None:
    """The bot is in the room; it says hello there, once for each use of the room."""
    if not room.is_joined:
        _note(actor, room, is_joined=True)
        greet(actor=actor, room=room)


@unit.atomic
def greet(*, actor: Actor, room: MatrixRoom) -> None:
    """Say hello, with one line of help."""
    if outbox.say(
        actor=actor, room=room, key=f"hello:{room.pk}:{room.purpose}", said=lines.hello(room.purpose)
    ):
        _note(actor, room, greeted_at=clock.now())


@unit.atomic
def note_left(*, actor: Actor, room: MatrixRoom) -> None:
    """The bot is not in the room (any more)."""
    _note(actor, room, is_joined=False)


@unit.atomic
def note_facts(*, actor: Actor, room: MatrixRoom, facts: wire.RoomFacts) -> None:
    """What the room's state events say: its name, encryption, an upgrade."""
    if facts.name is not None:
        _note(actor, room, name=facts.name)
    if facts.is_encrypted:
        note_encrypted(actor=actor, room=room)
    if facts.replaced_by:
        note_replaced(actor=actor, room=room, new_room_id=facts.replaced_by)


@unit.atomic
def note_encrypted(*, actor: Actor, room: MatrixRoom) -> None:
    """The room is encrypted, which is for ever. Where the bot cannot read it, it says so once, in clear text."""
    _note(actor, room, is_encrypted=True)
    if settings.MATRIX.e2ee or room.encryption_told_at or room.replaced_by:
        return
    outbox.say(actor=actor, room=room, key=f"encrypted:{room.pk}", said=troubles.encrypted())
    _note(actor, room, encryption_told_at=clock.now())


@unit.atomic
def note_replaced(*, actor: Actor, room: MatrixRoom, new_room_id: str) -> MatrixRoom | None:
    """An upgrade made a new room of it: that one takes over organization, purpose and digest.

    Returns the new room; None when it belongs to another organization, which nobody may take it from.
    """
    known = find(new_room_id)
    if new_room_id == room.room_id or (known and known.organization_id != actor.organization_id):
        return None
    if room.replaced_by:
        # Told again at each start: what an admin made of the new room since must stay.
        return known
    successor = register(actor=actor, room_id=new_room_id, purpose=room.purpose, name=room.name)
    if room.posts_digest:
        _note(actor, successor, posts_digest=True)
    changes = {"replaced_by": (room.replaced_by, new_room_id)}
    _note(actor, room, replaced_by=new_room_id)
    audit.record(actor=actor, action="matrix_room.replaced", subject=room, changes=changes)
    return successor


def _note(actor: Actor, room: MatrixRoom, **values: object) -> None:
    """Write what differs, so that an uneventful sync costs no write."""
    changed = {name: value for name, value in values.items() if getattr(room, name) != value}
    if not changed:
        return
    rows = MatrixRoom.unscoped.filter(pk=room.pk, organization_id=actor.organization_id)
    rows.update(**changed)
    for name, value in changed.items():
        setattr(room, name, value)
