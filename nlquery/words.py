"""The organization's own words (stages, funds, members) while one question is answered: read once, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from crm_site.core import scope
from crm_site.relations import vocabulary
from crm_site.relations.vocabulary import Vocabulary

_kept: ContextVar[dict[int, Vocabulary] | None] = ContextVar("words", default=None)


@contextmanager
def kept() -> Iterator[None]:
    """Inside, `read` asks the database at most once. Joins an outer one."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read() -> Vocabulary:
    """The words of the organization in scope: one query, or none when they are kept already."""
    known = _kept.get()
    if known is None:
        return vocabulary.read()
    organization_id = scope.current_id()
    if organization_id not in known:
        known[organization_id] = vocabulary.read()
    return known[organization_id]
