"""The first rows of an answer, and their number as far as it is cheap to count: 75,000 rows take longer than an answer may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from nlquery import wording
from nlquery.answers import ROW_CEILING

#: Counting stops here; beyond it is “more than 1,000”.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Peek:
    """rows: at most as many as were asked for. total: of all that matched, or None when nobody counted that far."""

    rows: list[Any]
    total: int | None
    least: int

    @property
    def truncated(self) -> bool:
        return self.least > len(self.rows)

    @property
    def is_one(self) -> bool:
        return self.total == 1

    def count(self, noun: str) -> str:
        """“12 calls”, “no calls”, “more than 1,000 calls”."""
        if self.total is not None:
            return wording.count(self.total, noun)
        return f"more than {wording.count(self.least - 1, noun)}"

    def more(self, which: str) -> str:
        """“; these are the latest 50” (which: “latest”) when not all are shown, else nothing."""
        return f"; these are the {which} {len(self.rows):,}" if self.truncated else ""


def peek(found: QuerySet[Any, Any], limit: int = ROW_CEILING, *, counted: bool = True) -> Peek:
    """One query; where more matched and `counted`, another that counts as far as MOST_COUNTED."""
    most = min(limit, ROW_CEILING)
    rows = list(found[: most + 1])
    if len(rows) <= most:
        return Peek(rows, len(rows), len(rows))
    if not counted:
        return Peek(rows[:most], None, len(rows))
    total = found.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return Peek(rows[:most], total if total <= MOST_COUNTED else None, total)
