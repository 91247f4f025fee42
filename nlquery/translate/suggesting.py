"""What can be asked instead, when a question was not understood."""

from __future__ import annotations

from collections.abc import Iterable

from nlquery import registry

#: Shown where nothing in the question points anywhere.
USUAL = ("investor_stale", "reminder_due", "fund_progress", "activity_recent", "pipeline_summary")
COUNT = 3


def nearest(likeliest: Iterable[str]) -> list[str]:
    """Three example questions: of the likeliest intents, else of those that are asked most."""
    found: list[str] = []
    for key in [*likeliest, *USUAL]:
        entry = registry.get(key)
        if entry and entry.examples and entry.examples[0].question not in found:
            found.append(entry.examples[0].question)
    return found[:COUNT]
