"""Some hundreds of calls that nobody would mean: each is answered, none with a fault of ours."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from crm_site.accounts.models import Membership
from crm_site.mcp import registry, tools
from crm_site.mcp.tests.talking import Desk, key_for
from crm_site.tests import cast
from nlquery import services as nlquery

assert tools  # all tools are registered
TOOLS = [one.name for one in registry.tools()]
CALLS = 60
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, 2**63, -(2**63), 1e308, "", " ", "x", "x" * 10_240, "\x00", "a\u0000b",
    "\ud800", "‮evil", "🦜" * 50, "2026-02-30", "9999-12-31", "0001-01-01", "<script>alert(1)</script>",
    "'; DROP TABLE x; --", "../../etc/passwd", "investor:0", "investor:-1", "investor:999999999999999999",
    "investor:99999999999999999999", "contact:1", "fund:0", "me", "all", "%", "_", "\\", "{}", "[]", "NaN", "1e999",
    [], [1], [None], ["x"] * 30, [[]], [{}], {}, {"id": 1}, {"a": {"b": [{}]}}, {"": ""},
]  # fmt: skip
FULL = ("read", "query.ask", "intake.receive", "communication.log", "reminder.edit", "contact.edit", "investor.edit",
        "opportunity.edit", "opportunity.move", "write:direct")  # fmt: skip


@pytest.fixture
def desk(partner: Membership, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(nlquery, "PER_MINUTE", 100_000)
    cast.make_rows(partner.organization)
    cast.make_investor("Cedar Row Partners")
    return Desk(key_for(partner, *FULL))


@pytest.mark.parametrize("tool", TOOLS)
def test_arguments_that_nobody_would_mean(desk: Desk, tool: str, caplog: pytest.LogCaptureFixture) -> None:
    draw = random.Random(f"mcp {tool}")
    shape = next(one for one in registry.tools() if one.name == tool).takes.model_json_schema()
    good = {
        "investor": "Cedar Row Partners",
        "text": "x",
        "note": "x",
        "query": "x",
        "question": "x",
        "contact": "Ada",
    }
    good |= {"intent": "investor_list"}
    for number in range(CALLS):
        names = list(shape["properties"])
        arguments = {name: good[name] for name in names if name in good and draw.random() < 0.7}
        for name in draw.sample([*names, "unknown", "", "__class__"], k=draw.randint(1, 3)):
            arguments[name] = draw.choice(VALUES)
        message = {
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments},
        }
        answer = desk.post(json.dumps(message))
        assert answer.status_code == 200, (arguments, answer.content[:300])
        said = answer.json()
        assert "error" not in said or said["error"]["code"] == -32602, (arguments, said)
        result = said.get("result") or {"isError": False}
        if result["isError"]:
            error = result["structuredContent"]["error"]
            assert error["code"] != "server_error", (arguments, caplog.text[-3000:])
            assert error["message"] and len(json.dumps(error)) < 6_000, arguments


@pytest.mark.parametrize(
    "params",
    [
        None, [], "x", 1, {}, {"name": None}, {"name": 1}, {"name": ""}, {"name": "x" * 10_000}, {"name": "search", "arguments": []},
        {"name": "search", "arguments": "x"}, {"name": "search", "arguments": None}, {"name": "search", "_meta": 1},
        {"name": "search", "arguments": {"query": "x"}, "task": {"ttl": 1}}, {"name": "../search", "arguments": {}},
        {"name": "\ud800\x00", "arguments": {}},
    ],
)  # fmt: skip
def test_calls_that_are_not_of_the_protocol(desk: Desk, params: Any) -> None:
    answer = desk.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}))
    assert answer.status_code in (200, 400), answer.content
    said = answer.json()
    assert "error" in said or said["result"]["isError"] or params.get("task")


@pytest.mark.parametrize(
    "method",
    ["", "x", "tools/list ", "tools/nothing", "resources/subscribe", "completion/complete", "logging/setLevel", "tasks/list",
     "sampling/createMessage", "notifications/initialized", "initialize"],
)  # fmt: skip
def test_methods_that_are_not_offered(desk: Desk, method: str) -> None:
    answer = desk.post(
        json.dumps({"jsonrpc": "2.0", "id": "x" * 300, "method": method, "params": {"uri": "a", "level": 1}})
    )
    assert answer.status_code in (200, 400)
    assert answer.json()["error"]["code"] in (-32601, -32602)


def test_a_slot_may_hold_anything(desk: Desk) -> None:
    draw = random.Random("slots")
    intents = [one["intent"] for one in desk.call("query_catalog", limit=100)["intents"]]
    for _ in range(CALLS):
        slots = {
            draw.choice(["investor", "window", "limit", "days", "text", "owner", "x"]): draw.choice(VALUES)
        }
        result = desk.ask(
            "tools/call", name="query", arguments={"intent": draw.choice(intents), "slots": slots}
        )["result"]
        assert not result["isError"] or result["structuredContent"]["error"]["code"] not in (
            "server_error",
            "error",
        ), slots
