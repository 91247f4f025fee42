"""Merging what the rules are certain of, and what the model recommends beside other evidence, each pair by itself.

Search only proposes; here it is decided. Every pair is looked at again right before it is merged, with its rows locked:
since it was found, somebody may have edited a record, or said that the two are not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crm_site.core import faults, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from crm_site.core.models import Kept
from crm_site.relations import services as relations
from crm_site.relations.models import MergedBy
from search.entities import adjudicating, clustering, loading, normalise, proposing, queue, tiers
from search.entities.choices import Kind, PairState, Tier
from search.entities.finding import Finder
from search.entities.models import Pair
from search.entities.querysets import RECORDS
from search.entities.tiers import Comparison

Say = Callable[[str], None]
#: Pairs the model is asked about in one run, for each kind: two questions each.
MOST_ASKED = 500


@dataclass(slots=True)
class OfKind:
    """What was done with one kind. skipped: pairs that were not merged after all, with the reason."""

    kind: str
    outcome: proposing.Outcome | None = None
    merged: int = 0
    merged_by_model: int = 0
    would_merge: int = 0
    skipped: list[str] = field(default_factory=list)
    advised: adjudicating.Advised | None = None
    to_ask: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    kinds: list[OfKind]


def resolve(
    *,
    actor: Actor,
    fuzzy: bool = False,
    apply: bool = False,
    dry_run: bool = False,
    limit: int = MOST_ASKED,
    say: Say = lambda line: None,
) -> Report:
    """Find duplicates in the organization in scope, merge the certain ones, queue the likely ones.

    fuzzy: ask the model about the queue. apply (with fuzzy): also merge what it recommends, where something beyond the
    names agrees. dry_run: write nothing, ask nobody, say what would be done. limit: pairs the model is asked about.
    """
    # Firms first: people of two firms that become one are then found at one firm.
    return Report([_resolve_kind(actor, kind, fuzzy, apply, dry_run, limit, say) for kind in Kind.values])


def _resolve_kind(
    actor: Actor, kind: str, fuzzy: bool, apply: bool, dry_run: bool, limit: int, say: Say
) -> OfKind:
    done = OfKind(kind)
    finder, found = proposing.look(kind)
    clusters = finder.clusters(found.certain)
    if dry_run:
        _say_what_would_be(done, finder, clusters, say)
        done.to_ask = len(found.likely) if fuzzy else 0
        return done
    done.outcome = proposing.store(kind, finder, found)
    for cluster in clusters:
        for absorbed in cluster.absorbed:
            if _merge_certain(actor, finder, kind, (cluster.survivor, absorbed), done):
                done.merged += 1
    if fuzzy:
        done.advised = adjudicating.adjudicate(
            kind, limit=limit, told=lambda number, of: say(f"Asked about {number} of {of}")
        )
        if apply:
            done.merged_by_model = _merge_advised(actor, finder, kind, done)
    return done


def _say_what_would_be(
    done: OfKind, finder: Finder, clusters: Iterable[clustering.Cluster], say: Say
) -> None:
    for cluster in clusters:
        for absorbed in cluster.absorbed:
            why = "; ".join(finder.compare(cluster.survivor, absorbed).reasons)
            say(f"Would merge {_named(finder, absorbed)} into {_named(finder, cluster.survivor)}: {why}")
            done.would_merge += 1


def _named(finder: Finder, record_id: int) -> str:
    return f"“{finder.subjects[record_id].record.name}” ({record_id})"


def _merge_certain(actor: Actor, finder: Finder, kind: str, ids: tuple[int, int], done: OfKind) -> bool:
    return _merge(
        actor, finder, kind, ids, done, how=MergedBy.RULE, allowed=lambda now, pair: now.tier == Tier.CERTAIN
    )


def _merge_advised(actor: Actor, finder: Finder, kind: str, done: OfKind) -> int:
    """Merge what the model recommended, each pair by itself."""
    merged = 0
    for pair in proposing.likely_first(kind):
        if pair.advice and clustering.TORN not in pair.doubts:
            ids = _fuller_first(finder, pair)
            merged += _merge(actor, finder, kind, ids, done, how=MergedBy.MODEL, allowed=_is_advised)
    return merged


def _fuller_first(finder: Finder, pair: Pair) -> tuple[int, int]:
    """The record that stays, and the other: as in a cluster, the fuller one, of equals the older."""

    def poverty(record_id: int) -> tuple[int, int]:
        known = finder.subjects.get(record_id)
        return (-known.record.richness if known else 0, record_id)

    survivor, absorbed = sorted((pair.left_id, pair.right_id), key=poverty)
    return survivor, absorbed


def _is_advised(now: Comparison, pair: Pair | None) -> bool:
    """The model said the same both ways round of the records as they are, and it is not the names alone that agree."""
    records = adjudicating.records_of(pair) if pair is not None else None
    if pair is None or records is None or not now.corroborators:
        return False
    return now.tier != Tier.UNLIKELY and adjudicating.recommends_merging(pair, *records)


def _merge(
    actor: Actor,
    finder: Finder,
    kind: str,
    ids: tuple[int, int],
    done: OfKind,
    *,
    how: str,
    allowed: Callable[[Comparison, Pair | None], bool],
) -> bool:
    """Look at the pair again and merge it, in one transaction. False when it is not to be merged any more."""
    survivor_id, absorbed_id = ids
    faults.point("duplicates.merging")
    try:
        with unit.atomic():
            rows = _locked(kind, ids)
            if len(rows) != 2:
                return _skip(done, ids, "One of them is gone")
            now = _compare_again(finder, kind, survivor_id, absorbed_id)
            pair = Pair.objects.filter(kind=kind, left_id=min(ids), right_id=max(ids)).first()
            if not allowed(now, pair):
                return how == MergedBy.RULE and _skip(done, ids, "They changed meanwhile")
            relations.merge(
                actor=actor,
                survivor=rows[survivor_id],
                absorbed=rows[absorbed_id],
                how=how,
                rule_version=normalise.RULE_VERSION,
                score=now.score,
                features=_features(now, pair if how == MergedBy.MODEL else None),
            )
            if pair is not None:
                queue.settle(pair, PairState.MERGED)
    except CrmError as error:
        return _skip(done, ids, error.message)
    return True


def _locked(kind: str, ids: tuple[int, int]) -> dict[int, Kept]:
    rows: Any = RECORDS[kind].objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def _compare_again(finder: Finder, kind: str, survivor_id: int, absorbed_id: int) -> Comparison:
    """The two as they are now; a veto between any two that either of them has absorbed counts as theirs."""
    ours, theirs = loading.family(kind, survivor_id), loading.family(kind, absorbed_id)
    fresh = {one.id: normalise.normalise(one) for one in loading.records(kind, ids=sorted(ours | theirs))}
    # That nobody keeps them apart is checked by the merge itself.
    now = tiers.compare(fresh[survivor_id], fresh[absorbed_id], finder.rarity)
    for one in ours:
        for other in theirs:
            if one in fresh and other in fresh and (one, other) != (survivor_id, absorbed_id):
                between = tiers.compare(fresh[one], fresh[other], finder.rarity)
                if between.is_vetoed:
                    return between
    return now


def _features(now: Comparison, pair: Pair | None) -> dict[str, Any]:
    features: dict[str, Any] = {
        "reasons": list(now.reasons),
        "corroborators": list(now.corroborators),
        "doubts": list(now.doubts),
    }
    if pair is not None:
        features |= {"model": pair.advice_model, "prompt": pair.prompt_version}
    return features


def _skip(done: OfKind, ids: tuple[int, int], why: str) -> bool:
    done.skipped.append(f"{done.kind} {ids[0]} and {ids[1]}: {why}")
    return False
