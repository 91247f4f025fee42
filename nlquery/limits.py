"""A bound on what one question may cost the database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from crm_site.core import scope

STATEMENT_S = 5.0
#: SQLite asks us this often, in steps of its virtual machine: a few times a millisecond.
STEPS = 20_000
#: PostgreSQL's code for a statement that was ended, by a time-out or by hand.
CANCELLED = "57014"


class TooSlow(Exception):
    """A statement took longer than `STATEMENT_S`, and was ended."""


@contextmanager
def bounded() -> Iterator[None]:
    """Run reads in it. On PostgreSQL: one transaction, so one snapshot, in which each statement has `STATEMENT_S` seconds.

    On SQLite: that long altogether, and no transaction, which would keep writers waiting. Raises TooSlow.
    """
    try:
        if connection.vendor == "postgresql":
            with transaction.atomic(), _time_out():
                yield
        else:
            with _watched():
                yield
    except OperationalError as error:
        if _was_ended(error):
            raise TooSlow from error
        raise


@contextmanager
def _time_out() -> Iterator[None]:
    with connection.cursor() as cursor:
        # All local to the transaction: a pooled connection must not carry them into another's work. No compiling of queries:
        # it takes seconds for one with many parts, which then runs for a tenth of one.
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('app.org', %s, true), "
            "set_config('statement_timeout', %s, true), set_config('jit', 'off', true)",
            [str(scope.current_id()), f"{int(STATEMENT_S * 1000)}ms"],
        )
        before = cursor.fetchone()[0]
    yield
    if connection.savepoint_ids:
        with connection.cursor() as cursor:
            # We are inside somebody else's transaction, where it would go on past ours.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


@contextmanager
def _watched() -> Iterator[None]:
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    ends = time.monotonic() + STATEMENT_S
    database.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def _was_ended(error: OperationalError) -> bool:
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", "") == CANCELLED
    return getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
