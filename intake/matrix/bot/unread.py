"""Encrypted messages whose key is missing: tried again, also after a restart, and said in the room when it does not come."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings

from crm_site.core import clock, unit
from crm_site.core.scope import scope
from intake.matrix import wire
from intake.matrix.bot.database import in_database, patiently
from intake.matrix.bot.desk import Desk
from intake.matrix.choices import Kind
from intake.matrix.models import MatrixEvent
from intake.matrix.services import inbox, outbox
from intake.matrix.wording import troubles

log = logging.getLogger(__name__)

#: A key that comes at all comes within seconds.
TELL_AFTER = timedelta(minutes=1)
TRY_FOR = timedelta(days=1)
MOST = 500


async def remember(desk: Desk) -> None:
    """Give the client the events that an earlier life could not read."""
    if settings.MATRIX.e2ee:
        for room_id, raw in await patiently(_recent):
            desk.client.remember_unread(room_id, wire.decode(raw))


async def tell(desk: Desk) -> None:
    """Ask in each room, once a day at most, to send again what stayed unreadable."""
    if settings.MATRIX.e2ee and await in_database(_ask_again)():
        desk.to_send.set()


def _recent() -> list[tuple[str, bytes]]:
    # Unscoped: one account serves all organizations.
    rows = MatrixEvent.unscoped.filter(kind=Kind.UNREADABLE, received_at__gt=clock.now() - TRY_FOR)
    return [(row.room.room_id, bytes(row.raw)) for row in rows.select_related("room").order_by("-id")[:MOST]]


def _ask_again() -> int:
    now = clock.now()
    rows = MatrixEvent.unscoped.filter(
        kind=Kind.UNREADABLE, received_at__gt=now - TRY_FOR, received_at__lt=now - TELL_AFTER
    )
    rooms = {row.room_id: row.room for row in rows.select_related("room")}
    for room in rooms.values():
        with scope(room.organization_id), unit.atomic():
            outbox.say(
                actor=inbox.actor_of(room.organization_id),
                room=room,
                key=f"unread:{room.pk}:{clock.today():%Y-%m-%d}",
                said=troubles.unread(),
            )
    return len(rooms)
