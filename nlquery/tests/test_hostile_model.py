"""Whatever a model answers, nothing but allowed intents of the member's own organization ever runs."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from crm_site.core import spark
from crm_site.tests import cast, fakes
from nlquery import registry, serializers, services
from nlquery.models import Asked
from nlquery.slots import Name, Owner, Text
from nlquery.understanding import Mode

CANARY = "Zanzibarcanary"
STATUSES = {"ok", "no_match", "unknown_intent", "invalid_slots", "not_found", "ambiguous", "error"}
#: What asking may write: its own history and the log.
WRITES = re.compile(
    r'^(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|SET|EXPLAIN|INSERT INTO "(nlquery_asked|audit_\w+)"|UPDATE "audit_audithead")',
)

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        [10**30, -1, 0, 10**9, "' OR 1=1 --", "DROP TABLE investors_investor", "{{7*7}}", "\x00", "x" * 5000]
    )
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def slot_values(foreign):
    theirs = [f"{noun}:{getattr(foreign, noun).pk}" for noun in ("investor", "contact", "fund")] + [
        foreign.investor.name,
        foreign.fund.name,
        foreign.contact.name,
        f"{CANARY} Capital",
        "me",
    ]
    return st.sampled_from(theirs)


def fitting(one, theirs):
    """Values that a slot takes: of names, those of the other organization's rows."""
    if isinstance(one.type, Name | Text | Owner):
        return theirs
    said = one.type.described()
    return st.sampled_from(said.get("choices") or [said.get("low", 1), said.get("high", 5), "250k"])


def queries(foreign):
    theirs = slot_values(foreign)

    def legal(entry):
        must = {name: fitting(one, theirs) for name, one in entry.slots.items() if one.required}
        may = {name: fitting(one, theirs) for name, one in entry.slots.items() if not one.required}
        slots = st.fixed_dictionaries(must, optional=may)
        return st.fixed_dictionaries({"intent": st.just(entry.key), "slots": slots})

    def illegal(entry):
        names = st.sampled_from([*entry.slots, "organization", "sql", "__class__", "objects"])
        return st.fixed_dictionaries(
            {"intent": st.just(entry.key) | junk, "slots": st.dictionaries(names, theirs | junk, max_size=5)},
            optional={
                "sql": st.just("select * from investors_investor"),
                "organization": st.just(foreign.organization.pk),
            },
        )

    entries = st.sampled_from(list(registry.entries().values()))
    good, bad = entries.flatmap(legal), entries.flatmap(illegal) | junk
    # Mostly legal, so that a good part of them truly runs.
    alone = (good | good | entries.flatmap(illegal)).map(lambda one: [one])
    return alone | st.lists(good, min_size=1, max_size=3) | st.lists(good | bad, max_size=10)


@pytest.fixture
def canary(db):
    """Another organization full of the canary, as its investor's name, note, fact, reminder and fund."""
    elsewhere = cast.make_organization(f"{CANARY} Partners")
    rows = cast.make_rows(elsewhere)
    with cast.scope.scope(elsewhere):
        investor = cast.make_investor(f"{CANARY} Capital", location=CANARY)
        cast.make_contact(f"{CANARY} Carl", investor=investor, email=f"carl@{CANARY.lower()}.example")
        cast.make_opportunity(investor=investor, fund=cast.make_fund(f"{CANARY} Fund"), expected="987654")
        cast.make_communication(investor, body=f"{CANARY} body")
        cast.make_reminder(investor, text=f"{CANARY} reminder")
        cast.make_fact(investor, text=f"{CANARY} fact")
    return rows


def test_a_hostile_model_reaches_nothing(house, owner, canary, settings_of_django) -> None:
    cast.make_rows(house)
    actor = cast.actor_of(owner)
    ran = []
    with fakes.chat_server("") as server:
        settings_of_django.SPARK_CONTROL_URL = server.url

        @seed(20261121)
        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(
            answer=st.one_of(
                queries(canary).map(lambda found: json.dumps({"queries": found})), junk.map(json.dumps)
            )
        )
        def attack(answer: str) -> None:
            server.answers[:] = [answer]
            Asked.objects.of(owner.user_id).delete()  # else the sixty-first question is refused
            with CaptureQueriesContext(connection) as seen:
                found = services.ask(actor=actor, question="Zorble?", mode=Mode.THINKING)
            assert 1 <= len(found) <= 3
            for one in found:
                assert one.status in STATUSES - {"error"}, one
                assert one.intent is None or one.intent in registry.entries()
                assert len(one.rows) <= 500
                told = json.dumps(serializers.as_json([one])["rows"]) + json.dumps(
                    serializers.as_json([one])["candidates"]
                )
                assert CANARY not in told and canary.investor.name not in told
                ran.append(one.status)
            for query in seen.captured_queries:
                assert WRITES.match(query["sql"].lstrip("(")), query["sql"][:300]

        attack()
    # Had everything been refused at the first look, the walls behind it would not have been tried.
    assert ran.count("ok") >= 5 and "invalid_slots" in ran and "no_match" in ran


@pytest.fixture
def settings_of_django(settings):
    """Django's settings: `settings` is hypothesis's here."""
    spark.reset()
    yield settings
    spark.reset()
