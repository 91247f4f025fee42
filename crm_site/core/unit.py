"""One unit of work: a transaction that gathers what belongs to it and hands it over last of all.

The audit log must be written in the same transaction as the change, and its chain has one head per organization: taking
that lock early would serialise whole services, so entries are collected and written just before the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, TypeVar, overload

from django.db import connection, transaction

from crm_site.core import scope

F = TypeVar("F", bound=Callable[..., Any])
Flush = Callable[[list[Any]], None]


class OutsideUnit(RuntimeError):
    """Something that must share a transaction was called without one. A programming error."""


class _Unit:
    def __init__(self) -> None:
        self.items: list[tuple[Flush, Any]] = []

    def flush(self) -> None:
        pending: dict[Flush, list[Any]] = {}
        for flush, item in self.items:
            pending.setdefault(flush, []).append(item)
        self.items = []
        for flush, items in pending.items():
            flush(items)


_current: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)


class _Atomic(ContextDecorator):
    """A nested unit joins the outer one: an error in it undoes the whole, unless it was asked for as a savepoint."""

    def __init__(self, *, savepoint: bool = False) -> None:
        self._savepoint = savepoint

    def _recreate_cm(self) -> _Atomic:
        return _Atomic(savepoint=self._savepoint)

    def __enter__(self) -> None:
        outer = _current.get()
        self._unit = outer or _Unit()
        self._mark = len(self._unit.items)
        self._token: Token[_Unit | None] | None = None if outer else _current.set(self._unit)
        self._transaction = transaction.atomic(savepoint=outer is None or self._savepoint)
        self._transaction.__enter__()
        if outer is None:
            _name_the_organization()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            # What an undone part has collected must not reach the log.
            del self._unit.items[self._mark :]
        if self._token is None:
            self._transaction.__exit__(kind, error, trace)
            return
        try:
            if error is None:
                self._unit.flush()
        except BaseException as failure:
            self._transaction.__exit__(type(failure), failure, failure.__traceback__)
            raise
        else:
            self._transaction.__exit__(kind, error, trace)
        finally:
            _current.reset(self._token)


@overload
def atomic(service: F) -> F: ...
@overload
def atomic() -> _Atomic: ...
def atomic(service: F | None = None) -> F | _Atomic:
    """Run a service, or a `with` block, as one unit of work. The outermost one commits and flushes."""
    return _Atomic()(service) if service is not None else _Atomic()


def savepoint() -> _Atomic:
    """A part that may fail by itself: its error can be caught outside it and the rest still commits."""
    return _Atomic(savepoint=True)


def collect(item: Any, *, flush: Flush) -> None:
    """Keep `item` until the outermost unit ends; then `flush` gets all items collected for it, in order."""
    unit = _current.get()
    if unit is None:
        raise OutsideUnit("Call this inside `unit.atomic`: it must share the transaction of the change.")
    unit.items.append((flush, item))


def is_open() -> bool:
    """Tell whether a unit of work is under way."""
    return _current.get() is not None


def _name_the_organization() -> None:
    organization_id = scope.current_id_or_none()
    if organization_id is None or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        # Local to the transaction: a pooled connection must not carry one tenant's name into another's work.
        cursor.execute("SELECT set_config('app.org', %s, true)", [str(organization_id)])
