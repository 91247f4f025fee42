"""Records as documents, read in the snapshot of the caller: many at once, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crm_site.communications.models import Communication, Fact
from crm_site.contacts.models import Contact
from crm_site.core import clock, money, text
from crm_site.investors.models import Fund, Investor, Opportunity
from search.documents import Document, Kind, parse_key


def load(keys: Iterable[str]) -> dict[str, Document]:
    """The living records among `keys`, in the organization in scope. A deleted or unknown one is left out.

    A record whose investor is deleted is left out too: it cannot be reached any more.
    """
    wanted: dict[Kind, list[int]] = {}
    for key in keys:
        kind, source_id = parse_key(key)
        wanted.setdefault(kind, []).append(source_id)
    found: dict[str, Document] = {}
    for kind, ids in wanted.items():
        found |= {document.key: document for document in _LOADERS[kind](ids)}
    return found


def all_keys(kind: Kind) -> Iterable[str]:
    """The keys of all living records of a kind, in the organization in scope."""
    model = _MODELS[kind]
    return (f"{kind}:{pk}" for pk in model.objects.order_by("pk").values_list("pk", flat=True).iterator())


def newest_keys(kind: Kind) -> Iterable[str]:
    """The same, the latest first."""
    model = _MODELS[kind]
    return (f"{kind}:{pk}" for pk in model.objects.order_by("-pk").values_list("pk", flat=True).iterator())


def model_of(kind: Kind) -> type[Any]:
    """The model of a kind's records."""
    return _MODELS[kind]


def table_of(kind: Kind) -> str:
    """The table in which records of a kind stand."""
    return str(_MODELS[kind]._meta.db_table)


def _investors(ids: list[int]) -> Iterable[Document]:
    rows = Investor.objects.filter(pk__in=ids).select_related("assigned_to").order_by("pk")
    for row in rows.prefetch_related("aliases", "tags"):
        also = [alias.name for alias in row.aliases.all()]
        tags = [tag.name for tag in row.tags.all() if tag.deleted_at is None]
        yield Document(
            Kind.INVESTOR,
            row.pk,
            title=_line(row.name, row.get_type_display(), row.location),
            body=_prose(
                f"Also known as {', '.join(also)}." if also else "",
                f"Tags: {', '.join(tags)}." if tags else "",
                f"Source: {row.lead_source}." if row.lead_source else "",
                row.website,
                row.graveyard_reason,
                row.notes,
            ),
            investor_id=row.pk,
            owner_id=row.assigned_to_id,
            graveyard=row.graveyard_at is not None,
            name=row.name,
            investor=row.name,
            owner=_owner(row),
        )


def _contacts(ids: list[int]) -> Iterable[Document]:
    for row in Contact.objects.filter(pk__in=ids).with_details().order_by("pk"):
        places = list(row.affiliations.all())
        reach = [email.email for email in row.emails.all()]
        reach += [phone.written or phone.number for phone in row.phones.all()]
        yield Document(
            Kind.CONTACT,
            row.pk,
            title=_line(row.name, *(_line(place.title, place.investor.name) for place in places)),
            body=_prose(" ".join(reach), row.linkedin, row.notes),
            investor_id=places[0].investor_id if places else None,
            contact_ids=(row.pk,),
            name=row.name,
            investor=places[0].investor.name if places else "",
        )


def _communications(ids: list[int]) -> Iterable[Document]:
    rows = Communication.objects.of_living().filter(pk__in=ids).select_related("investor__assigned_to")
    for row in rows.prefetch_related("contacts").order_by("pk"):
        people = [person for person in row.contacts.all() if person.deleted_at is None]
        yield Document(
            Kind.COMMUNICATION,
            row.pk,
            # Not whether it was a call: that word would be worth nothing in any other text, being in so many.
            title=_line(row.subject, row.investor.name, *(one.name for one in people)),
            body=row.body,
            investor_id=row.investor_id,
            contact_ids=tuple(one.pk for one in people),
            owner_id=row.investor.assigned_to_id,
            on=row.occurred_on,
            graveyard=row.investor.graveyard_at is not None,
            name=row.subject or row.get_kind_display(),
            investor=row.investor.name,
            owner=_owner(row.investor),
        )


def _facts(ids: list[int]) -> Iterable[Document]:
    rows = Fact.objects.of_living().filter(pk__in=ids).select_related("investor__assigned_to")
    for row in rows.order_by("pk"):
        yield Document(
            Kind.FACT,
            row.pk,
            title=_line(row.investor.name, row.topic),
            body=row.text,
            investor_id=row.investor_id,
            contact_ids=(row.contact_id,) if row.contact_id else (),
            owner_id=row.investor.assigned_to_id,
            on=clock.local(row.created_at).date(),
            graveyard=row.investor.graveyard_at is not None,
            name=row.topic or "Fact",
            investor=row.investor.name,
            owner=_owner(row.investor),
        )


def _opportunities(ids: list[int]) -> Iterable[Document]:
    rows = Opportunity.objects.filter(pk__in=ids, investor__deleted_at__isnull=True)
    rows = rows.filter(fund__deleted_at__isnull=True)
    rows = rows.select_related("investor__assigned_to", "fund", "stage")
    for row in rows.order_by("pk"):
        amounts = [
            f"{name} {amount:,.0f} {row.fund.currency}"
            for name, amount in (("expected", row.expected), ("committed", row.committed))
            if amount and amount > money.ZERO
        ]
        yield Document(
            Kind.OPPORTUNITY,
            row.pk,
            title=_line(row.investor.name, row.fund.name),
            body=_prose(f"Stage: {row.stage.label}.", ", ".join(amounts)),
            investor_id=row.investor_id,
            owner_id=row.investor.assigned_to_id,
            on=row.close_on,
            graveyard=row.investor.graveyard_at is not None,
            name=row.fund.name,
            investor=row.investor.name,
            owner=_owner(row.investor),
        )


def _funds(ids: list[int]) -> Iterable[Document]:
    for row in Fund.objects.filter(pk__in=ids).order_by("pk"):
        yield Document(
            Kind.FUND, row.pk, title=row.name, body=row.description, on=row.closes_on, name=row.name
        )


def _owner(row: Investor) -> str:
    return row.assigned_to.name if row.assigned_to else ""


def _line(*parts: str) -> str:
    return " · ".join(text.one_line(part) for part in parts if part and part.strip())


def _prose(*parts: str) -> str:
    return "\n".join(part for part in parts if part and part.strip())


_LOADERS: Mapping[Kind, Callable[[list[int]], Iterable[Document]]] = {
    Kind.INVESTOR: _investors,
    Kind.CONTACT: _contacts,
    Kind.COMMUNICATION: _communications,
    Kind.FACT: _facts,
    Kind.OPPORTUNITY: _opportunities,
    Kind.FUND: _funds,
}
_MODELS: Mapping[Kind, type[Any]] = {
    Kind.INVESTOR: Investor,
    Kind.CONTACT: Contact,
    Kind.COMMUNICATION: Communication,
    Kind.FACT: Fact,
    Kind.OPPORTUNITY: Opportunity,
    Kind.FUND: Fund,
}
