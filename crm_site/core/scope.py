"""The organization whose rows may be seen right now: the first of the two walls between tenants.

`Model.objects` asks `current_id()` for every query, and outside a scope that raises, so forgetting the organization is an
error in the log instead of a leak.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.apps import apps


class OutsideScope(RuntimeError):
    """A query needs an organization and none is in scope. A programming error, never a user's."""


class Tenant(Protocol):
    """What core needs to know of an organization."""

    id: Any
    name: Any
    time_zone: Any
    currency: Any


class _Scope:
    """The organization's id, and its row when somebody asks for it."""

    __slots__ = ("_tenant", "organization_id")

    def __init__(self, organization_id: int, tenant: Tenant | None) -> None:
        self.organization_id = organization_id
        self._tenant = tenant

    @property
    def tenant(self) -> Tenant:
        if self._tenant is None:
            self._tenant = apps.get_model("accounts", "Organization")._base_manager.get(
                pk=self.organization_id
            )
        return self._tenant


_current: ContextVar[_Scope | None] = ContextVar("organization", default=None)


@contextmanager
def scope(organization: Tenant | int) -> Iterator[None]:
    """Work inside one organization, given as its row or its id."""
    entered = (
        _Scope(organization, None) if isinstance(organization, int) else _Scope(organization.id, organization)
    )
    token = _current.set(entered)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def no_scope() -> Iterator[None]:
    """Forget any organization. Doors wrap a whole request in it, so that one set deeper down ends with the request."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def enter_for_request(organization: Tenant) -> None:
    """Set the organization until the surrounding `no_scope()` ends: for doors that learn late who is calling."""
    _current.set(_Scope(organization.id, organization))


def current_id() -> int:
    """The organization's id. Raises OutsideScope."""
    return _required().organization_id


def current_id_or_none() -> int | None:
    """The organization's id, or None outside a scope."""
    entered = _current.get()
    return entered.organization_id if entered else None


def current() -> Tenant:
    """The organization's row. Raises OutsideScope."""
    return _required().tenant


def zone() -> ZoneInfo:
    """The organization's time zone."""
    return ZoneInfo(current().time_zone)


def _required() -> _Scope:
    entered = _current.get()
    if entered is None:
        raise OutsideScope("No organization in scope: wrap this in `with scope(organization):`.")
    return entered
