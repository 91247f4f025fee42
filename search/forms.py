"""What is asked of the search page, read from its address; what makes no sense there is left out, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from crm_site.core import fields, text
from crm_site.core.errors import Invalid
from crm_site.core.serializers import LARGEST_ID
from search.asking import MODES, Mode, Wanted
from search.documents import Kind

PAGE, MOST_PAGES = 20, 25


@dataclass(frozen=True, slots=True)
class Asked:
    """The box and its filters. page: from 1. left_out: what could not be used, one line each."""

    text: str = ""
    mode: Mode = "hybrid"
    kind: Kind | None = None
    investor_id: int | None = None
    owner_id: int | None = None
    since: date | None = None
    until: date | None = None
    retired: bool = False
    page: int = 1
    left_out: Sequence[str] = field(default_factory=list)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE

    @property
    def is_filtered(self) -> bool:
        return any((self.kind, self.investor_id, self.owner_id, self.since, self.until))

    @property
    def wanted(self) -> Wanted:
        """The filters as search takes them."""
        return Wanted(
            kinds=(self.kind.value,) if self.kind else (),
            investor_id=self.investor_id,
            owner_id=self.owner_id,
            first=self.since,
            last=self.until,
            graveyard=self.retired,
        )


def read(sent: QueryDict) -> Asked:
    """The question in an address. Never raises: an address may be old, cut off or mistyped."""
    left_out: list[str] = []
    return Asked(
        text=text.clean(sent.get("q", "")).strip(),
        mode=next((mode for mode in MODES if mode == sent.get("mode")), "hybrid"),
        kind=next((kind for kind in Kind if kind == sent.get("kind")), None),
        investor_id=_number(sent.get("investor"), LARGEST_ID),
        owner_id=_number(sent.get("owner"), LARGEST_ID),
        since=_day(sent, "since", left_out),
        until=_day(sent, "until", left_out),
        retired=bool(sent.get("retired")),
        page=_number(sent.get("page"), MOST_PAGES) or 1,
        left_out=left_out,
    )


def _number(word: Any, most: int) -> int | None:
    said = str(word or "")
    known = said.isascii() and said.isdecimal() and len(said) < 20
    return int(said) if known and 0 < int(said) <= most else None


def _day(sent: QueryDict, name: str, left_out: list[str]) -> date | None:
    said = sent.get(name, "").strip()
    try:
        return fields.day(said, field=name)
    except Invalid:
        left_out.append(f"“{text.shorten(said, 30)}” is no date, so it was left out.")
        return None
