"""Streamable HTTP, stateless: each request is a server of its own that answers with JSON and is gone.

The web server speaks WSGI, the SDK ASGI. The request's thread runs a loop for the time of the request; what uses the
database comes back to that thread, so it has its connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from crm_site.mcp import server
from crm_site.mcp.callers import Calling

#: What the protocol reads of a request; whatever else a client sends stays outside.
PASSED_ON = ("accept", "content-type", "mcp-protocol-version", "mcp-session-id", "last-event-id")


@dataclass
class Answer:
    """What goes back to the client."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def answer(calling: Calling, *, headers: Mapping[str, str], body: bytes, max_bytes: int) -> Answer:
    """Answer one POST. body: JSON that has been read once and is clean. max_bytes: no body is longer."""
    return async_to_sync(_answer)(calling, headers, body, max_bytes)


async def _answer(calling: Calling, headers: Mapping[str, str], body: bytes, max_bytes: int) -> Answer:
    exchange = _Exchange(body)
    manager = StreamableHTTPSessionManager(
        server.build(calling), json_response=True, stateless=True, max_request_body_size=max_bytes
    )
    async with manager.run():
        await manager.handle_request(_scope(headers), exchange.receive, exchange.send)
    return exchange.answer


class _Exchange:
    """The two channels of ASGI, over a body that is all there."""

    def __init__(self, body: bytes) -> None:
        self.body: bytes | None = body
        self.answer = Answer()

    async def receive(self) -> dict[str, Any]:
        if self.body is None:
            return {"type": "http.disconnect"}
        body, self.body = self.body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self.answer.body += message.get("body", b"")


def _scope(headers: Mapping[str, str]) -> dict[str, Any]:
    passed = [
        (name.encode("latin-1"), headers[name].encode("latin-1", "replace"))
        for name in PASSED_ON
        if name in headers
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "root_path": "",
        "headers": passed,
    }
