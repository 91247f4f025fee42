"""What tools take and give, as shapes with a JSON schema each. Dates are ISO 8601, amounts decimal text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from crm_site.core import fields

#: Longer texts are read, and refused at their field; this bounds what a refusal has to look at.
LONGEST = 20_000
T = TypeVar("T")


class Given(BaseModel):
    """Arguments of a tool. Unknown ones are refused: a misspelt filter must not be dropped silently."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)


class Shown(BaseModel):
    """The result of a tool."""

    model_config = ConfigDict(extra="forbid")


class Paged(Given):
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 20
    offset: Annotated[
        int, Field(ge=0, le=100_000, description="`next_offset` of the page before; 0 for the first.")
    ] = 0


class PageShown(Shown):
    """has_more: call again with `next_offset` as `offset`."""

    has_more: bool
    next_offset: int | None


def cut(rows: list[T], asked: Paged) -> tuple[list[T], dict[str, Any]]:
    """One page, and the fields of `PageShown`. rows: read from `offset` on, one beyond `limit` where there are so many."""
    more = len(rows) > asked.limit
    place = {"has_more": more, "next_offset": asked.offset + asked.limit if more else None}
    return rows[: asked.limit], place


InvestorSaid = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        description="The investor's name, or its key such as `investor:12` when you have one.",
    ),
]
Day = Annotated[date, Field(ge=fields.EARLIEST, le=fields.LATEST)]
Money = Annotated[str, Field(description="A decimal number as text.")]


class Total(Shown):
    currency: str
    amount: Money
