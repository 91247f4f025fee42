"""From the bot's loop to the database: one thread, one connection, which may die at any time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from intake.matrix.services.inbox import DATABASE_AWAY

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


def in_database(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Run a function that uses the database from a coroutine. It opens its own unit of work, if it writes.

    A connection that died is dropped on both sides of the call: without that every later call fails, for ever. The thread
    goes on when the coroutine is cancelled, so a transaction is never cut in two.
    """

    @wraps(function)
    def fresh(*args: P.args, **kwargs: P.kwargs) -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return sync_to_async(fresh, thread_sensitive=True)


async def patiently(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run it, again and again while the database is away: for what is done already and must be written down."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return await in_database(function)(*args, **kwargs)
        except DATABASE_AWAY as error:
            log.warning("The database is away: %s", str(error).strip())
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
