"""The tools: each a function of a caller and its arguments, with a name, a shape for either side, and a description.

@tool("reminders", "Reminders", takes=RemindersAsked, gives=RemindersFound)
def reminders(caller: Caller, asked: RemindersAsked) -> RemindersFound:
    \"\"\"Open follow-ups, the soonest first.\"\"\"

The docstring is what the model reads. It is the same for everybody: no word of it comes from the database.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from crm_site.mcp.callers import Caller
from crm_site.mcp.shapes import Given, Shown

G = TypeVar("G", bound=Given)
S = TypeVar("S", bound=Shown)


@dataclass(frozen=True)
class Tool:
    """call: runs in the scope of the caller's organization; the caller may read. writes: it may change something."""

    name: str
    title: str
    description: str
    takes: type[Given]
    gives: type[Shown]
    writes: bool
    call: Callable[[Caller, Any], Shown]


_tools: dict[str, Tool] = {}


def tool(
    name: str, title: str, *, takes: type[G], gives: type[S], writes: bool = False
) -> Callable[[Callable[[Caller, G], S]], Callable[[Caller, G], S]]:
    """Register a tool under its name, which clients store: never rename one."""

    def register(call: Callable[[Caller, G], S]) -> Callable[[Caller, G], S]:
        if name in _tools:
            raise ValueError(f"There is a tool “{name}” already.")
        _tools[name] = Tool(name, title, inspect.cleandoc(call.__doc__ or ""), takes, gives, writes, call)
        return call

    return register


def find(name: str) -> Tool | None:
    return _tools.get(name)


def tools() -> Iterator[Tool]:
    """All tools, in the order of their modules. Complete once `crm_site.mcp.tools` is imported."""
    yield from _tools.values()
