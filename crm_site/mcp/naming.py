"""Who is meant: the investor behind a name or a key, in the organization in scope."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from crm_site.core import living
from crm_site.core.errors import NotFound
from crm_site.investors.models import Investor
from crm_site.relations.overview import reading
from nlquery import resolving

LARGEST_ID = 10**18


def key(investor_id: int) -> str:
    """What every tool takes instead of the name."""
    return f"investor:{investor_id}"


def investor(said: str) -> Investor:
    """The investor meant, with what the head of its page shows; by key also one in the graveyard, or merged into another.

    Raises NotFound; nlquery's Unresolved for a name that means nobody or several.
    """
    number = resolving.id_in(said, "investor")
    if number is None and said.isascii() and said.isdecimal() and len(said) <= 18:
        number = int(said)
    if number is None:
        number = resolving.investor(said, slot="investor").pk
    return by_id(number)


def by_id(number: int) -> Investor:
    """The same, by id. Raises NotFound."""
    known = reading.investors()
    found = known.filter(pk=number).first() if number < LARGEST_ID else None
    if found is None and number < LARGEST_ID and (survivor := living.survivor_of(Investor, number)):
        found = known.filter(pk=survivor.pk).first()
    if found is None:
        raise NotFound("There is no such investor.", fields={"investor": "Look it up with find_investor."})
    return found


def address(name: str, pk: int) -> str:
    """Where a person sees the record. name: of the route."""
    return f"{settings.SITE_URL}{reverse(name, args=[pk])}"
