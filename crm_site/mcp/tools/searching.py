"""Finding what was written, by words and by meaning."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crm_site.core import fields
from crm_site.mcp import naming
from crm_site.mcp.callers import Caller
from crm_site.mcp.registry import tool
from crm_site.mcp.shapes import LONGEST, Day, Paged, Shown
from nlquery import resolving
from search import retrieve
from search.asking import Mode, Wanted
from search.documents import Kind


class SearchAsked(Paged):
    query: Annotated[
        str,
        Field(
            min_length=1, max_length=LONGEST, description="What to look for, in a few words or a sentence."
        ),
    ]
    mode: Annotated[
        Mode, Field(description="hybrid: by words and meaning. sparse: by words. dense: by meaning.")
    ] = "hybrid"
    kinds: Annotated[list[Kind], Field(max_length=len(Kind), description="Only these.")] = []
    investor: Annotated[
        str, Field(max_length=300, description="Only what belongs to this investor: name or key.")
    ] = ""
    owner: Annotated[
        str,
        Field(max_length=200, description="Only with this owner: `me`, or a team member's name or e-mail."),
    ] = ""
    since: Annotated[Day | None, Field(description="On or after this day (YYYY-MM-DD).")] = None
    until: Annotated[Day | None, Field(description="On or before this day.")] = None
    graveyard: Annotated[bool, Field(description="Also investors retired from the raise.")] = False


class SearchHit(Shown):
    """passages: where it matches. score: comparable within one search only."""

    key: str
    kind: str
    id: int
    title: str
    investor_key: str | None
    investor: str
    on: str | None
    owner: str
    in_graveyard: bool
    passages: list[str]
    score: float


class SearchShown(Shown):
    """mode: what was really used. source `database`: the index did not answer, so words alone were compared.

    notes: what to tell the user about how this was found.
    """

    hits: list[SearchHit]
    mode: str
    source: Literal["index", "database"]
    notes: list[str]
    has_more: bool
    next_offset: int | None


@tool("search", "Search", takes=SearchAsked, gives=SearchShown)
def search(caller: Caller, asked: SearchAsked) -> SearchShown:
    """Search everything that was written (communications, facts, investors, contacts, opportunities, funds), best first.

    For “what did they say about …”. For lists, sums and counts use `query`.
    """
    found = retrieve.find(
        asked.query, mode=asked.mode, wanted=_wanted(caller, asked), limit=asked.limit, offset=asked.offset
    )
    return SearchShown(
        hits=[_hit(one) for one in found.hits],
        mode=found.mode,
        source=found.source,
        notes=found.notes,
        has_more=found.has_more,
        next_offset=asked.offset + asked.limit if found.has_more else None,
    )


def _wanted(caller: Caller, asked: SearchAsked) -> Wanted:
    if asked.since and asked.until and asked.since > asked.until:
        fields.refuse("until", "This is before `since`.")
    investor = naming.investor(asked.investor) if asked.investor else None
    owner = resolving.owner(asked.owner, slot="owner", user_id=caller.actor.user_id) if asked.owner else None
    return Wanted(
        kinds=tuple(str(kind) for kind in asked.kinds),
        investor_id=investor.pk if investor else None,
        owner_id=owner.id if owner else None,
        first=asked.since,
        last=asked.until,
        graveyard=asked.graveyard,
    )


def _hit(one: retrieve.Hit) -> SearchHit:
    return SearchHit(
        key=one.key,
        kind=str(one.kind),
        id=one.id,
        title=one.title,
        investor_key=naming.key(one.investor_id) if one.investor_id else None,
        investor=one.investor,
        on=one.on.isoformat() if one.on else None,
        owner=one.owner,
        in_graveyard=one.is_graveyard,
        passages=[piece.text for piece in one.passages],
        score=one.score,
    )
