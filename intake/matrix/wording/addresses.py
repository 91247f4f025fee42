"""Where the pages are that the bot links to."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from intake.models import Proposal


def of_proposal(proposal: Proposal) -> str:
    """The proposal in the inbox."""
    return settings.SITE_URL + reverse("intake:detail", args=[proposal.pk])


def of_investor(investor_id: int) -> str:
    """The record."""
    return settings.SITE_URL + reverse("investors:detail", args=[investor_id])


def of_record(proposal: Proposal) -> str:
    """What was written, or the proposal itself where that is gone."""
    return of_investor(proposal.investor_id) if proposal.investor_id else of_proposal(proposal)


def of_identities() -> str:
    """Where Matrix ids are linked to members."""
    return settings.SITE_URL + reverse("accounts:identities")


def of_rooms() -> str:
    """Where an admin says what each room is for."""
    return settings.SITE_URL + reverse("rooms:list")
