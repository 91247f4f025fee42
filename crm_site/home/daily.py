"""What Today shows: one bounded query for each block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F

from crm_site.communications.models import Communication, Reminder
from crm_site.core import clock
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Fund, Investor
from intake.models import Proposal

MOST_REMINDERS, MOST_MEETINGS, MOST_PROPOSALS, MOST_LOGGED, MOST_QUIET, MOST_FUNDS = 20, 6, 4, 8, 6, 6
#: How far ahead a reminder is shown before it is due.
AHEAD = timedelta(days=7)
QUIET_DAYS = 30


@dataclass
class Due:
    """Open reminders by how pressing they are. more: there are further ones than are shown."""

    overdue: list[Reminder] = field(default_factory=list)
    today: list[Reminder] = field(default_factory=list)
    soon: list[Reminder] = field(default_factory=list)
    more: bool = False

    @property
    def pressing(self) -> int:
        return len(self.overdue) + len(self.today)

    @property
    def groups(self) -> list[tuple[str, list[Reminder]]]:
        """Those that hold something, with their titles."""
        named = (("Overdue", self.overdue), ("Today", self.today), ("This week", self.soon))
        return [(title, rows) for title, rows in named if rows]

    def __bool__(self) -> bool:
        return bool(self.overdue or self.today or self.soon)


def due(user_id: int | None) -> Due:
    """Reminders due today, overdue, and in the week ahead: of one member, or (None) of all."""
    now = clock.local(clock.now())
    rows = Reminder.objects.due_by(now.date() + AHEAD).of_living().with_people()
    if user_id is not None:
        rows = rows.assigned_to(user_id)
    found = list(rows[: MOST_REMINDERS + 1])
    sorted_out = Due(more=len(found) > MOST_REMINDERS)
    for reminder in found[:MOST_REMINDERS]:
        late = reminder.due_on < now.date() or (
            reminder.due_on == now.date() and reminder.due_time is not None and reminder.due_time < now.time()
        )
        place = sorted_out.soon if reminder.due_on > now.date() else sorted_out.today
        (sorted_out.overdue if late else place).append(reminder)
    return sorted_out


def waiting() -> list[Proposal]:
    """Proposals that wait for a yes or no, with the message each came from."""
    return list(Proposal.objects.pending().with_message()[:MOST_PROPOSALS])


def meetings(today: date) -> list[Communication]:
    """What is planned from today on, the next one first."""
    ahead = Communication.objects.planned().of_living().between(today, None)
    return list(ahead.select_related("investor")[:MOST_MEETINGS])


def funds() -> list[Fund]:
    """Funds with what is committed to and hoped for in each."""
    return list(Fund.objects.with_progress().newest_first()[:MOST_FUNDS])


def quiet() -> list[Investor]:
    """Investors in the raise whom nobody has spoken to for a month, those with most at stake first."""
    silent = Investor.objects.stale_for(QUIET_DAYS).filter(
        last_activity_on__isnull=False, stage__category=StageCategory.OPEN
    )
    return list(silent.with_people().order_by("-expected_total", "last_activity_on", "id")[:MOST_QUIET])


def logged_by_others(user_id: int | None) -> list[Communication]:
    """What colleagues wrote down last."""
    rows = Communication.objects.happened().of_living().filter(created_by__isnull=False)
    return list(
        rows.exclude(created_by_id=user_id)
        .select_related("investor", "created_by")
        .order_by("-occurred_on", F("occurred_at").desc(nulls_last=True), "-id")[:MOST_LOGGED]
    )


def is_new(blocks: Iterable[object]) -> bool:
    """Tell whether there is nothing at all yet: then Today says how to begin."""
    return not any(blocks) and not Investor.objects.exists()
