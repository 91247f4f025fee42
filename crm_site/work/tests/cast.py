"""The cast of the tests of background work: an organization, and kinds of work that note what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crm_site.accounts.models import Organization
from crm_site.core import clock
from crm_site.work import kinds
from crm_site.work.models import Heartbeat


def organization(slug: str = "acme") -> Organization:
    return Organization.objects.create(name=slug.title(), slug=slug)


def note(name: str) -> Callable[[], None]:
    """A write whose presence shows that the transaction it belongs to was committed."""

    def write() -> None:
        Heartbeat.objects.create(name=name, beat_at=clock.now())

    return write


def noted(name: str) -> bool:
    return Heartbeat.objects.filter(name=name).exists()


@contextmanager
def kind(name: str, handler: kinds.Handler, **options: object) -> Iterator[str]:
    """A kind of work that exists only inside the block."""
    kinds.register(name, handler, **options)
    try:
        yield name
    finally:
        kinds._kinds.pop(name, None)
