"""Who is meant as what: which name is the investor, the fund, the owner, the person, the place."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting, Spot

_PLACE_BEFORE = frozenset("in near around across throughout outside from within located".split())
_OWNED = frozenset(
    "investors investor reminders reminder follow followups pipeline funnel calls call meetings meeting emails email tasks task deals deal opportunities accounts lps book "
    "calendar overdue open to todo todos plate list activity notes note messages upcoming schedule agenda relationships names action next book outstanding late due week day team "
    "diary prospects family institutions endowments coverage portfolio numbers stuff activities".split()
)
_NAMED_AFTER = frozenset(
    "with to from at of for about on by regarding into see has have did does is was know knows".split()
)
_DOING = frozenset(
    "call calls called email emailed emails make made have had do done send sent log logged meet met own owns cover covers covered talk talked speak spoken spoke work worked write "
    "written manage manages handle handles own been got get responsible make follow working has did does does got  touch touched contacted contact doing logged reach reached neglected".split()
)
_HANDED = re.compile(
    r"\b(?:owned|assigned|covered|managed|handled|made|sent|logged|belong|belongs|belonging|run|led|held|written|looked after|done|by|under|owner|owner is|owner being|for|due for|taken|hosted|organized|organised|recorded|entered)(?: (?:by|to|is|for))? $"
)


def owner(seen: Sighting) -> Spot | None:
    """A member of the team, by name or as “me”."""
    for name in seen.names:
        if "member" in name.known and not name.known & {"investor"}:
            return Spot(name.words, name.text)
    for name in seen.names:
        if not name.known & {"investor", "fund", "contact"} and _stands_as_owner(seen, name):
            return Spot(name.words, name.text)
    return seen.first("owner")


def _stands_as_owner(seen: Sighting, name: Name) -> bool:
    if name.firm or name.fund or name.last - name.first > 1:
        return False
    reading = seen.reading
    before, after = reading.low(name.first - 1), reading.low(name.last + 1)
    short = name.person or name.first == name.last
    if name.possessive and after in _OWNED:
        return short
    if before in ("did", "does", "has", "is", "was", "do", "have", "should") and after in _DOING | _OWNED:
        return name.person or (
            short and after in ("make", "log", "own", "cover", "have", "do", "made", "logged")
        )
    if _HANDED.search(reading.line[: reading.starts[name.first]]):
        return name.person or (short and before in ("by", "to"))
    is_last = name.last + 1 >= len([t for t in reading.tokens if t.low != "?"])
    placed = (
        (before in _OWNED and name.first == name.last)
        or after in _DOING
        or after in _OWNED
        or (is_last and name.first == name.last)
    )
    return (
        name.person
        and placed
        and before not in ("with", "from", "at", "to", "about", "of", "is", "on", "know", "knows", "find")
    )


def fund(seen: Sighting) -> Name | None:
    """One of our vehicles."""
    for name in seen.names:
        if "fund" in name.known:
            return name
    return next((name for name in seen.names if name.fund and "investor" not in name.known), None)


def investor(seen: Sighting) -> Name | None:
    """The investor named: by the index first, else by how surely it is a name."""
    mine, vehicle = owner(seen), fund(seen)
    free = [
        name
        for name in seen.names
        if not (mine and set(mine.words) & set(name.words))
        and name is not vehicle
        and "member" not in name.known
        and _stands_as_name(seen, name)
    ]
    for fits in _PREFERRED:
        for name in free:
            if fits(name):
                return name
    if (
        vehicle is not None
        and "fund" not in vehicle.known
        and "investor" not in vehicle.known
        and not _numbered(vehicle)
    ):
        return vehicle  # “Harbor Pension Fund” may well be an investor
    return None


def _stands_as_name(seen: Sighting, name: Name) -> bool:
    """A single word in small letters names somebody only where a name would stand."""
    if name.sure or name.firm or name.possessive:
        return True
    before, after = seen.reading.low(name.first - 1), seen.reading.low(name.last + 1)
    if name.last > name.first:
        return before not in _ACTING
    if before == "to" and seen.reading.low(name.first - 2) in (
        "going",
        "want",
        "wants",
        "need",
        "have",
        "how",
        "like",
        "able",
        "likely",
        "used",
        "supposed",
        "about",
        "plan",
        "trying",
    ):
        return False  # “going to rain” is a verb
    return (
        before in _NAMED_AFTER
        or (after in _OWNED and name.first <= 1)
        or after in ("contacts", "people", "profile")
    )


#: “so that I can sleep soundly”: verbs stand behind these.
_ACTING = frozenset(
    "can could may might will would i we you they he she cannot not must should did do does".split()
)


def _numbered(name: Name) -> bool:
    words = name.text.lower().split()
    return "fund" in words[:-1] or "spv" in words


_PREFERRED: tuple[Callable[[Name], bool], ...] = (
    lambda name: "investor" in name.known,
    lambda name: name.quoted,
    lambda name: name.sure and name.firm,
    lambda name: name.sure,
    lambda name: name.firm,
    lambda name: True,
)


_PREFERRED_PEOPLE: tuple[Callable[[Name], bool], ...] = (
    lambda name: "contact" in name.known and "investor" not in name.known,
    lambda name: name.quoted,
    lambda name: name.sure and name.person and "member" not in name.known,
    lambda name: name.sure and not (name.firm or name.fund or name.known),
    lambda name: name.person and "member" not in name.known,
    lambda name: not (name.firm or name.fund or name.known),
)


def contact(seen: Sighting) -> Spot | Name | None:
    """A person named, or an address or a number given."""
    given = seen.first("email") or seen.first("phone")
    if given:
        return given
    free = [name for name in seen.names if "investor" not in name.known or "contact" in name.known]
    for fits in _PREFERRED_PEOPLE:
        for name in free:
            if fits(name):
                return name
    for name in seen.names:
        if "member" in name.known:
            return name
    return None


def location(seen: Sighting, *, eager: bool = False) -> Name | None:
    """A place: after “in”, before “-based”, or right before the investors that are there.

    eager: where nobody else can be named, any name that is no firm's or person's (“individuals, Texas”).
    """
    reading = seen.reading
    for name in seen.names:
        if name.known or name.person or name.fund:
            continue
        before, after = reading.low(name.first - 1), reading.low(name.last + 1)
        if before == "the" and reading.low(name.first - 2) in _PLACE_BEFORE:
            before = "in"
        if (before in _PLACE_BEFORE and not name.possessive and not name.firm) or after == "based":
            return name
    for name in seen.names:
        if name.known or name.person or name.fund or name.possessive or name.firm:
            continue
        following = name.last + 1
        typed = any(spot.words[0] == following for spot in seen.spots.get("type", ()))
        if typed or following in seen.cues.get("LPNOUN", ()):
            return name
    if eager:
        mine = owner(seen)
        return next(
            (
                name
                for name in seen.names
                if _may_be_place(seen, name) and not (mine and set(mine.words) & set(name.words))
            ),
            None,
        )
    return None


def _may_be_place(seen: Sighting, name: Name) -> bool:
    tagged = {index for spot in seen.spots.get("tag", ()) for index in spot.words}
    return not (
        name.known
        or name.person
        or name.fund
        or name.firm
        or name.possessive
        or name.quoted
        or tagged & set(name.words)
    )
