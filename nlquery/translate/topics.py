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
    "ever that there pull up us nobody everyone to look has had would like want find said should could been where did topic subject".split()
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Free text and the words it takes."""

    words: range
    text: str


#: Where things are said, before what was said: “search our notes for the fee cap”.
_HOLDERS = frozenset(
    "conversations conversation convos convo notes note correspondence communications emails email mails calls call meetings messages files history timeline log everything "
    "anything whatever facts talks remarks mentions mention references reference discussions subject topic things".split()
)
_SAID = frozenset("was were been said has have".split())
_INTO = frozenset("for where about on of mentioning regarding re concerning around which 4".split())
#: “in our communications” at the end says where to look.
_PLACES = frozenset(
    "talks communications conversations correspondence notes emails meetings calls us calendar records crm discussions".split()
)


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
        if end > start and _is_over(seen, end):
            break
        if end > start and tokens[end].low in _STOP and _opens_other(seen, end + 1, timed):
            break
        end += 1
    return _cut(seen, start, end - 1, whole=whole)


def _is_over(seen: Sighting, index: int) -> bool:
    """A comma, or “and how …”, begins another thought, unless a quotation goes on."""
    reading, before = seen.reading, seen.reading.tokens[index - 1].end
    if any(first <= before < last for first, last in reading.quotes):
        return False
    gap = reading.gap(index)
    asks_more = reading.low(index) == "and" and reading.low(index + 1) in (
        "how",
        "where",
        "what",
        "who",
        "when",
    )
    return asks_more or any(mark in gap for mark in ",;:(") or " - " in gap


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
    start = start if whole else _inside(seen, start, end)
    said = set() if whole else seen.cues.get("MENTION", set())
    while end >= start and (low(end) in _TRAILING or (end in said and end > start)):
        end -= 1
    if not whole:
        end = _without_place(seen, start, end)
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


def _inside(seen: Sighting, start: int, end: int) -> int:
    """Where the topic begins behind “conversations with Harbor Point for …”."""
    low = seen.reading.low
    while start < end and low(start) in _SAID:
        start += 1 + (low(start + 1) in _INTO)
    if low(start) not in _HOLDERS:
        return start
    for index in range(start + 1, min(start + 7, end)):
        if low(index) in _INTO:
            start = index + 1
            while start < end and low(start) in _LEADING | _SAID:
                start += 1
            return _inside(seen, start, end)
    return start


def _without_place(seen: Sighting, start: int, end: int) -> int:
    """Where it ends without “in our communications”, “with us”."""
    for index in range(max(start + 1, end - 3), end + 1):
        if seen.reading.low(index) in ("in", "with", "from", "across") and seen.reading.low(end) in _PLACES:
            return index - 1
    return end


_ABOUT = frozenset("regarding about on concerning around re topic".split())
_ABOUT_BEFORE = frozenset("regarding about on concerning re to of".split())


def side(seen: Sighting, investor: Name | None) -> Topic | None:
    """What about an investor is asked: “'s view on fees” → fees, “'s liquidity preferences” → liquidity preferences."""
    if investor is None:
        return None
    if investor.possessive and investor.last + 1 < len(seen.reading.tokens):
        return _behind(seen, investor.last + 1, whole=True)
    return (
        _named_side(seen, investor)
        or _after_cue(seen, investor)
        or _before_name(seen, investor)
        or _after_name(seen, investor)
    )


def _named_side(seen: Sighting, investor: Name) -> Topic | None:
    """“on the topic of fees, what do we know of …”, “facts about the fees of …”, “… with respect to fees”, “…, topic fees”."""
    low, count = seen.reading.low, len(seen.reading.tokens)
    for index in range(investor.last + 1, count):
        if low(index) in _ABOUT or (
            low(index) == "to" and low(index - 1) in ("respect", "relation", "regard")
        ):
            return _behind(seen, index + 1)
        if low(index) == "and" and low(index + 1) in ("their", "its"):
            return _behind(seen, index + 2)
    for index in range(investor.first - 1):
        if low(index) in _ABOUT_BEFORE:
            topic = _until_name(seen, index + 1, investor)
            if topic:
                return topic
    return None


def _until_name(seen: Sighting, start: int, investor: Name) -> Topic | None:
    """A few words from `start` up to a comma or to “of”, “for” or “at” before the name."""
    end = start
    while (
        end < investor.first
        and seen.reading.low(end) not in ("of", "for", "at")
        and not (end > start and _is_over(seen, end))
    ):
        end += 1
    before = {seen.reading.low(index) for index in range(end, investor.first)} - _LEADING
    words = set(range(start, end))
    if end == investor.first or not words & seen.content or len(words) > 6 or "file" in before:
        return None
    said = seen.cues.get("FACT", set()) | seen.cues.get("CRM", set())
    return None if words & seen.content <= said else _cut(seen, start, end - 1)


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
