"""Asking in tests: with the index or at an address where nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crm_site.communications.models import Communication
from search import index, retrieve


@contextmanager
def reachable(settings: Any, *, is_up: bool) -> Iterator[None]:
    """The index as it is, or at an address where nobody answers."""
    if not is_up:
        settings.QDRANT_URL = "http://127.0.0.1:9"
    yield
    settings.QDRANT_URL = ""
    index.reset()


def keys(answer: retrieve.Answer) -> list[str]:
    return [hit.key for hit in answer.hits]


def key(note: Communication) -> str:
    return f"communication:{note.pk}"
