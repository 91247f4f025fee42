"""What the team should know this morning: a bounded number of rows of each sort, with how many there are in all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from crm_site.communications.models import Communication, Reminder
from crm_site.core import clock
from crm_site.home import daily
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Investor
from intake.models import Proposal

MOST_PER_OWNER, MOST_MEETINGS, MOST_PROPOSALS, MOST_QUIET = 6, 12, 6, 8


@dataclass
class Owner:
    """One member's follow-ups up to today. rows: the oldest few."""

    name: str
    today: int
    overdue: int
    rows: list[Reminder] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.today + self.overdue - len(self.rows)


@dataclass(frozen=True)
class Digest:
    """One morning. quiet: who crossed the line of silence since the last working day, so that nobody is named each day."""

    day: date
    owners: list[Owner]
    meetings: list[Communication]
    meetings_count: int
    proposals: list[Proposal]
    proposals_count: int
    quiet: list[Investor]
    quiet_count: int

    def __bool__(self) -> bool:
        return bool(self.owners or self.meetings or self.proposals or self.quiet)


def gather() -> Digest:
    """Today's digest of the organization in scope. Eight queries, however much there is."""
    day = clock.today()
    meetings = Communication.objects.planned().of_living().between(day, day)
    pending = Proposal.objects.pending()
    quiet = _gone_quiet(day)
    return Digest(
        day=day,
        owners=_owners(day),
        meetings=list(meetings.select_related("investor")[:MOST_MEETINGS]),
        meetings_count=meetings.count(),
        proposals=list(pending.with_message()[:MOST_PROPOSALS]),
        proposals_count=pending.count(),
        quiet=list(quiet[:MOST_QUIET]),
        quiet_count=quiet.count(),
    )


def _owners(day: date) -> list[Owner]:
    """Those with something due, by name."""
    due = Reminder.objects.due_by(day).of_living()
    counted = due.order_by().values("assigned_to_id", "assigned_to__name")
    found = {
        row["assigned_to_id"]: Owner(row["assigned_to__name"], row["all"] - row["late"], row["late"])
        for row in counted.annotate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=day)))
    }
    # One owner's backlog must not crowd out what the others have to do today.
    place = Window(
        RowNumber(),
        partition_by="assigned_to_id",
        order_by=[F("due_on").asc(), F("due_time").asc(nulls_last=True), F("pk").asc()],
    )
    for reminder in due.with_people().annotate(place=place).filter(place__lte=MOST_PER_OWNER):
        found[reminder.assigned_to_id].rows.append(reminder)
    return sorted(found.values(), key=lambda owner: owner.name.casefold())


def _gone_quiet(day: date) -> Any:
    silence = timedelta(days=daily.QUIET_DAYS)
    told_until = last_working_day_before(day) - silence
    silent = Investor.objects.stale_for(daily.QUIET_DAYS).filter(
        last_activity_on__gt=told_until, stage__category=StageCategory.OPEN
    )
    return silent.order_by("-expected_total", "last_activity_on", "id")


def last_working_day_before(day: date) -> date:
    """Monday to Friday."""
    day -= timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day
