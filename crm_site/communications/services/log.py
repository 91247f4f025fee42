"""The canonical write: one entry becomes an investor, people, a communication and what follows from it, or nothing."""

from __future__ import annotations

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.communications.entry import Changed, Entry, LeftAlone, PersonEntry, Result
from crm_site.communications.services.communications import add_communication
from crm_site.communications.services.facts import add_fact
from crm_site.communications.services.reminders import add_reminder
from crm_site.contacts import reaching
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core import fields, living, unit
from crm_site.core.actor import Actor
from crm_site.investors import choosing
from crm_site.investors import services as investors
from crm_site.investors.models import Investor

MAX_PEOPLE = 20


def verbs_needed(entry: Entry) -> list[Verb]:
    """Every right that writing this entry takes: what an approver must have."""
    needed = [Verb.LOG] if entry.with_communication or entry.facts else []
    if entry.investor is None:
        needed.append(Verb.EDIT_INVESTOR)
    if entry.people:
        needed.append(Verb.EDIT_CONTACT)
    if entry.reminder:
        needed.append(Verb.EDIT_REMINDER)
    if entry.expected is not None or entry.committed is not None:
        needed.append(Verb.EDIT_OPPORTUNITY)
    if entry.stage is not None:
        needed.append(Verb.MOVE_STAGE)
    return needed


@unit.atomic
def log_communication(*, actor: Actor, entry: Entry) -> Result:
    """Write an entry whose investor and people have been resolved (`relations.log_by_name` does that from names).

    A filled field is never overwritten: what was kept comes back in `left_alone`.
    Raises NotAllowed (naming every right that lacks), Invalid, StageUnclear; then nothing at all is written.
    """
    permissions.require(actor, *verbs_needed(entry), on=[entry.investor, entry.fund, entry.stage])
    # All at once and in this order: two entries about the same people would wait for each other in a ring.
    living.hold(entry.investor, *(person.contact for person in entry.people))
    result = Result(investor=_investor(actor, entry))
    if entry.investor is None:
        result.created.append(("investor", result.investor.pk))
    if len(entry.people) > MAX_PEOPLE:
        fields.refuse("people", f"At most {MAX_PEOPLE} people in one entry.")
    for person in entry.people:
        result.contacts.append(_person(actor, result, person))
    _pipeline(actor, entry, result)
    if entry.with_communication:
        result.communication = add_communication(
            actor=actor,
            investor=result.investor,
            kind=entry.kind,
            body=entry.body,
            subject=entry.subject,
            occurred_on=entry.occurred_on,
            occurred_at=entry.occurred_at,
            state=entry.state,
            direction=entry.direction,
            contacts=result.contacts,
            member_ids=entry.member_ids,
            opportunity=result.opportunity,
        )
        result.created.append(("communication", result.communication.pk))
    _follow_up(actor, entry, result)
    return result


def _investor(actor: Actor, entry: Entry) -> Investor:
    if entry.investor is not None:
        return entry.investor
    if not entry.investor_name.strip():
        fields.refuse("investor", "Say which investor this is about.")
    return investors.create_investor(actor=actor, name=entry.investor_name, type=entry.investor_type)


def _person(actor: Actor, result: Result, person: PersonEntry) -> Contact:
    contact = person.contact
    if contact is None:
        contact = contacts.create_contact(
            actor=actor, name=person.name, email=person.email, phone=person.phone
        )
        result.created.append(("contact", contact.pk))
        contacts.affiliate(actor=actor, contact=contact, investor=result.investor, title=person.title)
        return contact
    permissions.require(actor, Verb.EDIT_CONTACT, on=[contact])
    if person.email:
        _add_reach(actor, result, contact, "email", person.email)
    if person.phone:
        _add_reach(actor, result, contact, "phone", person.phone)
    _place(actor, result, contact, person.title)
    return contact


def _add_reach(actor: Actor, result: Result, contact: Contact, kind: str, value: str) -> None:
    # A further address stands beside the old one, so nothing is overwritten; the main one stays the main one.
    if kind == "email":
        known = set(contact.emails.values_list("email", flat=True))
        if reaching.checked_email(value, field="email") not in known:
            row = contacts.add_email(actor=actor, contact=contact, email=value)
            result.changed.append(Changed("contact", contact.pk, kind, None, row.email))
        return
    numbers = set(contact.phones.values_list("number", flat=True))
    if reaching.checked_phone(value, field="phone")[1] not in numbers:
        added = contacts.add_phone(actor=actor, contact=contact, phone=value)
        result.changed.append(Changed("contact", contact.pk, kind, None, added.number))


def _place(actor: Actor, result: Result, contact: Contact, title: str) -> None:
    there = (
        Affiliation.objects.current().filter(contact=contact, investor=result.investor).main_first().first()
    )
    if there is None:
        contacts.affiliate(actor=actor, contact=contact, investor=result.investor, title=title)
        result.changed.append(Changed("contact", contact.pk, "investor", None, result.investor.name))
    elif title and not there.title:
        contacts.edit_affiliation(actor=actor, affiliation=there, values={"title": title})
        result.changed.append(Changed("contact", contact.pk, "title", "", title))
    elif title and title.casefold() != there.title.casefold():
        result.left_alone.append(LeftAlone("contact", contact.pk, "title", there.title, title))


def _pipeline(actor: Actor, entry: Entry, result: Result) -> None:
    if entry.expected is not None or entry.committed is not None:
        _amounts(actor, entry, result)
    if entry.stage is None:
        if entry.fund is not None and result.opportunity is None:
            result.opportunity = choosing.find_opportunity(result.investor, entry.fund)
        return
    standing = result.opportunity or choosing.find_opportunity(result.investor, entry.fund)
    if standing is None:
        moved = investors.move_stage(
            actor=actor, investor=result.investor, stage=entry.stage, fund=entry.fund
        )
        result.created.append(("opportunity", moved.pk))
    else:
        before = standing.stage.key
        moved = investors.move_opportunity(actor=actor, opportunity=standing, stage=entry.stage)
        if before != entry.stage.key:
            result.changed.append(Changed("opportunity", moved.pk, "stage", before, entry.stage.key))
    result.opportunity = moved


def _amounts(actor: Actor, entry: Entry, result: Result) -> None:
    known = choosing.find_opportunity(result.investor, entry.fund)
    result.opportunity, changes = investors.record_interest(
        actor=actor,
        investor=result.investor,
        fund=entry.fund,
        expected=entry.expected,
        committed=entry.committed,
    )
    if known is None:
        result.created.append(("opportunity", result.opportunity.pk))
    result.changed += [
        Changed("opportunity", result.opportunity.pk, name, old, new) for name, (old, new) in changes.items()
    ]


def _follow_up(actor: Actor, entry: Entry, result: Result) -> None:
    if entry.reminder is not None:
        result.reminder = add_reminder(
            actor=actor,
            text=entry.reminder.text,
            due_on=entry.reminder.due_on,
            due_time=entry.reminder.due_time,
            investor=result.investor,
            communication=result.communication,
            assigned_to_id=entry.reminder.assigned_to_id,
        )
        result.created.append(("reminder", result.reminder.pk))
    for fact in entry.facts:
        about = result.contacts[fact.person] if fact.person is not None else None
        row = add_fact(
            actor=actor,
            investor=result.investor,
            text=fact.text,
            topic=fact.topic,
            confidence=fact.confidence,
            contact=about,
            communication=result.communication,
        )
        result.facts.append(row)
        result.created.append(("fact", row.pk))
