"""Hearing of new posts: other processes write them, and the sender must not wait for its next look.

PostgreSQL tells by LISTEN, on a connection that also holds the lock; SQLite's file tells that somebody has committed.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connection

from intake.matrix.bot import lock
from intake.matrix.bot.desk import Desk, Stopping
from intake.matrix.choices import PostState
from intake.matrix.models import MatrixPost
from intake.matrix.services.outbox import CHANNEL

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
#: How long a connection may be silent until it is asked whether it lives.
SILENCE_S = 20.0
RECONNECT_S = 1.0
CONNECT_S = 8.0


class Waker(Protocol):
    """start: take the lock (raises AnotherBot). run: set `desk.to_send` at each new post, until told to stop."""

    async def start(self) -> None: ...
    async def run(self, desk: Desk) -> None: ...
    async def close(self) -> None: ...


def make() -> Waker:
    """The one for this database."""
    return PostgresWaker() if connection.vendor == "postgresql" else SqliteWaker()


class SqliteWaker:
    """Looks ten times a second at a number that every commit of another connection changes: some microseconds each."""

    def __init__(self) -> None:
        self._lock: lock.FileLock | None = None

    async def start(self) -> None:
        self._lock = lock.FileLock()

    async def run(self, desk: Desk) -> None:
        address = f"{Path(connection.settings_dict['NAME']).resolve().as_uri()}?mode=ro"
        with_posts = f"SELECT 1 FROM {MatrixPost._meta.db_table} WHERE state = '{PostState.QUEUED}' LIMIT 1"  # partial index
        watching = sqlite3.connect(address, uri=True, isolation_level=None, timeout=1)
        try:
            seen = -1
            while not desk.stopping.is_set():
                # Locked, or in the middle of being put back from a backup: the next look tells.
                with suppress(sqlite3.Error):
                    version = watching.execute("PRAGMA data_version").fetchone()[0]
                    if version != seen:
                        if watching.execute(with_posts).fetchone():
                            desk.to_send.set()
                        seen = version
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            watching.close()

    async def close(self) -> None:
        if self._lock is not None:
            self._lock.release()


class PostgresWaker:
    """Listens. A lost connection has lost the lock too, so it is taken again, or the bot gives way to the one who has it."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def start(self) -> None:
        self._connection = await self._connect()

    async def run(self, desk: Desk) -> None:
        while not desk.stopping.is_set():
            try:
                if self._connection is None:
                    self._connection = await self._connect()
                    # What was said while nobody listened.
                    desk.to_send.set()
                await desk.unless_stopped(self._listen(self._connection, desk.to_send.set))
            except Stopping:
                return
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("The database is away: %s", str(error).strip())
                await self.close()
                await desk.pause(RECONNECT_S)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        opening = psycopg.AsyncConnection.connect(**lock.postgres_parameters(), autocommit=True)
        opened = await asyncio.wait_for(opening, CONNECT_S)
        try:
            await lock.take_postgres(opened)
            await opened.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            await opened.close()
            raise
        return opened

    async def _listen(self, opened: psycopg.AsyncConnection[Any], heard: Callable[[], None]) -> None:
        while True:
            async for _ in opened.notifies(timeout=SILENCE_S):
                heard()
            # A connection that a firewall forgot looks like a silent one.
            await asyncio.wait_for(opened.execute("SELECT 1"), CONNECT_S)

    async def close(self) -> None:
        opened, self._connection = self._connection, None
        if opened is not None:
            with suppress(psycopg.Error, OSError):
                await opened.close()
