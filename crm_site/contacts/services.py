"""Every write to people, their addresses and where they work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.contacts import reaching
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.core import fields, living, naming, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from crm_site.investors.models import Investor

EDITABLE = frozenset({"name", "linkedin", "notes"})
AFFILIATION_EDITABLE = frozenset({"title", "from_on", "to_on", "is_primary"})


@unit.atomic
def create_contact(
    *, actor: Actor, name: str, email: str = "", phone: str = "", linkedin: str = "", notes: str = ""
) -> Contact:
    """Add a person, with a first address and number when given. Doubles are not refused."""
    permissions.require(actor, Verb.EDIT_CONTACT)
    values = _checked({"name": name, "linkedin": linkedin, "notes": notes})
    contact = Contact.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        name_key=naming.person_key(values["name"]),
        **values,
    )
    _add_grams(contact)
    audit.record(actor=actor, action="contact.created", subject=contact, changes=audit.fresh(values))
    if email:
        add_email(actor=actor, contact=contact, email=email)
    if phone:
        add_phone(actor=actor, contact=contact, phone=phone)
    return contact


@unit.atomic
def edit_contact(
    *, actor: Actor, contact: Contact, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change fields (names as in EDITABLE)."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[contact])
    stored = _checked(fields.only(values, EDITABLE))
    if "name" in stored:
        stored["name_key"] = naming.person_key(stored["name"])
    changes = versioned.update(contact, stored, version=version)
    shown = {name: pair for name, pair in changes.items() if name in EDITABLE}
    if "name" in shown:
        ContactGram.objects.filter(contact=contact).delete()
        _add_grams(contact)
    if shown:
        audit.record(actor=actor, action="contact.edited", subject=contact, changes=shown)
    return shown


@unit.atomic
def add_email(*, actor: Actor, contact: Contact, email: str) -> ContactEmail:
    """Add an address; the first is the main one. One the person has already is returned as it stands."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[contact])
    living.hold(contact)
    address = reaching.checked_email(email, field="email")
    standing = list(ContactEmail.objects.filter(contact=contact))
    for known in standing:
        if known.email == address:
            return known
    row = ContactEmail.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        contact=contact,
        email=address,
        domain=naming.email_domain(address),
        is_primary=not standing,
    )
    audit.record(
        actor=actor,
        action="email.created",
        subject=row,
        parent=contact,
        changes=audit.fresh({"email": address}),
    )
    return row


@unit.atomic
def add_phone(*, actor: Actor, contact: Contact, phone: str) -> ContactPhone:
    """Add a number; the first is the main one. One the person has already is returned as it stands."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[contact])
    living.hold(contact)
    written, number = reaching.checked_phone(phone, field="phone")
    standing = list(ContactPhone.objects.filter(contact=contact))
    for known in standing:
        if known.number == number:
            return known
    row = ContactPhone.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        contact=contact,
        number=number,
        written=written,
        is_primary=not standing,
    )
    audit.record(
        actor=actor,
        action="phone.created",
        subject=row,
        parent=contact,
        changes=audit.fresh({"number": number}),
    )
    return row


@unit.atomic
def make_primary(*, actor: Actor, row: ContactEmail | ContactPhone) -> None:
    """Make an address or a number the person's main one."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[row])
    for other in type(row).objects.filter(contact_id=row.contact_id, is_primary=True).exclude(pk=row.pk):
        versioned.update(other, {"is_primary": False})
    changes = versioned.update(row, {"is_primary": True})
    if changes:
        noun = "email" if isinstance(row, ContactEmail) else "phone"
        audit.record(actor=actor, action=f"{noun}.edited", subject=row, parent=row.contact, changes=changes)


@unit.atomic
def affiliate(
    *,
    actor: Actor,
    contact: Contact,
    investor: Investor,
    title: str = "",
    from_on: date | str | None = None,
    to_on: date | str | None = None,
) -> Affiliation:
    """Say that a person is at an investor. Raises Conflict when that is known already (and not ended)."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[contact, investor])
    living.hold(investor, contact)
    mine = list(Affiliation.objects.filter(contact=contact))
    if any(known.investor_id == investor.pk and known.to_on is None for known in mine):
        raise Conflict(
            f"{contact.name} is at {investor.name} already.", fields={"investor": "This is known already."}
        )
    values = _checked_affiliation({"title": title, "from_on": from_on, "to_on": to_on})
    row = Affiliation.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        contact=contact,
        investor=investor,
        is_primary=not any(known.is_primary for known in mine),
        **values,
    )
    shown = {"contact": contact.pk, "investor": investor.pk, **values}
    audit.record(
        actor=actor,
        action="affiliation.created",
        subject=row,
        parent=investor,
        about=contact,
        changes=audit.fresh(shown),
    )
    return row


@unit.atomic
def edit_affiliation(
    *, actor: Actor, affiliation: Affiliation, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change title, dates, or whether it is the main one."""
    permissions.require(actor, Verb.EDIT_CONTACT, on=[affiliation])
    checked = _checked_affiliation(fields.only(values, AFFILIATION_EDITABLE), affiliation)
    if checked.get("is_primary") and not affiliation.is_primary:
        others = Affiliation.objects.filter(contact_id=affiliation.contact_id, is_primary=True)
        for other in others.exclude(pk=affiliation.pk):
            versioned.update(other, {"is_primary": False})
    changes = versioned.update(affiliation, checked, version=version)
    if changes:
        audit.record(
            actor=actor,
            action="affiliation.edited",
            subject=affiliation,
            parent=affiliation.investor,
            about=affiliation.contact,
            changes=changes,
        )
    return changes


def _add_grams(contact: Contact) -> None:
    ContactGram.objects.bulk_create(
        ContactGram(organization_id=contact.organization_id, contact=contact, gram=gram)
        for gram in sorted(naming.trigrams(contact.name_key))
    )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "name" in checked:
        checked["name"] = fields.line(checked["name"], field="name", limit=200, required=True)
    if "linkedin" in checked:
        checked["linkedin"] = fields.line(checked["linkedin"], field="linkedin", limit=200)
    if "notes" in checked:
        checked["notes"] = fields.prose(checked["notes"], field="notes", limit=10_000)
    return checked


def _checked_affiliation(values: Mapping[str, Any], row: Affiliation | None = None) -> dict[str, Any]:
    checked = dict(values)
    if "title" in checked:
        checked["title"] = fields.line(checked["title"], field="title", limit=120)
    for name in ("from_on", "to_on"):
        if name in checked:
            checked[name] = fields.day(checked[name], field=name)
    if "is_primary" in checked:
        checked["is_primary"] = bool(checked["is_primary"])
    start = checked.get("from_on", row.from_on if row else None)
    end = checked.get("to_on", row.to_on if row else None)
    if start and end and end < start:
        fields.refuse("to_on", "It cannot end before it began.")
    return checked
