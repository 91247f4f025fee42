"""The trust boundary: nothing but known intents with typed slots gets through, and nothing raises."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.core import scope
from crm_site.tests import cast
from nlquery import registry, runner, slots
from nlquery.runner import Refused, Valid
from nlquery.tests.world import World

LONG = "x" * 2_000_000
NOTHING_FITS: list[Any] = [
    [], {}, [1], {"a": 1}, True, False, float("nan"), float("inf"), float("-inf"), 10**30, -(10**30), 10**5000, 1.5, b"7",
    object(), LONG, "", " ", "\x00", "\ud800\udfff", "\u202e", ("a",), {1, 2}, lambda: 1, Decimal("NaN"),
]  # fmt: skip


def coerced(kind: slots.SlotType, value: Any) -> Any:
    try:
        return kind.coerce(value)
    except slots.BadSlot:
        return "refused"


@pytest.mark.parametrize("value", NOTHING_FITS, ids=lambda value: type(value).__name__)
def test_what_fits_no_type_is_refused_by_every_type(house, value: Any) -> None:
    kinds = (
        slots.Name("investor"), slots.Owner(), slots.Text(), slots.Window(), slots.Stage(), slots.Choice(("a", "b")),
        slots.Int(1, 500),
    )  # fmt: skip
    for kind in kinds:
        assert coerced(kind, value) == "refused", kind
    if not (isinstance(value, float) and value == 1.5):
        assert coerced(slots.Amount(), value) == "refused"


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (7, 7), ("7", 7), (" 500 ", 500), ("+7", 7), (7.0, 7), ("007", 7), (1, 1), (500, 500),
        (0, "refused"), (501, "refused"), (-1, "refused"), ("abc", "refused"), ("1e2", "refused"), ("1_0", "refused"),
        ("٧", "refused"), ("7.0", "refused"), ("0x10", "refused"), (None, "refused"), ("9" * 19, "refused"),
    ],
)  # fmt: skip
def test_a_whole_number_stays_in_its_range(value: Any, becomes: Any) -> None:
    assert coerced(slots.Int(1, 500), value) == becomes


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ("250k", "250000"), ("$2.5m", "2500000"), ("1,000,000", "1000000"), ("2.5 million", "2500000"), (250000, "250000"),
        (0.1, "0.1"), ("0", "0"), (0, "0"), ("12.34", "12.34"), ("USD 500k", "500000"), ("half a million", "500000"),
        ("999999999999999.99", "999999999999999.99"),
        ("1000000000000000", None), (10**15, None), (-1, None), ("-5", None), ("-250k", None), ("2-3m", None),
        ("2m to 3m", None), ("€500k", None), ("500k EUR", None), ("£5", None), ("abc", None), ("1e9", None), ("5 investors", None),
        ("250k 300k", None), ("", None),
    ],
)  # fmt: skip
def test_an_amount_is_a_sum_in_the_currency_of_the_house(house, value: Any, becomes: str | None) -> None:
    found = coerced(slots.Amount(), value)
    assert found == ("refused" if becomes is None else Decimal(becomes))
    if becomes is not None:
        written = slots.Amount().as_json(found)
        assert "E" not in written and slots.Amount().coerce(written) == found


def test_an_amount_in_euros_fits_a_house_that_counts_in_euros(db) -> None:
    with scope.scope(cast.make_organization(currency="EUR")):
        assert slots.Amount().coerce("€500k") == Decimal(500000)
        assert coerced(slots.Amount(), "£500k") == "refused"


def test_texts_are_cleaned_cut_to_nothing_and_measured(house) -> None:
    assert slots.Name("investor").coerce("  Blue\n Heron\x00 ") == "Blue Heron"
    assert slots.Text().coerce("a" * 300) == "a" * 300
    assert coerced(slots.Text(), "a" * 301) == "refused"
    assert coerced(slots.Name("fund"), "a" * 201) == "refused"
    assert slots.Choice(("name", "amount")).coerce(" AMOUNT ") == "amount"
    assert coerced(slots.Choice(("name",)), "nam") == "refused"
    assert slots.Stage().coerce("Soft_Circle") == "soft_circle"
    assert coerced(slots.Stage(), "soft circle") == "refused"


def test_stages_are_those_of_the_organization(house, foreign) -> None:
    with scope.scope(foreign.organization):
        mine = cast.stage("prospect")
        type(mine).objects.filter(pk=mine.pk).update(key="zzz_theirs")
        assert slots.Stage().coerce("zzz_theirs") == "zzz_theirs"
    assert coerced(slots.Stage(), "zzz_theirs") == "refused"


def test_every_bad_slot_is_named(house) -> None:
    sent = {"days": -1, "stage": "nowhere", "limit": "abc", "window": "today", "organization_id": 2}
    found = runner.validate("investor_stale", sent)
    assert isinstance(found, Refused) and found.status == "invalid_slots"
    assert set(found.errors) == {"days", "stage", "limit", "window", "organization_id"}
    assert found.errors["days"] == "A whole number from 1 to 3650."


def test_what_is_required_must_be_there_and_defaults_fill_the_rest(house) -> None:
    assert runner.faults("investor_top", {}) == {"by": "Required."}
    assert runner.faults("investor_top", {"by": None}) == {"by": "Required."}
    found = runner.validate("reminder_due", {})
    assert isinstance(found, Valid) and found.slots == {"window": "next_7_days"}
    found = runner.validate("investor_list", {"MIN_AMOUNT": 1})
    assert isinstance(found, Refused) and set(found.errors) == {"MIN_AMOUNT"}
    found = runner.validate("investor_list", {"min_amount": "250K", "owner": None})
    assert isinstance(found, Valid)
    assert found.slots == {"min_amount": "250000", "order": "name", "limit": 50}


def test_valid_slots_pass_again_as_they_are_stored(world: World) -> None:
    sent = {"window": "Last_07_days", "limit": "5"}
    first = runner.validate("investor_new", sent)
    assert isinstance(first, Valid) and first.slots == {"window": "last_7_days", "limit": 5}
    again = runner.validate("investor_new", json.loads(json.dumps(first.slots)))
    assert isinstance(again, Valid) and again == first


@pytest.mark.parametrize(
    "key", [None, 7, [], {}, "", "no_such", "INVESTOR_LIST", "investor_list; --", LONG, "__class__", "\ud800"]
)
def test_an_unknown_intent_runs_nothing(world: World, key: Any) -> None:
    with CaptureQueriesContext(connection) as seen:
        answer = runner.run_query(actor=world.actor, intent=key, slots={})
    assert (answer.status, answer.rows, len(seen)) == ("unknown_intent", [], 0)
    assert set(answer.suggestions) <= set(registry.entries())
    assert len(answer.summary) < 200


@pytest.mark.parametrize(
    "given", [None, 7, "days=1", [], [("days", 1)], {1: 2}, {"days": {"$gt": 1}}, {LONG: 1}, {None: 1}]
)
def test_slots_of_any_shape_give_an_answer_that_can_be_stored(world: World, given: Any) -> None:
    answer = runner.run_query(actor=world.actor, intent="investor_stale", slots=given, question="\x00q")
    assert (answer.status, answer.rows) == ("invalid_slots", [])
    assert answer.errors and answer.question == "q"
    assert len(json.dumps([answer.slots, answer.errors, answer.summary]).encode()) < 4000


def test_thousands_of_slots_are_refused_quickly(world: World) -> None:
    began = time.process_time()
    answer = runner.run_query(
        actor=world.actor, intent="investor_stale", slots={f"s{n}": LONG for n in range(5000)}
    )
    assert answer.status == "invalid_slots" and len(answer.errors) <= runner.MOST_SLOTS
    assert len(json.dumps(answer.slots)) < 4000
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE investors_investor; --",
        "%",
        "_",
        "\\",
        '" OR 1=1',
        "investor:1 OR 1=1",
        "{{ 7*7 }}",
        "%s",
        "1/0",
    ],
)
def test_texts_with_a_meaning_elsewhere_have_none_here(world: World, text: str) -> None:
    assert world.rows("investor_list", location=text) == []
    assert world.rows("investor_list", tag=text) == []
    assert world.ask("investor_profile", investor=text).status == "not_found"
    assert world.ask("contact_lookup", contact=text).status == "not_found"
    assert world.ask("investor_stale", owner=text).status == "not_found"
    assert world.ask("investor_list", fund=text).status == "not_found"


def test_a_broken_intent_is_an_envelope_without_a_trace(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registry.get("investor_stale")
    assert entry is not None

    def broken(self: Any, asking: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(entry.make, "answer", broken)
    answer = world.ask("investor_stale")
    assert (answer.status, answer.rows, answer.summary) == ("error", [], runner.BROKEN)
    assert "secret" not in json.dumps(answer.errors)


def test_the_actor_is_answered_from_their_own_organization_whatever_scope_is_open(
    world: World, foreign
) -> None:
    actor = world.actor
    with scope.scope(foreign.organization):
        answer = runner.run_query(actor=actor, intent="investor_missing", slots={"field": "owner"})
        assert scope.current_id() == foreign.organization.id
    assert [row["investor"] for row in answer.rows] == ["Dune Lake Trust"]
    with scope.no_scope():
        answer = runner.run_query(actor=actor, intent="investor_missing", slots={"field": "owner"})
    assert [row["investor"] for row in answer.rows] == ["Dune Lake Trust"]
