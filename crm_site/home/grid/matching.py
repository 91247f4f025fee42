"""Which investors a grid's address means, and in which order."""

from __future__ import annotations

from django.db.models import Max, OuterRef, Q, Subquery

from crm_site.core import clock, naming
from crm_site.home.grid.asked import Asked
from crm_site.investors.models import Investor, InvestorTag, Opportunity
from crm_site.investors.querysets import InvestorQuerySet, OpportunityQuerySet
from crm_site.relations.vocabulary import Vocabulary

MAX_WORDS = 6
ORDERS = {
    "name": "name",
    "stage": "stage__position",
    "owner": "assigned_to__name",
    "type": "type",
    "committed": "committed_total",
    "expected": "expected_total",
    "activity": "last_activity_on",
    "due": "next_step_on",
    "location": "location",
    "since": "created_at",
}
#: Rows without a value stand last whichever way round; the two databases would not agree on it by themselves.
MAY_BE_EMPTY = frozenset({"stage", "owner", "activity", "due"})


def matching(asked: Asked, words: Vocabulary, user_id: int | None) -> InvestorQuerySet:
    """Live investors that pass all filters, in no order yet."""
    rows: InvestorQuerySet = Investor.objects.live()
    if asked.q:
        rows = rows.filter(_named(asked.q))
    if asked.type:
        rows = rows.filter(type=asked.type)
    if asked.owner:
        rows = _owned(rows, asked.owner, user_id)
    if asked.fund:
        rows = rows.filter(pk__in=_in_fund(asked.fund, asked.stage).values("investor_id"))
    elif asked.stage:
        stage = words.stage_by_key.get(asked.stage)
        rows = rows.filter(stage_id=stage.id) if stage else rows.filter(stage__isnull=True)
    if asked.tag:
        # By id, not by join: a join would count an investor once for each of its tags.
        carrying = InvestorTag.objects.filter(tag__key=asked.tag, tag__deleted_at__isnull=True)
        rows = rows.filter(pk__in=carrying.values("investor_id"))
    if asked.stale:
        rows = rows.stale_for(asked.stale)
    return _by_step(rows, asked.step).order_by()


def ordered(rows: InvestorQuerySet, asked: Asked) -> tuple[InvestorQuerySet, InvestorQuerySet | None]:
    """The rows in order: those that have a value to sort by, then (or None) those that have none."""
    turn = "-" if asked.descending else ""
    if asked.fund and asked.sort in {"committed", "expected"}:
        amount = Max(asked.sort)
        own = Opportunity.objects.filter(investor_id=OuterRef("pk"), fund_id=asked.fund).order_by()
        one = Subquery(own.values("investor_id").annotate(most=amount).values("most"))
        rows = rows.annotate(sorting=one)
        return _split(rows, "sorting", turn)
    name = ORDERS[asked.sort]
    if asked.sort in MAY_BE_EMPTY:
        return _split(rows, name, turn)
    return rows.order_by(f"{turn}{name}", f"{turn}id"), None


def _split(rows: InvestorQuerySet, name: str, turn: str) -> tuple[InvestorQuerySet, InvestorQuerySet]:
    return (
        rows.filter(**{f"{name}__isnull": False}).order_by(f"{turn}{name}", f"{turn}id"),
        rows.filter(**{f"{name}__isnull": True}).order_by("name", "id"),
    )


def _named(q: str) -> Q:
    found = Q(name__icontains=q) | Q(location__icontains=q)
    parts = naming.firm_key(q).split()[:MAX_WORDS]
    if not parts:
        return found
    keyed = Q()
    for part in parts:
        keyed &= Q(name_key__contains=part)
    return found | keyed


def _owned(rows: InvestorQuerySet, owner: str, user_id: int | None) -> InvestorQuerySet:
    if owner == "none":
        return rows.filter(assigned_to__isnull=True)
    if owner == "me":
        return rows.filter(assigned_to_id=user_id)
    return rows.filter(assigned_to_id=int(owner)) if _is_id(owner) else rows.none()


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 19


def _in_fund(fund_id: int, stage: str) -> OpportunityQuerySet:
    found: OpportunityQuerySet = Opportunity.objects.filter(fund_id=fund_id)
    return found.filter(stage__key=stage) if stage else found


def _by_step(rows: InvestorQuerySet, step: str) -> InvestorQuerySet:
    if step == "yes":
        return rows.filter(next_step_on__isnull=False)
    if step == "no":
        return rows.filter(next_step_on__isnull=True)
    if step == "overdue":
        return rows.filter(next_step_on__lt=clock.today())
    return rows
