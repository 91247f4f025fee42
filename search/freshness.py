"""How fresh the index is for the organization in scope, cheaply enough for a page. `condition` says more, and asks more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from crm_site.core import heavy, scope
from search.indexed import IndexUnavailable
from search.models import Dirty, Target, TargetState
from search.server import address

if TYPE_CHECKING:
    from search import index, retrieve
else:
    index = heavy.module("search.index")  # the client of Qdrant
    # Whoever only wants to know whether there is an index needs none.
    retrieve = heavy.module("search.retrieve")

#: A change is found seconds after it was made; a lag beyond this is worth a word to the reader.
SLOW_S = 60


@dataclass(frozen=True, slots=True)
class Freshness:
    """waiting: records that changed and it has not learned of. lag_s: age of the oldest such change.

    is_built: whether there is an index to ask. knows_meaning: whether it holds more than words.
    """

    is_built: bool
    knows_meaning: bool = False
    waiting: int = 0
    lag_s: float = 0.0

    @property
    def is_behind(self) -> bool:
        return self.lag_s > SLOW_S


def has_index() -> bool:
    """Tell whether this house has an index that could be asked, running or not. No query."""
    return bool(settings.QDRANT_URL) or address.read(settings.INDEX_DIR) is not None


def now() -> Freshness:
    """As it is now. One query."""
    mine = Dirty.objects.filter(target=OuterRef("pk")).order_by()
    waiting = mine.values("target").annotate(number=Count("key", distinct=True)).values("number")
    oldest = mine.order_by("pk").values("noted_at")[:1]
    found = Target.objects.filter(state=TargetState.LIVE).annotate(
        waiting=Subquery(waiting), oldest=Subquery(oldest)
    )
    for dimension, number, since in found.values_list("dimension", "waiting", "oldest"):
        return Freshness(True, bool(dimension), number or 0, age_s(since))
    return Freshness(is_built=False)


def passages() -> int | None:
    """How many living passages the index has; None when it does not answer. One call, no query."""
    if not retrieve.circuit.may_try():
        return None
    try:
        found = index.count(organization_id=scope.current_id())
    except IndexUnavailable:
        retrieve.circuit.broke()
        return None
    retrieve.circuit.mended()
    return found


def in_words(seconds: float) -> str:
    """`12 seconds`, `3 minutes`, `5 hours`, `2 days`: whole, rounded down."""
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number:,} {word}{'s' if number > 1 else ''}"
    return f"{int(seconds)} seconds"


def age_s(since: datetime | None) -> float:
    """Seconds since then; 0 for never, and for a clock that was set back."""
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0
