"""Named ways to read communications, reminders and facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Substr

from crm_site.communications.choices import ReminderState, State
from crm_site.core import clock, joined
from crm_site.core.querysets import KeptQuerySet

if TYPE_CHECKING:
    from crm_site.communications.models import Communication, Fact, Reminder  # noqa: F401

OPENING = 300


class CommunicationQuerySet(KeptQuerySet["Communication"]):
    """The timeline."""

    def newest_first(self) -> CommunicationQuerySet:
        """By day, the latest first."""
        return self.order_by("-occurred_on", F("occurred_at").desc(nulls_last=True), "-id")

    def in_time_order(self) -> CommunicationQuerySet:
        """By day, the earliest first; within a day, timed ones by their time and then the rest."""
        return self.order_by("occurred_on", F("occurred_at").asc(nulls_last=True), "id")

    def happened(self) -> CommunicationQuerySet:
        """What took place already."""
        return self.filter(state=State.HAPPENED)

    def planned(self) -> CommunicationQuerySet:
        """What lies ahead, the next one first."""
        return self.filter(state=State.PLANNED).order_by("occurred_on", "occurred_at", "id")

    def of_living(self) -> CommunicationQuerySet:
        """Those whose investor is not deleted."""
        return self.filter(investor__deleted_at__isnull=True)

    def of_live_investors(self) -> CommunicationQuerySet:
        """Those whose investor is neither deleted nor in the graveyard."""
        return self.filter(investor__deleted_at__isnull=True, investor__graveyard_at__isnull=True)

    def with_member(self, user_id: int) -> CommunicationQuerySet:
        """Those in which one of our own took part; whoever wrote it down counts among them."""
        # By name: models import querysets, so querysets cannot import models.
        links = apps.get_model("communications", "CommunicationMember").objects
        return self.filter(Exists(links.filter(communication_id=OuterRef("pk"), user_id=user_id)))

    def as_told(self) -> CommunicationQuerySet:
        """Adds opening (the first `OPENING` characters of the text) and who (names of our own that took part, for
        `joined.listed`)."""
        links = apps.get_model("communications", "CommunicationMember").objects.all()
        return self.annotate(
            opening=Substr("body", 1, OPENING), who=joined.names(links, "communication", "user__name")
        )

    def between(self, first: date | None, last: date | None) -> CommunicationQuerySet:
        """Local days, both included; an open end is None."""
        found = self
        if first:
            found = found.filter(occurred_on__gte=first)
        if last:
            found = found.filter(occurred_on__lte=last)
        return found

    def with_people(self) -> CommunicationQuerySet:
        """Joins the investor and the writer, and loads contacts and members: three queries for any number of rows."""
        return self.select_related("investor", "created_by").prefetch_related("contacts", "members")


class ReminderQuerySet(KeptQuerySet["Reminder"]):
    """Follow-ups."""

    def open(self) -> ReminderQuerySet:
        """Neither done nor dropped."""
        return self.filter(state=ReminderState.OPEN)

    def of_living(self) -> ReminderQuerySet:
        """Those without an investor, or whose investor is not deleted."""
        return self.filter(Q(investor__isnull=True) | Q(investor__deleted_at__isnull=True))

    def of_live_investors(self) -> ReminderQuerySet:
        """Those without an investor, or whose investor is neither deleted nor in the graveyard."""
        live = Q(investor__deleted_at__isnull=True, investor__graveyard_at__isnull=True)
        return self.filter(Q(investor__isnull=True) | live)

    def soonest_first(self) -> ReminderQuerySet:
        """By due date; within a day, timed ones by their time and then the rest."""
        return self.order_by("due_on", F("due_time").asc(nulls_last=True), "id")

    def overdue(self) -> ReminderQuerySet:
        """Open and past due: from the next local midnight on, or from its time when one was set."""
        now = clock.local(clock.now())
        earlier_today = Q(due_on=now.date(), due_time__isnull=False, due_time__lt=now.time())
        return self.open().filter(Q(due_on__lt=now.date()) | earlier_today).soonest_first()

    def due_by(self, last: date) -> ReminderQuerySet:
        """Open and due on or before a local day."""
        return self.open().filter(due_on__lte=last).soonest_first()

    def assigned_to(self, user_id: int) -> ReminderQuerySet:
        """Those of one member."""
        return self.filter(assigned_to_id=user_id)

    def with_people(self) -> ReminderQuerySet:
        """Joins the investor and the member."""
        return self.select_related("investor", "assigned_to")


class FactQuerySet(KeptQuerySet["Fact"]):
    """What is remembered."""

    def newest_first(self) -> FactQuerySet:
        """The latest first."""
        return self.order_by("-id")

    def of_living(self) -> FactQuerySet:
        """Those whose investor is not deleted."""
        return self.filter(investor__deleted_at__isnull=True)

    def of_live_investors(self) -> FactQuerySet:
        """Those whose investor is neither deleted nor in the graveyard."""
        return self.filter(investor__deleted_at__isnull=True, investor__graveyard_at__isnull=True)
