"""From the SDK's loop to the database: each call in one thread, inside the organization of its caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import scope
from crm_site.mcp.callers import Caller, Calling

R = TypeVar("R")


async def in_scope(calling: Calling, work: Callable[[Caller], R]) -> R:
    """Do the work as the caller. Over HTTP it runs in the thread of the request, on its connection; over stdio in the one
    thread that all calls share, which goes on when a call is cancelled, so a transaction is never cut in two.

    Raises NotAllowed for a caller who may not even read, and whatever the work raises.
    """

    def entered() -> R:
        caller = calling()
        # Whatever the process was in before: nothing but the caller says which organization this is.
        with scope.scope(caller.membership.organization):
            permissions.require(caller.actor, Verb.READ)
            return work(caller)

    return await sync_to_async(entered, thread_sensitive=True)()
