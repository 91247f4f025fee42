"""What a question mentions: names, stretches of time, sums, choices and cues, each with the words that say it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm_site.core import naming
from nlquery.translate import amounts, clauses, corrections, names, numbers, stages, windows_in_words
from nlquery.translate.known import Known
from nlquery.translate.lexicon import choices, cues
from nlquery.translate.names import Name
from nlquery.translate.reading import MASK, Reading, read


@dataclass(frozen=True, slots=True)
class Spot:
    """A value and the words that say it. weak: the words are as often something else."""

    words: range
    value: Any
    weak: bool = False


@dataclass
class Sighting:
    """All that was seen. spots: by slot type (kind, type, stage, field, rank, group, order, direction, limit, owner,
    email, phone, tag, window, sum). cues: meaning → words. content: words that say something. asking: the part that asks."""

    reading: Reading
    today: date
    names: list[Name] = field(default_factory=list)
    spots: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))
    cues: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    content: set[int] = field(default_factory=set)
    strange: set[int] = field(default_factory=set)
    asking: range = range(0)

    def first(self, kind: str) -> Spot | None:
        found = self.spots.get(kind)
        return found[0] if found else None

    def has(self, kind: str, value: Any) -> bool:
        return any(spot.value == value for spot in self.spots.get(kind, ()))


_PHONE, _DAY = re.compile(r"\+?\(?\d[\d() -]{6,}\d"), re.compile(r"\d{4}-\d\d-\d\d")
_ME = re.compile(
    r"\b(?:my|mine|myself|i)\b|\b(?:by|to|with|under|on|owns|have|got|for) me\b|\bam i\b|\bdo i\b|\bdid i\b|\bhave i\b"
)
# “Can I see”, “I need”: the asker's manners, not the owner of anything.
_MANNERS = re.compile(
    r"\b(?:can|could|may|might|should|would|shall) i (?:please )?(?:see|get|have|know|ask|pull|look|check|view|find)\b"
    r"|(?<!do )\bi (?:just |really |only )?(?:want|need|wish|wanted|needed|would like|d like|would love|like|love|wanna|was wondering|am wondering|wonder|am looking|think|believe|guess|am trying|am curious|forgot|forget|do not remember|can not remember|mean|am interested)\b(?: to (?:see|know|get|find|look|check|have|understand|view|pull|ask|be))?(?: up| out)?"
    r"|\b(?:show|give|tell|get|let|for|remind|send|to|walk|help|run) me\b(?! (?:due|overdue|this|next|today|tomorrow)\b)|\bmy (?:question|bad|apologies|memory|god)\b"
    r"|\bas far as i\b|\bif i\b|\bwhat do i need to know\b|\bhow do i\b|\bhow can i\b|\bwho (?:do|should|can|would|could) i (?:call|reach|email|talk|speak|contact|write|ask|phone|ring)\b|\bi should\b"
    r"|\bcan you (?:please )?(?:show|give|tell|get|find|pull|list|check|look)\b"
)
_REASONS = frozenset(
    "as since because before when while if until though although where case lest for and or".split()
)
_NOT_TIME = r"(?! (?:business |working )?(?:day|week|month|quarter|year|fortnight|hour|million|k|m)s?\b)"
_THINGS = (
    r"(?:investors?|lps?|allocators?|accounts?|names|results?|rows?|hits?|entries|mentions?|opportunities|opps|deals|tickets|individuals?|family offices|"
    r"institutions?|corporates?|advisors?|funds of funds|foundations?|endowments?|notes|calls|emails|meetings|messages|reminders|touchpoints|communications|activities|ones)"
)
_LIMIT = re.compile(
    r"\b(?:top|first|best|biggest|largest|limit|limit to|limited to|max|maximum|maximal|up to|at most|last|latest|newest|most recent|oldest|leading|longest|worst|just|only|stop at) "
    rf"(?:the )?(?P<n>{numbers.NUMBER})\b{_NOT_TIME}"
    rf"|\b(?!an? )(?P<m>{numbers.NUMBER}) (?:most|biggest|largest|top|best|newest|latest|longest|highest|leading|oldest|results|rows|names|hits|entries|mentions|max|maximum|at most|only"
    r"|(?:of (?:them|em|those)|names|results)?(?: ?(?:will do|will suffice|would do|is enough|are enough|is fine|is plenty)))\b"
    rf"|(?:^|\b(?:show|list|give|me|the|which|pull|display|our|find|what|any|of) )(?P<o>{numbers.NUMBER}) (?:\S+ ){{0,2}}?{_THINGS}\b"
)
_TAG = re.compile(
    r"\btag(?:ged|s)?(?: (?:with|as|is|of|named|called))?(?: the)?(?: tag)? (?P<tag>.+?)(?= (?:in|from|with|over|under|owned|at|above|below|and|who|that|investors?|by|stage|for|ordered|sorted|limited|limit|just|only|please|are|is|assigned|covered)\b| \?|$)"
    r"|\blabell?ed(?: as)? (?P<label>.+?)(?= (?:in|from|with|over|under)\b| \?|$)"
)
_GROUPED = re.compile(
    r"\b(?:by|per|each|every|of each|for each|across|in each|over) (?:the |our |their |its |each |different |investor )?$"
)
_SELF_GROUPED = frozenset(
    "daily weekly monthly geographic geographically where they are,where they are based,where they came from,where they come from,how we found them,how we met them,each of us,who owns them,who covers them".replace(
        ",", " | "
    ).split(" | ")
) | frozenset("daily weekly monthly geographic geographically".split())


def spot(text: str, known: Known, today: date) -> Sighting:
    """Read a question against what the CRM knows. One look-up for investors, one for contacts."""
    reading = read(text)
    found = Sighting(reading, today)
    found.names = names.named(reading, known)
    own = {word for _, label in known.stages for word in naming.fold(label).split()}
    corrections.correct(reading, fine=own | {word for tag in known.tags for word in naming.fold(tag).split()})
    found.asking = clauses.asking(reading)
    taken: set[int] = {index for name in found.names for index in name.words}
    _times_and_sums(found, taken)
    _choices(found, known, taken)
    _people(found)
    _tags(found, known)
    _cues(found)
    _left(found, taken)
    return found


def _times_and_sums(found: Sighting, taken: set[int]) -> None:
    reading = found.reading
    for said in windows_in_words.find(reading.line, found.today):
        words = reading.at(said.start, said.end)
        found.spots["window"].append(Spot(words, said, weak=said.soft or said.length))
        taken.update(() if said.soft else words)
    # “For our Monday round: what is due this week?”
    found.spots["window"].sort(key=lambda one: one.words[0] not in found.asking)
    for sum_ in amounts.find(reading.line):
        _put(found, taken, "sum", reading.at(sum_.start, sum_.end), sum_)
    for match in _LIMIT.finditer(reading.line):
        group = next(key for key in "nmo" if match[key])
        count = numbers.value(match[group])
        free = not taken & set(reading.at(match.start(), match.end()))
        if free and count and 1 <= count <= 500:
            _put(found, taken, "limit", reading.at(match.start(group), match.end(group)), int(count))
    for index, token in enumerate(reading.tokens):
        if "@" in token.plain:
            _put(found, taken, "email", range(index, index + 1), token.plain)
        elif _PHONE.fullmatch(token.plain) and not _DAY.fullmatch(token.plain):
            _put(found, taken, "phone", range(index, index + 1), token.plain)


def _put(found: Sighting, taken: set[int], kind: str, words: range, value: Any) -> None:
    """Note a value, unless its words say something else already."""
    if not taken & set(words):
        found.spots[kind].append(Spot(words, value))
        taken.update(words)


def _choices(found: Sighting, known: Known, taken: set[int]) -> None:
    tables = {name: choices.phrases(name) for name in ("kind", "type", "field", "rank", "order", "direction")}
    tables["stage"] = stages.phrases(known.stages)
    for name, table in tables.items():
        for words, phrase in _longest(found.reading, table):
            if taken & set(words) and name not in ("field", "direction"):
                continue
            weak = name == "stage" and phrase in choices.WEAK_STAGES
            found.spots[name].append(Spot(words, table[phrase], weak))
    groups = choices.phrases("group")
    for words, phrase in _longest(found.reading, groups):
        before = found.reading.line[: found.reading.starts[words[0]]]
        if phrase in _SELF_GROUPED or _GROUPED.search(before):
            first = words[0] - 1 if words[0] and phrase not in _SELF_GROUPED else words[0]
            found.spots["group"].append(Spot(range(first, words[-1] + 1), phrase))


def _longest(reading: Reading, table: Mapping[str, Any]) -> Iterable[tuple[range, str]]:
    """Phrases of the table in the question, the longest at each place; names are left alone."""
    at = 0
    while at < len(reading.tokens):
        step = 1
        for length in range(min(6, len(reading.tokens) - at), 0, -1):
            phrase = " ".join(token.low for token in reading.tokens[at : at + length])
            if phrase in table:
                yield range(at, at + length), phrase
                step = length
                break
        at += step


def _people(found: Sighting) -> None:
    reading = found.reading
    manners = {i for m in _MANNERS.finditer(reading.line) for i in reading.at(m.start(), m.end())}
    for match in _ME.finditer(reading.line):
        words = [i for i in reading.at(match.start(), match.end()) if i not in manners]
        mine = [i for i in words if _is_owner(found, i)]
        if mine:
            found.spots["owner"].append(Spot(range(mine[0], mine[-1] + 1), "me"))
            return


def _is_owner(found: Sighting, index: int) -> bool:
    """An “I” in a reason for asking owns nothing: “so that I can answer the lender”."""
    reading = found.reading
    if reading.low(index) in ("my", "mine", "myself", "me"):
        return True
    return (
        reading.low(index) == "i"
        and index in found.asking
        and reading.low(index - 1) not in _REASONS
        and not (reading.low(index - 1) == "that" and reading.low(index - 2) in ("so", "want", "in"))
    )


def _tags(found: Sighting, known: Known) -> None:
    """“tagged climate”, and “climate investors” where climate is a tag."""
    match = _TAG.search(found.reading.line)
    tags = {naming.fold(name): name for name in known.tags}
    before = [words for words, _ in _longest(found.reading, tags) if _before_investors(found.reading, words)]
    if before and not match:
        found.spots["tag"].append(Spot(before[0], found.reading.raw(before[0][0], before[0][-1])))
    if match:
        group = "tag" if match["tag"] else "label"
        words = found.reading.at(match.start(group), match.end(group))
        words = _unbroken(found.reading, words)
        value = found.reading.raw(words[0], words[-1]) if words else ""
        if value:
            said = found.reading.at(match.start(), match.end())
            found.spots["tag"].append(Spot(said, value))


def _unbroken(reading: Reading, words: range) -> range:
    """The words up to the first comma between them."""
    for index in words[1:]:
        if re.search("[,;:]", reading.gap(index)):
            return range(words[0], index)
    return words


def _before_investors(reading: Reading, words: range) -> bool:
    after = reading.line[reading.starts[words[-1]] :].split()[1:3]
    return bool({"investors", "lps", "investor", "accounts", "firms"} & set(after))


def _cues(found: Sighting) -> None:
    table = cues.table()
    timed = {i for one in found.spots["window"] if not one.weak for i in one.words}
    for words, phrase in _longest(found.reading, table):
        if timed.issuperset(words):
            continue  # the “last” of “last month” is no last time
        for cue in table[phrase]:
            found.cues[cue].update(words)
    # A phrase hides the words in it; those that decide alone must still be heard.
    for index, token in enumerate(found.reading.tokens):
        for cue in ("NEG", "WHO", "REMINDER", "GRAVE", "WHEN"):
            if cue in table.get(token.low, ()):
                found.cues[cue].add(index)


def _unsay(found: Sighting, named: set[int]) -> None:
    """What was seen inside a name was not said: “quiet harbor group” is not quiet."""
    for words in found.cues.values():
        words -= named
    for kind, spots in found.spots.items():
        found.spots[kind] = [
            one for one in spots if kind in ("owner", "tag", "email", "phone") or not named & set(one.words)
        ]


def _left(found: Sighting, taken: set[int]) -> None:
    """Words that nothing explains become names in small letters; the rest of the content is noted."""
    said = set(taken)
    for words in found.cues.values():
        said |= words
    for spots in found.spots.values():
        for one in spots:
            said |= set(one.words)
    tokens = found.reading.tokens
    free = [
        index
        for index, token in enumerate(tokens)
        if index not in said
        and token.low not in cues.SMALL
        and token.low[0].isalpha()
        and token.low != MASK
        and numbers.value(token.low) is None
    ]
    timed = {i for one in found.spots["window"] if not one.weak for i in one.words}
    found.names += [
        name
        for name in names.leftover(found.reading, free, barred=timed | taken)
        if name.first in found.asking
        or name.firm
        or clauses.is_alone(found.reading, name.words)
        or found.reading.low(name.first - 1) in ("with", "for", "at", "about", "to")
    ]
    _unsay(found, {index for name in found.names for index in name.words})
    found.names.sort(key=lambda name: name.first)
    found.strange = set(free)
    found.content = {
        index
        for index, token in enumerate(tokens)
        if (token.low not in cues.SMALL or index in free) and (token.low[0].isalnum() or token.low == MASK)
    }
    if not found.content:
        # “What do I have to do?” says something though each of its words says nothing.
        found.content = set().union(*found.cues.values())
