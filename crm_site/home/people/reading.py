"""What the pages of contacts show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from crm_site.communications.choices import State
from crm_site.communications.models import Communication, CommunicationContact, Fact
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.contacts.querysets import ContactQuerySet
from crm_site.core import naming

MOST_TALKS, MOST_FACTS = 30, 30


@dataclass(frozen=True)
class Around:
    """What stands on a contact's page beside the person."""

    places: list[Affiliation]
    emails: list[ContactEmail]
    phones: list[ContactPhone]
    talks: list[Communication]
    facts: list[Fact]


def listed(*, text: str = "", investor_id: int | None = None) -> ContactQuerySet:
    """Contacts by name with firm, firm_id, title, email, phone and last_on: one query for a page.

    text: part of a name, an address or a firm's name.
    """
    rows = Contact.objects.by_name()
    if text:
        rows = rows.filter(_found(text))
    if investor_id is not None:
        there = Affiliation.objects.of_living().filter(investor_id=investor_id)
        rows = rows.filter(pk__in=there.values("contact_id"))
    place = Affiliation.objects.of_living().current().filter(contact=OuterRef("pk"))
    if investor_id is not None:
        place = Affiliation.objects.of_living().filter(contact=OuterRef("pk"), investor_id=investor_id)
    place = place.main_first()
    email = ContactEmail.objects.filter(contact=OuterRef("pk")).order_by("-is_primary", "id")
    phone = ContactPhone.objects.filter(contact=OuterRef("pk")).order_by("-is_primary", "id")
    return rows.annotate(
        firm=Coalesce(Subquery(place.values("investor__name")[:1]), Value(""), output_field=CharField()),
        firm_id=Subquery(place.values("investor_id")[:1]),
        title=Coalesce(Subquery(place.values("title")[:1]), Value(""), output_field=CharField()),
        email=Coalesce(Subquery(email.values("email")[:1]), Value(""), output_field=CharField()),
        phone=Coalesce(Subquery(phone.values("written")[:1]), Value(""), output_field=CharField()),
        last_on=_last_on(),
    )


def around(contact: Contact) -> Around:
    """Everything about one person: five queries."""
    places = Affiliation.objects.of_living().filter(contact=contact).select_related("investor")
    talks = (
        Communication.objects.of_living().filter(contacts=contact).select_related("investor", "created_by")
    )
    facts = Fact.objects.of_living().filter(contact=contact).select_related("investor", "communication")
    return Around(
        places=list(places.order_by(F("to_on").desc(nulls_first=True), "-is_primary", "id")),
        emails=list(contact.emails.order_by("-is_primary", "id")),
        phones=list(contact.phones.order_by("-is_primary", "id")),
        talks=list(talks.newest_first()[:MOST_TALKS]),
        facts=list(facts.newest_first()[:MOST_FACTS]),
    )


def _found(text: str) -> Q:
    """By subqueries: a join would double people who have several addresses or firms."""
    key = naming.fold(text)
    firms = Affiliation.objects.of_living().filter(investor__name__icontains=text).values("contact_id")
    mails = ContactEmail.objects.filter(email__icontains=text.lower()).values("contact_id")
    found = Q(name__icontains=text) | Q(pk__in=firms) | Q(pk__in=mails)
    return found | Q(name_key__contains=key) if key else found


def _last_on() -> Any:
    talks = CommunicationContact.objects.filter(
        contact=OuterRef("pk"), communication__deleted_at__isnull=True, communication__state=State.HAPPENED
    )
    by_person = talks.order_by().values("contact_id").annotate(last=Max("communication__occurred_on"))
    return Subquery(by_person.values("last"), output_field=DateField())
