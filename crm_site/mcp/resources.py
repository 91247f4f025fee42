"""What a client can attach to a conversation: an investor's page as Markdown."""

from __future__ import annotations

import re
from typing import Any

from mcp import types
from mcp.shared.exceptions import McpError
from pydantic import AnyUrl

from crm_site.core.errors import CrmError
from crm_site.investors.models import Investor
from crm_site.mcp import naming, pages
from crm_site.mcp.callers import Caller

MARKDOWN = "text/markdown"
PAGE = 50
#: The protocol's code for a resource that is not there.
NOT_FOUND = -32002
_ADDRESS = re.compile(r"roundtable://investor/([0-9]{1,18})/?")
_CURSOR = re.compile(r"[0-9]{1,18}")

TEMPLATES = [
    types.ResourceTemplate(
        uriTemplate="roundtable://investor/{id}",
        name="investor",
        title="An investor's page",
        description="Everything about one investor, with the latest of its timeline. {id}: the number in its key.",
        mimeType=MARKDOWN,
    )
]


def listed(cursor: str | None) -> types.ListResourcesResult:
    """Live investors in the order they were created, 50 a page. Raises McpError for a cursor that is none of ours."""
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise McpError(types.ErrorData(code=types.INVALID_PARAMS, message="This cursor cannot be read."))
    rows = Investor.objects.live().filter(pk__gt=int(cursor or 0)).order_by("id")
    found = list(rows.values_list("pk", "name")[: PAGE + 1])
    shown: list[Any] = [
        types.Resource(uri=address(pk), name=name, title=name, mimeType=MARKDOWN) for pk, name in found[:PAGE]
    ]
    following = str(found[PAGE - 1][0]) if len(found) > PAGE else None
    return types.ListResourcesResult(resources=shown, nextCursor=following)


def read(caller: Caller, uri: AnyUrl) -> types.ReadResourceResult:
    """The page behind an address. Raises McpError for one that leads nowhere in the caller's organization."""
    known = _ADDRESS.fullmatch(str(uri))
    try:
        row = naming.by_id(int(known[1])) if known else None
    except CrmError:
        row = None
    if row is None:
        raise McpError(types.ErrorData(code=NOT_FOUND, message="There is no such resource."))
    text = types.TextResourceContents(uri=uri, mimeType=MARKDOWN, text=pages.page(row))
    return types.ReadResourceResult(contents=[text])


def address(investor_id: int) -> AnyUrl:
    return AnyUrl(f"roundtable://investor/{investor_id}")
