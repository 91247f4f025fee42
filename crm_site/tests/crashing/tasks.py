"""Kinds of work for crash tests. Each notes its effect in a table that, unlike any real one, would show a double."""

from __future__ import annotations

import os
import signal
import time

from django.db import connection

from crm_site.work import kinds

EFFECTS = "crash_effect"
RETRY_S = 0.1


class _Unpicklable(Exception):
    def __init__(self) -> None:
        super().__init__(lambda: None)


def _note(subject_id: int) -> kinds.Writes:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {EFFECTS} (subject_id) VALUES (%s)", [subject_id])

    return write


def plain(*, organization_id: int | None, subject_id: int) -> kinds.Writes:
    return _note(subject_id)


def slow(*, organization_id: int | None, subject_id: int) -> kinds.Writes:
    time.sleep(0.4)
    return _note(subject_id)


def suicide(*, organization_id: int | None, subject_id: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(*, organization_id: int | None, subject_id: int) -> None:
    os._exit(0)


def loop(*, organization_id: int | None, subject_id: int) -> None:
    while True:
        pass


def unpicklable(*, organization_id: int | None, subject_id: int) -> None:
    raise _Unpicklable


def fail(*, organization_id: int | None, subject_id: int) -> kinds.Writes:
    def write() -> None:
        _note(subject_id)()
        raise ValueError("after the effect, before the commit")

    return write


_POISON: tuple[kinds.Handler, ...] = (suicide, leave, loop, unpicklable, fail)
POISON = ("suicide", "leave", "loop", "unpicklable", "fail")
POISON_ATTEMPTS = 3


def register() -> None:
    """Also called by the tests themselves, which enqueue these kinds without having this app installed."""
    for handler in (plain, slow):
        kinds.register(f"crash.{handler.__name__}", handler, retry_base_s=RETRY_S)
    kinds.register("crash.model", slow, cluster="llm", retry_base_s=RETRY_S)
    for name, poison in zip(POISON, _POISON, strict=True):
        kinds.register(f"crash.{name}", poison, max_attempts=POISON_ATTEMPTS, retry_base_s=RETRY_S)


register()
