"""Showing that a message is being read: the bot types, and after a while says that it is still at it."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from crm_site.accounts.models import Organization
from crm_site.core import clock, unit
from crm_site.core.scope import scope
from intake.choices import MessageState, Source
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk
from intake.matrix.errors import MatrixError, TokenRefused
from intake.matrix.models import MatrixEvent
from intake.matrix.services import inbox, outbox
from intake.matrix.services.inbox import DATABASE_AWAY
from intake.matrix.wording import troubles
from intake.models import InboundMessage

log = logging.getLogger(__name__)

#: Most messages are read sooner, and then typing would only delay the answer.
TYPING_AFTER_S = 0.7
STILL_AFTER_S = 10.0
#: Somebody typing for longer is not believed.
LONGEST_S = 120.0
TYPING_S = 25.0
RENEW_S = 15.0
LOOK_EVERY_S = 0.5
IDLE_LOOK_S = 30.0
RECENT = timedelta(minutes=10)
MOST = 200


@dataclass(frozen=True)
class Read:
    """A message at the parser. room_pk, organization_id: of the room it came from."""

    message_id: int
    revision: int
    event_id: str
    room_id: str
    organization_id: int


@dataclass
class Working:
    """since_s: when each (message, revision) was first seen waiting; typing: until when each room shows it. Monotonic.

    told: rooms that know it takes long. Two hundred messages pasted at once would else be two hundred such lines.
    """

    desk: Desk
    since_s: dict[tuple[int, int], float] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    typing: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look while something is being read; else sleep until something may be. Raises TokenRefused."""
        while not self.desk.stopping.is_set():
            try:
                busy = await self.look()
            except TokenRefused:
                raise
            except (MatrixError, *DATABASE_AWAY) as error:
                log.info("Typing not shown: %s", str(error).strip())
                busy = True
            if busy:
                await self.desk.pause(LOOK_EVERY_S)
            else:
                await self.desk.pause(IDLE_LOOK_S, until=self.desk.reading)

    async def look(self) -> bool:
        """One look; whether anything is being read."""
        reads = await in_database(being_read)()
        now_s = time.monotonic()
        keys = {(read.message_id, read.revision) for read in reads}
        self.since_s = {key: self.since_s.get(key, now_s) for key in keys}
        self.told &= {read.room_id for read in reads}
        for read in reads:
            key = (read.message_id, read.revision)
            if now_s - self.since_s[key] >= STILL_AFTER_S and read.room_id not in self.told:
                self.told.add(read.room_id)
                await in_database(tell)(read)
                self.desk.to_send.set()
        rooms = {
            read.room_id
            for read in reads
            if TYPING_AFTER_S <= now_s - self.since_s[(read.message_id, read.revision)] < LONGEST_S
        }
        await self._show(rooms, now_s)
        return bool(reads) or bool(self.typing)

    async def _show(self, rooms: Collection[str], now_s: float) -> None:
        for room_id in rooms:
            if self.typing.get(room_id, 0.0) < now_s:
                self.typing[room_id] = now_s + RENEW_S
                await self.desk.client.show_typing(room_id, for_s=TYPING_S)
        for room_id in set(self.typing) - set(rooms):
            del self.typing[room_id]
            await self.desk.client.show_typing(room_id, for_s=0)


def being_read() -> list[Read]:
    """Messages from rooms that the parser has not read yet, of all organizations."""
    since = clock.now() - RECENT
    # Unscoped: one account serves all organizations.
    waiting = InboundMessage.unscoped.filter(
        organization_id__in=Organization.objects.values("id"),  # else no index serves
        source=Source.MATRIX,
        state=MessageState.RECEIVED,
        received_at__gt=since,
    ).order_by("-id")[:MOST]
    messages = {(message.organization_id, message.external_id): message for message in waiting}
    if not messages:
        return []
    events = MatrixEvent.unscoped.filter(event_id__in=[external_id for _, external_id in messages])
    found = []
    for event in events.select_related("room"):
        message = messages.get((event.organization_id, event.event_id))
        if message is not None:
            found.append(
                Read(message.pk, message.revision, event.event_id, event.room.room_id, event.organization_id)
            )
    return found


def tell(read: Read) -> None:
    """Say in the thread that it takes long, if it still does."""
    with scope(read.organization_id), unit.atomic():
        message = InboundMessage.objects.filter(
            pk=read.message_id, revision=read.revision, state=MessageState.RECEIVED
        ).first()
        event = MatrixEvent.objects.filter(event_id=read.event_id).select_related("room").first()
        if message is None or event is None:
            return
        outbox.say(
            actor=inbox.actor_of(read.organization_id),
            room=event.room,
            key=f"working-{message.pk}-{message.revision}",
            said=troubles.still_working(),
            thread_root=read.event_id,
            message=message,
        )
