"""The queue of pairs that wait for a decision."""

from __future__ import annotations

from django.utils import timezone

from search.entities.choices import PairState
from search.entities.models import Pair
from search.entities.querysets import PairQuerySet


def open_pairs(kind: str, *, unlikely: bool = False) -> PairQuerySet:
    """Pairs of a kind ("investor" or "contact") to decide on, best first, in the organization in scope.

    unlikely: also those with a veto against them. Raises KeyError for another kind.
    """
    pairs: PairQuerySet = Pair.objects.undecided(kind).best_first()
    return pairs if unlikely else pairs.worth_a_look()


def settle(pair: Pair, state: str) -> bool:
    """Note what became of a pair: merged, apart, or gone. Again changes nothing; True when it was open.

    Call it in the transaction of the merge or of `keep_apart` itself. The row that was handed in is brought up to date.
    """
    wanted = PairState(state)
    now = timezone.now()
    changed = Pair.objects.filter(pk=pair.pk, state=PairState.OPEN).update(state=wanted, settled_at=now)
    pair.refresh_from_db(fields=["state", "settled_at"])
    return bool(changed)
