"""The first rows of an answer without a second query for their number: exact up to the ceiling, “more than” beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from nlquery import wording
from nlquery.answers import ROW_CEILING


@dataclass(frozen=True)
class Peek:
    """rows: at most as many as were asked for. known: up to ROW_CEILING + 1 that matched, those rows among them."""

    rows: list[Any]
    known: list[Any]

    @property
    def truncated(self) -> bool:
        return len(self.known) > len(self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether all that matched is known, so that it may be added up."""
        return len(self.known) <= ROW_CEILING

    def count(self, noun: str) -> str:
        """“12 calls”, “no calls”, “more than 500 calls”."""
        if self.is_whole:
            return wording.count(len(self.known), noun)
        return f"more than {wording.count(ROW_CEILING, noun)}"

    def more(self, which: str) -> str:
        """“; these are the latest 50” (which: “latest”) when not all are shown, else nothing."""
        return f"; these are the {which} {len(self.rows):,}" if self.truncated else ""


def peek(found: QuerySet[Any, Any], limit: int = ROW_CEILING) -> Peek:
    """One query, bounded whatever matches. found: ordered, and narrow enough that 500 rows are cheap."""
    known = list(found[: ROW_CEILING + 1])
    return Peek(known[: min(limit, ROW_CEILING)], known)
