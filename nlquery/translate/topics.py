"""Free text in a question: what to search for, and which side of an investor is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting

_LEADING = frozenset(
    "the a an any our their its his her my some this that these those of about on for regarding to with anything it".split()
)
_TRAILING = frozenset(
    "? at all in with to by from and or the so far recently lately of please thanks on about yet before ever there are is was were we".split()
)
_STOP = frozenset("with by from at during since between over within in".split())
_ASKING = frozenset(
    "did do does has have had was were is are anyone anybody somebody someone who what which when where how any find show me search for tell give list we us i our all they the been "
    "everything every please can you could get see emails calls notes meetings messages conversations conversation email call note meeting message communications about investors investor lps lp "
    "ever that there pull up us nobody everyone to look has had would like want find said".split()
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Free text and the words it takes."""

    words: range
    text: str


def searched(seen: Sighting) -> Topic | None:
    """What is looked for: behind the words that say so, else before them (“has the fee cap been discussed?”)."""
    for index in sorted(seen.cues.get("MENTION", ())):
        if index + 1 in seen.cues["MENTION"]:
            continue
        behind = _behind(seen, index + 1)
        if behind:
            return behind
    first = min(seen.cues.get("MENTION", ()), default=0)
    return _before(seen, first) if first else None


def _behind(seen: Sighting, start: int) -> Topic | None:
    tokens, end = seen.reading.tokens, start
    timed = {
        i for spot in seen.spots.get("window", ()) if not spot.weak or spot.value.soft for i in spot.words
    }
    while end < len(tokens) and end not in timed and tokens[end].low != "?":
        if end > start and tokens[end].low in _STOP and _opens_other(seen, end + 1, timed):
            break
        end += 1
    return _cut(seen, start, end - 1)


def _opens_other(seen: Sighting, index: int, timed: set[int]) -> bool:
    """A preposition ends the topic when a name or a stretch of time follows."""
    if index in timed:
        return True
    word = seen.reading.low(index)
    named = any(
        name.first <= index + (word in ("the", "our")) <= name.last and (name.sure or name.firm)
        for name in seen.names
    )
    return named or (
        word in ("any", "our", "investors", "the")
        and seen.reading.low(index + 1)
        in ("investors", "investor", "lps", "crm", "emails", "notes", "calls", "meetings", "team")
    )


def _before(seen: Sighting, cue: int) -> Topic | None:
    start, end = 0, cue - 1
    while start <= end and (seen.reading.low(start) in _ASKING):
        start += 1
    while end >= start and seen.reading.low(end) in (
        "been",
        "ever",
        "was",
        "were",
        "get",
        "got",
        "being",
        "is",
        "has",
        "have",
        "we",
        "did",
        "anyone",
        "investors",
    ):
        end -= 1
    return _cut(seen, start, end)


def _cut(seen: Sighting, start: int, end: int) -> Topic | None:
    low = seen.reading.low
    while start <= end and low(start) in _LEADING:
        start += 1
    while end >= start and low(end) in _TRAILING:
        end -= 1
    if start > end:
        return None
    for first, last in seen.reading.quotes:
        inside = [
            i
            for i in range(start, end + 1)
            if seen.reading.tokens[i].start >= first and seen.reading.tokens[i].end <= last
        ]
        if inside:
            start, end = inside[0], inside[-1]
            break
    text = seen.reading.raw(start, end)
    return Topic(range(start, end + 1), text) if any(c.isalpha() for c in text) and len(text) <= 300 else None


def side(seen: Sighting, investor: Name | None) -> Topic | None:
    """What about an investor is asked: “'s view on fees” → fees, “'s liquidity preferences” → liquidity preferences."""
    cues = seen.cues.get("PREFERENCE", set())
    low = seen.reading.low
    for index in sorted(cues):
        after = index + 1
        follows = low(after) in (
            "on",
            "about",
            "regarding",
            "around",
            "towards",
            "toward",
            "for",
            "in",
            "of",
            "to",
            "with",
        ) or low(index) in ("about", "on", "for", "with", "to", "towards", "of")
        if index + 1 in cues or not follows:
            continue
        topic = _behind(seen, after)
        if topic and not _is(topic, investor):
            return _less(seen, topic, investor)
    if investor is None:
        return None
    if investor.possessive and investor.last + 1 < len(seen.reading.tokens):
        return _behind(seen, investor.last + 1)
    for index in range(investor.last + 1, len(seen.reading.tokens)):
        if low(index) in ("regarding", "about", "on", "concerning", "around"):
            return _behind(seen, index + 1)
    if cues:
        first, last = min(cues), max(cues)
        while first - 1 in seen.content and first - 1 not in investor.words:
            first -= 1
        return _cut(seen, first, last) if last < investor.first else None
    return None


def _is(topic: Topic, investor: Name | None) -> bool:
    return investor is not None and set(topic.words) <= set(investor.words)


def _less(seen: Sighting, topic: Topic, investor: Name | None) -> Topic | None:
    """The topic without the investor's name at either end of it."""
    if investor is None or not set(topic.words) & set(investor.words):
        return topic
    if investor.first > topic.words[0]:
        return _cut(seen, topic.words[0], investor.first - 1)
    return _cut(seen, investor.last + 1, topic.words[-1])
