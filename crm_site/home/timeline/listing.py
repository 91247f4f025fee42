"""The list of communications over all investors: filters from the address, pages by mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from crm_site.communications.choices import Kind
from crm_site.communications.models import Communication, CommunicationContact
from crm_site.core import joined
from crm_site.investors.models import Investor

PAGE = 30


@dataclass(frozen=True)
class Asked:
    """The filters; what makes no sense is left out."""

    kind: str = ""
    owner: int | None = None
    investor: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    after: tuple[date, int] | None = None

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> Asked:
        kind = str(sent.get("kind", ""))
        return cls(
            kind=kind if kind in Kind.values else "",
            owner=_number(sent.get("owner")),
            investor=_number(sent.get("investor")),
            since=_day(sent.get("since")),
            until=_day(sent.get("until")),
            text=str(sent.get("q", "")).replace("\x00", "").strip()[:100],
            after=_mark(sent.get("after")),
        )

    @property
    def is_filtered(self) -> bool:
        return any((self.kind, self.owner, self.investor, self.since, self.until, self.text))


@dataclass(frozen=True)
class Page:
    """Some of the list. older: the mark to go on from."""

    rows: list[Communication]
    is_first: bool
    older: str


def page(asked: Asked) -> Page:
    """The latest ones, or those older than the mark: one query. `people` of a row: the names of its contacts."""
    people = CommunicationContact.objects.filter(contact__deleted_at__isnull=True)
    rows = Communication.objects.of_living().between(asked.since, asked.until)
    rows = rows.select_related("investor", "created_by")
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.owner:
        rows = rows.filter(created_by_id=asked.owner)
    if asked.investor:
        rows = rows.filter(investor_id=asked.investor)
    if asked.text:
        rows = rows.filter(
            Q(body__icontains=asked.text)
            | Q(subject__icontains=asked.text)
            | Q(investor__name__icontains=asked.text)
        )
    if asked.after:
        on, pk = asked.after
        rows = rows.filter(Q(occurred_on__lt=on) | Q(occurred_on=on, pk__lt=pk))
    named = rows.annotate(people=joined.names(people, "communication", "contact__name"))
    found = list(named.order_by("-occurred_on", "-pk")[: PAGE + 1])
    older = f"{found[PAGE - 1].occurred_on.isoformat()}~{found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return Page(found[:PAGE], asked.after is None, older)


def investor(asked: Asked) -> Investor | None:
    """The investor the list is narrowed down to."""
    return Investor.objects.filter(pk=asked.investor).first() if asked.investor else None


def _number(word: Any) -> int | None:
    text = str(word or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day(word: Any) -> date | None:
    try:
        return date.fromisoformat(str(word or ""))
    except ValueError:
        return None


def _mark(word: Any) -> tuple[date, int] | None:
    on, _, pk = str(word or "").partition("~")
    day, number = _day(on), _number(pk)
    return (day, number) if day and number else None
