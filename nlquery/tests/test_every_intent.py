"""What must hold for each intent that is registered, now and later: walls, budget, ceiling, shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from crm_site.core import scope
from crm_site.core.querysets import ScopedManager
from nlquery import registry, slots
from nlquery.answers import ROW_CEILING, Answer, Column, Envelope, Type
from nlquery.registry import Entry
from nlquery.tests import world as worlds
from nlquery.tests.world import World

MOST_QUERIES = 3
#: Not the intent's own: the transaction, its time-out, and what Django finds out about SQLite once per process.
PLUMBING = (
    "BEGIN",
    "COMMIT",
    "SAVEPOINT",
    "RELEASE",
    "SELECT current_setting",
    "SELECT set_config",
    "SELECT JSON(",
)
SAMPLES = {"investor": "Blue Heron Capital", "contact": "Priya Nair", "fund": "Growth Fund II"}
TEXTS = {"tag": "anchor", "location": "Texas", "text": "co-investment", "topic": "terms"}


def sample(name: str, kind: slots.SlotType) -> Any:
    """A value as from outside, wide enough to match something in the world."""
    if isinstance(kind, slots.Name):
        return SAMPLES[kind.of]
    if isinstance(kind, slots.Int):
        return 1 if name == "days" else 7
    known = {
        slots.Owner: "me", slots.Stage: "diligence", slots.Text: TEXTS.get(name), slots.Window: "2020-01-01..2030-12-31",
        slots.Amount: "20m" if name.startswith("max") else 0,
    }  # fmt: skip
    return known[type(kind)]


def variants(entry: Entry, *, filled: bool) -> Iterator[dict[str, Any]]:
    """Slots to ask with, one set for each key of a required choice. filled: the optional ones too."""
    chosen = {
        slot.name: sample(slot.name, slot.type)
        for slot in entry.slots.values()
        if (slot.required or filled) and not isinstance(slot.type, slots.Choice)
    }
    for slot in entry.slots.values():
        if filled and isinstance(slot.type, slots.Choice) and not slot.required:
            chosen[slot.name] = {"type": "family_office", "kind": "email", "direction": "inbound"}.get(
                slot.name, slot.type.keys[0]
            )
    choices = [slot for slot in entry.slots.values() if slot.required and isinstance(slot.type, slots.Choice)]
    if not choices:
        yield chosen
    for slot in choices:
        for key in slot.type.keys:
            yield {**chosen, slot.name: key}


CASES = [
    pytest.param(key, filled, id=f"{key}-{'filled' if filled else 'plain'}")
    for key in registry.entries()
    for filled in (False, True)
]


def asked(world: World, key: str, *, filled: bool) -> Iterator[tuple[dict[str, Any], Envelope]]:
    entry = registry.get(key)
    assert entry is not None
    for given in variants(entry, filled=filled):
        yield given, world.ask(key, **given)


@pytest.mark.parametrize(("key", "filled"), CASES)
def test_an_answer_has_the_shape_of_the_contract(world: World, key: str, filled: bool) -> None:
    for given, answer in asked(world, key, filled=filled):
        assert answer.status == "ok", (given, answer.summary)
        json.dumps([answer.rows, answer.slots], allow_nan=False)
        assert answer.summary.endswith(".") and "  " not in answer.summary and "None" not in answer.summary
        assert len({column.key for column in answer.columns}) == len(answer.columns) > 0
        for row in answer.rows:
            for column in answer.columns:
                _check_cell(row, column)


def _check_cell(row: dict[str, Any], column: Column) -> None:
    value = row[column.key]
    if column.type == Type.LINK:
        assert f"{column.key}_url" in row
    if column.type == Type.MONEY and value is not None:
        assert isinstance(value, str) and len(row["currency"]) == 3
    if column.type == Type.INT and value is not None:
        assert type(value) is int


@pytest.mark.parametrize(("key", "filled"), CASES)
def test_no_intent_takes_more_than_three_queries(world: World, key: str, filled: bool) -> None:
    entry = registry.get(key)
    assert entry is not None
    for given in variants(entry, filled=filled):
        with CaptureQueriesContext(connection) as seen:
            world.ask(key, **given)
        own = [query["sql"] for query in seen if not query["sql"].startswith(PLUMBING)]
        assert len(own) <= MOST_QUERIES, (given, own)


@pytest.mark.parametrize("key", registry.entries())
def test_the_twin_organization_never_shows(world: World, key: str) -> None:
    """The same names, texts with a canary, amounts with other cents: a sum over both would end in 77."""
    for given, answer in asked(world, key, filled=False):
        shown = json.dumps([answer.rows, answer.summary, [one.name for one in answer.candidates]])
        assert worlds.CANARY not in shown and ".77" not in shown, given


@pytest.mark.parametrize(("key", "filled"), [case for case in CASES if "investor_graveyard" not in case.id])
def test_the_retired_and_the_deleted_never_show(world: World, key: str, filled: bool) -> None:
    """Whatever a live row matches, one of a gone investor matches too; deleted rows of live investors say “Deleted”."""
    for given, answer in asked(world, key, filled=filled):
        shown = json.dumps([answer.rows, answer.summary])
        for word in ("Fallow", "Gannet", "Ghost", "of the gone", "Deleted", "444444"):
            assert word not in shown, given


def answers_to_nobody(key: str) -> Iterator[tuple[dict[str, Any], Envelope]]:
    """What an organization is answered that has nothing, while two others are full."""
    nobody = worlds.bare("Nobody's Office")
    with scope.scope(nobody.organization):
        yield from asked(nobody, key, filled=False)


def figures(answer: Envelope) -> list[Any]:
    """Everything that is more than nought in the rows. `data_health` alone has rows, of noughts, where there is nothing."""
    if answer.intent != "data_health":
        return answer.rows
    numbers = [column.key for column in answer.columns if column.type in {Type.INT, Type.DATETIME, Type.DATE}]
    return [row[key] for row in answer.rows for key in numbers if row[key]]


@pytest.mark.parametrize("key", registry.entries())
def test_an_empty_organization_gets_no_rows(world: World, key: str) -> None:
    for given, answer in answers_to_nobody(key):
        assert answer.status in {"ok", "not_found"}, (given, answer.summary)
        assert figures(answer) == [], given


@pytest.mark.guard
@pytest.mark.parametrize("key", registry.entries())
def test_without_the_wall_an_empty_organization_would_get_rows(
    world: World, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test above can fail for each intent: the manager's filter is taken away by hand."""
    monkeypatch.setattr(ScopedManager, "get_queryset", models.Manager.get_queryset)
    leaked = [
        given for given, answer in answers_to_nobody(key) if figures(answer) or answer.status == "ambiguous"
    ]
    assert leaked


@pytest.mark.parametrize("key", registry.entries())
def test_the_ceiling_holds_whatever_an_intent_gives(
    world: World, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registry.get(key)
    assert entry is not None
    many = Answer([Column("n", "N", Type.INT)], [{"n": n} for n in range(ROW_CEILING + 1)], "Many.")
    monkeypatch.setattr(entry.make, "answer", lambda self, asking: many)
    answer = world.ask(key, **next(variants(entry, filled=False)))
    assert (len(answer.rows), answer.truncated) == (ROW_CEILING, True)
