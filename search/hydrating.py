"""What was found, as it stands in the database now, inside the organization in scope.

The index may be seconds behind: a record that is deleted, or does not fit the question any more, falls out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Substr

from crm_site.communications.models import Communication, Fact
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core import clock
from crm_site.investors.models import Fund, Investor, Opportunity
from search import documents, embed, highlights, loading
from search.answers import Hit
from search.asking import Wanted
from search.documents import Document, Kind, parse_key
from search.fusing import Ranked

Rows = QuerySet[Any]
#: Scores that agree to so many digits are a tie.
TIE_DIGITS = 6
#: Looked at beyond a page, for those that are gone.
SPARE = 20
PORTRAIT_FACTS, PORTRAIT_TALKS, PORTRAIT_OPENING = 20, 10, 300


def fitting(kind: Kind, wanted: Wanted) -> Rows:
    """The living records of a kind that the filters let through, in no order."""
    if wanted.kinds and kind not in wanted.kinds:
        rows: Rows = loading.model_of(kind).objects.none()
        return rows
    return _FITTING[kind](wanted).order_by()


class Standing(NamedTuple):
    """A record as it is now. day: its number, 0 without one. investor_id: whose it is."""

    day: int
    investor_id: int | None


def standing(keys: Iterable[str], wanted: Wanted) -> dict[str, Standing]:
    """Those of `keys` that live and fit. One query."""
    ids: dict[Kind, list[int]] = {}
    for key in keys:
        kind, source_id = parse_key(key)
        ids.setdefault(kind, []).append(source_id)
    arms = [_arm(kind, wanted).filter(pk__in=chosen) for kind, chosen in ids.items()]
    if not arms:
        return {}
    rows = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    return {f"{label}:{pk}": Standing(day.toordinal() if day else 0, whose) for label, pk, day, whose in rows}


def first_standing(ranked: Sequence[Ranked], wanted: Wanted, count: int) -> list[Ranked]:
    """The first `count` of `ranked` that live and fit, best first, of a tie the newer one. ranked: best first.

    Looks at no more of the others than it must: usually one query for a page and a few to spare.
    """
    kept: list[Ranked] = []
    days: dict[str, Standing] = {}
    start = 0
    while start < len(ranked) and len(kept) < count:
        end = min(len(ranked), start + count + SPARE)
        # Those that tie with the last one are its rivals: which of them is the newest?
        while end < len(ranked) and _is_tie(ranked[end - 1], ranked[end]):
            end += 1
        part = ranked[start:end]
        days |= standing((one.key for one in part), wanted)
        kept += [one for one in part if one.key in days]
        start = end
    return in_order(kept, days)[:count]


def _is_tie(one: Ranked, other: Ranked) -> bool:
    return round(one.score, TIE_DIGITS) == round(other.score, TIE_DIGITS)


def _arm(kind: Kind, wanted: Wanted) -> Rows:
    label = Value(str(kind), output_field=CharField())
    day = Cast(_DAYS[kind], DateField())
    whose = _WHOSE.get(kind, Value(None, output_field=BigIntegerField()))
    rows = fitting(kind, wanted).annotate(label=label, day=day, whose=Cast(whose, BigIntegerField()))
    chosen: Rows = rows.values_list("label", "pk", "day", "whose")
    return chosen


def portrait(investor_id: int) -> str:
    """What is known of an investor, without its name: its notes, facts and latest talks. "" when it is not there."""
    found = loading.load([f"{Kind.INVESTOR}:{investor_id}"])
    parts = [document.body for document in found.values()]
    if parts:
        facts = Fact.objects.filter(investor_id=investor_id).newest_first()
        talks = Communication.objects.filter(investor_id=investor_id).newest_first()
        openings = talks.annotate(opening=Substr("body", 1, PORTRAIT_OPENING))
        parts += facts.values_list("text", flat=True)[:PORTRAIT_FACTS]
        parts += [
            f"{subject} {opening}"
            for subject, opening in openings.values_list("subject", "opening")[:PORTRAIT_TALKS]
        ]
    return "\n".join(parts)


def in_order(ranked: Iterable[Ranked], days: Mapping[str, Standing]) -> list[Ranked]:
    """Best first; of a tie the newer one. days: as `standing` gives them."""
    return sorted(ranked, key=lambda one: (-round(one.score, TIE_DIGITS), -days[one.key].day))


def hydrate(ranked: Sequence[Ranked], stems: frozenset[str]) -> list[Hit]:
    """Records as hits, in their order; one that is gone is left out. A fixed number of queries."""
    found = loading.load(one.key for one in ranked)
    return [_hit(found[one.key], one, stems) for one in ranked if one.key in found]


def _hit(document: Document, one: Ranked, stems: frozenset[str]) -> Hit:
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
        passages=highlights.pieces(documents.passages(document), stems, _stem, first=one.numbers),
        score=one.score,
    )


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Texts repeat their words; stemming each again would take longer than all the rest of a page."""
    return embed.stem(word)


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
_WHOSE: Mapping[Kind, Any] = {
    Kind.INVESTOR: F("pk"),
    Kind.COMMUNICATION: F("investor_id"),
    Kind.FACT: F("investor_id"),
    Kind.OPPORTUNITY: F("investor_id"),
}
_FITTING: Mapping[Kind, Callable[[Wanted], Rows]] = {
    Kind.INVESTOR: _investors,
    Kind.CONTACT: _contacts,
    Kind.COMMUNICATION: _communications,
    Kind.FACT: _facts,
    Kind.OPPORTUNITY: _opportunities,
    Kind.FUND: _funds,
}
