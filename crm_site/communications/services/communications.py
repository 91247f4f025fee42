"""Communications themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from crm_site.accounts import members, permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications.choices import Direction, Kind, State
from crm_site.communications.models import (
    BODY_LIMIT,
    Communication,
    CommunicationContact,
    CommunicationMember,
)
from crm_site.communications.services.derived import note_new_activity, refresh_activity
from crm_site.contacts.models import Contact
from crm_site.core import clock, fields, living, unit, versioned
from crm_site.core.actor import Actor
from crm_site.investors.models import Investor, Opportunity

EDITABLE = frozenset(
    {"kind", "state", "direction", "occurred_on", "occurred_at", "subject", "body", "contacts"}
)


@unit.atomic
def add_communication(
    *,
    actor: Actor,
    investor: Investor,
    kind: str = Kind.NOTE,
    body: str = "",
    subject: str = "",
    occurred_on: date | str | None = None,
    occurred_at: datetime | None = None,
    state: str = State.HAPPENED,
    direction: str | None = None,
    contacts: Sequence[Contact] = (),
    member_ids: Sequence[int] = (),
    opportunity: Opportunity | None = None,
) -> Communication:
    """Add one communication. Without a date it is today's; what happened cannot lie in the future."""
    permissions.require(actor, Verb.LOG, on=[investor, opportunity, *contacts])
    living.hold(investor, *contacts)
    given = {
        "kind": kind,
        "state": state,
        "direction": direction,
        "occurred_on": occurred_on or (clock.local(occurred_at).date() if occurred_at else clock.today()),
        "occurred_at": occurred_at,
        "subject": subject,
        "body": body,
    }
    values = _checked(given, state)
    if not (values["body"] or values["subject"]) and values["kind"] == Kind.NOTE:
        fields.refuse("body", "Write something.")
    row = Communication.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        investor=investor,
        opportunity=opportunity,
        captured_via=actor.captured_via or actor.door,
        **values,
    )
    _link_contacts(actor, row, contacts)
    _link_members(actor, row, member_ids)
    shown = {**values, "contacts": [contact.name for contact in contacts]}
    audit.record(
        actor=actor, action="communication.logged", subject=row, parent=investor, changes=audit.fresh(shown)
    )
    if values["state"] == State.HAPPENED:
        note_new_activity(actor=actor, investor_id=investor.pk, occurred_on=values["occurred_on"])
    return row


@unit.atomic
def edit_communication(
    *, actor: Actor, communication: Communication, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change fields (names as in EDITABLE; `contacts` is a list of Contact rows)."""
    permissions.require(actor, Verb.LOG, on=[communication, *values.get("contacts", ())])
    given = fields.only(values, EDITABLE)
    contacts = given.pop("contacts", None)
    checked = _checked(given, given.get("state", communication.state))
    people = _people_change(communication, contacts)
    changes = versioned.update(communication, checked, version=version, touched=bool(people))
    if contacts is not None and people:
        _replace_contacts(actor, communication, contacts)
    changes |= people
    if changes:
        audit.record(
            actor=actor,
            action="communication.edited",
            subject=communication,
            parent=communication.investor,
            changes=changes,
        )
        refresh_activity(actor=actor, investor_ids=[communication.investor_id])
    return changes


def _link_contacts(actor: Actor, row: Communication, contacts: Sequence[Contact]) -> None:
    CommunicationContact.objects.bulk_create(
        CommunicationContact(organization_id=actor.organization_id, communication=row, contact=contact)
        for contact in {contact.pk: contact for contact in contacts}.values()
    )


def _link_members(actor: Actor, row: Communication, member_ids: Sequence[int]) -> None:
    others = [user_id for user_id in member_ids if user_id != actor.user_id]
    ids = {members.checked_user_id(user_id, field="members") for user_id in others}
    if actor.user_id is not None:
        ids.add(actor.user_id)
    CommunicationMember.objects.bulk_create(
        CommunicationMember(organization_id=actor.organization_id, communication=row, user_id=user_id)
        for user_id in sorted(user_id for user_id in ids if user_id is not None)
    )


def _people_change(row: Communication, contacts: Sequence[Contact] | None) -> versioned.Changes:
    if contacts is None:
        return {}
    links = CommunicationContact.objects.filter(communication=row).select_related("contact")
    old = {link.contact_id: link.contact.name for link in links}
    new = {contact.pk: contact.name for contact in contacts}
    if old.keys() == new.keys():
        return {}
    return {"contacts": ([old[pk] for pk in sorted(old)], [new[pk] for pk in sorted(new)])}


def _replace_contacts(actor: Actor, row: Communication, contacts: Sequence[Contact]) -> None:
    living.hold(*contacts)
    CommunicationContact.objects.filter(communication=row).delete()
    _link_contacts(actor, row, contacts)


def _checked(values: Mapping[str, Any], state: str) -> dict[str, Any]:
    checked = dict(values)
    for name, options in (("kind", Kind.values), ("state", State.values)):
        if name in checked:
            checked[name] = fields.choice(checked[name], field=name, options=options)
    if "direction" in checked:
        checked["direction"] = fields.choice(
            checked["direction"], field="direction", options=Direction.values, blank=True
        )
    if "occurred_on" in checked:
        checked["occurred_on"] = fields.day(checked["occurred_on"], field="occurred_on", required=True)
        if state == State.HAPPENED and checked["occurred_on"] > clock.today():
            fields.refuse("occurred_on", "It has not happened yet: plan it, or choose an earlier day.")
    if "subject" in checked:
        checked["subject"] = fields.line(checked["subject"], field="subject", limit=200)
    if "body" in checked:
        checked["body"] = fields.prose(checked["body"], field="body", limit=BODY_LIMIT)
    return checked
