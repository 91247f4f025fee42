"""Reading the rooms: long-polls the homeserver and stores what comes, with how far it has read, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from crm_site.core import faults
from intake.matrix import conversation, wire
from intake.matrix.bot import filling, joining
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk, Stopping
from intake.matrix.choices import Link
from intake.matrix.errors import MatrixError, RateLimited, TokenRefused
from intake.matrix.services import inbox, state
from intake.matrix.services.inbox import DATABASE_AWAY, Delivery, Stored

log = logging.getLogger(__name__)

WAIT_S = 30.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
TIMELINE_LIMIT = 50


@dataclass
class Syncing:
    """since: up to where everything is stored. failures: in a row, by whichever cause."""

    desk: Desk
    since: str = ""
    timeline_limit: int = TIMELINE_LIMIT
    failures: int = 0
    is_first: bool = True

    async def run(self) -> None:
        """Read until told to stop. Raises TokenRefused."""
        while not self.desk.stopping.is_set():
            try:
                await self.desk.unless_stopped(
                    self.once(wait_s=0 if self.is_first or self.failures else WAIT_S)
                )
            except Stopping:
                return
            except TokenRefused:
                raise
            except (MatrixError, *DATABASE_AWAY) as error:
                await self._back_off(error)

    async def once(self, *, wait_s: float) -> Stored:
        """One sync, stored. Nothing is, and the same comes again, when any part of it fails."""
        synced = await self.desk.client.sync(
            since=self.since, wait_s=wait_s, full_state=self.is_first, timeline_limit=self.timeline_limit
        )
        deliveries = [await self._delivery(page) for page in synced.pages]
        # Before the token moves on: the homeserver tells of an invite only once.
        refused = await joining.accept(self.desk, synced.invites)
        stored = await in_database(inbox.store_batch)(
            deliveries=deliveries,
            bot_id=self.desk.bot_id,
            next_batch=synced.next_batch,
            arrived=conversation.arrived,
            left=synced.left,
        )
        faults.point("matrix.stored")
        self.since, self.is_first = synced.next_batch, False
        self._recovered()
        self._pass_on(stored, deliveries)
        await joining.decline(self.desk, refused)
        return stored

    async def _delivery(self, page: wire.Page) -> Delivery:
        whole = await filling.whole_timeline(self.desk.client, page, since=self.since)
        said, saw_coming = wire.after_joining(whole, bot_id=self.desk.bot_id)
        if not self.since and not saw_coming:
            # An account that has been here for long and a database that knows nothing: the past is not for us to repeat.
            said = ()
        return Delivery(page.room_id, said, wire.facts([*page.state, *whole]))

    def _pass_on(self, stored: Stored, deliveries: list[Delivery]) -> None:
        for room_id in stored.strange:
            log.warning("Room %s belongs to no organization; what is said there is not read", room_id)
        if stored.new:
            self.desk.reading.set()
        if stored.waiting:
            self.desk.to_decide.set()
            self.desk.to_download.set()
        if stored.new:
            # What was taken in may have been answered in the same transaction.
            self.desk.to_send.set()
        if any(delivery.facts.replaced_by for delivery in deliveries):
            self.desk.to_join.set()

    def _recovered(self) -> None:
        if self.failures:
            log.info("The homeserver answers again, after %d failures", self.failures)
            self.failures = 0
            self.desk.server_back.set()
            self.desk.to_send.set()

    async def _back_off(self, error: Exception) -> None:
        self.failures += 1
        pause_s = min(FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE_S)
        if isinstance(error, RateLimited):
            pause_s = max(pause_s, error.retry_after_s)
        detail = inbox.explained(error)
        log.warning("Sync failed (%d in a row), again in %.1f s: %s", self.failures, pause_s, detail)
        if isinstance(error, MatrixError):
            await note_link(self.desk.bot_id, Link.RETRYING, detail)
        await self.desk.pause(pause_s)


async def note_link(bot_id: str, link: Link, detail: str = "", device_id: str = "") -> None:
    """Let people see how the bot stands. A failure to write it down stops nothing."""
    try:
        await in_database(state.note_link)(user_id=bot_id, link=link, detail=detail, device_id=device_id)
    except DATABASE_AWAY as error:
        log.warning("Not noted that the bot is %s: %s", link, str(error).strip())
