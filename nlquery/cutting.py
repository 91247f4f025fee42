"""No more rows than were asked for, and how many there are in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from nlquery import wording
from nlquery.answers import ROW_CEILING


@dataclass(frozen=True)
class Cut:
    """The first rows and the number of all that matched."""

    rows: list[Any]
    total: int

    @property
    def truncated(self) -> bool:
        return self.total > len(self.rows)

    @property
    def more(self) -> str:
        """For the end of the sentence: says so when not all are shown, else nothing."""
        return wording.first_of(len(self.rows), self.total)


def cut(found: QuerySet[Any], limit: int = ROW_CEILING) -> Cut:
    """The first `limit` rows. One query, and another that counts when there are more."""
    most = min(limit, ROW_CEILING)
    rows = list(found[: most + 1])
    if len(rows) <= most:
        return Cut(rows, len(rows))
    return Cut(rows[:most], found.order_by().count())
