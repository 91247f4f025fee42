"""Sending what the outbox holds: in order within a room, rooms beside one another, each post exactly once.

The network is never inside a transaction. A crash between sending and writing it down sends again with the same
transaction id, which the homeserver answers with the first event.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crm_site.core import clock, faults
from intake.matrix import wire
from intake.matrix.bot.database import in_database, patiently
from intake.matrix.bot.desk import Desk
from intake.matrix.errors import MatrixError, RateLimited, Rejected, ServerDown, TokenRefused
from intake.matrix.services import inbox
from intake.matrix.services import sending as outbox
from intake.matrix.services.inbox import DATABASE_AWAY
from intake.matrix.services.sending import Outgoing

log = logging.getLogger(__name__)

#: A commit that nobody heard of is found at the next look.
LOOK_EVERY_S = 15.0
LANES = 6
MOST_ATTEMPTS = 3
PAUSES = (timedelta(seconds=2), timedelta(seconds=15))
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
DATABASE_PAUSE_S = 1.0
SAID_ALREADY = "M_DUPLICATE_ANNOTATION"


@dataclass
class Sending:
    """paused_until_s: on the monotonic clock; nothing is sent before. failures: of the homeserver, in a row.
    sent: posts, so far.
    """

    desk: Desk
    paused_until_s: float = 0.0
    failures: int = 0
    sent: int = 0
    lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Send until told to stop; a post in hand is finished. Raises TokenRefused."""
        while not self.desk.stopping.is_set():
            wait_s = await self._look()
            await self.desk.pause(wait_s, until=self.desk.to_send)
            self._reap()
        await asyncio.gather(*self.lanes.values())

    async def flush(self) -> int:
        """Send what waits now, without waiting for a homeserver that does not answer; return how many posts went.

        Raises TokenRefused.
        """
        before = self.sent
        await self._look()
        while self.lanes:
            await asyncio.wait(self.lanes.values())
            self._reap()
            if not self.failures:
                await self._look()
        return self.sent - before

    async def _look(self) -> float:
        """Start a lane for each room in which something is due; return how long to wait for the next look."""
        if self.desk.server_back.is_set():
            self.desk.server_back.clear()
            self.paused_until_s = 0.0
        rest_s = self.paused_until_s - time.monotonic()
        if rest_s > 0:
            return min(rest_s, LOOK_EVERY_S)
        try:
            waiting = await in_database(outbox.waiting)()
        except DATABASE_AWAY as error:
            log.warning("The outbox cannot be read: the database is away: %s", str(error).strip())
            return DATABASE_PAUSE_S
        rooms: dict[str, list[Outgoing]] = {}
        for post in waiting:
            rooms.setdefault(post.room_id, []).append(post)
        return self._start_lanes(rooms)

    def _start_lanes(self, rooms: Mapping[str, list[Outgoing]]) -> float:
        now, wait_s = clock.now(), LOOK_EVERY_S
        for room_id, posts in rooms.items():
            first = posts[0]
            if first.not_before is not None and first.not_before > now:
                wait_s = min(wait_s, (first.not_before - now) / timedelta(seconds=1))
            elif room_id not in self.lanes and len(self.lanes) < LANES:
                lane = asyncio.ensure_future(self._serve(posts))
                lane.add_done_callback(lambda _: self.desk.to_send.set())
                self.lanes[room_id] = lane
        return wait_s

    def _reap(self) -> None:
        """Clear away lanes that are done. Raises what one of them raised."""
        for room_id, lane in list(self.lanes.items()):
            if lane.done():
                del self.lanes[room_id]
                lane.result()

    async def _serve(self, posts: list[Outgoing]) -> None:
        """Send a room's posts one after the other, up to the first that has to wait."""
        for post in posts:
            if self.desk.stopping.is_set() or time.monotonic() < self.paused_until_s:
                return
            if not await self._attempt(post):
                return

    async def _attempt(self, post: Outgoing) -> bool:
        """Whether the room's next post may follow."""
        actor = inbox.actor_of(post.organization_id)
        try:
            event_id = await self._send(post)
        except TokenRefused:
            raise
        except (RateLimited, ServerDown) as error:
            self._pause(error)
            # Not the post's fault: it goes out as soon as the homeserver takes anything.
            await patiently(
                outbox.put_off,
                actor=actor,
                post_id=post.post_id,
                pause=timedelta(),
                why=inbox.explained(error),
            )
            return False
        except MatrixError as error:
            log.error("Post %s in %s is given up: %s", post.transaction_id, post.room_id, error)
            await patiently(outbox.give_up, actor=actor, post_id=post.post_id, why=inbox.explained(error))
            return True
        except DATABASE_AWAY:
            return False
        except Exception as error:
            log.exception("Post %s could not be sent", post.transaction_id)
            return await self._failed(post, error)
        faults.point("matrix.sent")
        self.failures, self.sent = 0, self.sent + 1
        await patiently(outbox.mark_sent, actor=actor, post_id=post.post_id, event_id=event_id)
        return True

    async def _failed(self, post: Outgoing, error: Exception) -> bool:
        actor, attempts = inbox.actor_of(post.organization_id), post.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            await patiently(outbox.give_up, actor=actor, post_id=post.post_id, why=inbox.explained(error))
            return True
        pause = PAUSES[attempts - 1]
        await patiently(
            outbox.put_off, actor=actor, post_id=post.post_id, pause=pause, why=inbox.explained(error)
        )
        return False

    async def _send(self, post: Outgoing) -> str:
        content: Mapping[str, Any] = post.content
        if post.has_picture:
            picture = await in_database(outbox.picture_of)(post.post_id)
            content = await self.desk.client.with_picture(post.room_id, content, picture)
        try:
            return await self._put(post, wire.related(content, post.thread_root))
        except Rejected as error:
            if error.errcode == SAID_ALREADY:
                return ""
            if error.status == 400 and post.thread_root:
                # Its root cannot carry a thread. Said beside it is better than not said.
                log.warning("Post %s goes to the room instead of its thread: %s", post.transaction_id, error)
                return await self._put(post, content)
            raise

    async def _put(self, post: Outgoing, content: Mapping[str, Any]) -> str:
        return await self.desk.client.send(post.room_id, post.event_type, content, post.transaction_id)

    def _pause(self, error: RateLimited | ServerDown) -> None:
        """Limits and outages are the account's, not a room's: all lanes wait."""
        if isinstance(error, RateLimited):
            pause_s = error.retry_after_s
        else:
            self.failures += 1
            pause_s = min(FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE_S)
        log.warning("Nothing is sent for %.1f s: %s", pause_s, error)
        self.paused_until_s = max(self.paused_until_s, time.monotonic() + pause_s)
