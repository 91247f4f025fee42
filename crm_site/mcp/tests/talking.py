"""A client for tests: the SDK's own, over HTTP against a live server and over stdio against a real process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx
from django.test import Client
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import LATEST_PROTOCOL_VERSION

from crm_site.accounts import key_text
from crm_site.accounts.models import ApiKey, Membership

R = TypeVar("R")
ROOT = Path(__file__).resolve().parents[3]
HEADERS = {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": LATEST_PROTOCOL_VERSION,
}
LIMIT_S = 60.0


def key_for(membership: Membership, *scopes: str, **values: Any) -> str:
    """The text of a new key that acts as the membership."""
    made = key_text.make()
    ApiKey.unscoped.create(
        organization_id=membership.organization_id,
        membership=membership,
        name="assistant",
        prefix=made.prefix,
        digest=made.digest,
        scopes=list(scopes),
        **values,
    )
    return made.text


class Desk:
    """One key's calls at `/mcp`, by Django's own client: a message in, the parsed answer out."""

    def __init__(self, key: str, **extra: Any) -> None:
        self.client = Client(**extra)
        self.headers = {**HEADERS, "authorization": f"Bearer {key}"}
        self.count = 0

    def post(self, body: bytes | str, **headers: str) -> Any:
        """The bare HTTP answer. headers: underscores stand for hyphens."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            "/mcp", body, content_type="application/json", headers={**self.headers, **more}
        )

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a request: {"result": …} or {"error": …}."""
        self.count += 1
        message = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
        answer = self.post(json.dumps(message))
        assert answer.status_code == 200, (answer.status_code, answer.content)
        found: dict[str, Any] = answer.json()
        assert found["id"] == self.count
        return found

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured result of a tool that succeeds."""
        result = self.ask("tools/call", name=tool, arguments=arguments)["result"]
        assert not result["isError"], result["structuredContent"]
        found: dict[str, Any] = result["structuredContent"]
        return found

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The error of a tool that does not: {"code", "message", "fields"}."""
        result = self.ask("tools/call", name=tool, arguments=arguments)["result"]
        assert result["isError"], result["structuredContent"]
        found: dict[str, Any] = result["structuredContent"]["error"]
        return found


def over_http(address: str, key: str, talk: Callable[[ClientSession], Awaitable[R]]) -> R:
    """A conversation with the SDK's client at `address`."""

    async def run() -> R:
        async with AsyncExitStack() as stack:
            http = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=LIMIT_S)
            await stack.enter_async_context(http)
            streams = await stack.enter_async_context(streamable_http_client(address, http_client=http))
            session = await stack.enter_async_context(ClientSession(streams[0], streams[1]))
            await session.initialize()
            return await asyncio.wait_for(talk(session), LIMIT_S)

    return asyncio.run(run())


def over_stdio(
    arguments: list[str], environment: dict[str, str], talk: Callable[[ClientSession], Awaitable[R]]
) -> R:
    """A conversation with `manage.py mcp`, started as a client starts it."""
    program = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "manage.py"), "mcp", *arguments],
        env=environment,
        cwd=ROOT,
    )

    async def run() -> R:
        async with stdio_client(program) as streams, ClientSession(*streams) as session:
            await session.initialize()
            return await asyncio.wait_for(talk(session), LIMIT_S)

    return asyncio.run(run())
