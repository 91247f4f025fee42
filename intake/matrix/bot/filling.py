"""A timeline with a gap before it, made whole: after a long absence the homeserver sends only the newest events."""

from __future__ import annotations

import logging

from intake.matrix import wire
from intake.matrix.client import Client

log = logging.getLogger(__name__)

#: Requests for one room, of up to 100 events each; what is older is given up, loudly.
MOST_REQUESTS = 200


async def whole_timeline(client: Client, page: wire.Page, *, since: str) -> tuple[wire.Event, ...]:
    """Every event of the room since `since`, oldest first. Raises what the client raises, and then nothing may be stored."""
    if not page.limited or not since or not page.prev_batch:
        return page.timeline
    if wire.after_joining(page.timeline, bot_id=client.user_id)[1]:
        # The bot came in just now; what is older is not for it.
        return page.timeline
    older: list[wire.Event] = []
    start = page.prev_batch
    for _ in range(MOST_REQUESTS):
        chunk = await client.messages(page.room_id, start=start, stop=since)
        older += chunk.events
        came_in = wire.after_joining(chunk.events, bot_id=client.user_id)[1]
        if not chunk.end or chunk.end == start or came_in:
            break
        start = chunk.end
    else:
        log.error("Room %s: more than %d events were missed; the oldest are lost", page.room_id, len(older))
    if older:
        log.info("Room %s: %d missed events fetched", page.room_id, len(older))
    return (*reversed(older), *page.timeline)
