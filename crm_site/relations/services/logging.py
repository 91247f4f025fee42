"""`log_by_name`: the canonical write for doors that know names, not rows."""

from __future__ import annotations

from dataclasses import replace

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.communications import services as communications
from crm_site.communications.entry import Entry, PersonEntry, Result
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from crm_site.investors.models import Investor
from crm_site.relations import matching


class AmbiguousInvestor(Conflict):
    """Several investors could be meant. `fields["candidates"]`: [{id, name, score, how}]; send one's id, or `new`."""

    code = "ambiguous_investor"


@unit.atomic
def log_by_name(*, actor: Actor, entry: Entry, new_investor: bool = False) -> Result:
    """Resolve the names of an entry, then write it.

    An investor that is certain is taken; without anything like it a new one is made; in between AmbiguousInvestor asks.
    new_investor: make a new one whatever is alike. An investor or a person resolved by the caller stays as it is.
    """
    permissions.require(actor, Verb.LOG, on=[entry.investor])
    investor = entry.investor
    if investor is None and not new_investor:
        investor = _resolve(entry)
    people = tuple(resolve_person(investor, person) for person in entry.people)
    return communications.log_communication(
        actor=actor, entry=replace(entry, investor=investor, people=people)
    )


def resolve_person(investor: Investor | None, person: PersonEntry) -> PersonEntry:
    """The entry of a person, with who it is when the CRM knows."""
    if person.contact is not None:
        return person
    known = matching.match_contact(
        investor=investor, name=person.name, email=person.email, phone=person.phone
    )
    return replace(person, contact=known)


def _resolve(entry: Entry) -> Investor | None:
    first = entry.people[0] if entry.people else PersonEntry(name="")
    # A person alone leads to the firm; beside a named firm only the name decides, else a forwarded mail would win.
    if entry.investor_name.strip():
        found = matching.match(investor=entry.investor_name)
    else:
        found = matching.match(contact=first.name, email=first.email, phone=first.phone)
    if found.best is None or (not found.certain and found.best.score < matching.LIKELY):
        return None
    if found.certain or not entry.investor_name.strip():
        return found.best.investor if found.lead >= matching.AHEAD else _ask(entry, found)
    return _ask(entry, found)


def _ask(entry: Entry, found: matching.Match) -> Investor | None:
    candidates = [
        {"id": one.investor.pk, "name": one.investor.name, "score": one.score, "how": str(one.how)}
        for one in found.candidates
    ]
    raise AmbiguousInvestor(
        f"“{entry.investor_name or 'This person'}” could be one of several investors.",
        fields={"candidates": candidates},
    )
