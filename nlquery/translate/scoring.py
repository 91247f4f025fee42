"""Which intent reads a question best: the frames that hold, each judged by how much of the question it explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nlquery.translate import features, filling
from nlquery.translate.frames import FRAMES, Frame
from nlquery.translate.spotting import Sighting

#: What a word costs that a reading leaves unexplained: a name most, a word that no lexicon has nearly as much.
NAME, STRANGE, SLOT, CUE = 1.6, 1.2, 1.0, 0.45


@dataclass(frozen=True)
class Judged:
    """A reading of the question. share: explained part of it, 0..1. rank: comparable within one question."""

    intent: str
    slots: dict[str, Any]
    share: float
    rank: float
    weight: float


def judge(seen: Sighting) -> list[Judged]:
    """All readings that hold, best first; one for each intent."""
    told = features.of(seen)
    best: dict[str, Judged] = {}
    filled: dict[str, filling.Filled | None] = {}
    for frame in FRAMES:
        if not _holds(frame, seen, told):
            continue
        if frame.intent not in filled:
            filled[frame.intent] = filling.fill(frame.intent, seen)
        slots = filled[frame.intent]
        if slots is None:
            continue
        judged = _judged(frame, seen, slots)
        if frame.intent not in best or best[frame.intent].rank < judged.rank:
            best[frame.intent] = judged
    return sorted(best.values(), key=lambda one: -one.rank)


def _holds(frame: Frame, seen: Sighting, told: frozenset[str]) -> bool:
    def is_met(need: str) -> bool:
        return bool(seen.cues.get(need)) if need.isupper() else need in told

    return all(any(map(is_met, need)) for need in frame.required) and not any(map(is_met, frame.barred))


def _judged(frame: Frame, seen: Sighting, slots: filling.Filled) -> Judged:
    explained = set(slots.used)
    for cue in frame.explains:
        explained |= seen.cues.get(cue, set())
    for need in frame.required:
        for one in need:
            for spot in seen.spots.get(one.partition(":")[0], ()) if one.islower() else ():
                explained |= set(spot.words)
    missed = seen.content - explained
    cost = sum(_cost(index, seen) for index in missed)
    gain = sum(_cost(index, seen, least=0.8) for index in seen.content & explained)
    share = gain / (gain + 1.1 * cost) if gain else 0.0
    rank = frame.weight + 0.25 * len(frame.required) + 0.15 * len(slots.slots) - 0.9 * cost
    return Judged(frame.intent, slots.slots, share, rank, frame.weight)


def _cost(index: int, seen: Sighting, *, least: float = 0.0) -> float:
    if any(index in name.words for name in seen.names if index not in seen.strange):
        return max(least, NAME / 2)
    if index in seen.strange:
        return max(least, STRANGE)
    timed = any(
        index in spot.words
        for kind in ("window", "sum", "stage", "type", "kind", "owner", "tag")
        for spot in seen.spots.get(kind, ())
    )
    if timed:
        return max(least, SLOT / 2 if any(index in s.words for s in seen.spots.get("window", ())) else SLOT)
    return max(least, CUE)
