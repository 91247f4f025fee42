"""A small world made by hand, in which the right rows of every question are known.

It is Wednesday, 18 March 2026, 10:00 in New York (UTC-4; the clocks went forward on 8 March). Two organizations hold the same
investors under the same names; texts of the other one carry `CANARY`, and its amounts end in 77. Beside live investors each
has two in the graveyard and one that is deleted, with everything on them that a live one could have.

    def test_x(world):
        answer = world.ask("investor_stale", days=30)
        assert world.names(answer) == [...]
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Contact
from crm_site.core import scope
from crm_site.core.actor import Actor
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity
from crm_site.relations import services as relations
from crm_site.tests import cast
from nlquery import runner
from nlquery.answers import Envelope

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 18, 10, 0, tzinfo=ZONE)
TODAY = NOW.date()
CANARY = "Zanzibarcanary"


@dataclass
class World:
    """One organization with all its rows by short names. actor: Olive, its owner."""

    organization: Organization
    olive: Membership
    petra: Membership
    investors: dict[str, Investor] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    deals: dict[str, Opportunity] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return cast.actor_of(self.olive)

    def ask(self, intent: str, **slots: Any) -> Envelope:
        """The answer to Olive, whatever its status."""
        return runner.run_query(actor=self.actor, intent=intent, slots=slots)

    def rows(self, intent: str, **slots: Any) -> list[dict[str, Any]]:
        """The rows of an answer that must be one."""
        answer = self.ask(intent, **slots)
        assert answer.status == "ok", (answer.status, answer.summary)
        return answer.rows

    def names(self, intent: str, key: str = "investor", **slots: Any) -> list[str]:
        """One column of the rows."""
        return [row[key] for row in self.rows(intent, **slots)]


@contextmanager
def at(moment: datetime | str) -> Iterator[None]:
    """As if it were then; a text is a local time in New York."""
    when = datetime.fromisoformat(moment).replace(tzinfo=ZONE) if isinstance(moment, str) else moment
    with time_machine.travel(when, tick=False):
        yield


def bare(name: str) -> World:
    """An organization in which there is nothing but two members."""
    organization = cast.make_organization(name, time_zone="America/New_York", currency="USD")
    word = organization.slug
    olive = cast.make_member(organization, Role.OWNER, name="Olive Owner", email=f"olive@{word}.example")
    petra = cast.make_member(organization, Role.PARTNER, name="Petra Partner", email=f"petra@{word}.example")
    return World(organization, olive, petra)


def full(name: str, *, canary: str = "", cents: str = "00") -> World:
    """An organization with every row of this world. canary: stands in each free text. cents: of each amount."""
    made = bare(name)
    with scope.scope(made.organization):
        _funds(made, cents)
        _live(made, canary)
        _people(made, canary)
        _deals(made, cents)
        _talks(made, canary)
        _steps(made, canary)
        _gone(made, canary, cents)
    return made


def _funds(made: World, cents: str) -> None:
    make = {
        "growth": ("Growth Fund II", f"10000000.{cents}", "USD"),
        "income": ("Income Fund II", f"5000000.{cents}", "USD"),
        "euro": ("Euro Fund I", f"2000000.{cents}", "EUR"),
    }
    for key, (name, target, currency) in make.items():
        made.funds[key] = cast.make_fund(
            name, target=target, currency=currency, opens_on=date(2026, 1, 1), closes_on=date(2026, 6, 30)
        )


def _live(made: World, canary: str) -> None:
    olive, petra = made.olive.user_id, made.petra.user_id
    make = {
        # The last minute of February, and the first of March, in New York.
        "blue": ("2026-02-28T23:59:59", "Blue Heron Capital", "family_office", "Austin, TX", olive, f"Conference {canary}"),
        "cedar": ("2026-03-01T00:00:00", "Cedar Row Partners", "institution", "Boston", petra, f"Referral {canary}"),
        "dune": ("2026-03-18T09:00:00", "Dune Lake Trust", "individual", "", None, ""),
        "eider": ("2025-06-01T12:00:00", "Eider Family Office", "family_office", "Dallas, Texas", petra, f"Referral {canary}"),
    }  # fmt: skip
    for key, (created, name, type_, location, owner, source) in make.items():
        with at(created):
            made.investors[key] = cast.make_investor(
                name, type=type_, location=location, assigned_to_id=owner, lead_source=source
            )
    investors.set_tags(actor=cast.system(), investor=made.investors["blue"], tags=["Anchor", "Warm"])
    investors.add_alias(actor=cast.system(), investor=made.investors["cedar"], name="CRP Holdings")


def _people(made: World, canary: str) -> None:
    blue, cedar, eider = (made.investors[key] for key in ("blue", "cedar", "eider"))
    title = f"Partner {canary}".strip()
    made.people["priya"] = cast.make_contact(
        "Priya Nair", investor=blue, title=title, email="priya@blueheron.example", phone="+1 212 555 0100"
    )
    made.people["carl"] = cast.make_contact(
        "Carl Stone", investor=cedar, title=title, phone="+1 212 555 0111"
    )
    made.people["carla"] = cast.make_contact("Carla Stone", investor=blue, title=title)
    left = made.people["left"] = cast.make_contact("Lena Left", email="lena@eider.example")
    contacts.affiliate(actor=cast.system(), contact=left, investor=eider, to_on=date(2026, 3, 17))
    gone = cast.make_contact("Gone Girl", investor=blue, email="gone@blueheron.example")
    relations.delete_record(actor=cast.system(), row=gone)


def _deals(made: World, cents: str) -> None:
    make: dict[str, tuple[str, str, str, dict[str, Any]]] = {
        "blue growth": ("blue", "growth", "diligence", {"expected": f"250000.{cents}", "close_on": date(2026, 4, 1)}),
        "blue euro": ("blue", "euro", "meeting", {"expected": f"30000.{cents}"}),
        "cedar growth": ("cedar", "growth", "committed", {"committed": f"500000.{cents}", "committed_on": date(2026, 3, 16)}),
        "cedar income": ("cedar", "income", "prospect", {"expected": f"100000.{cents}", "close_on": date(2026, 3, 31)}),
        "eider growth": ("eider", "growth", "passed", {"expected": f"900000.{cents}"}),
    }  # fmt: skip
    for key, (investor, fund, stage, values) in make.items():
        made.deals[key] = cast.make_opportunity(
            investor=made.investors[investor], fund=made.funds[fund], stage=stage, actor=made.actor, **values
        )
    lost = cast.make_opportunity(
        investor=made.investors["blue"],
        fund=made.funds["income"],
        stage="committed",
        committed=f"444444.{cents}",
    )
    relations.delete_record(actor=cast.system(), row=lost)


def _talks(made: World, canary: str) -> None:
    priya, carl = made.people["priya"], made.people["carl"]
    blue, cedar, dune, eider = (made.investors[key] for key in ("blue", "cedar", "dune", "eider"))
    olive, petra = cast.actor_of(made.olive), cast.actor_of(made.petra)

    def talk(actor: Actor, investor: Investor, day: str, kind: str, text: str, **values: Any) -> Any:
        on = date.fromisoformat(day)
        body = f"{text} {canary}".strip()
        return cast.make_communication(investor, actor=actor, occurred_on=on, kind=kind, body=body, **values)

    talk(olive, blue, "2026-03-18", "email", "Sent the terms", direction="outbound", contacts=[priya])
    talk(olive, blue, "2026-03-17", "call", "Asked about co-investment", member_ids=[made.petra.user_id])
    talk(olive, blue, "2026-03-15", "meeting", "Met in Austin")  # Sunday: the last day of last week
    talk(olive, blue, "2026-03-20", "meeting", "Dinner ahead", state="planned")
    talk(
        petra, cedar, "2026-02-16", "email", "Wants the model", direction="inbound", contacts=[carl]
    )  # 30 days ago
    talk(petra, eider, "2026-02-17", "meeting", "Passed on the fund")  # 29 days ago
    talk(petra, dune, "2026-03-19", "call", "First call ahead", state="planned")
    gone = talk(olive, cedar, "2026-03-18", "call", "Deleted call", contacts=[carl])
    relations.delete_record(actor=cast.system(), row=gone)
    cast.make_fact(blue, text=f"Likes co-investment {canary}".strip(), topic="terms", confidence="0.9")
    old = cast.make_fact(blue, text=f"Deleted fact {canary}".strip(), topic="terms")
    relations.delete_record(actor=cast.system(), row=old)


def _steps(made: World, canary: str) -> None:
    blue, cedar = made.investors["blue"], made.investors["cedar"]
    olive, petra = made.olive.user_id, made.petra.user_id

    def step(investor: Investor | None, day: str, text: str, owner: int, **values: Any) -> Any:
        said = f"{text} {canary}".strip()
        return cast.make_reminder(
            investor, text=said, due_on=date.fromisoformat(day), assigned_to_id=owner, **values
        )

    step(blue, "2026-03-18", "Call Priya", olive, due_time=time(9, 0))  # an hour ago: overdue
    step(blue, "2026-03-22", "Send the side letter", olive)  # Sunday: the last day of this week
    step(cedar, "2026-03-23", "Send the model", petra)  # Monday: next week
    step(None, "2026-03-17", "Book the room", petra)  # yesterday: overdue
    gone = step(blue, "2026-03-18", "Deleted step", olive)
    relations.delete_record(actor=cast.system(), row=gone)


def _gone(made: World, canary: str, cents: str) -> None:
    """Retired and deleted investors that would match whatever a live one matches."""
    make = {
        "fallow": ("Fallow Field Capital", "2026-03-01T00:00:00"),
        "gannet": ("Gannet Holdings", "2026-02-28T23:59:59"),
        "ghost": ("Ghost Pine Capital", ""),
    }
    for key, (name, retired) in make.items():
        one = cast.make_investor(
            name, type="family_office", location="Austin, TX", assigned_to_id=made.olive.user_id, lead_source=f"Conference {canary}"
        )  # fmt: skip
        made.investors[key] = one
        investors.set_tags(actor=cast.system(), investor=one, tags=["Anchor"])
        # A person outlives the deletion of their investor; one of a retired investor is as retired as it is.
        person = cast.make_contact(
            "Priya Nair" if retired else "Gerda Pine", investor=one, email=f"priya@{key}.example"
        )
        _hang_on(made, one, person, f"{canary} of the gone".strip(), cents)
        if retired:
            with at(retired):
                investors.retire_investor(
                    actor=made.actor, investor=one, reason=f"Out of mandate {canary}".strip()
                )
        else:
            relations.delete_record(actor=cast.system(), row=one)


def _hang_on(made: World, one: Investor, person: Contact, text: str, cents: str) -> None:
    cast.make_opportunity(
        investor=one, fund=made.funds["growth"], stage="diligence", actor=made.actor, expected=f"800000.{cents}",
        committed=f"700000.{cents}", committed_on=date(2026, 3, 16), close_on=date(2026, 4, 1),
    )  # fmt: skip
    cast.make_communication(
        one, actor=made.actor, occurred_on=TODAY, kind="email", direction="inbound", body=f"Terms {text}", contacts=[person]
    )  # fmt: skip
    cast.make_communication(one, actor=made.actor, occurred_on=TODAY, kind="meeting", body=f"Terms {text}")
    for day in (date(2026, 3, 17), TODAY, date(2026, 3, 20)):
        cast.make_reminder(one, text=f"Step {text}", due_on=day, assigned_to_id=made.olive.user_id)
    cast.make_fact(one, text=f"Terms {text}", topic="terms")
