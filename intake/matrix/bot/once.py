"""One round for tests and cron: send what waits, read, decide, wait for the workers, send what they said, end."""

from __future__ import annotations

import asyncio
import logging

from intake.matrix import condition
from intake.matrix.bot import account, joining, registering, waking
from intake.matrix.bot.database import in_database, patiently
from intake.matrix.bot.deciding import Deciding
from intake.matrix.bot.desk import Desk
from intake.matrix.bot.sending import Sending
from intake.matrix.bot.syncing import Syncing, note_link
from intake.matrix.choices import Link
from intake.matrix.errors import TokenRefused
from intake.matrix.services import state

log = logging.getLogger(__name__)

LIMIT_S = 60.0
#: How long to wait for workers that bring nothing: perhaps none is running.
WORKERS_S = 10.0
PAUSE_S = 0.2


async def once() -> None:
    """Sync, drain and come back. Raises what `running.guarded` knows."""
    known = account.configured()
    waker = waking.make()
    await waker.start()
    try:
        async with account.client_of(await account.logged_in()) as client:
            desk = Desk(client)
            await account.confirmed(client)
            await registering.configured_rooms(client)
            await joining.compare(desk)
            await _drain(desk)
            await note_link(desk.bot_id, Link.STOPPED)
    except TokenRefused as error:
        await note_link(known.user_id, Link.REFUSED, str(error))
        raise
    finally:
        await waker.close()


async def _drain(desk: Desk) -> None:
    sender, lanes = Sending(desk), [Deciding(desk), Deciding(desk, pictures=True)]
    await sender.flush()
    for lane in lanes:
        await lane.drain()
    syncing = Syncing(desk, since=(await patiently(state.current, user_id=desk.bot_id)).next_batch)
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + LIMIT_S
    stuck_s = loop.time() + WORKERS_S
    while loop.time() < min(deadline_s, stuck_s):
        new = (await syncing.once(wait_s=0)).new
        worked = sum([await lane.drain() for lane in lanes])
        sent = await sender.flush()
        if new or worked or sent:
            stuck_s = loop.time() + WORKERS_S
            continue
        if not await in_database(condition.is_anything_open)():
            return
        await asyncio.sleep(PAUSE_S)
    log.warning("Not everything was finished; the next run goes on")
