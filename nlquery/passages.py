"""Finding what was written about a topic. This is the seam for search: whatever comes to find passages better is called
from `find`, and nothing else changes.

For now it is a search by words: each must stand at the start of a word, in any order, in one text or its subject. Letters
are compared whatever their case; “café” also finds “cafe”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Greatest, Lower, StrIndex, Substr

from crm_site.communications.models import Communication, Fact
from crm_site.core import clock, naming, text
from nlquery.windows import Span

#: So many of the latest communications are read when nothing narrows them down. Reading 150,000 took 0.2 s on SQLite and
#: 0.4 s on PostgreSQL; a question may take 0.15 s.
DEPTH = 30_000
MOST_WORDS = 8
SNIPPET, BEFORE = 220, 70
_WORDS = re.compile(r"\w+(?:[-'’]\w+)*")
_SMALL = frozenset(
    "a about an and any anybody anyone anything are at by did do for from has have in is it me of on or our said say"
    " that the their them they to us was we were what when who with".split()
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a communication or a fact. id: of that row. kind: a communication's kind, or `fact`."""

    id: int
    kind: str
    on: date
    investor_id: int
    investor: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """passages: newest first. truncated: more matched. since: the day before which nothing was read, if any."""

    passages: list[Passage]
    truncated: bool
    since: date | None = None


def find(*, text: str, span: Span, investor_id: int | None, limit: int) -> Found:
    """What live investors' communications and facts say about `text`: three queries at most, two with an investor."""
    words = words_of(text)
    if not words:
        return Found([], truncated=False)
    since = None if investor_id is not None else _depth(span)
    read = Span(max(filter(None, (since, span.first)), default=None), span.last)
    found = [
        *_communications(words, read, investor_id, limit + 1),
        *_facts(words, span, investor_id, limit + 1),
    ]
    found.sort(key=lambda one: (one.on, one.kind != "fact", one.id), reverse=True)
    return Found(found[:limit], truncated=len(found) > limit, since=since)


def words_of(asked: str) -> list[str]:
    """The words that count: small ones are left out unless there are no others."""
    said = [found.casefold() for found in _WORDS.findall(asked)]
    return list(dict.fromkeys([word for word in said if word not in _SMALL] or said))[:MOST_WORDS]


def standing(words: Sequence[str], columns: Sequence[str]) -> Q:
    """The condition that each word opens a word of one of the columns."""
    every = Q()
    for word in words:
        spelled = Q()
        for way in _spellings(word):
            for column in columns:
                spelled |= _opens(way, column)
        every &= spelled
    return every


def _opens(word: str, column: str) -> Q:
    """First a plain comparison, which is fast, and the pattern only on what passes it. “Rights” is found by “right”."""
    parts = re.findall(r"[^\W_]+", word)
    longest = max(parts, key=len, default=word)
    pattern = r"\W?".join(re.escape(part) for part in parts)
    return Q(**{f"{column}__icontains": longest}) & Q(**{f"{column}__iregex": rf"(^|\W){pattern}"})


def _spellings(word: str) -> Iterator[str]:
    stem = word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
    ways = [stem]
    if not stem.isascii():
        # SQLite knows the case of ASCII letters only.
        ways += [stem.upper(), stem.capitalize(), naming.fold(stem)]
    yield from dict.fromkeys(way for way in ways if way)


def _depth(span: Span) -> date | None:
    """The day that the `DEPTH` latest communications up to the end of the span go back to; None when they are fewer."""
    days = Communication.all_objects.filter(span.on("occurred_on")).order_by("-occurred_on", "-id")
    return next(iter(days.values_list("occurred_on", flat=True)[DEPTH - 1 : DEPTH]), None)


def _communications(words: Sequence[str], span: Span, investor_id: int | None, most: int) -> list[Passage]:
    found = Communication.objects.of_live_investors().happened().filter(span.on("occurred_on"))
    if investor_id is not None:
        found = found.filter(investor_id=investor_id)
    found = found.filter(standing(words, ["body", "subject"]))
    rows = found.order_by("-occurred_on", "-id").values_list(
        "pk", "kind", "occurred_on", "investor_id", "investor__name", "subject", _around(words[0])
    )
    return [
        Passage(pk, kind, on, whose, name, _told(subject, piece))
        for pk, kind, on, whose, name, subject, piece in rows[:most]
    ]


def _facts(words: Sequence[str], span: Span, investor_id: int | None, most: int) -> list[Passage]:
    found = Fact.objects.of_live_investors().filter(span.at("created_at"))
    if investor_id is not None:
        found = found.filter(investor_id=investor_id)
    rows = found.filter(standing(words, ["text", "topic"])).newest_first()
    cells = rows.values_list("pk", "created_at", "investor_id", "investor__name", "text")
    return [
        Passage(pk, "fact", clock.local(at).date(), whose, name, told)
        for pk, at, whose, name, told in cells[:most]
    ]


def _around(word: str) -> Any:
    """A piece of the body with the word in it, cut out by the database: a body may have 100,000 characters."""
    longest = max(re.findall(r"[^\W_]+", word), key=len, default=word)
    place = StrIndex(Lower("body"), Value(longest, output_field=CharField()))
    return Substr("body", Greatest(place - BEFORE, Value(1)), SNIPPET)


def _told(subject: str, piece: str) -> str:
    parts = [part for part in (text.one_line(subject), text.one_line(piece)) if part]
    return text.shorten(": ".join(parts), SNIPPET)
