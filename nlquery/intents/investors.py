"""Intents about one investor, or a list of them. Those that rank and group are in `investors_ranked`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crm_site.contacts.models import Affiliation, ContactEmail
from crm_site.core import joined
from crm_site.core.money import ZERO
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Investor, Opportunity
from crm_site.investors.querysets import InvestorQuerySet
from nlquery import cutting, places, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window

TOPIC = "Investors"
LIMIT = slots.Int(1, 500)
TYPE = slots.Choice(InvestorType.values)
INVESTOR = Column("investor", "Investor", Type.LINK)
KIND, STAGE, OWNER = Column("type", "Type"), Column("stage", "Stage"), Column("owner", "Owner")
LOCATION = Column("location", "Location")
LAST = Column("last_activity", "Last activity", Type.DATE)


def basics(one: Investor) -> dict[str, Any]:
    """The cells that most lists begin with."""
    return {
        **wording.investor_link(one.pk, one.name),
        "type": one.get_type_display(),
        "stage": one.stage.label if one.stage else "",
        "owner": one.assigned_to.name if one.assigned_to else "",
    }


def sums_of(one: Investor, currency: str) -> list[tuple[str, Decimal, Decimal]]:
    """(currency, committed, expected) of an investor, one for each currency; the organization's own first.

    One without any amount has a line of noughts. Needs `with_amounts_elsewhere`.
    """
    found: dict[str, list[Decimal]] = {}
    if one.committed_total or one.expected_total:
        found[currency] = [one.committed_total, one.expected_total]
    for part in joined.opened(getattr(one, "elsewhere", None)):
        line = found.setdefault(part["currency"], [ZERO, ZERO])
        line[0] += Decimal(part["committed"] or 0)
        line[1] += Decimal(part["expected"] or 0)
    listed = {code: line for code, line in found.items() if any(line)} or {currency: [ZERO, ZERO]}
    return [(code, committed, expected) for code, (committed, expected) in listed.items()]


@intent(
    "investor_list",
    topic=TOPIC,
    answers="Live investors that fit every given filter; amount is committed and expected together",
    examples=[
        Example("Family offices in Texas", {"type": "family_office", "location": "Texas"}),
        Example("Who could give more than 2m in Fund II?", {"min_amount": "2m", "fund": "Fund II"}),
        Example("My investors, last spoken to first", {"owner": "me", "order": "last_activity"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorList:
    """With a fund and a stage, the stage is the one in that fund. Amounts are compared in the organization's currency;
    an investor with amounts in others has a further row for each."""

    type: str | None = slot(TYPE)
    stage: str | None = slot(slots.Stage())
    owner: str | None = slot(slots.Owner())
    tag: str | None = slot(slots.Text())
    location: str | None = slot(slots.Text())
    fund: str | None = slot(slots.Name("fund"))
    min_amount: Decimal | None = slot(slots.Amount())
    max_amount: Decimal | None = slot(slots.Amount())
    order: str = slot(slots.Choice(("name", "amount", "last_activity", "created")), default="name")
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        found = self._placed(self._fitting(asking), asking)
        shown = found.with_people().with_amounts_elsewhere(asking.currency)
        cut = cutting.cut(shown.order_by(*_ORDERS[self.order]), self.limit)
        rows = list(_listed(cut.rows, asking.currency))
        others = {row["currency"] for row in rows} - {asking.currency}
        verb = "fits" if cut.total == 1 else "fit"
        apart = f"; amounts in {wording.listed(sorted(others))} stand in rows of their own" if others else ""
        summary = wording.sentence(wording.count(cut.total, "investor"), f"{verb}{cut.more}{apart}")
        return Answer(_LISTED, rows, summary, truncated=cut.truncated)

    def _fitting(self, asking: Asking) -> InvestorQuerySet:
        found: InvestorQuerySet = Investor.objects.live().amounting(self.min_amount, self.max_amount)
        if self.type:
            found = found.filter(type=self.type)
        if self.owner:
            found = found.assigned_to(asking.owner(self.owner).id)
        if self.tag:
            found = found.carrying(self.tag)
        if self.location:
            found = found.filter(places.within("location", self.location))
        return found

    def _placed(self, found: InvestorQuerySet, asking: Asking) -> InvestorQuerySet:
        stage_id = asking.stage(self.stage).id if self.stage else None
        if self.fund:
            return found.in_fund(asking.fund(self.fund).id, stage_id=stage_id)
        return found.filter(stage_id=stage_id) if stage_id else found


_ORDERS: dict[str, Sequence[Any]] = {
    "name": ("name", "id"),
    "amount": ("-amount", "name", "id"),
    "last_activity": (F("last_activity_on").desc(nulls_last=True), "name", "id"),
    "created": ("-created_at", "-id"),
}
_LISTED = [INVESTOR, KIND, STAGE, OWNER, LOCATION, Column("amount", "Amount", Type.MONEY), LAST]


def _listed(found: Iterable[Investor], currency: str) -> Iterator[dict[str, Any]]:
    for one in found:
        for code, committed, expected in sums_of(one, currency):
            yield {
                **basics(one),
                "location": one.location,
                "amount": wording.decimal(committed + expected),
                "currency": code,
                "last_activity": wording.iso(one.last_activity_on),
            }


@intent(
    "investor_stale",
    topic=TOPIC,
    answers="Live investors without any communication for at least so many days, or never, the longest silence first",
    examples=[
        Example("Who haven't we talked to in 60 days?", {"days": 60}),
        Example("Which of my investors in diligence have gone quiet?", {"stage": "diligence", "owner": "me"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorStale:
    days: int = slot(slots.Int(1, 3650), default=30)
    stage: str | None = slot(slots.Stage())
    owner: str | None = slot(slots.Owner())
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        found = Investor.objects.stale_for(self.days).with_people()
        if self.stage:
            found = found.filter(stage_id=asking.stage(self.stage).id)
        if self.owner:
            found = found.assigned_to(asking.owner(self.owner).id)
        cut = cutting.cut(found, self.limit)
        rows = [{**basics(one), **_silence(one, asking)} for one in cut.rows]
        verb = "has" if cut.total == 1 else "have"
        spent = f"gone {wording.count(self.days, 'day')} or more without any communication{cut.more}"
        summary = wording.sentence(wording.count(cut.total, "investor"), verb, spent)
        columns = [INVESTOR, LAST, Column("days", "Days", Type.INT), STAGE, OWNER]
        return Answer(columns, rows, summary, truncated=cut.truncated)


def _silence(one: Investor, asking: Asking) -> dict[str, Any]:
    last = one.last_activity_on
    return {"last_activity": wording.iso(last), "days": (asking.today - last).days if last else None}


@intent(
    "investor_new",
    topic=TOPIC,
    answers="Investors created in a window, the newest first",
    examples=[
        Example("Which investors did we add this month?", {"window": "this_month"}),
        Example("New investors in the last 14 days", {"window": "last_14_days"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorNew:
    window: Window = slot(slots.Window(), required=True)
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        created = asking.days(self.window).at("created_at")
        found = Investor.objects.live().filter(created).with_people().order_by("-created_at", "-id")
        cut = cutting.cut(found, self.limit)
        rows = [
            {**basics(one), "created": wording.iso(one.created_at), "source": one.lead_source}
            for one in cut.rows
        ]
        verb = "was" if cut.total == 1 else "were"
        added = f"{verb} added {self.window.words}{cut.more}"
        columns = [
            INVESTOR,
            Column("created", "Added", Type.DATETIME),
            KIND,
            STAGE,
            OWNER,
            Column("source", "Source"),
        ]
        summary = wording.sentence(wording.count(cut.total, "investor"), added)
        return Answer(columns, rows, summary, truncated=cut.truncated, time="created")


@intent(
    "investor_graveyard",
    topic=TOPIC,
    answers="Retired investors: when and why each was retired",
    examples=[
        Example("Who is in the graveyard?"),
        Example("Which investors did we retire last quarter, and why?", {"window": "last_quarter"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorGraveyard:
    window: Window | None = slot(slots.Window())
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        retired = asking.days(self.window).at("graveyard_at")
        found = Investor.objects.in_graveyard().filter(retired).select_related("graveyard_by")
        cut = cutting.cut(found, self.limit)
        rows = [
            {
                **wording.investor_link(one.pk, one.name),
                "type": one.get_type_display(),
                "retired": wording.iso(one.graveyard_at),
                "reason": one.graveyard_reason,
                "retired_by": one.graveyard_by.name if one.graveyard_by else "",
            }
            for one in cut.rows
        ]
        verb = "was" if cut.total == 1 else "were"
        said = (
            f"{verb} retired {self.window.words}"
            if self.window
            else f"{'is' if cut.total == 1 else 'are'} in the graveyard"
        )
        columns = [
            INVESTOR, Column("retired", "Retired", Type.DATETIME), Column("reason", "Reason"),
            Column("retired_by", "Retired by"), KIND,
        ]  # fmt: skip
        summary = wording.sentence(wording.count(cut.total, "investor"), f"{said}{cut.more}")
        return Answer(columns, rows, summary, truncated=cut.truncated, time="retired")


@intent(
    "investor_missing",
    topic=TOPIC,
    answers="Live investors that lack something: a contact, an e-mail, an owner, a next step or any amount",
    examples=[
        Example("Which investors have no e-mail on file?", {"field": "email"}),
        Example("Who has no next step?", {"field": "next_step"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorMissing:
    """No contact: nobody there now. No e-mail: none of those there has one. No amount: nothing open or won in any fund."""

    field: str = slot(slots.Choice(("contact", "email", "owner", "next_step", "amount")), required=True)

    def answer(self, asking: Asking) -> Answer:
        found = Investor.objects.live().filter(_LACKING[self.field]()).with_people().by_name()
        cut = cutting.cut(found)
        rows = [{**basics(one), "last_activity": wording.iso(one.last_activity_on)} for one in cut.rows]
        verb = "has" if cut.total == 1 else "have"
        lacking = f"{verb} no {_SAID[self.field]}{cut.more}"
        summary = wording.sentence(wording.count(cut.total, "live investor"), lacking)
        return Answer([INVESTOR, KIND, STAGE, OWNER, LAST], rows, summary, truncated=cut.truncated)


_SAID = {
    "contact": "contact", "email": "e-mail on file", "owner": "owner", "next_step": "next step", "amount": "amount",
}  # fmt: skip


def _there() -> QuerySet[Affiliation]:
    return Affiliation.objects.of_living().current().filter(investor_id=OuterRef("pk"))


def _without_contact() -> Q:
    return Q(~Exists(_there()))


def _without_email() -> Q:
    reached = ContactEmail.objects.filter(contact_id=OuterRef("contact_id"))
    return Q(~Exists(_there().filter(Exists(reached))))


def _without_amount() -> Q:
    something = Opportunity.objects.of_living().counted().filter(Q(committed__gt=0) | Q(expected__gt=0))
    return Q(~Exists(something.filter(investor_id=OuterRef("pk"))))


_LACKING = {
    "contact": _without_contact,
    "email": _without_email,
    "owner": lambda: Q(assigned_to__isnull=True),
    "next_step": lambda: Q(next_step_on__isnull=True),
    "amount": _without_amount,
}
