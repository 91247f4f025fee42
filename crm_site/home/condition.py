"""How the house is doing, for the System page: what is stored, what the log says of itself, what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, Min, Q, Subquery, Value

from crm_site.audit.models import AuditEvent, AuditHead
from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts.models import Contact
from crm_site.core import clock
from crm_site.investors.models import Investor, Opportunity
from crm_site.work import health
from crm_site.work.models import Heartbeat, WorkItem
from intake.matrix import condition as matrix
from intake.matrix.choices import EventState, Link, PostState
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixState
from intake.models import InboundMessage

MOST_DEAD = 50
_COUNTED = (Contact, Opportunity, Communication, Reminder, Fact)


@dataclass(frozen=True)
class Chain:
    """The audit log of this organization. last: its latest entry, None while it is empty."""

    sequence: int
    last: AuditEvent | None


def chain() -> Chain:
    """How far the log goes."""
    head = AuditHead.objects.first()
    return Chain(head.sequence if head else 0, AuditEvent.objects.newest_first().first())


def stored() -> list[tuple[str, int]]:
    """Number of live rows of each noun: one query."""
    parts = [
        model.objects.order_by()
        .values("organization_id")
        .values_list(
            Value(str(model._meta.verbose_name_plural).capitalize(), output_field=CharField()), Count("pk")
        )
        for model in _COUNTED
    ]
    live = Investor.objects.live().order_by().values("organization_id")
    first = live.values_list(Value("Investors", output_field=CharField()), Count("pk"))
    messages = InboundMessage.objects.order_by().values("organization_id")
    last = messages.values_list(Value("Messages taken in", output_field=CharField()), Count("pk"))
    found = dict(first.union(*parts, last, all=True))
    names = [
        "Investors",
        *(str(model._meta.verbose_name_plural).capitalize() for model in _COUNTED),
        "Messages taken in",
    ]
    return [(name, found.get(name, 0)) for name in names]


@dataclass(frozen=True)
class Bot:
    """The Matrix bot, as this organization sees it. state: one word of how it stands, good: whether that is well.

    out, out_since: what waits to be sent and since when; waiting: events not decided yet; failed: given up, of both.
    """

    user_id: str
    state: str
    good: bool
    detail: str
    synced_at: datetime | None
    out: int
    out_since: datetime | None
    waiting: int
    failed: int


def bot() -> Bot | None:
    """How the bot does; None where none is set up. Three queries."""
    if not matrix.is_configured():
        return None
    # The account is shared by all organizations; what it has to say and to do is counted for this one alone.
    beat_at = Heartbeat.objects.named(matrix.BEAT).values("beat_at")[:1]
    rows = MatrixState.objects.filter(user_id=settings.MATRIX.user).annotate(beat_at=Subquery(beat_at))
    row = rows.first()
    link = _link_of(row)
    out = MatrixPost.objects.order_by().aggregate(
        waiting=Count("pk", filter=Q(state=PostState.QUEUED)),
        since=Min("created_at", filter=Q(state=PostState.QUEUED)),
        failed=Count("pk", filter=Q(state=PostState.FAILED)),
    )
    came = MatrixEvent.objects.order_by().aggregate(
        waiting=Count("pk", filter=Q(state=EventState.NEW)),
        failed=Count("pk", filter=Q(state=EventState.FAILED)),
    )
    return Bot(
        user_id=settings.MATRIX.user,
        state=link.label,
        good=link == Link.CONNECTED,
        detail=row.detail if row and link != Link.CONNECTED else "",
        synced_at=row.synced_at if row else None,
        out=out["waiting"],
        out_since=out["since"],
        waiting=came["waiting"],
        failed=out["failed"] + came["failed"],
    )


def _link_of(row: Any) -> Link:
    """What the bot noted last, as long as it beats; a refused log-in is why it stopped, so that stays to be seen."""
    if row is None:
        return Link.STOPPED
    is_alive = row.beat_at is not None and clock.now() - row.beat_at <= matrix.FRESH
    return Link(row.link) if is_alive or row.link == Link.REFUSED else Link.STOPPED


def dead_work() -> list[WorkItem]:
    """Work given up in this organization, the latest first."""
    return list(health.dead_work()[:MOST_DEAD])
