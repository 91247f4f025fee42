"""What can be asked instead, when a question was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from nlquery import registry
from nlquery.translate.frames import COMMON, FRAMES
from nlquery.translate.scoring import Judged
from nlquery.translate.spotting import Sighting

#: Shown where nothing in the question points anywhere.
USUAL = ("investor_stale", "reminder_due", "fund_progress", "activity_recent", "pipeline_summary")
COUNT = 3


def nearest(seen: Sighting, judged: Sequence[Judged]) -> list[str]:
    """Three example questions, of the intents whose cues the question has most of."""
    scores = {one.intent: 3.0 + one.share for one in judged}
    for frame in FRAMES:
        needed = {need for alternatives in frame.required for need in alternatives if need.isupper()}
        met = sum(1 for need in needed if seen.cues.get(need))
        helped = sum(1 for cue in COMMON[frame.intent].split() if seen.cues.get(cue))
        scores[frame.intent] = max(scores.get(frame.intent, 0.0), met / (len(needed) or 1) + 0.05 * helped)
    ranked = sorted((key for key in scores if scores[key] >= 0.4), key=lambda key: -scores[key])
    found: list[str] = []
    for key in [*ranked, *USUAL]:
        entry = registry.get(key)
        if entry and entry.examples and entry.examples[0].question not in found:
            found.append(entry.examples[0].question)
    return found[:COUNT]
