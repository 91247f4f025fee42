"""Keeping "last activity" and "next step" of investors true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Q, Subquery

from crm_site.communications.models import Communication, Reminder
from crm_site.core.actor import Actor
from crm_site.investors.models import Investor


def refresh_activity(*, actor: Actor, investor_ids: Iterable[int] | None = None) -> None:
    """Recompute both dates of these investors (None: of all in the organization). Not audited: nothing is decided here."""
    rows = Investor.all_objects.filter(organization_id=actor.organization_id)
    if investor_ids is not None:
        rows = rows.filter(pk__in=list(investor_ids))
    happened = Communication.objects.happened().filter(investor_id=OuterRef("pk")).order_by("-occurred_on")
    open_ones = Reminder.objects.open().filter(investor_id=OuterRef("pk")).order_by("due_on")
    rows.update(
        last_activity_on=Subquery(happened.values("occurred_on")[:1]),
        next_step_on=Subquery(open_ones.values("due_on")[:1]),
    )


def note_new_activity(*, actor: Actor, investor_id: int, occurred_on: date) -> None:
    """The same for one communication that has just happened: the date can only move forward, so nothing is looked up.

    The canonical write calls it each time; recomputing there took a third of its time.
    """
    rows = Investor.all_objects.filter(organization_id=actor.organization_id, pk=investor_id)
    rows.filter(Q(last_activity_on__isnull=True) | Q(last_activity_on__lt=occurred_on)).update(
        last_activity_on=occurred_on
    )


def note_new_step(*, actor: Actor, investor_id: int, due_on: date) -> None:
    """The same for one open reminder that is new: the date can only come closer."""
    rows = Investor.all_objects.filter(organization_id=actor.organization_id, pk=investor_id)
    rows.filter(Q(next_step_on__isnull=True) | Q(next_step_on__gt=due_on)).update(next_step_on=due_on)
