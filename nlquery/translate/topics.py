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
_TOWARDS = frozenset("on about regarding around towards toward for in of to with".split())
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
        # “where has co-invest come up in our notes”: what follows says where to look.
        if behind and not (seen.reading.low(index + 1) in _STOP and _before(seen, index)):
            return behind
    first = min(seen.cues.get("MENTION", ()), default=0)
    return _before(seen, first) if first else None


def _behind(seen: Sighting, start: int, *, whole: bool = False) -> Topic | None:
    tokens, end = seen.reading.tokens, start
    timed = {
        i for spot in seen.spots.get("window", ()) if not spot.weak or spot.value.soft for i in spot.words
    }
    while end < len(tokens) and end not in timed and tokens[end].low != "?":
        if end > start and tokens[end].low in _STOP and _opens_other(seen, end + 1, timed):
            break
        end += 1
    return _cut(seen, start, end - 1, whole=whole)


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


def _cut(seen: Sighting, start: int, end: int, *, whole: bool = False) -> Topic | None:
    """The words start..end without small words at either end. whole: cues at the end belong to it."""
    low = seen.reading.low
    while start <= end and low(start) in _LEADING:
        start += 1
    said = set() if whole else seen.cues.get("MENTION", set())
    while end >= start and (low(end) in _TRAILING or (end in said and end > start)):
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
    topic = _after_cue(seen, investor)
    if topic is not None or investor is None:
        return topic
    if investor.possessive and investor.last + 1 < len(seen.reading.tokens):
        return _behind(seen, investor.last + 1, whole=True)
    for index in range(investor.last + 1, len(seen.reading.tokens)):
        if seen.reading.low(index) in ("regarding", "about", "on", "concerning", "around"):
            return _behind(seen, index + 1)
    return _before_name(seen, investor) or _after_name(seen, investor)


def _after_name(seen: Sighting, investor: Name) -> Topic | None:
    """“does Harbor Point have any restrictions”: the cue itself, with the words that belong to it."""
    cues = {index for index in seen.cues.get("PREFERENCE", ()) if index > investor.last}
    return _cut(seen, min(cues), max(cues), whole=True) if cues else None


def _after_cue(seen: Sighting, investor: Name | None) -> Topic | None:
    """“view on fees”, “care about ESG”: what stands behind the cue and its preposition."""
    cues, low = seen.cues.get("PREFERENCE", set()), seen.reading.low
    for index in sorted(cues - {one - 1 for one in cues}):
        if low(index + 1) not in _TOWARDS and low(index) not in _TOWARDS:
            continue
        topic = _behind(seen, index + 1)
        if topic and not (investor and set(topic.words) <= set(investor.words)):
            return _less(seen, topic, investor)
    return None


def _before_name(seen: Sighting, investor: Name) -> Topic | None:
    """“the fee concerns of Harbor Point”: the cue and the words that belong to it."""
    cues = seen.cues.get("PREFERENCE", set())
    if not cues or max(cues) >= investor.first:
        return None
    first = min(cues)
    while first - 1 in seen.content:
        first -= 1
    return _cut(seen, first, max(cues))


def _less(seen: Sighting, topic: Topic, investor: Name | None) -> Topic | None:
    """The topic without the investor's name at either end of it."""
    if investor is None or not set(topic.words) & set(investor.words):
        return topic
    if investor.first > topic.words[0]:
        return _cut(seen, topic.words[0], investor.first - 1)
    return _cut(seen, investor.last + 1, topic.words[-1])
