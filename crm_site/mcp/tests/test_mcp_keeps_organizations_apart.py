"""No tool, resource or prompt shows or changes a byte of another organization. Tools are walked: a new one must be tried."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm_site.accounts.models import Membership
from crm_site.core.scope import scope
from crm_site.mcp import registry, tools
from crm_site.mcp.tests.talking import Desk, key_for
from crm_site.tests import cast
from crm_site.tests.test_tenancy_routes import ASKED, CANARY, fingerprint, other
from intake.models import Proposal

assert tools and other  # all tools are registered; the fixture is used by its name
TOOLS = [one.name for one in registry.tools()]
WRITES = {one.name for one in registry.tools() if one.writes}
Rows = cast.Rows

#: What each tool is called with that points into the other organization, and the code it must be refused with; None: it
#: answers, and holds nothing of theirs.
TRIALS: dict[str, list[tuple[Callable[[Rows], dict[str, Any]], str | None]]] = {
    "find_investor": [
        (lambda rows: {"name": rows.investor.name}, None),
        (lambda rows: {"name": ASKED}, None),
        (lambda rows: {"email": rows.contact.emails.get().email}, None),
        (lambda rows: {"contact": rows.contact.name}, None),
    ],
    "investor_360": [
        (lambda rows: {"investor": f"investor:{rows.investor.pk}"}, "not_found"),
        (lambda rows: {"investor": str(rows.investor.pk)}, "not_found"),
        (lambda rows: {"investor": ASKED}, "not_found"),
    ],
    "timeline": [(lambda rows: {"investor": f"investor:{rows.investor.pk}"}, "not_found")],
    "contact_lookup": [
        (lambda rows: {"contact": f"contact:{rows.contact.pk}"}, "not_found"),
        (lambda rows: {"contact": rows.contact.emails.get().email}, "not_found"),
    ],
    "reminders": [
        (lambda rows: {"whose": "all"}, None),
        (lambda rows: {"whose": "all", "investor": f"investor:{rows.investor.pk}"}, "not_found"),
        (lambda rows: {"whose": rows.reminder.assigned_to.email}, "not_found"),
    ],
    "query_catalog": [(lambda rows: {"limit": 100}, None)],
    "query": [
        (lambda rows: {"intent": "investor_list"}, None),
        (
            lambda rows: {
                "intent": "investor_profile",
                "slots": {"investor": f"investor:{rows.investor.pk}"},
            },
            "not_found",
        ),
        (lambda rows: {"intent": "fund_progress", "slots": {"fund": f"fund:{rows.fund.pk}"}}, "not_found"),
        (
            lambda rows: {"intent": "contact_lookup", "slots": {"contact": f"contact:{rows.contact.pk}"}},
            "not_found",
        ),
        (lambda rows: {"intent": "activity_search", "slots": {"text": ASKED}}, None),
    ],
    "ask": [
        (lambda rows: {"question": "List all investors", "mode": "fast"}, None),
        (
            lambda rows: {"question": f"When did we last speak to {ASKED} Holdings?", "mode": "fast"},
            "not_found",
        ),
    ],
    "search": [
        (lambda rows: {"query": ASKED}, None),
        (lambda rows: {"query": ASKED, "investor": f"investor:{rows.investor.pk}"}, "not_found"),
        (lambda rows: {"query": ASKED, "owner": rows.reminder.assigned_to.email}, "not_found"),
    ],
    "log_communication": [
        (lambda rows: {"investor": f"investor:{rows.investor.pk}", "note": "x"}, "not_found"),
    ],
    "add_reminder": [(lambda rows: {"investor": f"investor:{rows.investor.pk}", "text": "x"}, "not_found")],
}


@pytest.fixture
def keys(house: Any, owner: Membership) -> list[str]:
    """One that proposes, and one that writes directly whatever its role allows."""
    every = [
        str(verb) for verb in ("read", "query.ask", "intake.receive", "communication.log", "reminder.edit")
    ]
    return [key_for(owner), key_for(owner, *every, "contact.edit", "investor.edit", "write:direct")]


def test_every_tool_has_a_trial() -> None:
    assert set(TRIALS) == set(TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_called_with_what_is_another_organizations(keys: list[str], other: Rows, tool: str) -> None:
    before = fingerprint(other.organization.pk)
    for key, (made, code) in itertools.product(keys, TRIALS[tool]):
        with scope(other.organization):
            arguments = made(other)
        result = Desk(key).ask("tools/call", name=tool, arguments=arguments)["result"]
        said = result["structuredContent"]
        assert result["isError"] == (code is not None), (arguments, said)
        assert not code or said["error"]["code"] == code, (arguments, said)
        assert CANARY not in _without_the_question(result, arguments)
    assert fingerprint(other.organization.pk) == before


@pytest.mark.parametrize("tool", TOOLS)
def test_every_argument_of_every_tool_with_every_id_of_theirs(
    keys: list[str], other: Rows, tool: str
) -> None:
    before = fingerprint(other.organization.pk)
    called = 0
    for arguments in _spread(tool, other):
        result = Desk(keys[1]).ask("tools/call", name=tool, arguments=arguments)["result"]
        assert CANARY not in str(result), arguments
        called += 1
    assert called >= len(_ids(other))
    assert fingerprint(other.organization.pk) == before


def test_nothing_was_written_for_us_either(keys: list[str], other: Rows, house: Any) -> None:
    before = Proposal.objects.count()
    for tool in sorted(WRITES):
        for key in keys:
            text = {"note": "x"} if tool == "log_communication" else {"text": "x"}
            assert Desk(key).refused(tool, investor=f"investor:{other.investor.pk}", **text)
    assert Proposal.objects.count() == before


def test_resources_and_the_prompt_are_apart_too(keys: list[str], other: Rows) -> None:
    desk = Desk(keys[0])
    ours = cast.make_investor("Ours Alone Capital")
    listed = desk.ask("resources/list")["result"]["resources"]
    assert [one["name"] for one in listed] == ["Ours Alone Capital"]
    assert desk.ask("resources/list", cursor=str(ours.pk))["result"]["resources"] == []
    for pk in _ids(other):
        if pk != ours.pk:
            assert desk.ask("resources/read", uri=f"roundtable://investor/{pk}")["error"]["code"] == -32002
    for said in (f"investor:{other.investor.pk}", ASKED, str(other.investor.pk)):
        answer = desk.ask("prompts/get", name="prepare_meeting", arguments={"investor": said})
        assert "error" in answer and CANARY not in str(answer)


def test_an_idempotency_key_of_theirs_is_free_for_us(keys: list[str], other: Rows) -> None:
    theirs = Membership.unscoped.get(organization=other.organization, role="owner")
    said = {"text": "x", "idempotency_key": "shared"}
    first = Desk(key_for(theirs)).call("add_reminder", investor=f"investor:{other.investor.pk}", **said)
    mine = cast.make_investor("Ours Alone Capital")
    second = Desk(keys[0]).call("add_reminder", investor=f"investor:{mine.pk}", **said)
    assert first["proposal"]["id"] != second["proposal"]["id"] and not second["replayed"]


def _spread(tool: str, other: Rows) -> Iterator[dict[str, Any]]:
    """Calls with each of their ids in each place that takes text, beside what the tool cannot do without."""
    shape = next(one for one in registry.tools() if one.name == tool).takes.model_json_schema()
    needed = {name: _plausible(tool, name) for name in shape.get("required", ())}
    names = [name for name, part in shape["properties"].items() if _is_text(part)]
    for name in names:
        for pk in _ids(other):
            for said in (str(pk), f"investor:{pk}", f"contact:{pk}", f"fund:{pk}", f"communication:{pk}"):
                yield {**needed, name: said}
    if not names:
        yield from ({**needed, "topic": str(pk)} for pk in _ids(other))
    if "slots" in shape["properties"]:
        for slot, pk in itertools.product(("investor", "fund", "contact", "owner"), _ids(other)):
            for intent in (
                "investor_profile",
                "fund_progress",
                "contact_lookup",
                "investor_list",
                "activity_recent",
            ):
                yield {"intent": intent, "slots": {slot: f"{slot}:{pk}", "window": "this_year"}}


def _is_text(part: dict[str, Any]) -> bool:
    kinds = [part, *part.get("anyOf", ())]
    return any(
        one.get("type") == "string" and "enum" not in one and one.get("format") != "date" for one in kinds
    )


def _plausible(tool: str, name: str) -> Any:
    return {"intent": "investor_list"}.get(name, "x")


def _ids(other: Rows) -> list[int]:
    rows = (
        other.investor,
        other.contact,
        other.fund,
        other.opportunity,
        other.communication,
        other.reminder,
        other.fact,
    )
    return sorted({row.pk for row in rows})


def _without_the_question(result: dict[str, Any], arguments: dict[str, Any]) -> str:
    """What came back, less what was sent and is repeated in a message."""
    said = str(result)
    for value in (*arguments.values(), *arguments.get("slots", {}).values()):
        said = said.replace(str(value), "")
    return said
