"""The cases of `./deploy/bench`. Add one: a function under `@case("name", runs=…)` that prepares, and returns what is timed.

What is timed gets the number of the call, so that no two calls ask for the same row.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import QuerySet
from django.test import Client
from django.urls import NoReverseMatch, reverse

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.accounts.services import keys
from crm_site.communications import services as communications
from crm_site.communications.entry import Entry, PersonEntry, ReminderEntry
from crm_site.contacts.models import Contact, ContactEmail
from crm_site.core import scope
from crm_site.core.actor import Actor, Door
from crm_site.investors.models import Investor
from crm_site.relations import matching
from crm_site.relations import services as relations
from crm_site.work import runner
from crm_site.work.models import WorkItem
from intake import services as intake

Once = Callable[[int], None]
SAMPLE = 500


class NotThere(LookupError):
    """What the case measures does not exist in this checkout: the case is skipped, and says so."""


@dataclass(frozen=True)
class World:
    """The demo organization, its owner, a logged-in browser, and investors to ask for."""

    organization: Organization
    actor: Actor
    client: Client
    investor_ids: list[int]
    investor_names: list[str]
    headers: dict[str, str] = field(default_factory=dict)

    def investor_id(self, number: int) -> int:
        return self.investor_ids[number % len(self.investor_ids)]

    def investor_name(self, number: int) -> str:
        return self.investor_names[number % len(self.investor_names)]

    def page(self, address: str) -> None:
        """Fetch it as a browser would; anything but a whole page is a broken case, not a fast one."""
        answer = self.client.get(address, headers=self.headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")


@dataclass(frozen=True)
class Case:
    prepare: Callable[[World], Once]
    runs: int


CASES: dict[str, Case] = {}


def case(name: str, *, runs: int) -> Callable[[Callable[[World], Once]], Callable[[World], Once]]:
    def register(prepare: Callable[[World], Once]) -> Callable[[World], Once]:
        CASES[name] = Case(prepare, runs)
        return prepare

    return register


@contextmanager
def world() -> Iterator[World]:
    """Inside the demo organization's scope."""
    organization = Organization.objects.order_by("id")[0]
    with scope.scope(organization):
        owner = (
            Membership.objects.filter(role=Role.OWNER)
            .select_related("user", "organization")
            .order_by("id")[0]
        )
        client = Client()
        client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
        sample = _spread(Investor.objects.live())
        yield World(
            organization=organization,
            actor=sessions.actor_for(owner, door=Door.WEB),
            client=client,
            investor_ids=[row[0] for row in sample],
            investor_names=[row[1] for row in sample],
        )


def _spread(rows: QuerySet[Investor]) -> list[tuple[int, str]]:
    """Investors from all over the table, in an order that no cache could guess."""
    step = max(1, rows.count() // SAMPLE)
    found = list(islice(rows.order_by("id").values_list("id", "name").iterator(), 0, None, step))
    random.Random(1).shuffle(found)
    return found


def address(name: str, *arguments: int) -> str:
    """Where a page is. Raises NotThere."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        raise NotThere(f"there is no page {name}") from None


@case("grid first page", runs=40)
def grid_first_page(here: World) -> Once:
    grid = address("home:grid")
    return lambda number: here.page(grid)


@case("grid sorted, filtered", runs=40)
def grid_sorted_and_filtered(here: World) -> Once:
    grid = address("home:grid")
    return lambda number: here.page(f"{grid}?sort=-activity&type=family_office")


@case("investor page", runs=40)
def investor_page(here: World) -> Once:
    return lambda number: here.page(address("investors:detail", here.investor_id(number)))


@case("API list page", runs=40)
def api_list_page(here: World) -> Once:
    membership = Membership.objects.get(user__pk=here.actor.user_id or 0)
    made = keys.create_api_key(actor=here.actor, membership=membership, name="benchmark")
    here.client.logout()
    here.headers["Authorization"] = f"Api-Key {made.text}"
    listed = address("api:investors-list")
    return lambda number: here.page(listed)


@case("match", runs=300)
def match(here: World) -> Once:
    """A third each: the name as it stands, the name with a slip of the pen, the address of somebody there."""
    known = ContactEmail.objects.order_by("id").values_list("email", flat=True)
    emails = list(islice(known.iterator(), 0, None, max(1, known.count() // SAMPLE)))

    def once(number: int) -> None:
        if number % 3 == 2:
            matching.match(email=emails[number % len(emails)])
        else:
            name = here.investor_name(number)
            matching.match(investor=name if number % 3 else _misspelt(name))

    return once


@case("match, misspelt", runs=300)
def match_misspelt(here: World) -> Once:
    """The dearest look-up: no key fits, so the block of alike names is gathered and compared."""
    return lambda number: _ignored(matching.match(investor=_misspelt(here.investor_name(number))))


@case("log_communication", runs=400)
def log_communication(here: World) -> Once:
    """One call noted on a known investor, with a known person and a reminder."""
    people = dict(
        Contact.objects.filter(affiliations__investor_id__in=here.investor_ids)
        .order_by("id")
        .values_list("affiliations__investor_id", "id")
    )
    rows = Contact.objects.in_bulk(people.values())
    investors = Investor.objects.in_bulk(here.investor_ids)

    def once(number: int) -> None:
        investor = investors[here.investor_id(number)]
        contact = rows[people[investor.pk]]
        entry = Entry(
            investor=investor,
            people=(PersonEntry(name=contact.name, contact=contact),),
            kind="call",
            body=f"{contact.name} called, number {number}: likes the deck, wants the model and a date.",
            reminder=ReminderEntry(text="Send the model"),
        )
        communications.log_communication(actor=here.actor, entry=entry)

    return once


@case("log_communication, bare", runs=400)
def log_communication_bare(here: World) -> Once:
    """The same without person and reminder."""
    investors = Investor.objects.in_bulk(here.investor_ids)

    def once(number: int) -> None:
        body = f"Short call, number {number}: no change, again in two weeks."
        entry = Entry(investor=investors[here.investor_id(number)], kind="call", body=body)
        communications.log_communication(actor=here.actor, entry=entry)

    return once


@case("log_by_name", runs=200)
def log_by_name(here: World) -> Once:
    """The same by names alone: the investor is matched first. The demo's doubles are left out: they would ask back."""
    certain = [name for name in here.investor_names[:200] if matching.match(investor=name).certain]

    def once(number: int) -> None:
        body = f"Spoke again, number {number}."
        entry = Entry(investor_name=certain[number % len(certain)], kind="call", body=body)
        relations.log_by_name(actor=here.actor, entry=entry)

    return once


@case("intake by grammar", runs=60)
def intake_by_grammar(here: World) -> Once:
    """From a sentence to its stored proposal: received, read, matched and proposed, in one process."""

    def once(number: int) -> None:
        name = here.investor_name(number)
        sentence = f"Met {name} yesterday, they like Fund II and think of 2-3m. Send the deck next Tuesday. ({number})"
        intake.receive(actor=here.actor, source="web", body=sentence)
        waiting = WorkItem.objects.order_by("-id").values_list("pk", flat=True)[0]
        with scope.no_scope():
            runner.run(waiting)

    return once


def _misspelt(name: str) -> str:
    """One letter less, in the middle of the longest word."""
    word = max(name.split(), key=len)
    return name.replace(word, word[: len(word) // 2] + word[len(word) // 2 + 1 :], 1)


def _ignored(found: matching.Match) -> None:
    """Whether a slip of the pen is forgiven is for tests to say; here only its time counts."""
