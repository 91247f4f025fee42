"""Reading many records of which one may be broken: that one must not hide all the others."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import InterfaceError, OperationalError

from search import documents, loading
from search.documents import Chunk

log = logging.getLogger(__name__)


def cut(keys: Iterable[str]) -> tuple[dict[str, list[Chunk]], list[str]]:
    """Passages by key of the living records among `keys`, and the keys of those that cannot be read at all.

    Raises what the database raises when it is away: that is no record's fault.
    """
    wanted = list(keys)
    try:
        return {key: documents.chunks(one) for key, one in loading.load(wanted).items()}, []
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are to be read
        if len(wanted) == 1:
            log.warning("%s cannot be read: %s", wanted[0], error)
            return {}, wanted
    found: dict[str, list[Chunk]] = {}
    unreadable: list[str] = []
    for key in wanted:
        one, bad = cut([key])
        found |= one
        unreadable += bad
    return found, unreadable
