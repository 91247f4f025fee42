"""The server on standard input and output, as one member, until the input ends."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from io import TextIOWrapper

import anyio
from django.db import close_old_connections
from mcp.server.stdio import stdio_server

from crm_site.mcp import callers, server
from crm_site.mcp.callers import Caller


def serve(*, email: str, slug: str) -> None:
    """Speak the protocol on stdout; whatever anything else prints goes to stderr, where it breaks nothing.

    The member is looked up again for each call: one who left in the meantime is refused.
    """
    protocol = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
    with contextlib.redirect_stdout(sys.stderr):
        asyncio.run(_serve(protocol, email, slug))


async def _serve(protocol: TextIOWrapper, email: str, slug: str) -> None:
    def calling() -> Caller:
        # A session may be idle for days; a connection that died meanwhile must not fail all later calls.
        close_old_connections()
        return callers.by_email(email, slug=slug)

    async with stdio_server(stdout=anyio.wrap_file(protocol)) as (incoming, outgoing):
        built = server.build(calling)
        await built.run(incoming, outgoing, built.create_initialization_options())
