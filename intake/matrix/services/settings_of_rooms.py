"""What an admin decides about rooms: which are ours, what each is for, and whether the digest is posted there."""

from __future__ import annotations

import re

from django.db import IntegrityError

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixRoom
from intake.matrix.services import rooms

# Rooms of version 12 have no server part.
_ROOM_ID = re.compile(r"![^\s:!]+(:\S+)?")


class RoomTaken(Conflict):
    """The room has its organization already."""

    code = "room_taken"


@unit.atomic
def add_room(*, actor: Actor, room_id: str, purpose: str) -> MatrixRoom:
    """Make a room ours by its id; the bot joins it when a linked member invites it. Raises Invalid at a field, RoomTaken."""
    permissions.require(actor, Verb.MANAGE_SETTINGS)
    address = fields.line(room_id, field="room_id", limit=255, required=True)
    if address.startswith("#"):
        fields.refuse(
            "room_id", "This is an alias. Enter the room's own id, which begins with an exclamation mark."
        )
    if not _ROOM_ID.fullmatch(address):
        fields.refuse("room_id", "Enter a room id such as !abc123:example.com.")
    wanted = fields.choice(purpose, field="purpose", options=Purpose.values)
    if MatrixRoom.objects.filter(room_id=address).exists():
        raise RoomTaken("This room is in the list already.", fields={"room_id": "It is in the list already."})
    try:
        with unit.savepoint():
            return rooms.register(actor=actor, room_id=address, purpose=str(wanted))
    except IntegrityError:
        # Whose it is would be none of the actor's business.
        raise RoomTaken(
            "This room cannot be added.", fields={"room_id": "This room cannot be added here."}
        ) from None


@unit.atomic
def change_room(*, actor: Actor, room: MatrixRoom, purpose: str, posts_digest: bool) -> bool:
    """Use the room for something else, post the digest there or no longer. Returns whether anything changed."""
    permissions.require(actor, Verb.MANAGE_SETTINGS, on=[room])
    wanted = str(fields.choice(purpose, field="purpose", options=Purpose.values))
    if room.replaced_by:
        fields.refuse("purpose", "An upgrade has replaced this room: change the new one.")
    changed = room.purpose != wanted or room.posts_digest != posts_digest
    rooms.set_purpose(actor=actor, room=room, purpose=wanted)
    if room.posts_digest != posts_digest:
        MatrixRoom.objects.filter(pk=room.pk).update(posts_digest=posts_digest)
        changes = {"posts_digest": (room.posts_digest, posts_digest)}
        room.posts_digest = posts_digest
        audit.record(actor=actor, action="matrix_room.changed", subject=room, changes=changes)
    return changed
