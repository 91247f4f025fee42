"""The parser that needs no model: what a message says, by rules.

Everything it returns stands in the message or is resolved from a place in it (`evidence`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake import parsed
from intake.parser import assemble, dates, investor, reading, segments, spans
from intake.parser import known as knowing

# Here 3/11 is the eleventh of March; in the zones of the rest of the world it is the third of November.
_MONTH_FIRST = ("America/", "US/", "Pacific/Honolulu", "Asia/Manila", "UTC", "Etc/")


def parse(
    text: str, *, sent_at: datetime, zone: ZoneInfo, known: knowing.Known, month_first: bool | None = None
) -> parsed.ParsedMessage:
    """Read one message sent at `sent_at` (aware). Never raises on a text, whatever is in it.

    month_first: how the house writes 3/11; None takes it from the zone. Only the first 8,000 characters are read.
    """
    today = sent_at.astimezone(zone).date()
    if month_first is None:
        month_first = writes_month_first(zone)
    anchor = dates.Anchor(today, month_first)
    whole = reading.read(spans.prepare(text), anchor, known)
    parts = segments.split(whole.text, investor.pick(whole.text, whole.firms), whole.firms, whole.people)
    if len(parts) < 2:
        return assemble.assemble(text, whole)
    messages = [_part(text, part, anchor, known, whole) for part in parts]
    first = messages[0]
    return replace(first, also=tuple(messages[1 : 1 + parsed.MAX_ALSO]))


def writes_month_first(zone: ZoneInfo) -> bool:
    """Whether 3/11 is the eleventh of March where this zone is."""
    return zone.key.startswith(_MONTH_FIRST)


def _part(
    text: str, part: list[spans.Span], anchor: dates.Anchor, known: knowing.Known, whole: reading.Reading
) -> parsed.ParsedMessage:
    """One investor's share of a message, with what was said once for all of them."""
    edges = [0, *(edge for span in part for edge in span.at), len(whole.text)]
    masked = spans.blank(whole.text, list(zip(edges[::2], edges[1::2], strict=True)))
    own = assemble.assemble(text, reading.read(masked, anchor, known), note=part)
    shared = assemble.assemble(text, whole)
    changes: dict[str, Any] = {}
    if own.kind == "note" and shared.kind != "note" and own.intent in ("log", "ignore"):
        changes.update(kind=shared.kind, direction=shared.direction, intent="log")
    elif own.intent == "ignore":
        changes.update(intent=shared.intent)
    if own.fund is None and len({name for _, name in whole.funds}) == 1:
        changes.update(fund=shared.fund)
    if "occurred_on" not in own.evidence and "occurred_on" in shared.evidence:
        changes.update(occurred_on=shared.occurred_on)
    return replace(own, **changes)
