"""What is worth remembering."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications.models import Communication, Fact
from crm_site.contacts.models import Contact
from crm_site.core import fields, living, unit, versioned
from crm_site.core.actor import Actor
from crm_site.investors.models import Investor

EDITABLE = frozenset({"text", "topic"})


@unit.atomic
def add_fact(
    *,
    actor: Actor,
    investor: Investor,
    text: str,
    topic: str = "",
    confidence: Decimal | float = 1,
    contact: Contact | None = None,
    communication: Communication | None = None,
) -> Fact:
    """Remember something. confidence: 0..1, how sure the source makes it."""
    permissions.require(actor, Verb.LOG, on=[investor, contact, communication])
    living.hold(investor, contact)
    values = _checked({"text": text, "topic": topic})
    sure = min(max(Decimal(str(confidence)), Decimal(0)), Decimal(1)).quantize(Decimal("0.01"))
    row = Fact.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        investor=investor,
        contact=contact,
        communication=communication,
        confidence=sure,
        **values,
    )
    shown = {**values, "confidence": sure}
    audit.record(actor=actor, action="fact.created", subject=row, parent=investor, changes=audit.fresh(shown))
    return row


@unit.atomic
def edit_fact(
    *, actor: Actor, fact: Fact, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change the wording or the topic."""
    permissions.require(actor, Verb.LOG, on=[fact])
    changes = versioned.update(fact, _checked(fields.only(values, EDITABLE)), version=version)
    if changes:
        audit.record(actor=actor, action="fact.edited", subject=fact, parent=fact.investor, changes=changes)
    return changes


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "text" in checked:
        checked["text"] = fields.line(checked["text"], field="text", limit=500, required=True)
    if "topic" in checked:
        checked["topic"] = fields.line(checked["topic"], field="topic", limit=60)
    return checked
