"""Keeping "last activity" and "next step" of investors true."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

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
