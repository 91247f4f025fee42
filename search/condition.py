"""How the index is doing, for `doctor`, the System page and whoever tells of health: facts only.

`now` speaks of all organizations in numbers, `here` of the organization in scope with the records it may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from crm_site.core import heavy, scope
from crm_site.core.errors import Unavailable
from crm_site.work.models import UNFINISHED, Heartbeat, WorkItem
from search import embed, freshness, pulse, rebuilding, reconciling
from search.models import Claim, Dirty, Target, TargetState

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

#: The work that registers a rebuild.
REBUILD_WORK = "search.rebuild"
#: A change that waits longer is worth a word.
LATE_S = 60.0
MOST_FAILING = 10


@dataclass(frozen=True)
class Rebuild:
    """A rebuild under way. done, total: of records of all organizations. waits: why it does not move, when it does not."""

    stage: str
    done: int
    total: int
    waits: str = ""

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    @property
    def said(self) -> str:
        return f"{self.stage}, {self.done} of {self.total} records"


@dataclass(frozen=True)
class Condition:
    """where: which index. is_up, detail: whether it answers, and why not. embedder: by which meaning is found, "" for words
    only; built_with: whose vectors are in the index.

    waiting, lag_s: changes not learned of, and the age of the oldest in seconds. failing: records that fail again and again.
    outdated: what changed since it was built. trouble: what keeps it from being brought up to date.
    """

    where: str
    is_up: bool
    detail: str
    embedder: str
    built_with: str
    waiting: int
    lag_s: float
    failing: int
    outdated: list[str]
    rebuild: Rebuild | None
    trouble: str


@dataclass(frozen=True)
class Failing:
    """A record of this organization that cannot be brought into the index."""

    key: str
    failures: int
    why: str


@dataclass(frozen=True)
class Here:
    """The index as this organization sees it, beside the condition of the whole.

    passages: None when the index does not tell. is_asked, asked_error: a rebuild that waits to be registered.
    reconciled_at: of the last nightly comparison; drift: what differed then, "" for nothing.
    """

    whole: Condition
    passages: int | None
    failing: list[Failing]
    is_asked: bool
    asked_error: str
    reconciled_at: datetime | None
    drift: str


def now() -> Condition:
    """The present state over all organizations; asks the index one cheap question."""
    target = rebuilding.live()
    is_up, detail = _asked(target)
    dirty = Dirty.unscoped.filter(target__state=TargetState.LIVE)
    trouble = pulse.trouble()
    failing = Claim.unscoped.filter(target__state=TargetState.LIVE, failures__gt=0)
    return Condition(
        where=_where(),
        is_up=is_up,
        detail=detail,
        embedder=target.embedder if target and target.embedder == embed.configured_id() else "",
        built_with=target.embedder if target else "",
        waiting=dirty.count(),
        # The oldest is the first row.
        lag_s=freshness.age_s(dirty.order_by("id").values_list("noted_at", flat=True).first()),
        failing=failing.count(),
        outdated=rebuilding.outdated(target) if target else [],
        rebuild=_rebuild(),
        trouble=trouble.why if trouble and is_up else "",
    )


def here() -> Here:
    """The same for the organization in scope."""
    whole = now()
    asked = WorkItem.objects.filter(UNFINISHED, kind=REBUILD_WORK).first()
    beat = Heartbeat.objects.named(reconciling.beat_of(scope.current_id())).first()
    return Here(
        whole=whole,
        passages=_passages() if whole.is_up else None,
        failing=_failing(),
        is_asked=asked is not None,
        asked_error=asked.last_error if asked else "",
        reconciled_at=beat.beat_at if beat else None,
        drift=beat.detail if beat else "",
    )


def _asked(target: Target | None) -> tuple[bool, str]:
    if target is None:
        return False, "is not built yet"
    try:
        there = index.collections()
    except Unavailable as error:
        return False, error.message
    if target.collection not in there:
        return False, "has lost what was in it; it is written again by itself"
    return True, ""


def _where() -> str:
    if settings.QDRANT_URL:
        return f"Qdrant at {urlsplit(settings.QDRANT_URL).hostname}"
    return "embedded index"


def _rebuild() -> Rebuild | None:
    target = rebuilding.building()
    if target is None:
        return None
    done, total = rebuilding.progress(target)
    blocked = pulse.trouble(name=pulse.REBUILD)
    return Rebuild(target.get_stage_display(), done, total, blocked.why if blocked else "")


def _passages() -> int | None:
    try:
        return index.count(organization_id=scope.current_id())
    except Unavailable:
        return None


def _failing() -> list[Failing]:
    rows = Claim.objects.filter(target__state=TargetState.LIVE, failures__gt=0)
    found = rows.order_by("-failures", "key").values_list("key", "failures", "error")[:MOST_FAILING]
    return [Failing(*row) for row in found]
