"""What frames may ask of a question besides cues: which slots it could fill, and how."""

from __future__ import annotations

import re

from nlquery.translate import filling, roles, topics
from nlquery.translate.spotting import Sighting

_AT = frozenset("at there".split())


def of(seen: Sighting) -> frozenset[str]:
    """Small-letter features, such as `investor`, `window`, `kind:email`, `stage`."""
    found: set[str] = set()
    for kind in (
        "kind",
        "type",
        "field",
        "rank",
        "group",
        "limit",
        "tag",
        "order",
        "email",
        "phone",
        "sum",
        "direction",
    ):
        for spot in seen.spots.get(kind, ()):
            found.add(kind)
            found.add(f"{kind}:{spot.value}")
    _time(seen, found)
    _names(seen, found)
    _stage(seen, found)
    topic, investor = topics.searched(seen), roles.investor(seen)
    is_name = topic is not None and investor is not None and set(topic.words) <= set(investor.words)
    if topic and not (is_name and (seen.cues.get("FACT") or seen.cues.get("PROFILE"))):
        found.add("text")
    if found & {"type", "stage", "owner", "tag", "location", "fund", "sum", "order"}:
        found.add("filter")
    return frozenset(found)


def _time(seen: Sighting, found: set[str]) -> None:
    for spot in seen.spots.get("window", ()):
        said = spot.value
        found.add("soft" if said.soft else "length" if said.length else "window")
        if said.days:
            found.add("days")
    if seen.spots.get("window"):
        found.add("anywhen")
    if found & {"window", "length"}:
        found.add("when")


def _names(seen: Sighting, found: set[str]) -> None:
    mine, investor, vehicle = roles.owner(seen), roles.investor(seen), roles.fund(seen)
    if mine:
        found |= {"owner"} if mine.value == "me" else {"owner", "member"}
    if vehicle:
        found.add("fund")
    if investor:
        found.add("investor")
        found |= {f"known:{noun}" for noun in investor.known}
        found.add("firm" if investor.firm or "investor" in investor.known else "soft_name")
        before = seen.reading.low(investor.first - 1)
        found.add(f"{before}_name")
        if before in _AT or (before == "the" and seen.reading.low(investor.first - 2) in _AT):
            found.add("at_name")
        if investor.possessive:
            found.add("possessive")
    if any(name.person or "contact" in name.known for name in seen.names) or found & {"email", "phone"}:
        found.add("person")
    if roles.location(seen):
        found.add("location")
    location = roles.location(seen)
    if (
        location
        and investor
        and set(location.words) == set(investor.words)
        and (seen.cues.get("LPNOUN") or seen.spots.get("type"))
    ):
        found.add("placed")
    if investor and any(
        name.person and name is not investor and name.last < investor.first for name in seen.names
    ):
        found.add("colleague")
    if investor and (investor.sure or investor.known or investor.firm):
        found.add("trusted")
    timed = {i for spot in seen.spots.get("window", ()) for i in spot.words}
    who = set(mine.words) if mine else set(investor.words) if investor else set()
    if who and timed and seen.content <= timed | who:
        found.add("just_when")
    if _alone(seen):
        found.add("alone")


def _alone(seen: Sighting) -> bool:
    """The question is a name and nothing else that matters."""
    named = {index for name in seen.names for index in name.words}
    return bool(named) and seen.content <= named


def _stage(seen: Sighting, found: set[str]) -> None:
    if filling.stage(seen):
        found.add("stage")
    if seen.spots.get("stage"):
        found.add("anystage")
    groups = {
        filling.group_key(spot.value, filling.BROKEN | filling.COUNTED)
        for spot in seen.spots.get("group", ())
    }
    found |= {f"by:{key}" for key in groups if key}
    if any(filling.group_key(spot.value, filling.BROKEN) for spot in seen.spots.get("group", ())):
        found.add("broken")
    elif filling.implied_group(seen, filling.BROKEN):
        found.add("implied")
    if any(filling.group_key(spot.value, filling.COUNTED) for spot in seen.spots.get("group", ())):
        found.add("counted")
    if filling.implied_group(seen, filling.COUNTED):
        found.add("implied_count")
    if re.search(r"\b(?:will|should|would|going to)\b", seen.reading.line):
        found.add("wish")
