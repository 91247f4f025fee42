"""Coming into rooms: on a member's invite, after an upgrade, and whenever a configured room turns out to lack the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from crm_site.core.scope import scope
from intake.matrix.bot import unread
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk
from intake.matrix.choices import Purpose
from intake.matrix.errors import MatrixError, RateLimited, Rejected, TokenRefused
from intake.matrix.models import MatrixRoom
from intake.matrix.services import inbox, rooms
from intake.matrix.services.inbox import DATABASE_AWAY
from intake.matrix.wire import Invite

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
ATTEMPTS = 3
ATTEMPT_PAUSE_S = 0.5


async def accept(desk: Desk, invites: Sequence[Invite]) -> list[Invite]:
    """Join the rooms a member invites to; return the invites to decline."""
    refused = []
    for invite in invites:
        if await in_database(welcome)(invite):
            await enter(desk, invite.room_id)
        else:
            log.warning(
                "Invite to %s by %s declined: no member asks", invite.room_id, invite.inviter or "nobody"
            )
            refused.append(invite)
    return refused


async def decline(desk: Desk, refused: Iterable[Invite]) -> None:
    """Say no. What fails here stays an open invite, which harms nobody."""
    for invite in refused:
        try:
            await desk.client.leave(invite.room_id)
        except TokenRefused:
            raise
        except MatrixError as error:
            log.info("Invite to %s not declined: %s", invite.room_id, error)


def welcome(invite: Invite) -> bool:
    """Whether to follow the invite: a member's, of the room's organization. A new room becomes the inviter's only one's."""
    theirs = rooms.organizations_of(invite.inviter)
    room = rooms.find(invite.room_id)
    if room is not None:
        return room.organization_id in theirs
    if len(theirs) != 1:
        # Whose it would be is not for us to guess; the settings page can say it.
        return False
    with scope(theirs[0]):
        rooms.register(actor=inbox.actor_of(theirs[0]), room_id=invite.room_id, name=invite.name)
    return True


async def enter(desk: Desk, room_id: str) -> bool:
    """Join a room; whether it worked. A join right after the invite may come too early for the homeserver."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await desk.client.join(room_id)
        except TokenRefused:
            raise
        except MatrixError as error:
            log.warning("Room %s not joined (attempt %d): %s", room_id, attempt, error)
            if isinstance(error, Rejected) or attempt == ATTEMPTS:
                return False
            pause_s = error.retry_after_s if isinstance(error, RateLimited) else ATTEMPT_PAUSE_S
            await asyncio.sleep(pause_s)
        else:
            await in_database(came_in)(room_id)
            log.info("Room %s joined", room_id)
            return True
    return False


def came_in(room_id: str) -> None:
    """Note that the bot is in the room."""
    room = rooms.find(room_id)
    if room is not None:
        with scope(room.organization_id):
            rooms.note_joined(actor=inbox.actor_of(room.organization_id), room=room)


async def watch(desk: Desk) -> None:
    """Compare the rooms the bot is in with those it should be in, each minute: an invite is told of only once."""
    while not desk.stopping.is_set():
        try:
            await compare(desk)
            await unread.tell(desk)
        except TokenRefused:
            raise
        except (MatrixError, *DATABASE_AWAY) as error:
            log.warning("Rooms not compared: %s", error)
        await desk.pause(LOOK_EVERY_S, until=desk.to_join)


async def compare(desk: Desk) -> list[str]:
    """Join the rooms in use that the bot is not in; return those that it still is not in."""
    joined = await desk.client.joined_rooms()
    missing = await in_database(_missing)(joined)
    return [room_id for room_id in missing if not await desk.unless_stopped(enter(desk, room_id))]


def _missing(joined: set[str]) -> list[str]:
    """Rooms in use that are not joined; notes for every room whether it is."""
    missing = []
    for room in MatrixRoom.unscoped.order_by("id"):
        is_joined = room.room_id in joined
        if is_joined != room.is_joined:
            actor = inbox.actor_of(room.organization_id)
            with scope(room.organization_id):
                note = rooms.note_joined if is_joined else rooms.note_left
                note(actor=actor, room=room)
        if not is_joined and room.purpose != Purpose.NONE and not room.replaced_by:
            missing.append(room.room_id)
    return missing
