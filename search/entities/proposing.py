"""Finding pairs in the organization in scope, and keeping the queue of them up to date. Nothing is merged here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from crm_site.core import scope, unit
from search.entities import loading
from search.entities.choices import PairState, Tier
from search.entities.finding import Finder, Found, Progress
from search.entities.models import Pair
from search.entities.normalise import RULE_VERSION
from search.entities.querysets import PairQuerySet
from search.entities.tiers import Comparison

#: More likely pairs than anybody will look at: the best are kept, and how many were left out is said.
MOST_LIKELY = 20_000
BATCH = 1_000
_RULED = ("tier", "score", "rule_version", "reasons", "corroborators", "doubts", "vetoes")
_NO_ADVICE: dict[str, Any] = {
    "advice": "",
    "advice_reason": "",
    "both_orders_agree": None,
    "advice_digest": "",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look found. certain, likely, vetoed: pairs now proposed. left_out: likely ones beyond the most that are kept.

    new, gone: changes of the queue. too_common: blocks that were too large to be compared.
    """

    records: int
    compared: int
    certain: int
    likely: int
    vetoed: int
    new: int
    gone: int
    left_out: int
    too_common: int

    def as_counts(self) -> dict[str, int]:
        return asdict(self)


def propose(kind: str, *, progress: Progress = lambda share: None) -> Outcome:
    """Find the pairs of a kind ("investor", "contact") and bring the queue up to date. Again changes nothing.

    What was decided stays decided; what is no longer proposed is marked as gone.
    """
    finder, found = look(kind, progress=progress)
    return store(kind, finder, found)


def look(kind: str, *, progress: Progress = lambda share: None) -> tuple[Finder, Found]:
    """Find the pairs of a kind and write nothing. The finder can compare any two of the records."""
    finder = Finder(loading.records(kind), apart=loading.apart(kind))
    return finder, finder.find(progress)


@unit.atomic
def store(kind: str, finder: Finder, found: Found) -> Outcome:
    """Bring the queue up to date with what was found."""
    # Of a purged record nothing stays, not even what the model once said of it.
    Pair.objects.of_purged(kind).delete()
    likely = sorted(found.likely, key=lambda one: (-one.score, one.left_id, one.right_id))
    proposed = {
        (one.left_id, one.right_id): one for one in (*found.certain, *likely[:MOST_LIKELY], *found.vetoed)
    }
    now = timezone.now()
    standing = {
        (pair.left_id, pair.right_id): pair
        for pair in Pair.objects.filter(kind=kind).iterator(chunk_size=BATCH)
    }
    new = [_made(kind, one, now) for key, one in sorted(proposed.items()) if key not in standing]
    # Somebody else may be looking at the same moment; the pair is the same then.
    Pair.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    reopened = _refresh(standing, proposed, now)
    gone = [pair.pk for key, pair in standing.items() if pair.state == PairState.OPEN and key not in proposed]
    _let_go(gone, now)
    return Outcome(
        records=len(finder.subjects),
        compared=found.compared,
        certain=len(found.certain),
        likely=min(len(likely), MOST_LIKELY),
        vetoed=len(found.vetoed),
        new=len(new) + reopened,
        gone=len(gone),
        left_out=max(0, len(likely) - MOST_LIKELY),
        too_common=sum(one.blocks for one in found.overflow),
    )


def _made(kind: str, one: Comparison, now: datetime) -> Pair:
    return Pair(
        organization_id=scope.current_id(),
        kind=kind,
        left_id=one.left_id,
        right_id=one.right_id,
        found_at=now,
        **_ruled(one),
    )


def _ruled(one: Comparison) -> dict[str, Any]:
    return {
        "tier": one.tier,
        "score": one.score,
        "rule_version": RULE_VERSION,
        "reasons": list(one.reasons),
        "corroborators": list(one.corroborators),
        "doubts": list(one.doubts),
        "vetoes": list(one.vetoes),
    }


def _refresh(
    standing: dict[tuple[int, int], Pair], proposed: dict[tuple[int, int], Comparison], now: datetime
) -> int:
    """Write what the rules say now to pairs that are not decided; return how many had been gone."""
    changed: list[Pair] = []
    reopened = 0
    for key, pair in standing.items():
        if key not in proposed or pair.state not in (PairState.OPEN, PairState.GONE):
            continue
        values = _ruled(proposed[key])
        if pair.state == PairState.OPEN and all(getattr(pair, name) == values[name] for name in _RULED):
            continue
        if pair.state == PairState.GONE:
            reopened += 1
            pair.state, pair.found_at, pair.settled_at = PairState.OPEN, now, None
        for name, value in values.items():
            setattr(pair, name, value)
        changed.append(pair)
    Pair.objects.bulk_update(changed, [*_RULED, "state", "found_at", "settled_at"], batch_size=BATCH // 4)
    return reopened


def _let_go(ids: Iterable[int], now: datetime) -> None:
    waiting = list(ids)
    for at in range(0, len(waiting), BATCH):
        # The model's words may name somebody; a pair that nobody looks at again must not keep them.
        Pair.objects.filter(pk__in=waiting[at : at + BATCH], state=PairState.OPEN).update(
            state=PairState.GONE, settled_at=now, **_NO_ADVICE
        )


def likely_first(kind: str) -> PairQuerySet:
    """Open pairs that rules cannot decide, the best first."""
    pairs: PairQuerySet = Pair.objects.undecided(kind).filter(tier=Tier.LIKELY).best_first()
    return pairs
