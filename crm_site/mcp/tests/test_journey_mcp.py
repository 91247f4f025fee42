"""A morning with an assistant, by the SDK's own client: once over HTTP with a key, once over stdio as a member."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from django.conf import settings
from mcp import ClientSession, McpError
from pydantic import AnyUrl

from crm_site.accounts import services as accounts
from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication
from crm_site.core import scope
from crm_site.investors.models import Investor
from crm_site.mcp.tests.talking import LIMIT_S, ROOT, key_for, over_http, over_stdio
from crm_site.tests import cast
from crm_site.tests.crashing.harness import database_url
from intake.models import Proposal

pytestmark = pytest.mark.django_db(transaction=True)
FULL = (
    "read",
    "query.ask",
    "intake.receive",
    "communication.log",
    "contact.edit",
    "reminder.edit",
    "write:direct",
)


@pytest.fixture
def cedar(associate: Membership) -> Investor:
    investor = cast.make_investor("Cedar Row Partners", assigned_to_id=associate.user_id)
    cast.make_contact("Ada Marlowe", investor=investor, title="CFO", email="ada@cedar.example")
    cast.make_communication(investor, body="They asked about the fee schedule.")
    cast.make_reminder(investor, text="Send the fee schedule", actor=cast.actor_of(associate))
    cast.make_fact(investor, text="Prefers mornings")
    return investor


async def morning(session: ClientSession) -> dict[str, Any]:
    """Everything that the server offers, once. The client checks each result against the tool's own schema."""
    seen: dict[str, Any] = {"tools": [one.name for one in (await session.list_tools()).tools]}

    async def call(name: str, /, **arguments: Any) -> Any:
        result = await session.call_tool(name, arguments)
        assert not result.isError, (name, result.structuredContent)
        seen[name] = result.structuredContent
        return result.structuredContent

    found = await call("find_investor", name="Cedar Row")
    key = found["investors"][0]["key"]
    await call("investor_360", investor=key)
    await call("timeline", investor=key)
    await call("contact_lookup", contact="ada@cedar.example")
    await call("reminders", whose="me")
    await call("query_catalog", topic="Reminders")
    await call("query", intent="reminder_due", slots={"window": "next_30_days"})
    await call("ask", question="When did we last speak to Cedar Row Partners?", mode="fast")
    for mode in ("hybrid", "sparse", "dense"):
        await call("search", query="fee schedule", mode=mode)
    await call(
        "log_communication",
        investor=key,
        kind="call",
        note="Talked it through.",
        reminder={"text": "Call again"},
    )
    await call("add_reminder", investor=key, text="Send the deck")
    listed = (await session.list_resources()).resources
    page = await session.read_resource(listed[0].uri)
    seen["page"] = page.contents[0].text
    seen["templates"] = len((await session.list_resource_templates()).resourceTemplates)
    seen["prompts"] = [one.name for one in (await session.list_prompts()).prompts]
    brief = await session.get_prompt("prepare_meeting", {"investor": key})
    seen["brief"] = brief.model_dump_json()
    refused = await session.call_tool("investor_360", {"investor": "investor:999999"})
    assert refused.isError
    seen["refused"] = refused.structuredContent
    with pytest.raises(McpError, match="no tool"):
        await session.call_tool("drop_everything", {})
    with pytest.raises(McpError, match="no such resource"):
        await session.read_resource(AnyUrl("roundtable://investor/999999"))
    return seen


def check(seen: dict[str, Any], *, outcome: str) -> None:
    assert set(seen["tools"]) <= seen.keys()
    assert seen["investor_360"]["name"] == "Cedar Row Partners"
    assert seen["timeline"]["entries"] and seen["contact_lookup"]["people"] and seen["reminders"]["reminders"]
    assert seen["query"]["rows"] and seen["ask"]["answers"][0]["intent"] == "activity_last"
    assert seen["search"]["hits"]
    assert seen["log_communication"]["outcome"] == seen["add_reminder"]["outcome"] == outcome
    assert "They asked about the fee schedule." in seen["page"] and "Prefers mornings" in seen["brief"]
    assert (seen["templates"], seen["prompts"]) == (1, ["prepare_meeting"])
    assert seen["refused"]["error"]["code"] == "not_found"


def environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "AUDIT_KEY": settings.AUDIT_KEY,
        "VAR_DIR": str(settings.VAR_DIR),
        "SPARK_CONTROL_URL": "",
        **more,
    }


def test_over_http_with_a_key(live_server: Any, associate: Membership, cedar: Investor) -> None:
    seen = over_http(f"{live_server.url}/mcp", key_for(associate), morning)
    check(seen, outcome="proposed")
    assert Communication.objects.count() == 1 and Proposal.objects.count() == 2


def test_over_http_with_a_key_that_writes(live_server: Any, associate: Membership, cedar: Investor) -> None:
    seen = over_http(f"{live_server.url}/mcp", key_for(associate, *FULL), morning)
    check(seen, outcome="written")
    assert Communication.objects.filter(captured_via="mcp").count() == 1 and not Proposal.objects.exists()


def test_over_stdio_as_a_member(associate: Membership, cedar: Investor) -> None:
    seen = over_stdio(["--as", associate.user.email], environment(), morning)
    check(seen, outcome="proposed")
    assert Communication.objects.count() == 1
    assert {one.message.sender_id for one in Proposal.objects.with_message()} == {associate.user_id}


def test_stdout_carries_the_protocol_alone_and_ends_with_its_input(
    associate: Membership, cedar: Investor
) -> None:
    ask = {
        "jsonrpc": "2.0",
        "method": "tools/call",
        "params": {"name": "investor_360", "arguments": {"investor": "Nobody"}},
    }
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]
    sent = [json.dumps(line) for line in lines] + ["nonsense", "[" * 5_000, '{"jsonrpc": "2.0", "id": 3}']
    with subprocess.Popen(
        [sys.executable, "manage.py", "mcp", "--as", associate.user.email],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        timer = threading.Timer(LIMIT_S, process.kill)
        timer.start()
        assert process.stdin and process.stdout
        process.stdin.write("\n".join([*sent, json.dumps({**ask, "id": 2}), ""]))
        process.stdin.flush()
        answers: list[dict[str, Any]] = []
        while not answers or answers[-1].get("id") != 2:
            line = process.stdout.readline()
            assert line, "it ended before it answered"
            answers.append(json.loads(line))
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait(LIMIT_S) == 0
        timer.cancel()
    assert [one["id"] for one in answers if "id" in one] == [1, 2] and not rest
    assert answers[-1]["result"]["structuredContent"]["error"]["code"] == "not_found"


def test_a_member_who_leaves_during_a_session_is_refused(
    associate: Membership, owner: Membership, cedar: Investor
) -> None:
    def leave() -> None:
        with scope.scope(owner.organization):
            accounts.deactivate_member(actor=cast.actor_of(owner), membership=associate)

    async def talk(session: ClientSession) -> tuple[Any, Any]:
        before = await session.call_tool("reminders", {})
        # In a thread of its own: Django refuses its database in one that runs a loop.
        thread = threading.Thread(target=leave)
        thread.start()
        thread.join(LIMIT_S)
        return before, await session.call_tool("reminders", {})

    before, after = over_stdio(["--as", associate.user.email], environment(), talk)
    assert not before.isError
    assert after.isError and after.structuredContent["error"]["code"] == "no_member"


@pytest.mark.parametrize(
    "arguments", [["--as", "nobody@harbor.example"], ["--as", "anna@harbor.example", "--org", "elsewhere"]]
)
def test_nobody_is_nobody(associate: Membership, foreign: Any, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "mcp", *arguments],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1 and not done.stdout
    assert "No active member" in done.stderr


def test_many_at_once_are_each_their_own(
    live_server: Any, associate: Membership, stranger: Membership, foreign: cast.Rows
) -> None:
    ours = cast.make_investor("Ours Alone Capital")
    keys = {key_for(associate): {ours.name}, key_for(stranger): {foreign.investor.name}}
    found: list[tuple[set[str], set[str]]] = []

    async def talk(session: ClientSession) -> set[str]:
        names: set[str] = set()
        for _ in range(5):
            names |= {one.name for one in (await session.list_resources()).resources}
        return names

    def run(key: str) -> None:
        found.append((keys[key], over_http(f"{live_server.url}/mcp", key, talk)))

    threads = [threading.Thread(target=run, args=[key]) for key in [*keys] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert len(found) == 6 and all(expected == seen for expected, seen in found)
