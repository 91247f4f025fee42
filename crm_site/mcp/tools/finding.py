"""Looking somebody up: which investor is meant, and who a person is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from crm_site.core import joined, naming
from crm_site.investors.models import Investor
from crm_site.mcp import naming as meant
from crm_site.mcp.callers import Caller
from crm_site.mcp.registry import tool
from crm_site.mcp.shapes import Paged, PageShown, Shown, cut
from crm_site.relations import matching
from nlquery.intents import people

Name = Annotated[str, Field(max_length=matching.MAX_NAME)]


class InvestorAsked(Paged):
    name: Annotated[Name, Field(description="The investor's name or a part of it.")] = ""
    contact: Annotated[Name, Field(description="The name of somebody there.")] = ""
    email: Annotated[Name, Field(description="An e-mail address of somebody there.")] = ""
    phone: Annotated[Name, Field(description="A phone number of somebody there.")] = ""

    @model_validator(mode="after")
    def one_at_least(self) -> Self:
        if not any((self.name, self.contact, self.email, self.phone)):
            raise ValueError("Give name, contact, email or phone.")
        return self


class InvestorHit(Shown):
    """score: 0..1, how surely this is the one. how: what led to it; `part` for a name that merely holds the words."""

    key: str
    id: int
    name: str
    type: str
    stage: str
    owner: str
    location: str
    last_activity_on: str | None
    in_graveyard: bool
    score: float
    how: str


class InvestorsFound(PageShown):
    """certain: the first one is meant beyond doubt."""

    certain: bool
    investors: list[InvestorHit]


class ContactAsked(Paged):
    contact: Annotated[
        Name,
        Field(min_length=1, description="A person's name, e-mail address or phone number, or `contact:12`."),
    ]


class PersonFound(Shown):
    """A person at one of the places they work at; one who works at two has two rows."""

    key: str
    name: str
    title: str
    investor_key: str | None
    investor: str
    email: str
    phone: str
    last_contacted_on: str | None


class PeopleFound(PageShown):
    people: list[PersonFound]


@tool("find_investor", "Find an investor", takes=InvestorAsked, gives=InvestorsFound)
def find_investor(caller: Caller, asked: InvestorAsked) -> InvestorsFound:
    """Find out which investor is meant by a name, or by a person's name, e-mail address or phone number there.

    Best hit first. Use the `key` of a hit in the other tools. When `certain` is false and several are close, ask the user
    which one is meant instead of guessing.
    """
    found = matching.match(investor=asked.name, contact=asked.contact, email=asked.email, phone=asked.phone)
    scored = {one.investor.pk: (one.score, str(one.how)) for one in found.candidates}
    ids = list(scored)
    beyond = asked.offset + asked.limit + 1
    key = naming.firm_key(asked.name)
    if key and len(ids) < beyond:
        part = Investor.objects.filter(name_key__contains=key).exclude(pk__in=ids)
        ids += part.order_by("name", "id").values_list("pk", flat=True)[: beyond - len(ids)]
    page, place = cut(ids[asked.offset : beyond], asked)
    rows = {row.pk: row for row in Investor.objects.filter(pk__in=page).with_people()}
    hits = [_hit(rows[pk], *scored.get(pk, (0.0, "part"))) for pk in page if pk in rows]
    return InvestorsFound(certain=found.certain, investors=hits, **place)


@tool("contact_lookup", "Look a person up", takes=ContactAsked, gives=PeopleFound)
def contact_lookup(caller: Caller, asked: ContactAsked) -> PeopleFound:
    """Look up a person at an investor by name, e-mail address or phone number: where they work, as what, how to reach them.

    This is about people at investors, not about members of the team.
    """
    found = people.ContactLookup(contact=asked.contact).people()
    rows = [(one, work) for one in found for work in joined.opened(one.places) or [{}]]
    page, place = cut(rows[asked.offset :], asked)
    return PeopleFound(people=[_person(one, work) for one, work in page], **place)


def _hit(row: Investor, score: float, how: str) -> InvestorHit:
    return InvestorHit(
        key=meant.key(row.pk),
        id=row.pk,
        name=row.name,
        type=row.type,
        stage=row.stage.label if row.stage else "",
        owner=row.assigned_to.name if row.assigned_to else "",
        location=row.location,
        last_activity_on=row.last_activity_on.isoformat() if row.last_activity_on else None,
        in_graveyard=row.graveyard_at is not None,
        score=round(score, 3),
        how=how,
    )


def _person(one: Any, work: Mapping[str, Any]) -> PersonFound:
    firm = work.get("investor_id")
    return PersonFound(
        key=f"contact:{one.pk}",
        name=one.name,
        title=work.get("title") or "",
        investor_key=meant.key(firm) if firm else None,
        investor=work.get("investor") or "",
        email=one.email or "",
        phone=one.phone or "",
        last_contacted_on=one.last_on.isoformat() if one.last_on else None,
    )
