"""How the house is doing, for the System page: what is stored, what the log says of itself, what was given up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import CharField, Count, Value

from crm_site.audit.models import AuditEvent, AuditHead
from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts.models import Contact
from crm_site.investors.models import Investor, Opportunity
from crm_site.work import health
from crm_site.work.models import WorkItem
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


def dead_work() -> list[WorkItem]:
    """Work given up in this organization, the latest first."""
    return list(health.dead_work()[:MOST_DEAD])
