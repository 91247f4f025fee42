"""The kinds of background work, by name. An app registers its own in its `tasks.py`.

A handler does the slow part (a model call, reading) outside any transaction and returns the writes as a function; that
function runs in the one transaction that also marks the work as done, so the effect happens exactly once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crm_site.work import cluster as clusters

Writes = Callable[[], object]

MAX_ATTEMPTS = 5
RETRY_BASE_S = 5.0


class UnknownKind(LookupError):
    """No app registers this kind of work (any more)."""


class KindTaken(ValueError):
    """Two apps register the same kind. A programming error."""


class Handler(Protocol):
    """Called inside the organization's scope, possibly more than once for the same subject."""

    def __call__(self, *, organization_id: int | None, subject_id: int) -> Writes | None: ...


class GivenUp(Protocol):
    """Called inside the organization's scope and the transaction that gives the work up: somebody may be waiting for it."""

    def __call__(self, *, organization_id: int | None, subject_id: int) -> None: ...


@dataclass(frozen=True)
class Kind:
    """retry_base_s: pause after the first failure; each further one waits four times as long."""

    name: str
    handler: Handler
    cluster: clusters.Cluster
    max_attempts: int
    retry_base_s: float
    given_up: GivenUp | None = None


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    handler: Handler,
    *,
    cluster: str = clusters.FAST.name,
    max_attempts: int = MAX_ATTEMPTS,
    retry_base_s: float = RETRY_BASE_S,
    given_up: GivenUp | None = None,
) -> None:
    """Make `name` known to `services.enqueue`. given_up: tells whoever waits that the last attempt failed.

    Raises KindTaken, and KeyError for an unknown cluster.
    """
    known = _kinds.get(name)
    if known is not None and known.handler is not handler:
        raise KindTaken(f"“{name}” is already registered by {known.handler!r}")
    _kinds[name] = Kind(name, handler, clusters.by_name(cluster), max_attempts, retry_base_s, given_up)


def get(name: str) -> Kind:
    """The kind of that name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No app registers work of the kind “{name}”.") from None


def find(name: str) -> Kind | None:
    """The kind of that name, or None: rows outlive the code that made them."""
    return _kinds.get(name)
