"""What was found, as it stands in the database now, inside the organization in scope.

The index may be seconds behind: a record that is deleted, or does not fit the question any more, falls out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from crm_site.communications.models import Communication, Fact
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core import clock
from crm_site.investors.models import Fund, Investor, Opportunity
from search import documents, embed, highlights, loading
from search.answers import Hit, Piece
from search.asking import Wanted
from search.documents import Document, Kind, parse_key
from search.fusing import Ranked

Rows = QuerySet[Any]


def fitting(kind: Kind, wanted: Wanted) -> Rows:
    """The living records of a kind that the filters let through, in no order."""
    if wanted.kinds and kind not in wanted.kinds:
        return loading.model_of(kind).objects.none()
    return _FITTING[kind](wanted).order_by()


def standing(keys: Iterable[str], wanted: Wanted) -> dict[str, int]:
    """Those of `keys` that live and fit, with the number of their day, 0 without one. One query."""
    ids: dict[Kind, list[int]] = {}
    for key in keys:
        kind, source_id = parse_key(key)
        ids.setdefault(kind, []).append(source_id)
    arms = [_arm(kind, wanted).filter(pk__in=chosen) for kind, chosen in ids.items()]
    if not arms:
        return {}
    rows = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    return {f"{label}:{pk}": day.toordinal() if day else 0 for label, pk, day in rows}


def _arm(kind: Kind, wanted: Wanted) -> Rows:
    label = Value(str(kind), output_field=CharField())
    rows = fitting(kind, wanted).annotate(label=label, day=Cast(_DAYS[kind], DateField()))
    return rows.values_list("label", "pk", "day")


def hydrate(ranked: Sequence[Ranked], stems: frozenset[str]) -> list[Hit]:
    """Records as hits, in their order; one that is gone is left out. A fixed number of queries."""
    found = loading.load(one.key for one in ranked)
    stem = _memo(embed.stem)
    return [_hit(found[one.key], one, stems, stem) for one in ranked if one.key in found]


def _hit(document: Document, one: Ranked, stems: frozenset[str], stem: highlights.Stem) -> Hit:
    return Hit(
        key=document.key,
        kind=document.kind,
        id=document.source_id,
        title=document.name,
        investor_id=document.investor_id,
        investor=document.investor,
        on=document.on,
        owner=document.owner,
        is_graveyard=document.graveyard,
        passages=_pieces(document, one, stems, stem),
        score=one.score,
    )


def _pieces(document: Document, one: Ranked, stems: frozenset[str], stem: highlights.Stem) -> list[Piece]:
    passages = documents.passages(document)
    return highlights.pieces(passages, stems, stem, first=one.numbers)


def _memo(stem: Callable[[str], str]) -> highlights.Stem:
    """Each word is looked at once for all hits of an answer."""
    known: dict[str, str] = {}

    def remembered(word: str) -> str:
        if word not in known:
            known[word] = stem(word)
        return known[word]

    return remembered


def _investors(wanted: Wanted) -> Rows:
    rows = Investor.objects.all()
    return _by_investor(rows, wanted, "") if _undated(wanted) else rows.none()


def _contacts(wanted: Wanted) -> Rows:
    rows = Contact.objects.all()
    if wanted.owner_id is not None or not _undated(wanted):
        return rows.none()
    there = Affiliation.objects.of_living().filter(contact_id=OuterRef("pk"))
    if wanted.investor_id is not None:
        rows = rows.filter(Exists(there.filter(investor_id=wanted.investor_id)))
    if wanted.without_investor_id is not None:
        rows = rows.exclude(Exists(there.filter(investor_id=wanted.without_investor_id)))
    return rows


def _communications(wanted: Wanted) -> Rows:
    rows = Communication.objects.of_living()
    if not wanted.planned:
        rows = rows.happened()
    return _dated(_by_investor(rows, wanted, "investor__"), wanted, "occurred_on")


def _facts(wanted: Wanted) -> Rows:
    rows = _by_investor(Fact.objects.of_living(), wanted, "investor__")
    if wanted.first:
        rows = rows.filter(created_at__gte=clock.start_of(wanted.first))
    if wanted.last:
        rows = rows.filter(created_at__lt=clock.start_of(wanted.last + timedelta(days=1)))
    return rows


def _opportunities(wanted: Wanted) -> Rows:
    rows = Opportunity.objects.filter(investor__deleted_at__isnull=True, fund__deleted_at__isnull=True)
    return _dated(_by_investor(rows, wanted, "investor__"), wanted, "close_on")


def _funds(wanted: Wanted) -> Rows:
    rows = Fund.objects.all()
    if wanted.investor_id is not None or wanted.owner_id is not None:
        return rows.none()
    return _dated(rows, wanted, "closes_on")


def _by_investor(rows: Rows, wanted: Wanted, path: str) -> Rows:
    """path: from the row to its investor, "" when it is one."""
    conditions = []
    if wanted.investor_id is not None:
        conditions.append(Q(**{f"{path}pk": wanted.investor_id}))
    if wanted.without_investor_id is not None:
        conditions.append(~Q(**{f"{path}pk": wanted.without_investor_id}))
    if wanted.owner_id is not None:
        conditions.append(Q(**{f"{path}assigned_to_id": wanted.owner_id}))
    if not wanted.graveyard:
        conditions.append(Q(**{f"{path}graveyard_at__isnull": True}))
    return rows.filter(reduce(Q.__and__, conditions, Q()))


def _dated(rows: Rows, wanted: Wanted, field: str) -> Rows:
    if wanted.first:
        rows = rows.filter(**{f"{field}__gte": wanted.first})
    if wanted.last:
        rows = rows.filter(**{f"{field}__lte": wanted.last})
    return rows


def _undated(wanted: Wanted) -> bool:
    return wanted.first is None and wanted.last is None


_NONE = Value(None, output_field=DateField())
_DAYS: Mapping[Kind, Any] = {
    Kind.INVESTOR: F("last_activity_on"),
    Kind.CONTACT: _NONE,
    Kind.COMMUNICATION: F("occurred_on"),
    Kind.FACT: F("created_at"),
    Kind.OPPORTUNITY: F("close_on"),
    Kind.FUND: F("closes_on"),
}
_FITTING: Mapping[Kind, Callable[[Wanted], Rows]] = {
    Kind.INVESTOR: _investors,
    Kind.CONTACT: _contacts,
    Kind.COMMUNICATION: _communications,
    Kind.FACT: _facts,
    Kind.OPPORTUNITY: _opportunities,
    Kind.FUND: _funds,
}
