"""Where the pages are that the bot links to."""

from __future__ import annotations

from django.conf import settings

from intake.models import Proposal

#: Pages by the names of their routes. Written down, because looking one up loads every page of the site into the bot:
#: a second's wait and 13 MB. A test holds them against the routes.
PAGES = {
    "intake:detail": "/inbox/{}/",
    "investors:detail": "/investors/{}/",
    "accounts:identities": "/settings/matrix/",
    "rooms:list": "/settings/matrix/rooms/",
}


def of_proposal(proposal: Proposal) -> str:
    """The proposal in the inbox."""
    return settings.SITE_URL + PAGES["intake:detail"].format(proposal.pk)


def of_investor(investor_id: int) -> str:
    """The record."""
    return settings.SITE_URL + PAGES["investors:detail"].format(investor_id)


def of_record(proposal: Proposal) -> str:
    """What was written, or the proposal itself where that is gone."""
    return of_investor(proposal.investor_id) if proposal.investor_id else of_proposal(proposal)


def of_identities() -> str:
    """Where Matrix ids are linked to members."""
    return settings.SITE_URL + PAGES["accounts:identities"]


def of_rooms() -> str:
    """Where an admin says what each room is for."""
    return settings.SITE_URL + PAGES["rooms:list"]
