"""What the tasks of the bot share: the client, how they wake one another, and the wish to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from intake.matrix.client import Client

T = TypeVar("T")


class Stopping(Exception):
    """The bot was told to stop while something was waited for."""


@dataclass
class Desk:
    """to_decide, to_download, to_send, to_join: there may be something to do. reading: messages may be at the parser.

    server_back: the homeserver answered again after a failure.
    """

    client: Client
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    to_decide: asyncio.Event = field(default_factory=asyncio.Event)
    to_download: asyncio.Event = field(default_factory=asyncio.Event)
    to_send: asyncio.Event = field(default_factory=asyncio.Event)
    to_join: asyncio.Event = field(default_factory=asyncio.Event)
    server_back: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bot_id(self) -> str:
        return self.client.user_id

    async def unless_stopped(self, action: Coroutine[Any, Any, T]) -> T:
        """The action's result; when the bot is told to stop meanwhile, cancel it and raise Stopping."""
        task = asyncio.ensure_future(action)
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Stopping
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def pause(self, seconds: float, *, until: asyncio.Event | None = None) -> None:
        """Wait, but no longer than until `until` is set (and clear it) or the bot is told to stop."""
        events = [self.stopping] if until is None else [self.stopping, until]
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if until is not None:
            until.clear()
