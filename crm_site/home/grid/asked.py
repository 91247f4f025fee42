"""What a grid's address asks for. What it cannot mean is left out, never an error: addresses are typed and shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from crm_site.core import text
from crm_site.investors.choices import InvestorType

SORTS = frozenset(
    {"name", "stage", "owner", "type", "committed", "expected", "activity", "due", "location", "since"}
)
#: Days without contact that the menu offers.
STALE_DAYS = (14, 30, 60, 90, 180, 365)
STEPS = {"yes": "Has a next step", "overdue": "Next step overdue", "no": "No next step"}
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Asked:
    """Filters, order and page of a grid.

    owner: a user id, "me" or "none". stage: a key, or "none". fund: an id. stale: days without contact. sort: a name of
    SORTS; descending turns it round.
    """

    q: str = ""
    type: str = ""
    stage: str = ""
    owner: str = ""
    fund: int | None = None
    tag: str = ""
    stale: int | None = None
    step: str = ""
    sort: str = "name"
    descending: bool = False
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        return any(
            getattr(self, name) for name in ("q", "type", "stage", "owner", "fund", "tag", "stale", "step")
        )

    def query(self, **changes: Any) -> str:
        """The address's query string, with these changed; what is as usual is left out."""
        wanted = replace(self, **changes)
        parts = {
            one.name: getattr(wanted, one.name)
            for one in fields(self)
            if one.name not in {"sort", "descending"} and getattr(wanted, one.name) != one.default
        }
        order = ("-" if wanted.descending else "") + wanted.sort
        return urlencode(parts | ({"sort": order} if order != "name" else {}))


def read(params: Mapping[str, str]) -> Asked:
    """The request's parameters, checked."""
    order = params.get("sort", "")
    name = order.removeprefix("-")
    kind, step = params.get("type", ""), params.get("step", "")
    return Asked(
        q=text.one_line(params.get("q", ""))[:100],
        type=kind if kind in InvestorType.values else "",
        stage=_word(params.get("stage")),
        owner=_word(params.get("owner")),
        fund=_number(params.get("fund"), 2**62),
        tag=_word(params.get("tag")),
        stale=_number(params.get("stale"), 20_000),
        step=step if step in STEPS else "",
        sort=name if name in SORTS else "name",
        descending=order.startswith("-") and name in SORTS,
        page=_number(params.get("page"), LAST_PAGE) or 1,
    )


def _word(value: str | None) -> str:
    return text.one_line(value or "")[:60]


def _number(value: str | None, largest: int) -> int | None:
    if not value or not value.isascii() or not value.isdecimal() or len(value) > 19:
        return None
    number = int(value)
    return number if 0 < number <= largest else None
