"""Showing that a message is being read or a question looked up: the bot types, and after a while says that it is still at it."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm_site.accounts.models import Organization
from crm_site.core import clock, unit
from crm_site.core.scope import scope
from intake.choices import MessageState, Source
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk
from intake.matrix.errors import MatrixError, TokenRefused
from intake.matrix.models import MatrixEvent, MatrixRoom, RoomQuestion
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
MESSAGE, QUESTION = "message", "question"
Key = tuple[str, int, int]


@dataclass(frozen=True)
class Read:
    """Something that a worker has at hand. kind: `message`, or `question` (whose revision is 0). root: of its thread."""

    kind: str
    subject_id: int
    revision: int
    root: str
    room_id: str
    organization_id: int

    @property
    def key(self) -> Key:
        return self.kind, self.subject_id, self.revision


@dataclass
class Working:
    """since_s: when each of them was first seen waiting; typing: until when each room shows it. Monotonic.

    told: rooms that know it takes long. Two hundred messages pasted at once would else be two hundred such lines.
    """

    desk: Desk
    since_s: dict[Key, float] = field(default_factory=dict)
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
        keys = {read.key for read in reads}
        self.since_s = {key: self.since_s.get(key, now_s) for key in keys}
        self.told &= {read.room_id for read in reads}
        for read in reads:
            if now_s - self.since_s[read.key] >= STILL_AFTER_S and read.room_id not in self.told:
                self.told.add(read.room_id)
                await in_database(tell)(read)
                self.desk.to_send.set()
        rooms = {
            read.room_id for read in reads if TYPING_AFTER_S <= now_s - self.since_s[read.key] < LONGEST_S
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
    """Messages from rooms that no worker has read yet and questions that none has answered, of all organizations."""
    since = clock.now() - RECENT
    return [*_messages(since), *_questions(since)]


def _messages(since: datetime) -> list[Read]:
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
            where = (event.event_id, event.room.room_id, event.organization_id)
            found.append(Read(MESSAGE, message.pk, message.revision, *where))
    return found


def _questions(since: datetime) -> list[Read]:
    waiting = RoomQuestion.unscoped.unanswered().filter(
        organization_id__in=Organization.objects.values("id"), asked_at__gt=since
    )
    return [
        Read(QUESTION, one.pk, 0, one.thread_root, one.room.room_id, one.organization_id)
        for one in waiting.select_related("room").order_by("-id")[:MOST]
    ]


def tell(read: Read) -> None:
    """Say in the thread that it takes long, if it still does."""
    with scope(read.organization_id), unit.atomic():
        room = MatrixRoom.objects.filter(room_id=read.room_id).first()
        message = _still_read(read)
        if room is None or (message is None and not _is_still_asked(read)):
            return
        outbox.say(
            actor=inbox.actor_of(read.organization_id),
            room=room,
            key=f"working-{read.kind}-{read.subject_id}-{read.revision}",
            said=troubles.still_working(),
            thread_root=read.root,
            message=message,
        )


def _still_read(read: Read) -> InboundMessage | None:
    if read.kind != MESSAGE:
        return None
    waiting = InboundMessage.objects.filter(state=MessageState.RECEIVED)
    return waiting.filter(pk=read.subject_id, revision=read.revision).first()


def _is_still_asked(read: Read) -> bool:
    waiting = RoomQuestion.objects.unanswered().filter(pk=read.subject_id)
    return read.kind == QUESTION and waiting.exists()
