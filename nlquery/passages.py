"""Finding what was written about a topic: search is asked, by words and by meaning together.

When its index does not answer, the texts themselves are looked through: each word must stand at the start of a word, in any
order, in one text or its subject. Letters are compared whatever their case; “café” also finds “cafe”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import CharField, Q, Value
from django.db.models.functions import Greatest, Lower, StrIndex, Substr

from crm_site.communications.models import Communication, Fact
from crm_site.core import clock, heavy, naming
from crm_site.core import text as texts
from nlquery.windows import Span
from search import embed, freshness
from search.answers import Answer, Hit
from search.asking import Wanted
from search.documents import Kind

if TYPE_CHECKING:
    from search import retrieve
else:
    retrieve = heavy.module("search.retrieve")  # the bot only passes questions on, and its memory is small

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


#: meaning: by words and by meaning. words: the index, by words only. texts: there is no index. fallback: it does not answer.
How = Literal["meaning", "words", "texts", "fallback"]


@dataclass(frozen=True, slots=True)
class Found:
    """truncated: more matched. since: the day before which nothing was read, if any. literal: how many have the words.

    passages: the best first; those that were found in the texts themselves, the newest.
    """

    passages: list[Passage]
    truncated: bool
    how: How
    literal: int = 0
    since: date | None = None


def find(*, text: str, span: Span, investor_id: int | None, limit: int) -> Found:
    """What live investors' communications and facts say about `text`; what is only planned is left out.

    Without an index: `in_texts`. With one: a fixed number of queries, all but the first of a few rows by their ids.
    """
    if not freshness.has_index():
        return in_texts(text=text, span=span, investor_id=investor_id, limit=limit)
    wanted = Wanted(
        kinds=(Kind.COMMUNICATION, Kind.FACT),
        investor_id=investor_id,
        # Days before all clocks, or after them, are no limit.
        first=span.first if span.start else None,
        last=span.last if span.end else None,
        planned=False,
    )
    answer = retrieve.find(text, wanted=wanted, limit=limit, only_index=True)
    if answer.source == "index":
        return _found(text, answer)
    found = in_texts(text=text, span=span, investor_id=investor_id, limit=limit)
    return replace(found, how="fallback")


def _found(text: str, answer: Answer) -> Found:
    stems = set(embed.stems(text))
    literal = sum(_has(stems, hit) for hit in answer.hits)
    how: How = "words" if answer.mode == "sparse" else "meaning"
    talks = [hit.id for hit in answer.hits if hit.kind == Kind.COMMUNICATION]
    rows = Communication.objects.filter(pk__in=talks).values_list("pk", "kind", "subject")
    heads = {pk: (kind, subject) for pk, kind, subject in rows} if talks else {}
    return Found([_passage(hit, heads.get(hit.id)) for hit in answer.hits], answer.has_more, how, literal)


def _has(stems: set[str], hit: Hit) -> bool:
    return any(piece.marks for piece in hit.passages) or not stems.isdisjoint(embed.stems(hit.title))


def _passage(hit: Hit, head: tuple[str, str] | None) -> Passage:
    """head: kind and subject of a communication."""
    is_talk = hit.kind == Kind.COMMUNICATION and head is not None
    kind, subject = head if is_talk and head else ("fact", "")
    told = hit.passages[0].text if hit.passages else ""
    return Passage(
        hit.id, kind, hit.on or clock.today(), hit.investor_id or 0, hit.investor, _told(subject, told)
    )


def in_texts(*, text: str, span: Span, investor_id: int | None, limit: int) -> Found:
    """The same without the index, by plain words: two queries at most, one with an investor."""
    words = words_of(text)
    if not words:
        return Found([], truncated=False, how="texts")
    since = None if investor_id is not None else _depth(span)
    read = Span(max(filter(None, (since, span.first)), default=None), span.last)
    found = [
        *_communications(words, read, investor_id, limit + 1),
        *_facts(words, span, investor_id, limit + 1),
    ]
    found.sort(key=lambda one: (one.on, one.kind != "fact", one.id), reverse=True)
    return Found(
        found[:limit], truncated=len(found) > limit, how="texts", literal=len(found[:limit]), since=since
    )


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
    parts = [part for part in (texts.one_line(subject), texts.one_line(piece)) if part]
    return texts.shorten(": ".join(parts), SNIPPET)
