"""Doing what the workers do, in the test's own process, until nothing is left to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.core import scope
from search import embed, index, rebuilding, reconciling, sync
from search.asking import Wanted
from search.models import Dirty, Target

PATIENCE_S = 30.0


def wait_until(what: str, happened: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < until, f"{what}: not within {within_s} s"
        time.sleep(0.02)


def live() -> Target:
    found = rebuilding.live()
    assert found is not None
    return found


def settle() -> None:
    """Until nothing is dirty and no rebuild is under way."""

    def is_settled() -> bool:
        sync.run()
        rebuilding.advance(until=timezone.now() + timedelta(seconds=30))
        return not Dirty.unscoped.exists() and rebuilding.building() is None

    wait_until("settled", is_settled)


def found(text: str, **wanted: Any) -> set[str]:
    """Keys of the records whose words answer `text`, straight from the index."""
    hits = index.query(
        organization_id=scope.current_id(),
        mode="sparse",
        words=embed.sparse_query(text),
        dense=None,
        wanted=Wanted(**wanted),
        limit=50,
    )
    return {one.key for one in hits}


def agree() -> None:
    assert not Dirty.unscoped.exists()
    assert reconciling.drift(live()) == []
