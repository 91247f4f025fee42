"""One way for the tests to read a sentence: sent Friday 2026-11-20 at ten, in Chicago."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from intake import parsed
from intake.parser import dates, grammar, known

ZONE = ZoneInfo("America/Chicago")
SENT_AT = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)
FRIDAY = date(2026, 11, 20)
ANCHOR = dates.Anchor(FRIDAY)


def read(text: str, **known_lists) -> parsed.ParsedMessage:
    return grammar.parse(text, sent_at=SENT_AT, zone=ZONE, known=known.InMemory(**known_lists))
