"""The slots of an intent from what was seen. Each slot has one way of being found; what is not said is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nlquery.translate import directions, roles, topics
from nlquery.translate.lexicon import choices
from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting, Spot

_PAST = re.compile(
    r"\b(?:did|had|was|were|happened|took place|held|met|past|last|ago|went|have we had|have we met|previous)\b"
)
_AHEAD = re.compile(
    r"\b(?:will|upcoming|coming|scheduled|planned|plan|next|booked|going to|do (?:we|i) have|is there|are there|have any|tomorrow|on the calendar|in the diary|ahead|lined up|set up|have planned|am i|are we)\b"
)


@dataclass
class Filled:
    """Slots as `runner.validate` takes them, and the words that they took."""

    slots: dict[str, Any] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def put(self, slot: str, value: Any, words: range) -> None:
        self.slots[slot] = value
        self.used.update(words)


Finder = Callable[[Sighting, Filled], None]


def fill(intent: str, seen: Sighting) -> Filled | None:
    """The slots of the intent; None when a required one is missing."""
    filled = Filled()
    for finder in SLOTS[intent]:
        finder(seen, filled)
    return filled if all(slot in filled.slots for slot in REQUIRED.get(intent, ())) else None


def _choice(slot: str, kind: str, allowed: frozenset[str] | None = None) -> Finder:
    def find(seen: Sighting, filled: Filled) -> None:
        spots = [spot for spot in seen.spots.get(kind, ()) if allowed is None or spot.value in allowed]
        values = {spot.value for spot in spots}
        if len(values) == 1:
            filled.put(slot, spots[0].value, spots[0].words)

    return find


def _stage(slot: str = "stage", *, eager: bool = False) -> Finder:
    def find(seen: Sighting, filled: Filled) -> None:
        spot = stage(seen, eager=eager)
        # “will be closed next month” says when, not where it stands.
        if spot and not (
            slot == "stage" and spot.weak and spot.value == "closed" and seen.spots.get("window")
        ):
            filled.put(slot, spot.value, spot.words)

    return find


def stage(seen: Sighting, *, eager: bool = False) -> Spot | None:
    """The stage meant. eager: a word such as “passed” counts wherever it stands."""
    spots = seen.spots.get("stage", ())
    for spot in spots:
        if not spot.weak or _stands_as_stage(seen, spot):
            return spot
    return spots[0] if spots and eager else None


def _stands_as_stage(seen: Sighting, spot: Spot) -> bool:
    reading = seen.reading
    first, last = spot.words[0], spot.words[-1]
    before, after, word = reading.low(first - 1), reading.low(last + 1), reading.low(first)
    if before == "the":
        before = reading.low(first - 2)
    if "stage" in (after, before) or after in ("phase", "column", "bucket"):
        return True
    if word == "meeting":
        return (before == "in" and after in ("", "?")) or (
            before in ("to", "into") and bool(seen.cues.get("MOVE"))
        )
    if word.startswith("prospect"):
        return before in ("at", "as") or (before == "in" and after in ("", "?"))
    if before in ("in", "at", "as", "marked", "into", "stage", "already", "to"):
        return True
    ends = word.endswith("ed") or word in ("lost", "won")
    return (
        ends
        and (
            before in ("who", "that", "are", "is", "have", "has", "which", "lps", "investors", "ones")
            or _is_investors(seen, last + 1)
        )
        and not seen.spots.get("rank_by")
    )


def _is_investors(seen: Sighting, index: int) -> bool:
    return index in seen.cues.get("LPNOUN", ()) or index in seen.cues.get("OPP", ())


def _owner(seen: Sighting, filled: Filled) -> None:
    spot = roles.owner(seen)
    if spot:
        filled.put("owner", spot.value, spot.words)


def _fund(seen: Sighting, filled: Filled) -> None:
    name = roles.fund(seen)
    if name and not set(name.words) & filled.used:
        filled.put("fund", name.text, name.words)


def _investor(seen: Sighting, filled: Filled) -> None:
    name = roles.investor(seen)
    if name and not set(name.words) & filled.used:
        filled.put("investor", name.text, name.words)


def _contact(seen: Sighting, filled: Filled) -> None:
    found = roles.contact(seen)
    if isinstance(found, Name):
        filled.put("contact", found.text, found.words)
    elif found:
        filled.put("contact", found.value, found.words)


def _tag(seen: Sighting, filled: Filled) -> None:
    spot = seen.first("tag")
    if spot:
        filled.put("tag", spot.value, spot.words)


def _location(seen: Sighting, filled: Filled) -> None:
    name = roles.location(seen, eager=True)
    if name and not set(name.words) & filled.used:
        filled.put("location", name.text, name.words)


def _sums(seen: Sighting, filled: Filled) -> None:
    for spot in seen.spots.get("sum", ()):
        for slot, value in (("min_amount", spot.value.least), ("max_amount", spot.value.most)):
            if value is not None and slot not in filled.slots:
                filled.put(slot, value, spot.words)


def _limit(seen: Sighting, filled: Filled) -> None:
    spot = seen.first("limit")
    if spot and not set(spot.words) & filled.used:
        filled.put("limit", spot.value, spot.words)


def _order(seen: Sighting, filled: Filled) -> None:
    _choice("order", "order")(seen, filled)
    if "order" not in filled.slots and seen.cues.get("TOP") and not seen.spots.get("limit"):
        big = [i for i in sorted(seen.cues["TOP"]) if seen.reading.low(i) in ("biggest", "largest")]
        if big:
            filled.put("order", "amount", range(big[0], big[0] + 1))


def _days(seen: Sighting, filled: Filled) -> None:
    for spot in sorted(seen.spots.get("window", ()), key=lambda one: not one.value.length):
        if spot.value.days and not spot.value.soft:
            filled.put("days", min(3650, spot.value.days), spot.words)
            return


def _window(slot: str = "window", *, ahead: bool = False, soft: bool = False, length: bool = True) -> Finder:
    """soft: a hint such as “recently” will do. length: “within 30 days” will do."""

    def find(seen: Sighting, filled: Filled) -> None:
        spots = seen.spots.get("window", ())
        chosen = next((one for one in spots if not one.weak), None)
        if chosen is None and length:
            chosen = next((one for one in spots if one.value.length), None)
        if chosen is None and soft:
            chosen = next((one for one in spots if one.value.soft), None)
        if chosen is None:
            return
        filled.put(slot, chosen.value.future if ahead else chosen.value.past, chosen.words)

    return find


def _meeting_window(seen: Sighting, filled: Filled) -> None:
    """Meetings lie on both sides of today: the tense of the question tells which."""
    line = seen.reading.line
    weekday = re.search(r"day\b", line) is not None
    ahead = bool(_AHEAD.search(line)) or (weekday and not _PAST.search(line))
    _window(ahead=ahead and not re.search(r"\b(?:did|had|were|was|met|held)\b", line), soft=True)(
        seen, filled
    )


def _due_window(seen: Sighting, filled: Filled) -> None:
    _window(ahead=True)(seen, filled)
    filled.slots.setdefault("window", "next_7_days")


def _group(allowed: frozenset[str], default: str | None = None) -> Finder:
    def find(seen: Sighting, filled: Filled) -> None:
        for spot in seen.spots.get("group", ()):
            key = group_key(spot.value, allowed)
            if key:
                filled.put("by", key, spot.words)
                return
        implied = implied_group(seen, allowed) or default
        if implied:
            filled.slots["by"] = implied

    return find


#: What a word to group by may stand for, the likeliest first; the intent takes the first that it has.
_ALSO = {
    "kind": ("kind", "type"),
    "type": ("type", "kind"),
    "person": ("owner",),
    "channel": ("kind", "source"),
    "name": ("investor",),
}


def group_key(phrase: str, allowed: frozenset[str]) -> str | None:
    """The key of a group-by phrase among those that the intent has."""
    key = choices.phrases("group").get(phrase)
    wanted = _ALSO.get(phrase) or _ALSO.get(key or "") or ((key,) if key else ())
    return next((one for one in wanted if one in allowed), None)


def implied_group(seen: Sighting, allowed: frozenset[str]) -> str | None:
    """A grouping said without “by”: “where are our investors”, “who made the most calls”, several types in one question."""
    line = seen.reading.line
    rules = (
        ("location", r"\bwhere (?:are|do|is)\b.*\b(?:based|located|sit|live|from|concentrated)?|\bgeograph\w*"),
        ("source", r"\bwhere (?:did|do|are) .*\b(?:come|came|coming) from\b|\bhow did (?:we|they) (?:find|meet|hear|come)|\bsources?\b"),
        ("owner", r"\bwho (?:on (?:our|the) team |here |of us |among us |in (?:our|the) team )?(?:has |have |had )?(?:\w+ )?(?:made|logged|make|did|done|sent|held|took|owns|own|covers|had|has|is)\b.*\b(?:most|how many)|\bwho (?:made|logged|sent|did|had|has|held) the (?:most|fewest)|\beach (?:of us|person|team member|member|partner|colleague)\b|\bwho (?:is|was) (?:the )?(?:busiest|most active)|\bwhich of us\b|\bper head\b"),
        ("type", r"\b(?:composition|makeup|made up|mix)\b|\bwhat (?:kinds?|types?|sorts?) of investors\b|\b(?:investor|lp) (?:types?|mix)\b"),
        ("stage", r"\b(?:each|every) stage\b|\bstage (?:distribution|breakdown|split)\b"),
        ("month", r"\bmonth(?:ly| on month| over month)\b|\beach month\b"),
        ("week", r"\bweek(?:ly| on week| over week)\b"),
        ("day", r"\bdaily\b|\bday by day\b"),
        ("kind", r"\b(?:kind|type) of (?:activity|communication)|\b(?:activity|communication) (?:mix|types?|breakdown|split)\b"),
        ("location", r"\b(?:location|country|countries|region|state|city)s? (?:breakdown|split|distribution|mix)\b"),
        ("owner", r"\bowner(?:ship)? (?:breakdown|split|distribution)\b"),
    )  # fmt: skip
    for key, pattern in reversed(rules) if "source" in allowed and "come" in line else rules:
        if key in allowed and re.search(pattern, line):
            return key
    if "type" in allowed and len({spot.value for spot in seen.spots.get("type", ())}) > 1:
        return "type"
    return None


def _rank(seen: Sighting, filled: Filled) -> None:
    values = [(spot.value, spot) for spot in seen.spots.get("rank", ())]
    line = seen.reading.line
    by = next((spot for value, spot in values if seen.reading.low(spot.words[0] - 1) in ("by", "on")), None)
    spot = by or next(
        (one for value, one in values if value != "committed" or len({v for v, _ in values}) == 1), None
    )
    if spot is None and values:
        spot = values[0][1]
    if spot is not None:
        filled.put("by", spot.value, spot.words)
    elif re.search(
        r"\b(?:biggest|largest|top|leading|major|main|key|smallest|most important|best|heaviest|rank\w*|highest|heavy hitters)\b",
        line,
    ):
        filled.slots["by"] = "committed"


def _field(seen: Sighting, filled: Filled) -> None:
    spots = [spot for spot in seen.spots.get("field", ())]
    by_value = {spot.value: spot for spot in spots}
    # “no e-mail for any contact” is about the e-mail.
    for value in ("email", "next_step", "owner", "amount", "contact"):
        if value in by_value:
            filled.put("field", value, by_value[value].words)
            break


def _direction(seen: Sighting, filled: Filled) -> None:
    way = directions.said(seen, roles.investor(seen))
    if way:
        filled.slots["direction"] = way


def _text(seen: Sighting, filled: Filled) -> None:
    topic = topics.searched(seen)
    if topic:
        filled.put("text", topic.text, topic.words)


def _topic(seen: Sighting, filled: Filled) -> None:
    topic = topics.side(seen, roles.investor(seen))
    if topic and not set(topic.words) <= filled.used:
        filled.put("topic", topic.text, topic.words)


def _kind(seen: Sighting, filled: Filled) -> None:
    _choice("kind", "kind")(seen, filled)


COUNTED = frozenset("day week month kind owner investor".split())
BROKEN = frozenset("type stage location owner source".split())
SLOTS: dict[str, tuple[Finder, ...]] = {
    "investor_profile": (_investor,),
    "investor_list": (_choice("type", "type"), _stage(), _owner, _tag, _location, _fund, _sums, _order, _limit),
    "investor_stale": (_days, _stage(), _owner, _limit),
    "investor_top": (_rank, _fund, _window(), _limit),
    "investor_new": (_window(soft=True), _limit),
    "investor_graveyard": (_window(), _limit),
    "investor_breakdown": (_group(BROKEN), _fund),
    "investor_contacts": (_investor,),
    "investor_missing": (_field,),
    "contact_lookup": (_contact,),
    "who_knows": (_investor,),
    "activity_recent": (_window(soft=True), _kind, _owner, _investor, _limit),
    "activity_last": (_investor, _kind),
    "activity_count": (_window(soft=True), _group(COUNTED, "kind"), _kind),
    "activity_search": (_text, _investor, _window(soft=True), _limit),
    "email_activity": (_window(soft=True), _investor, _direction),
    "meeting_list": (_meeting_window, _owner, _investor),
    "reminder_due": (_due_window, _owner, _investor),
    "reminder_overdue": (_owner,),
    "pipeline_summary": (_fund, _owner),
    "opportunity_list": (_stage(eager=True), _fund, _owner, _sums, _window("closing", ahead=True, soft=True), _limit),
    "opportunity_moves": (_window(soft=True), _stage("to_stage", eager=True), _fund),
    "fund_progress": (_fund,),
    "commitment_total": (_fund, _choice("type", "type"), _window()),
    "fact_lookup": (_investor, _topic),
    "data_health": (),
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "investor_profile": ("investor",), "investor_top": ("by",), "investor_new": ("window",), "investor_breakdown": ("by",),
    "investor_contacts": ("investor",), "investor_missing": ("field",), "contact_lookup": ("contact",), "who_knows": ("investor",),
    "activity_recent": ("window",), "activity_last": ("investor",), "activity_count": ("window", "by"), "activity_search": ("text",),
    "email_activity": ("window",), "meeting_list": ("window",), "reminder_due": ("window",), "opportunity_moves": ("window",),
    "fact_lookup": ("investor",),
}  # fmt: skip
