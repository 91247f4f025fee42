"""The cast of every test: makers of rows, all through the services, and ways in for their members.

Makers work in the organization in scope and are named `make_…`; each takes what its service takes and fills in the rest.
The fixtures built on them (`house`, `owner` … `viewer`, `bot`, `stranger`, `foreign`) are in `crm_site/tests/fixtures.py`
and known to every test without an import:

    def test_viewer_cannot_edit(viewer):
        investor = cast.make_investor("Harbor Point")
        answer = cast.client_of(viewer).post(f"/investors/{investor.pk}/edit/", {...})
        with pytest.raises(NotAllowed):
            investors.edit_investor(actor=cast.actor_of(viewer), investor=investor, values={...})
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from rest_framework.test import APIClient

from crm_site.accounts import key_text, sessions
from crm_site.accounts.models import ApiKey, Membership, Organization, User
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.communications import services as communications
from crm_site.communications.models import Communication, Fact, Reminder
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Contact
from crm_site.core import scope
from crm_site.core.actor import Actor, Door
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity, Stage

PASSWORD = "a long enough pass phrase"
_number = count(1)


@dataclass(frozen=True)
class Rows:
    """One row of each noun, all of one organization and about one investor."""

    organization: Organization
    investor: Investor
    contact: Contact
    fund: Fund
    stage: Stage
    opportunity: Opportunity
    communication: Communication
    reminder: Reminder
    fact: Fact


def system() -> Actor:
    """The house itself, in the organization in scope: the default actor of every maker."""
    return Actor.system(organization_id=scope.current_id())


def make_organization(name: str = "Acme Partners", *, stages: bool = True, **values: Any) -> Organization:
    """An organization with the default stages. Does not enter its scope."""
    number = next(_number)
    organization = Organization.objects.create(name=name, slug=values.pop("slug", f"org-{number}"), **values)
    if stages:
        with scope.scope(organization):
            investors.make_default_stages(actor=system())
    return organization


def make_user(name: str = "", email: str = "", **values: Any) -> User:
    """A user whose password is PASSWORD."""
    number = next(_number)
    values.setdefault("password", _hashed())
    return User.objects.create(
        name=name or f"Person {number}", email=email or f"person{number}@example.com", **values
    )


def make_member(
    organization: Organization | None = None,
    role: str = Role.ASSOCIATE,
    *,
    user: User | None = None,
    **values: Any,
) -> Membership:
    """A member (of the organization in scope, when none is given). values: those of `make_user`."""
    tenant = organization or scope.current()
    values.setdefault("is_staff", role in {Role.OWNER, Role.ADMIN})
    return Membership.unscoped.create(organization=tenant, user=user or make_user(**values), role=role)


def actor_of(membership: Membership, door: Door = Door.WEB, *, scopes: Iterable[str] | None = None) -> Actor:
    """The actor a door would make of the membership. scopes: those of an API key."""
    limit = None if scopes is None else frozenset(scopes)
    return sessions.actor_for(membership, door=door, scopes=limit)


def client_of(membership: Membership, **extra: Any) -> Client:
    """A browser in which the member is logged in, in this organization."""
    client = Client(**extra)
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[sessions.SESSION_KEY] = membership.organization_id
    session.save()
    return client


def api_of(membership: Membership, *, scopes: Iterable[Verb] = ()) -> APIClient:
    """A client of the API with a key that acts as the membership."""
    made = key_text.make()
    ApiKey.unscoped.create(
        organization_id=membership.organization_id,
        membership=membership,
        name="test",
        prefix=made.prefix,
        digest=made.digest,
        scopes=[str(verb) for verb in scopes],
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {made.text}")
    return client


def make_investor(name: str = "", *, actor: Actor | None = None, **values: Any) -> Investor:
    """An investor of a name of its own."""
    return investors.create_investor(
        actor=actor or system(), name=name or f"Quarry {next(_number)} Capital", **values
    )


def make_contact(
    name: str = "",
    *,
    investor: Investor | None = None,
    title: str = "",
    actor: Actor | None = None,
    **values: Any,
) -> Contact:
    """A person, at an investor when one is given. values: email, phone, linkedin, notes."""
    who = actor or system()
    contact = contacts.create_contact(actor=who, name=name or f"Ada Marlowe {next(_number)}", **values)
    if investor is not None:
        contacts.affiliate(actor=who, contact=contact, investor=investor, title=title)
    return contact


def make_fund(name: str = "", *, actor: Actor | None = None, **values: Any) -> Fund:
    """A fund of a name of its own."""
    return investors.create_fund(actor=actor or system(), name=name or f"Fund {next(_number)}", **values)


def stage(key: str) -> Stage:
    """A stage of the organization in scope by its key, for example `prospect` or `committed`."""
    return Stage.objects.get(key=key)


def make_opportunity(
    *,
    investor: Investor | None = None,
    fund: Fund | None = None,
    stage: Stage | str | None = None,
    actor: Actor | None = None,
    **values: Any,
) -> Opportunity:
    """An opportunity, with a new investor and fund where none are given. stage: a row or its key."""
    standing = Stage.objects.get(key=stage) if isinstance(stage, str) else stage
    return investors.create_opportunity(
        actor=actor or system(),
        investor=investor or make_investor(),
        fund=fund or make_fund(),
        stage=standing,
        **values,
    )


def make_communication(
    investor: Investor | None = None, *, actor: Actor | None = None, **values: Any
) -> Communication:
    """A note of today, unless `values` say otherwise."""
    values.setdefault("body", f"Spoke about terms, number {next(_number)}.")
    return communications.add_communication(
        actor=actor or system(), investor=investor or make_investor(), **values
    )


def make_reminder(investor: Investor | None = None, *, actor: Actor | None = None, **values: Any) -> Reminder:
    """A follow-up of the actor, else of the organization's first member (made when there is none)."""
    who = actor or system()
    if who.user_id is None and "assigned_to_id" not in values:
        first = Membership.objects.active().order_by("id").first() or make_member()
        values["assigned_to_id"] = first.user_id
    values.setdefault("text", f"Send the deck, number {next(_number)}")
    return communications.add_reminder(actor=who, investor=investor, **values)


def make_fact(investor: Investor | None = None, *, actor: Actor | None = None, **values: Any) -> Fact:
    """Something remembered."""
    values.setdefault("text", f"Prefers mornings, number {next(_number)}")
    return communications.add_fact(actor=actor or system(), investor=investor or make_investor(), **values)


def make_rows(organization: Organization) -> Rows:
    """One row of each noun in an organization (which needs no member yet: its reminder gets one)."""
    with scope.scope(organization):
        investor = make_investor()
        fund = make_fund()
        opportunity = make_opportunity(investor=investor, fund=fund, expected="250000")
        return Rows(
            organization=organization,
            investor=investor,
            contact=make_contact(investor=investor, email=f"ada{next(_number)}@elsewhere.example"),
            fund=fund,
            stage=opportunity.stage,
            opportunity=opportunity,
            communication=make_communication(investor),
            reminder=make_reminder(investor),
            fact=make_fact(investor),
        )


@lru_cache(maxsize=1)
def _hashed() -> str:
    # Argon2 is slow on purpose; one hash serves the whole run.
    return make_password(PASSWORD)
