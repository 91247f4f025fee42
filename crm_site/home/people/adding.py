"""Adding a person from a form: who it is and where, in one unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_site.contacts import services
from crm_site.contacts.models import Contact
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.investors.models import Investor


@unit.atomic
def add_contact(*, actor: Actor, investor: Investor | None, values: Mapping[str, Any]) -> Contact:
    """A new person, at the investor when one is given. values: as `create_contact` takes them, and title."""
    given = dict(values)
    title = given.pop("title", "")
    contact = services.create_contact(actor=actor, **given)
    if investor is not None:
        services.affiliate(actor=actor, contact=contact, investor=investor, title=title)
    return contact
