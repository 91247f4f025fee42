"""All that can be asked, a file per topic. Importing this registers it."""

from __future__ import annotations

from nlquery.intents import (
    communications,
    counts,
    funds,
    investors,
    investors_ranked,
    knowledge,
    one_investor,
    people,
    pipeline,
    reminders,
    topics,
)

__all__ = [
    "communications",
    "counts",
    "funds",
    "investors",
    "investors_ranked",
    "knowledge",
    "one_investor",
    "people",
    "pipeline",
    "reminders",
    "topics",
]
