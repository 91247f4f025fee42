"""Who is meant: the investor behind a name or a key, in the organization in scope."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from crm_site.core import living
from crm_site.core.errors import NotFound
from crm_site.investors.models import Investor
from crm_site.relations.overview import reading
from nlquery import resolving

#: So many digits always fit into a bigint.
LONGEST_ID = 18


def key(investor_id: int) -> str:
    """What every tool takes instead of the name."""
    return f"investor:{investor_id}"


def investor(said: str) -> Investor:
    """The investor meant, with what the head of its page shows; by key also one in the graveyard, or merged into another.

    Raises NotFound; nlquery's Unresolved for a name that means nobody or several.
    """
    number = id_in(said)
    return by_id(resolving.investor(said, slot="investor").pk if number is None else number)


def id_in(said: str) -> int | None:
    """The id, when a key was said, or its number alone; None for a name."""
    number = resolving.id_in(said, "investor")
    is_number = said.isascii() and said.isdecimal() and len(said) <= LONGEST_ID
    return int(said) if number is None and is_number else number


def by_id(number: int) -> Investor:
    """The same, by an id of at most `LONGEST_ID` digits. Raises NotFound."""
    known = reading.investors()
    found = known.filter(pk=number).first()
    if found is None and (survivor := living.survivor_of(Investor, number)):
        found = known.filter(pk=survivor.pk).first()
    if found is None:
        raise NotFound("There is no such investor.", fields={"investor": "Look it up with find_investor."})
    return found


def address(name: str, pk: int) -> str:
    """Where a person sees the record. name: of the route."""
    return f"{settings.SITE_URL}{reverse(name, args=[pk])}"
