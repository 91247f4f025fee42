"""Intents about one investor: what stands on its page, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, When

from crm_site.communications.choices import State
from crm_site.communications.models import CommunicationContact, Reminder
from crm_site.contacts.models import Affiliation, ContactEmail, ContactPhone
from crm_site.core.money import Money
from crm_site.investors.models import Investor
from nlquery import cutting, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.intents.investors import INVESTOR, KIND, LAST, LOCATION, OWNER, STAGE, TOPIC, basics, sums_of
from nlquery.registry import Example, intent, slot


@intent(
    "investor_profile",
    topic=TOPIC,
    answers="One investor: type, stage, owner, location, committed and expected amounts, last activity, next reminder",
    examples=[
        Example("Tell me about Blue Heron Capital", {"investor": "Blue Heron Capital"}),
        Example("Where do we stand with Cedar Row Partners?", {"investor": "Cedar Row Partners"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorProfile:
    """One row, or one per currency in which the investor has amounts."""

    investor: str = slot(slots.Name("investor"), required=True)

    def answer(self, asking: Asking) -> Answer:
        meant = asking.investor(self.investor)
        step = Reminder.objects.open().filter(investor_id=OuterRef("pk")).soonest_first()
        found = Investor.objects.live().with_people().with_amounts_elsewhere(asking.currency)
        one = found.annotate(step=Subquery(step.values("text")[:1])).get(pk=meant.pk)
        rows = [_profile(one, *line) for line in sums_of(one, asking.currency)]
        return Answer(_PROFILE, rows, _introduced(one, rows, asking))


_PROFILE = [
    INVESTOR, KIND, STAGE, OWNER, LOCATION, Column("committed", "Committed", Type.MONEY),
    Column("expected", "Expected", Type.MONEY), LAST, Column("next_on", "Next reminder", Type.DATE),
    Column("next_step", "Next step"),
]  # fmt: skip


def _profile(one: Investor, currency: str, committed: Decimal, expected: Decimal) -> dict[str, Any]:
    return {
        **basics(one),
        "location": one.location,
        "committed": wording.decimal(committed),
        "expected": wording.decimal(expected),
        "currency": currency,
        "last_activity": wording.iso(one.last_activity_on),
        "next_on": wording.iso(one.next_step_on),
        "next_step": getattr(one, "step", None) or "",
    }


def _introduced(one: Investor, rows: list[dict[str, Any]], asking: Asking) -> str:
    committed = wording.sums(Money(Decimal(row["committed"]), row["currency"]) for row in rows)
    expected = wording.sums(Money(Decimal(row["expected"]), row["currency"]) for row in rows)
    stage = f"at stage {one.stage.label}" if one.stage else "at no stage yet"
    owner = f"owned by {one.assigned_to.name}" if one.assigned_to else "without an owner"
    amounts = f"committed {committed}, expected {expected}"
    last = f"last activity {wording.day(one.last_activity_on)}" if one.last_activity_on else "no activity yet"
    return wording.sentence(f"{one.name} is {stage}, {owner}: {amounts}, {last}")


@intent(
    "investor_contacts",
    topic=TOPIC,
    answers="The people at an investor: name, title, e-mail, phone, when last contacted",
    examples=[
        Example("Who do we know at Blue Heron Capital?", {"investor": "Blue Heron Capital"}),
        Example("Phone numbers at Cedar Row Partners", {"investor": "Cedar Row Partners"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorContacts:
    """Those who are there now; who has left is no contact there any more."""

    investor: str = slot(slots.Name("investor"), required=True)

    def answer(self, asking: Asking) -> Answer:
        meant = asking.investor(self.investor)
        there = Affiliation.objects.of_living().current().filter(investor_id=meant.pk)
        found = there.annotate(**reach("contact_id")).select_related("contact")
        cut = cutting.cut(found.order_by("-is_primary", "contact__name", "id"))
        rows = [_person(one) for one in cut.rows]
        summary = wording.sentence(f"{wording.count(cut.total, 'person')} at {meant.name}{cut.more}")
        return Answer(_PEOPLE, rows, summary, truncated=cut.truncated)


_PEOPLE = [
    Column("name", "Name", Type.LINK), Column("title", "Title"), Column("email", "E-mail"), Column("phone", "Phone"),
    Column("last_contacted", "Last contacted", Type.DATE),
]  # fmt: skip


def reach(contact: str) -> dict[str, Subquery]:
    """email, phone and last_on of the person whose id stands in the column: the main address, the last talk that took place."""
    person = OuterRef(contact)
    email = ContactEmail.objects.filter(contact_id=person).order_by("-is_primary", "id")
    phone = ContactPhone.objects.filter(contact_id=person).order_by("-is_primary", "id")
    number = Case(When(written="", then=F("number")), default=F("written"))
    talks = CommunicationContact.objects.filter(
        contact_id=person, communication__deleted_at__isnull=True, communication__state=State.HAPPENED
    )
    return {
        "email": Subquery(email.values("email")[:1]),
        "phone": Subquery(phone.values(shown=number)[:1]),
        "last_on": Subquery(
            talks.order_by("-communication__occurred_on").values("communication__occurred_on")[:1]
        ),
    }


def _person(one: Any) -> dict[str, Any]:
    return {
        **wording.contact_link(one.contact_id, one.contact.name),
        "title": one.title,
        "email": one.email or "",
        "phone": one.phone or "",
        "last_contacted": wording.iso(one.last_on),
    }
