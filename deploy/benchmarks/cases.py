"""The cases of `./deploy/bench`. Add one: a function under `@case("name", runs=…)` that prepares, and returns what is timed.

What is timed gets the number of the call, so that no two calls ask for the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.test import Client

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.communications import services as communications
from crm_site.communications.choices import Kind
from crm_site.communications.entry import Entry
from crm_site.core import scope
from crm_site.core.actor import Actor, Door
from crm_site.investors.models import Investor
from crm_site.relations import matching

Once = Callable[[int], None]
SAMPLE = 500


@dataclass(frozen=True)
class World:
    """The demo organization, its owner, a logged-in browser, and investors to ask for."""

    organization: Organization
    actor: Actor
    client: Client
    investor_ids: list[int]
    investor_names: list[str]

    def investor_id(self, number: int) -> int:
        return self.investor_ids[number % len(self.investor_ids)]

    def investor_name(self, number: int) -> str:
        return self.investor_names[number % len(self.investor_names)]

    def page(self, address: str) -> None:
        """Fetch it as a browser would; anything but a whole page is a broken case, not a fast one."""
        answer = self.client.get(address)
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
        step = max(1, Investor.objects.count() // SAMPLE)
        rows = Investor.objects.order_by("id").values_list("id", "name").iterator()
        sample = list(islice(rows, 0, None, step))
        yield World(
            organization=organization,
            actor=sessions.actor_for(owner, door=Door.WEB),
            client=client,
            investor_ids=[row[0] for row in sample],
            investor_names=[row[1] for row in sample],
        )


@case("grid first page", runs=40)
def grid_first_page(here: World) -> Once:
    return lambda number: here.page("/grid/")


@case("grid sorted, filtered", runs=40)
def grid_sorted_and_filtered(here: World) -> Once:
    return lambda number: here.page("/grid/?sort=-last_activity&type=family_office")


@case("investor page", runs=40)
def investor_page(here: World) -> Once:
    return lambda number: here.page(f"/investors/{here.investor_id(number)}/")


@case("API list page", runs=40)
def api_list_page(here: World) -> Once:
    return lambda number: here.page("/api/v1/investors/")


@case("match", runs=200)
def match_a_misspelt_name(here: World) -> Once:
    """A letter is missing and the legal form is gone, so that the exact look-up cannot answer."""

    def once(number: int) -> None:
        name = here.investor_name(number)
        matching.match(investor=name[:3] + name[4:])

    return once


@case("log_communication", runs=300)
def log_one_communication(here: World) -> Once:
    """With a known investor, as an approval does it: one transaction with its audit entry."""

    def once(number: int) -> None:
        entry = Entry(
            investor=Investor.objects.get(pk=here.investor_id(number)),
            kind=Kind.CALL,
            body=f"Call {number}: they asked for the data room and a second meeting.",
        )
        communications.log_communication(actor=here.actor, entry=entry)

    return once
