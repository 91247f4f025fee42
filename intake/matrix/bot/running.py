"""The bot's life: take the lock, find out who it is, send and decide what waits, then read the rooms until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import IntEnum
from typing import Any

import psycopg
from django.db import Error

from intake.matrix.bot import account, beating, joining, registering, thrift, unread, waking
from intake.matrix.bot.account import NotConfigured
from intake.matrix.bot.database import patiently
from intake.matrix.bot.deciding import Deciding
from intake.matrix.bot.desk import Desk, Stopping
from intake.matrix.bot.lock import AnotherBot
from intake.matrix.bot.sending import Sending
from intake.matrix.bot.syncing import Syncing, note_link
from intake.matrix.bot.waking import Waker
from intake.matrix.bot.working import Working
from intake.matrix.choices import Link
from intake.matrix.errors import MatrixError, Rejected, TokenRefused
from intake.matrix.services import inbox, state

log = logging.getLogger(__name__)

Main = Callable[[], Coroutine[Any, Any, None]]

#: To stop within five seconds, with what an interpreter takes to end.
FINISH_S = 3.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0


class Exit(IntEnum):
    """How the bot ends. The supervisor does not start it again after REFUSED and CONFIGURATION: a person must act."""

    OK = 0
    FAILED = 1
    REFUSED = 77
    CONFIGURATION = 78


def say(line: str) -> None:
    """One line on stderr, for whoever looks after the process."""
    sys.stderr.write(f"matrix_bot: {line}\n")
    sys.stderr.flush()


def guarded(main: Main) -> Exit:
    """Run it to its end and turn what it ends by into an exit code and a line."""
    try:
        asyncio.run(main())
    except Stopping:
        return Exit.OK
    except TokenRefused as error:
        say(
            f"the homeserver refuses the log-in: {error}. Log in anew with `manage.py matrix_bot --login`, "
            "or set a valid MATRIX_ACCESS_TOKEN."
        )
        return Exit.REFUSED
    except NotConfigured as error:
        say(str(error))
        return Exit.CONFIGURATION
    except (AnotherBot, MatrixError) as error:
        say(str(error))
        return Exit.FAILED
    except (Error, psycopg.Error, TimeoutError) as error:
        say(f"the database does not answer: {str(error).strip() or type(error).__name__}")
        return Exit.FAILED
    return Exit.OK


async def run() -> None:
    """Work until SIGTERM or SIGINT. Raises what `guarded` knows."""
    thrift.settle()
    known = account.configured()
    waker = waking.make()
    await waker.start()
    try:
        async with account.client_of(await account.logged_in()) as client:
            await _live(Desk(client), waker)
    except TokenRefused as error:
        await note_link(known.user_id, Link.REFUSED, str(error))
        raise
    finally:
        await waker.close()


async def _live(desk: Desk, waker: Waker) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, desk.stopping.set)
    await note_link(desk.bot_id, Link.CONNECTING)
    # Before all else, so that the System page tells a bot that waits for its homeserver from one that is gone.
    beat = asyncio.ensure_future(beating.beat(desk))
    try:
        await desk.unless_stopped(_until_answered(desk))
        await _work(desk, waker)
    except Stopping:
        log.info("Stopped before the homeserver answered")
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat
    await note_link(desk.bot_id, Link.STOPPED)


async def _until_answered(desk: Desk) -> None:
    """Ask who we are until the homeserver answers; then note the device and register the configured rooms."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            device_id = await account.confirmed(desk.client)
            await desk.client.prepare()
            await registering.configured_rooms(desk.client)
            break
        except TokenRefused:
            raise
        except Rejected as error:
            raise NotConfigured(f"The homeserver refuses what the settings say: {error}") from error
        except MatrixError as error:
            log.warning("No homeserver yet, again in %.1f s: %s", pause_s, error)
            await note_link(desk.bot_id, Link.RETRYING, inbox.explained(error))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    await note_link(desk.bot_id, Link.CONNECTING, device_id=device_id)
    await unread.remember(desk)


async def _work(desk: Desk, waker: Waker) -> None:
    """What waited while no bot ran goes first, in the order in which it happened; then everything at once."""
    sender, decider = Sending(desk), Deciding(desk)
    await desk.unless_stopped(sender.flush())
    await decider.drain()
    syncing = Syncing(desk, since=(await patiently(state.current, user_id=desk.bot_id)).next_batch)
    lanes = [
        syncing.run(),
        decider.run(),
        Deciding(desk, pictures=True).run(),
        sender.run(),
        waker.run(desk),
        joining.watch(desk),
        Working(desk).run(),
    ]
    await together(desk, lanes)


async def together(desk: Desk, lanes: list[Coroutine[Any, Any, None]]) -> None:
    """Run the lanes until told to stop, or until one fails; raise what it raised.

    Told to stop, each finishes what it has in hand, and who takes too long is cut off where it waits for the network: a
    transaction runs in a thread, which ends by itself.
    """
    tasks = [asyncio.ensure_future(lane) for lane in lanes]
    stop = asyncio.ensure_future(desk.stopping.wait())
    await asyncio.wait({*tasks, stop}, return_when=asyncio.FIRST_COMPLETED)
    desk.stopping.set()
    _, late = await asyncio.wait(tasks, timeout=FINISH_S)
    for task in late:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, Stopping):
            raise end
