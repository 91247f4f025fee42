"""One bot per database: two would answer everything twice, each with its own device."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection

#: Advisory locks are numbers, of one database. This one is ours.
NUMBER = 0x526F756E64


class AnotherBot(Exception):
    """A bot is at work on this database already."""

    def __init__(self) -> None:
        super().__init__("Another matrix_bot works on this database already; only one may.")


class Lock(Protocol):
    """Held as long as it is not let go, or the process ends, however it ends."""

    def release(self) -> None: ...


class FileLock:
    """On SQLite: a file in VAR_DIR, of the database's name."""

    def __init__(self) -> None:
        database = str(Path(connection.settings_dict["NAME"]).resolve())
        folder = Path(settings.VAR_DIR) / "matrix"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(database.encode()).hexdigest()[:12]
        self._handle = os.open(folder / f"bot-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise AnotherBot from None

    def release(self) -> None:
        os.close(self._handle)


def postgres_parameters() -> dict[str, Any]:
    """What psycopg needs for a connection of its own, beside Django's: that one may be closed and opened at any time."""
    parameters = connection.get_connection_params()
    wanted = (
        "host",
        "port",
        "user",
        "password",
        "dbname",
        "service",
        "passfile",
        "options",
        "sslmode",
        "sslrootcert",
    )
    return {
        **{name: value for name, value in parameters.items() if name in wanted and value},
        "connect_timeout": 5,
        "application_name": "roundtable matrix_bot",
    }


async def take_postgres(listener: psycopg.AsyncConnection[Any]) -> None:
    """Take the lock on a connection that stays open. Raises AnotherBot."""
    row = await (await listener.execute("SELECT pg_try_advisory_lock(%s)", [NUMBER])).fetchone()
    if row is None or not row[0]:
        raise AnotherBot
