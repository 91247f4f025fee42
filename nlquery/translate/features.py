"""Which slots a question could fill, and how: the part of the evidence that is about values."""

from __future__ import annotations

import re

from nlquery.translate import filling, roles, topics
from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting

_AT = frozenset({"at", "there"})


def of(seen: Sighting) -> frozenset[str]:
    """Small-letter features, such as `investor`, `window`, `kind:email`, `stage`."""
    found: set[str] = set()
    for kind in ("kind", "type", "field", "rank", "group", "order", "direction"):
        for spot in seen.spots.get(kind, ()):
            found |= {kind, f"{kind}:{spot.value}"}
    # What stands in these is anybody's: that they are there must do.
    found |= {kind for kind in ("limit", "tag", "email", "phone", "sum") if seen.spots.get(kind)}
    _time(seen, found)
    _names(seen, found)
    _stage(seen, found)
    topic, investor = topics.searched(seen), roles.investor(seen)
    is_name = topic is not None and investor is not None and set(topic.words) <= set(investor.words)
    if topic and not (is_name and any(seen.cues.get(cue) for cue in ("FACT", "PROFILE", "LAST"))):
        found.add("text")
    if found & {"type", "stage", "owner", "tag", "location", "fund", "sum", "order"}:
        found.add("filter")
    return frozenset(found)


def _time(seen: Sighting, found: set[str]) -> None:
    for spot in seen.spots.get("window", ()):
        said = spot.value
        if said.soft and said.past.startswith("next"):
            found.add("ahead")
        found.add("soft" if said.soft else "length" if said.length else "window")
        if said.days:
            found.add("days")
    if seen.spots.get("window"):
        found.add("anywhen")
    if found & {"window", "length"}:
        found.add("when")


def _names(seen: Sighting, found: set[str]) -> None:
    mine, investor = roles.owner(seen), roles.investor(seen)
    if mine:
        found |= {"owner"} if mine.value == "me" else {"owner", "member"}
    if roles.fund(seen):
        found.add("fund")
    if any(name.person or "contact" in name.known for name in seen.names) or found & {"email", "phone"}:
        found.add("person")
    if investor:
        _investor(seen, investor, found)
    if roles.location(seen):
        found.add("location")
    who = mine.words if mine else investor.words if investor else range(0)
    timed = {i for spot in seen.spots.get("window", ()) for i in spot.words}
    if who and timed and seen.content <= timed | set(who):
        found.add("just_when")
    if _alone(seen):
        found.add("alone")


def _investor(seen: Sighting, investor: Name, found: set[str]) -> None:
    """How the investor is named, and what stands around it."""
    low, location = seen.reading.low, roles.location(seen)
    is_firm = investor.firm or "investor" in investor.known
    found |= {"investor", "firm" if is_firm else "soft_name"} | {f"known:{noun}" for noun in investor.known}
    before = low(investor.first - 1)
    checks = {
        "at_name": before in _AT or (before == "the" and low(investor.first - 2) in _AT),
        "possessive": investor.possessive,
        "trusted": investor.sure or investor.firm,
        "colleague": any(name.person and name.last < investor.first for name in seen.names),
        "placed": location is not None
        and set(location.words) == set(investor.words)
        and bool(seen.cues.get("LPNOUN") or seen.spots.get("type")),
    }
    found |= {name for name, holds in checks.items() if holds}


def _alone(seen: Sighting) -> bool:
    """The question is a name and nothing else that matters."""
    named = {index for name in seen.names for index in name.words}
    return bool(named) and seen.content <= named


def _stage(seen: Sighting, found: set[str]) -> None:
    if filling.stage(seen):
        found.add("stage")
    if seen.spots.get("stage"):
        found.add("anystage")
    if re.search(r"\b(?:will|should|would|going to)\b", seen.reading.line):
        found.add("wish")
    for said, implied, allowed in (
        ("broken", "implied", filling.BROKEN),
        ("counted", "implied_count", filling.COUNTED),
    ):
        keys = {filling.group_key(spot.value, allowed) for spot in seen.spots.get("group", ())} - {None}
        found |= {f"by:{key}" for key in keys}
        if keys:
            found.add(said)
        if filling.implied_group(seen, allowed) and not (keys and said == "broken"):
            found.add(implied)
