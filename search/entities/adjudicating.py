"""What the local model says of the pairs that rules cannot decide: a recommendation, stored with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from crm_site.core import spark
from search.entities import asking_model, loading, proposing
from search.entities.choices import Advice
from search.entities.models import Pair
from search.entities.record import Record

#: Called after each pair with (asked, of how many).
Told = Callable[[int, int], None]


@dataclass(slots=True)
class Advised:
    """asked: pairs the model was asked about. known: whose answer still held. unusable: answers that were no answer.

    left: not asked, because of the limit or because the model went away; why: the latter, in a line.
    """

    asked: int = 0
    known: int = 0
    same: int = 0
    different: int = 0
    unsure: int = 0
    unusable: int = 0
    left: int = 0
    why: str = ""


def adjudicate(kind: str, *, limit: int, told: Told = lambda done, of: None) -> Advised:
    """Ask the model about the open likely pairs of a kind, the best first, at most `limit` of them.

    Each answer is stored at once, so that nothing is lost when the model goes away half-way; then the rest waits.
    """
    found = Advised()
    pairs = list(proposing.likely_first(kind))
    for number, pair in enumerate(pairs):
        records = records_of(pair)
        if records is None:
            continue
        if holds(pair, *records):
            found.known += 1
            continue
        if found.asked >= limit:
            found.left += 1
            continue
        try:
            verdict = asking_model.ask(*records, chat=_chat)
        except asking_model.BadAnswer:
            found.asked += 1
            found.unusable += 1
            continue
        except spark.ModelUnavailable as error:
            found.left += len(pairs) - number
            found.why = error.message
            return found
        found.asked += 1
        note(pair, verdict, *records)
        setattr(found, verdict.advice, getattr(found, verdict.advice) + 1)
        told(number + 1, len(pairs))
    return found


def records_of(pair: Pair) -> tuple[Record, Record] | None:
    """The two records as they are now, the left one first; None when one was purged."""
    found = {one.id: one for one in loading.records(pair.kind, ids=[pair.left_id, pair.right_id])}
    if len(found) != 2:
        return None
    return found[pair.left_id], found[pair.right_id]


def holds(pair: Pair, left: Record, right: Record) -> bool:
    """Tell whether the model was asked already, and about the records as they are now."""
    return bool(pair.advice) and pair.advice_digest == asking_model.digest(left, right)


def recommends_merging(pair: Pair, left: Record, right: Record) -> bool:
    """Tell whether the model said the same of these very records, both ways round."""
    return pair.advice == Advice.SAME and bool(pair.both_orders_agree) and holds(pair, left, right)


def note(pair: Pair, verdict: asking_model.Verdict, left: Record, right: Record) -> None:
    """Store what the model said."""
    Pair.objects.filter(pk=pair.pk).update(
        advice=verdict.advice,
        advice_reason=verdict.reason,
        both_orders_agree=verdict.both_orders_agree,
        advice_model=settings.CRM_CHAT_MODEL[:120],
        prompt_version=asking_model.PROMPT_VERSION,
        advice_digest=asking_model.digest(left, right),
        advised_at=timezone.now(),
    )


def _chat(messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> str:
    return spark.chat(messages, schema=schema, name="same_or_different")
