"""Which way e-mails went: in, out, or both when the question does not care."""

from __future__ import annotations

import re

from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting

_BOTH = re.compile(
    r"\b(?:each other|between us|both ways|both directions|either (?:way|direction)|(?:to and|to or) from|from (?:and|or) to|exchanged?|irrespective of direction"
    r"|sent and received|sent or received|in and out|back and forth|swapped|get me)\b"
)
_IN = re.compile(
    r"\bdid § .*\b(?:send|write|e?mail)|§ (?:sent|emailed|e mailed|mailed|wrote|has sent|have sent|has written|have written)\b"
    r"|\b(?:sent|send|wrote|written|write|emailed|mailed|e?mail)(?: to)? us\b|\b(?:did|do|have) we (?:get|receive|got|received|gotten)\b"
    r"|\binvestors? (?:send|sent|wrote|emailed|mailed)\b"
)


def said(seen: Sighting, investor: Name | None) -> str | None:
    """`inbound`, `outbound`, or None when both are meant."""
    line = seen.reading.line
    before = seen.reading.low(investor.first - 1) if investor else ""
    if _BOTH.search(line):
        return None
    if before in ("from", "to"):
        return "inbound" if before == "from" else "outbound"
    if _IN.search(line):
        return "inbound"
    values = {spot.value for spot in seen.spots.get("direction", ())}
    return values.pop() if len(values) == 1 else None
