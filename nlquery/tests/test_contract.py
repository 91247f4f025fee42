"""The public contract, written down a second time by hand from intents.md: no key, slot, type or default may drift."""

from __future__ import annotations

import pytest

from nlquery import registry, runner, slots
from nlquery.registry import Slot
from nlquery.tests.world import World

TYPES = "individual family_office institution fund corporate advisor other"
KINDS = "note email call meeting message"
# Slot: name, * when required, type, = default. Choices in brackets.
CONTRACT = {
    "investor_profile": "investor* name(investor)",
    "investor_list": f"type choice({TYPES}); stage stage; owner owner; tag text; location text; fund name(fund); "
    "min_amount amount; max_amount amount; order choice(name amount last_activity created) = name; limit int(1..500) = 50",
    "investor_stale": "days int(1..3650) = 30; stage stage; owner owner; limit int(1..500) = 50",
    "investor_top": "by* choice(committed expected communications engagement); fund name(fund); window window; limit int(1..500) = 10",
    "investor_new": "window* window; limit int(1..500) = 50",
    "investor_graveyard": "window window; limit int(1..500) = 50",
    "investor_breakdown": "by* choice(type stage location owner source); fund name(fund)",
    "investor_contacts": "investor* name(investor)",
    "investor_missing": "field* choice(contact email owner next_step amount)",
    "contact_lookup": "contact* name(contact)",
    "who_knows": "investor* name(investor)",
    "activity_recent": f"window* window; kind choice({KINDS}); owner owner; investor name(investor); limit int(1..500) = 50",
    "activity_last": f"investor* name(investor); kind choice({KINDS})",
    "activity_count": f"window* window; by* choice(day week month kind owner investor); kind choice({KINDS})",
    "activity_search": "text* text; investor name(investor); window window; limit int(1..500) = 10",
    "email_activity": "window* window; investor name(investor); direction choice(inbound outbound)",
    "meeting_list": "window* window; owner owner; investor name(investor)",
    "reminder_due": "window* window = next_7_days; owner owner; investor name(investor)",
    "reminder_overdue": "owner owner",
    "pipeline_summary": "fund name(fund); owner owner",
    "opportunity_list": "stage stage; fund name(fund); owner owner; min_amount amount; max_amount amount; closing window; "
    "limit int(1..500) = 50",
    "opportunity_moves": "window* window; to_stage stage; fund name(fund)",
    "fund_progress": "fund name(fund)",
    "commitment_total": f"fund name(fund); type choice({TYPES}); window window",
    "fact_lookup": "investor* name(investor); topic text",
    "data_health": "",
}


def written(slot: Slot) -> str:
    """A slot as the table above has it."""
    kind = slot.type
    if isinstance(kind, slots.Int):
        name = f"int({kind.low}..{kind.high})"
    elif isinstance(kind, slots.Choice):
        name = f"choice({' '.join(kind.keys)})"
    elif isinstance(kind, slots.Name):
        name = f"name({kind.of})"
    else:
        name = type(kind).__name__.lower()
    default = "" if slot.default is None else f" = {kind.as_json(slot.default)}"
    return f"{slot.name}{'*' if slot.required else ''} {name}{default}"


@pytest.mark.parametrize("key", CONTRACT)
def test_an_intent_has_exactly_the_slots_of_the_contract(key: str) -> None:
    entry = registry.get(key)
    assert entry is not None
    assert "; ".join(written(slot) for slot in entry.slots.values()) == CONTRACT[key]


def test_nothing_is_missing_and_nothing_lacks_its_words() -> None:
    assert set(CONTRACT) == set(registry.entries())
    for entry in registry.entries().values():
        assert entry.answers and entry.examples, entry.key
    topics = [entry.topic for entry in registry.entries().values()]
    assert [registry.TOPICS.index(topic) for topic in topics] == sorted(map(registry.TOPICS.index, topics))


def test_a_key_is_registered_once(world: World) -> None:
    with pytest.raises(ValueError, match="registered already"):
        registry.intent("investor_list", topic="Investors", answers="", examples=[])(type("Again", (), {}))


def test_every_example_passes_the_boundary(world: World) -> None:
    for entry in registry.entries().values():
        for example in entry.examples:
            assert runner.faults(entry.key, dict(example.slots)) == {}, example.question


def test_the_catalogue_tells_types_choices_and_ranges_of_this_organization(world: World) -> None:
    listed = {one["intent"]: one for one in registry.catalog()}
    assert list(listed) == list(registry.entries())
    shown = {slot["name"]: slot for slot in listed["investor_stale"]["slots"]}
    assert shown["days"] == {
        "name": "days", "required": False, "default": 30, "type": "int", "low": 1, "high": 3650,
    }  # fmt: skip
    assert shown["stage"]["choices"] == [
        "prospect", "contacted", "meeting", "diligence", "soft_circle", "committed", "closed", "passed",
    ]  # fmt: skip
    assert listed["reminder_due"]["slots"][0]["default"] == "next_7_days"
