"""Records as documents, read in the snapshot of the caller: many at once, of all kinds, in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from crm_site.communications.choices import Kind as Talk
from crm_site.communications.models import Communication, CommunicationContact, Fact
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core import clock, joined, money, text
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Investor, InvestorAlias, InvestorTag, Opportunity
from search.documents import Document, Kind, parse_key

#: One record as JSON, as the database puts it together.
Row = Mapping[str, Any]


def load(keys: Iterable[str]) -> dict[str, Document]:
    """The living records among `keys`, in the organization in scope. A deleted or unknown one is left out.

    A record whose investor is deleted is left out too: it cannot be reached any more.
    """
    wanted: dict[Kind, list[int]] = {}
    for key in keys:
        kind, source_id = parse_key(key)
        wanted.setdefault(kind, []).append(source_id)
    arms = [_arm(kind, ids) for kind, ids in wanted.items()]
    if not arms:
        return {}
    # Told apart by their columns, not by their tables: one question costs less than a dozen.
    rows = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    documents = (_MAKERS[Kind(label)](row) for label, row in rows)
    return {document.key: document for document in documents}


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


def _arm(kind: Kind, ids: list[int]) -> QuerySet[Any]:
    rows, columns = _ROWS[kind]()
    label = Value(str(kind), output_field=CharField())
    named: QuerySet[Any] = rows.filter(pk__in=ids).annotate(label=label, row=JSONObject(pk="pk", **columns))
    return named.order_by().values_list("label", "row")


#: The rows of a kind, and under which name which column of them goes into the JSON.
Columns = tuple[QuerySet[Any], dict[str, Any]]


def _investor_rows() -> Columns:
    tags = InvestorTag.objects.filter(tag__deleted_at__isnull=True)
    return Investor.objects.all(), {
        "name": "name", "type": "type", "location": "location", "lead_source": "lead_source", "website": "website",
        "reason": "graveyard_reason", "notes": "notes", "owner_id": "assigned_to_id", "owner": "assigned_to__name",
        "graveyard": "graveyard_at",
        "aliases": joined.names(InvestorAlias.objects.all(), "investor", "name"),
        "tags": joined.names(tags, "investor", "tag__name"),
    }  # fmt: skip


def _investor(row: Row) -> Document:
    also, tags = joined.listed(row["aliases"]), joined.listed(row["tags"])
    return Document(
        Kind.INVESTOR,
        row["pk"],
        title=_line(row["name"], InvestorType(row["type"]).label, row["location"]),
        body=_prose(
            f"Also known as {', '.join(also)}." if also else "",
            f"Tags: {', '.join(tags)}." if tags else "",
            f"Source: {row['lead_source']}." if row["lead_source"] else "",
            row["website"],
            row["reason"],
            row["notes"],
        ),
        investor_id=row["pk"],
        owner_id=row["owner_id"],
        graveyard=row["graveyard"] is not None,
        name=row["name"],
        investor=row["name"],
        owner=row["owner"] or "",
    )


def _contact_rows() -> Columns:
    order = {"main": "is_primary", "id": "pk"}
    place = JSONObject(**order, title="title", firm_id="investor_id", firm="investor__name")
    phone = JSONObject(**order, number="number", written="written")
    return Contact.objects.all(), {
        "name": "name", "linkedin": "linkedin", "notes": "notes",
        "emails": joined.names(ContactEmail.objects.all(), "contact", JSONObject(**order, email="email")),
        "phones": joined.names(ContactPhone.objects.all(), "contact", phone),
        "places": joined.names(Affiliation.objects.of_living(), "contact", place),
    }  # fmt: skip


def _contact(row: Row) -> Document:
    places = _main_first(row["places"])
    reach = [one["email"] for one in _main_first(row["emails"])]
    reach += [one["written"] or one["number"] for one in _main_first(row["phones"])]
    return Document(
        Kind.CONTACT,
        row["pk"],
        title=_line(row["name"], *(_line(place["title"], place["firm"]) for place in places)),
        body=_prose(" ".join(reach), row["linkedin"], row["notes"]),
        investor_id=places[0]["firm_id"] if places else None,
        contact_ids=(row["pk"],),
        name=row["name"],
        investor=places[0]["firm"] if places else "",
    )


def _main_first(value: Any) -> list[Row]:
    return sorted(joined.opened(value), key=lambda one: (not one["main"], one["id"]))


#: Of the investor that a record belongs to.
_OF_INVESTOR = {
    "investor_id": "investor_id", "investor": "investor__name", "graveyard": "investor__graveyard_at",
    "owner_id": "investor__assigned_to_id", "owner": "investor__assigned_to__name",
}  # fmt: skip


def _belonging(row: Row) -> dict[str, Any]:
    return {
        "investor_id": row["investor_id"],
        "owner_id": row["owner_id"],
        "graveyard": row["graveyard"] is not None,
        "investor": row["investor"],
        "owner": row["owner"] or "",
    }


def _communication_rows() -> Columns:
    people = CommunicationContact.objects.filter(contact__deleted_at__isnull=True)
    person = JSONObject(id="contact_id", name="contact__name")
    return Communication.objects.of_living(), {
        **_OF_INVESTOR, "subject": "subject", "body": "body", "kind": "kind", "on": "occurred_on",
        "people": joined.names(people, "communication", person),
    }  # fmt: skip


def _communication(row: Row) -> Document:
    people = sorted(joined.opened(row["people"]), key=lambda one: (one["name"], one["id"]))
    return Document(
        Kind.COMMUNICATION,
        row["pk"],
        # Not whether it was a call: that word would be worth nothing in any other text, being in so many.
        title=_line(row["subject"], row["investor"], *(one["name"] for one in people)),
        body=row["body"],
        contact_ids=tuple(one["id"] for one in people),
        on=_day(row["on"]),
        name=row["subject"] or Talk(row["kind"]).label,
        **_belonging(row),
    )


def _fact_rows() -> Columns:
    columns = {"text": "text", "topic": "topic", "contact_id": "contact_id", "at": "created_at"}
    return Fact.objects.of_living(), {**_OF_INVESTOR, **columns}


def _fact(row: Row) -> Document:
    return Document(
        Kind.FACT,
        row["pk"],
        title=_line(row["investor"], row["topic"]),
        body=row["text"],
        contact_ids=(row["contact_id"],) if row["contact_id"] else (),
        on=clock.local(_instant(row["at"])).date(),
        name=row["topic"] or "Fact",
        **_belonging(row),
    )


def _opportunity_rows() -> Columns:
    rows = Opportunity.objects.filter(investor__deleted_at__isnull=True, fund__deleted_at__isnull=True)
    return rows, {
        **_OF_INVESTOR, "fund": "fund__name", "currency": "fund__currency", "stage": "stage__label", "on": "close_on",
        "expected": _exact("expected"), "committed": _exact("committed"),
    }  # fmt: skip


def _opportunity(row: Row) -> Document:
    amounts = {name: Decimal(row[name] or 0) for name in ("expected", "committed")}
    said = [
        f"{name} {amount:,.0f} {row['currency']}" for name, amount in amounts.items() if amount > money.ZERO
    ]
    return Document(
        Kind.OPPORTUNITY,
        row["pk"],
        title=_line(row["investor"], row["fund"]),
        body=_prose(f"Stage: {row['stage']}.", ", ".join(said)),
        on=_day(row["on"]),
        name=row["fund"],
        **_belonging(row),
    )


def _fund_rows() -> Columns:
    return Fund.objects.all(), {"name": "name", "description": "description", "on": "closes_on"}


def _fund(row: Row) -> Document:
    return Document(
        Kind.FUND, row["pk"], title=row["name"], body=row["description"], on=_day(row["on"]), name=row["name"]
    )


def _exact(name: str) -> Cast:
    # As text: a float would lose cents of large amounts.
    return Cast(F(name), CharField(max_length=40))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # SQLite has no zones: it keeps UTC


def _line(*parts: str) -> str:
    return " · ".join(text.one_line(part) for part in parts if part and part.strip())


def _prose(*parts: str) -> str:
    return "\n".join(part for part in parts if part and part.strip())


_ROWS: Mapping[Kind, Callable[[], Columns]] = {
    Kind.INVESTOR: _investor_rows,
    Kind.CONTACT: _contact_rows,
    Kind.COMMUNICATION: _communication_rows,
    Kind.FACT: _fact_rows,
    Kind.OPPORTUNITY: _opportunity_rows,
    Kind.FUND: _fund_rows,
}
_MAKERS: Mapping[Kind, Callable[[Row], Document]] = {
    Kind.INVESTOR: _investor,
    Kind.CONTACT: _contact,
    Kind.COMMUNICATION: _communication,
    Kind.FACT: _fact,
    Kind.OPPORTUNITY: _opportunity,
    Kind.FUND: _fund,
}
_MODELS: Mapping[Kind, type[Any]] = {
    Kind.INVESTOR: Investor,
    Kind.CONTACT: Contact,
    Kind.COMMUNICATION: Communication,
    Kind.FACT: Fact,
    Kind.OPPORTUNITY: Opportunity,
    Kind.FUND: Fund,
}
