"""Working off what came in: oldest first, each event in a unit of its own, so that none can hold up another."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from crm_site.core import clock, faults, unit
from crm_site.core.scope import scope
from intake.matrix import conversation
from intake.matrix.bot import fetching
from intake.matrix.bot.database import in_database, patiently
from intake.matrix.bot.desk import Desk, Stopping
from intake.matrix.bot.fetching import Fetched
from intake.matrix.choices import EventState, Kind
from intake.matrix.errors import MatrixError, TokenRefused
from intake.matrix.models import MatrixEvent, MatrixPost
from intake.matrix.services import inbox, outbox
from intake.matrix.services.inbox import DATABASE_AWAY
from intake.matrix.wording import troubles

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
LOOK_EVERY_S = 15.0
DATABASE_PAUSE_S = 1.0


@dataclass
class Deciding:
    """One lane. pictures: works off pictures, which take a download, beside everything else."""

    desk: Desk
    pictures: bool = False

    async def run(self) -> None:
        """Work until told to stop; the event in hand is finished. Raises TokenRefused."""
        while not self.desk.stopping.is_set():
            try:
                await self.drain()
                wait_s = await in_database(_next_try_s)()
            except Stopping:
                return
            except DATABASE_AWAY as error:
                log.warning("Nothing can be decided: the database is away: %s", str(error).strip())
                wait_s = DATABASE_PAUSE_S
            await self.desk.pause(min(wait_s, LOOK_EVERY_S), until=self._woken)

    @property
    def _woken(self) -> asyncio.Event:
        return self.desk.to_download if self.pictures else self.desk.to_decide

    async def drain(self) -> int:
        """Work off everything that is due; return how many events that was."""
        done = 0
        while events := await in_database(_waiting)(self.pictures):
            for event in events:
                if self.desk.stopping.is_set():
                    return done
                await self._decide(event)
                done += 1
        return done

    async def _decide(self, event: MatrixEvent) -> None:
        try:
            picture = await fetching.picture_of(self.desk, event) if self.pictures else None
            await in_database(work_off)(event, self.desk.bot_id, picture)
        except (TokenRefused, Stopping, *DATABASE_AWAY):
            raise
        except conversation.NotYet:
            await patiently(inbox.wait, actor=inbox.actor_of(event.organization_id), event=event)
            return
        except Exception as error:
            log.exception("Event %s was not worked off (attempt %d)", event.event_id, event.attempts + 1)
            await patiently(note_failure, event, error)
        faults.point("matrix.decided")
        self.desk.reading.set()
        self.desk.to_send.set()


def work_off(event: MatrixEvent, bot_id: str, picture: Fetched | None = None) -> None:
    """Have the event decided and mark it as done, in one transaction."""
    with scope(event.organization), unit.atomic():
        actor = inbox.actor_of(event.organization_id)
        if event.kind == Kind.MESSAGE:
            conversation.arrived(event=event, bot_id=bot_id)
        elif picture is not None:
            fetching.take_in(event, picture)
        else:
            conversation.handle(event=event, bot_id=bot_id)
        inbox.mark_done(actor=actor, event=event)
        faults.point("matrix.deciding")


def note_failure(event: MatrixEvent, error: Exception) -> None:
    """Keep what went wrong; after the last attempt also say it in the thread."""
    with scope(event.organization), unit.atomic():
        actor = inbox.actor_of(event.organization_id)
        if inbox.note_failure(actor=actor, event=event, error=error):
            why = str(error) if isinstance(error, MatrixError) else type(error).__name__
            outbox.say(
                actor=actor,
                room=event.room,
                key=f"failed:{event.pk}",
                said=troubles.failed(why),
                thread_root=root_of(event),
            )


def root_of(event: MatrixEvent) -> str:
    """The thread an event belongs to. A relation cannot be the root of a thread: the homeserver refuses that."""
    if event.thread_root:
        return event.thread_root
    if event.kind in (Kind.MESSAGE, Kind.PICTURE):
        return event.event_id
    post = MatrixPost.objects.sent_as(event.relates_to).first()
    return (post.thread_root or post.event_id) if post else event.relates_to


def _waiting(of_pictures: bool) -> list[MatrixEvent]:
    # Unscoped: one queue for all organizations; each event then enters its own.
    waiting = MatrixEvent.unscoped.waiting(clock.now()).select_related("room", "organization")
    chosen = waiting.filter(kind=Kind.PICTURE) if of_pictures else waiting.exclude(kind=Kind.PICTURE)
    return list(chosen[:MOST_AT_ONCE])


def _next_try_s() -> float:
    later = MatrixEvent.unscoped.filter(state=EventState.NEW, next_try_at__isnull=False)
    soonest = later.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    if soonest is None:
        return LOOK_EVERY_S
    return max((soonest - clock.now()) / timedelta(seconds=1), 0.05)
