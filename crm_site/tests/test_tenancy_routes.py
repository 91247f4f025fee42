"""No byte of another organization on any route: every address is found by introspection, so a new one is covered too.

Two organizations of the same shape; the other one's texts are canaries. Each route is called as our owner with the other
one's ids in every place of the address, and in the query and the body, with every method.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from crm_site.core import unit
from crm_site.core.models import Scoped
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from intake import services as intake
from intake.models import Proposal
from intake.tasks import parse_message

CANARY = "Zanzibarcanary"
#: What is searched for: the beginning of the canary, so that a page which repeats the question shows no canary.
ASKED = CANARY[:8]
METHODS = ("get", "post", "put", "patch", "delete")
#: Routes that are no room of ours: files have no organization.
#: The probe says 503 while no workers run.
NOT_OURS = re.compile(r"^(static/|media/|readyz)")
FEWEST_ROUTES = 60


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif not NOT_OURS.match(path):
            yield path, pattern


def filled(route: str, row_id: int) -> str:
    """An address with the id in every place that takes one, and a plausible word in the others."""
    route = re.sub(r"\(\?P<format>[^)]*\)", "json", route)
    route = re.sub(r"<int:\w+>|\(\?P<(?:id|pk|row_id|\w+_id)>\[?[^)]*\)", str(row_id), route)
    route = re.sub(
        r"<(?:path|str|slug):?(\w+)>|<(\w+)>",
        lambda found: word(found.group(1) or found.group(2), row_id),
        route,
    )
    route = re.sub(r"\(\?P<\w+>[^)]*\)", str(row_id), route)
    return "/" + re.sub(r"[\^$\\]|\(\?:|\)\?|\?$", "", route).lstrip("/")


def word(name: str, row_id: int) -> str:
    return {"label": "investors.investor", "object_id": str(row_id), "url": str(row_id)}.get(
        name, str(row_id)
    )


@pytest.fixture
def other(db: None) -> cast.Rows:
    organization = cast.make_organization(f"{CANARY} Partners", slug="other")
    member = cast.make_member(
        organization, "owner", name=f"{CANARY} Owner", email=f"{CANARY.lower()}@x.example"
    )
    with scope(organization):
        actor = cast.actor_of(member)
        # Ids beyond ours, so that no id of theirs is by chance also one of ours.
        for _ in range(12):
            cast.make_investor(f"{CANARY} Filler")
        investor = cast.make_investor(f"{CANARY} Capital", location=f"{CANARY} City", notes=f"{CANARY} notes")
        fund = cast.make_fund(f"{CANARY} Fund")
        contact = cast.make_contact(
            f"{CANARY} Carl", investor=investor, email=f"carl@{CANARY.lower()}.example"
        )
        opportunity = cast.make_opportunity(investor=investor, fund=fund, expected="123456789")
        communication = cast.make_communication(
            investor, body=f"{CANARY} body", actor=actor, contacts=[contact]
        )
        reminder = cast.make_reminder(investor, text=f"{CANARY} reminder", actor=actor)
        fact = cast.make_fact(investor, text=f"{CANARY} fact")
        investors.set_tags(actor=cast.system(), investor=investor, tags=[f"{CANARY} tag"])
        message = intake.receive(actor=actor, source="web", body=f"Called {CANARY} Capital").message
        store = parse_message(organization_id=organization.pk, subject_id=message.pk)
        assert store is not None
        with unit.atomic():
            store()
        relations.delete_record(actor=actor, row=cast.make_investor(f"{CANARY} Deleted"))
        return cast.Rows(
            organization,
            investor,
            contact,
            fund,
            opportunity.stage,
            opportunity,
            communication,
            reminder,
            fact,
        )


def ids_for(route: str, other: cast.Rows) -> list[int]:
    """The ids to try in a route: that of the noun it names, else one of each."""
    rows = {
        "investor": other.investor, "contact": other.contact, "fund": other.fund, "opportunit": other.opportunity,
        "communication": other.communication, "reminder": other.reminder, "fact": other.fact, "stage": other.stage,
        "inbox": Proposal.unscoped.get(organization=other.organization),
    }  # fmt: skip
    named = {row.pk for word, row in rows.items() if word in route}
    return sorted(named or {row.pk for row in rows.values()})


def fingerprint(organization_id: int) -> str:
    """Everything the organization has, as one hash."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if issubclass(model, Scoped):
            rows = model.unscoped.filter(organization_id=organization_id).order_by("pk").values()
            digest.update(json.dumps([model._meta.label, list(rows)], default=str).encode())
    return digest.hexdigest()


def body_of(answer: Any) -> str:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return raw.decode("utf-8", "replace") + json.dumps(dict(answer.items()))


def test_there_are_routes_to_walk() -> None:
    assert len(list(routes())) >= FEWEST_ROUTES


@pytest.mark.parametrize("door", ["browser", "api"])
def test_no_route_shows_or_changes_anything_of_another_organization(house, owner, other, door: str) -> None:
    client: Any = cast.client_of(owner) if door == "browser" else cast.api_of(owner)
    client.raise_request_exception = True
    before = fingerprint(other.organization.pk)
    payload = {
        name: other.investor.pk
        for name in (
            "investor",
            "contact",
            "fund",
            "opportunity",
            "reminder",
            "stage",
            "assigned_to",
            "id",
            "ids",
        )
    } | {"version": 1, "revision": 1, "text": "x", "name": "x", "next": "/"}
    called = 0
    for route, _ in routes():
        if "logout" in route:
            continue
        for address in sorted({filled(route, row_id) for row_id in ids_for(route, other)}):
            for method in METHODS[:2] if route.startswith("admin/") else METHODS:
                sent = payload if method != "get" else {"investor": other.investor.pk, "q": ASKED}
                answer = getattr(client, method)(address, sent)
                called += 1
                assert answer.status_code < 500, (method, address, answer.status_code)
                assert CANARY not in body_of(answer), (method, address, answer.status_code)
    assert called > FEWEST_ROUTES
    assert fingerprint(other.organization.pk) == before


def test_a_visitor_sees_nothing_but_the_way_in(client, other) -> None:
    for route, _ in routes():
        for row_id in ids_for(route, other)[:2]:
            answer = client.get(filled(route, row_id))
            assert answer.status_code < 500, route
            assert CANARY not in body_of(answer), route
