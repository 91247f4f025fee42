"""Two firms: whether their names mean one house of one firm, and what else they share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from search.entities import tables
from search.entities.firm_names import FirmName
from search.entities.normalise import INDIVIDUAL, Subject
from search.entities.scoring import people, spelling
from search.entities.scoring.weighing import MOST_SHARERS, Rarity, Weighing

#: Forms of this country are left out so often that it says nothing.
AT_HOME = "US"
UNKNOWN_TYPES = frozenset({"", "other"})

FORMS_DIFFER = "Different legal forms"
FOREIGN_FORM = "Only one has the legal form of another country"
ONE_NUMBERED = "One is numbered, the other is not"
HOUSES_DIFFER = "Different houses of a name"
PERHAPS_HOUSES = "Perhaps two houses of one name"
ENDS_DIFFER = "The names end differently"
WORDS_LACK = "One name has words that the other lacks"
#: Bits that a doubt about the names counts against the pair.
_AGAINST = {
    FORMS_DIFFER: -1.0,
    FOREIGN_FORM: -1.0,
    ONE_NUMBERED: -3.0,
    PERHAPS_HOUSES: -6.0,
    ENDS_DIFFER: -3.0,
}


class Level(IntEnum):
    """How two names agree."""

    DIFFERENT = 0
    PARTLY = 1  # some of the telling words, or the initials
    SPELLING = 2  # all of them, with slips of the pen
    CORE = 3  # all of them; other small words around
    SAME = 4


@dataclass(frozen=True, slots=True)
class NameMatch:
    """shared: telling words of both. doubts, vetoes: what the names themselves say against."""

    level: Level
    shared: tuple[str, ...] = ()
    slips: int = 0
    doubts: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()


_SAID = {
    Level.SAME: "Same name",
    Level.CORE: "Same name but for common words",
    Level.SPELLING: "Names differ in spelling only",
    Level.PARTLY: "Names agree in part",
}


def weigh(left: Subject, right: Subject, rarity: Rarity) -> Weighing:
    """The evidence, for two firms of one set of records. Which of the two is left makes no difference."""
    found = Weighing(bits=rarity.prior)
    match = match_names(left.firms, right.firms)
    fit = _fit_of_individuals(left, right, rarity) if match.level < Level.SPELLING else None
    found.names_agree = match.level >= Level.SPELLING or fit is not None
    if fit is not None:
        found.doubts.extend(fit.doubts)
        found.vetoes.extend(fit.vetoes)
        found.count(fit.bits, "Names fit one person")
    else:
        found.doubts.extend(match.doubts)
        found.vetoes.extend(match.vetoes)
        found.count(_name_bits(match, rarity), _SAID.get(match.level, ""))
        found.count(sum(_AGAINST.get(doubt, 0.0) for doubt in match.doubts))
    _weigh_keys(found, left, right, rarity)
    _weigh_place(found, left, right, rarity)
    _weigh_type(found, left, right)
    is_same = match.level == Level.SAME or (fit is not None and fit.is_whole)
    found.is_certain_key = (bool(found.corroborators) and is_same) or (
        found.is_strong_key and match.level > 0
    )
    return found


def _fit_of_individuals(left: Subject, right: Subject, rarity: Rarity) -> people.NameMatch | None:
    """How the names fit, of two investors that are people: “Bob Smith” and “Robert Smith”. None when they do not."""
    pairs = [(one, other) for one in left.people for other in right.people]
    fits = [people.match_names(one, other, rarity) for one, other in pairs]
    return max((fit for fit in fits if fit.agree), key=lambda fit: fit.bits, default=None)


def is_worth_weighing(left: Subject, right: Subject) -> bool:
    """Tell quickly whether two firms share anything that could make them one: most candidates do not."""
    if not (
        left.domains.isdisjoint(right.domains)
        and left.phones.isdisjoint(right.phones)
        and left.emails.isdisjoint(right.emails)
        and left.profiles.isdisjoint(right.profiles)
        and left.registry_ids.isdisjoint(right.registry_ids)
    ):
        return True
    if left.people and right.people:
        return True
    return any(_could_agree(one, other) for one in left.firms for other in right.firms)


def _could_agree(one: FirmName, other: FirmName) -> bool:
    """Whether `match` may find more than a difference; it never misses one that does."""
    if one.glued == other.glued or one.core == other.core:
        return True
    ours = [word for word in one.distinct if word not in other.distinct]
    theirs = [word for word in other.distinct if word not in one.distinct]
    if not ours or not theirs or _are_initials(one, other):
        return True
    slips = sum(any(spelling.is_slip(word, there) for there in theirs) for word in ours)
    if slips >= min(len(ours), len(theirs)):
        return True
    return slips > 0 or spelling.is_slip("".join(ours), "".join(theirs))


def match_names(left: Iterable[FirmName], right: Iterable[FirmName]) -> NameMatch:
    """The two own names; another name of one counts where it is just the other's own name."""
    ours, theirs = list(left), list(right)
    if not ours or not theirs:
        return NameMatch(Level.DIFFERENT)
    best = match(ours[0], theirs[0])
    if best.level == Level.SAME and not best.vetoes:
        return best
    crossed = [match(ours[0], other) for other in theirs[1:]] + [match(one, theirs[0]) for one in ours[1:]]
    told = [one for one in crossed if one.level == Level.SAME and not one.vetoes]
    return min(told, key=lambda one: len(one.doubts)) if told else best


def match(one: FirmName, other: FirmName) -> NameMatch:
    """Compare two names."""
    doubts, vetoes = _vehicle(one, other)
    if one.divisions - other.divisions and other.divisions - one.divisions:
        vetoes.append(HOUSES_DIFFER)
    doubts += _houses(one, other)
    if one.glued == other.glued:
        return NameMatch(Level.SAME, one.distinct, 0, tuple(doubts), tuple(vetoes))
    shared, slips, ours, theirs = _align(one.distinct, other.distinct)
    if one.core == other.core:
        return NameMatch(Level.CORE, one.distinct, 0, tuple(doubts), tuple(vetoes))
    if _numbers(ours) != _numbers(theirs):
        vetoes.append("Different numbers in the names")
    if not ours and not theirs:
        return NameMatch(Level.SPELLING, shared, slips, tuple(doubts), tuple(vetoes))
    if (shared and not (ours and theirs)) or _are_initials(one, other):
        doubts.append(WORDS_LACK)
        return NameMatch(Level.PARTLY, shared, slips, tuple(doubts), tuple(vetoes))
    return NameMatch(Level.DIFFERENT, shared, slips, tuple(doubts), tuple(vetoes))


def _vehicle(one: FirmName, other: FirmName) -> tuple[list[str], list[str]]:
    """What the parts of the names that were taken out say: series, countries, legal forms."""
    doubts: list[str] = []
    vetoes: list[str] = []
    if one.series != other.series:
        # “Growth Fund” may well be “Growth Fund I”; it is not “Growth Fund II”.
        if {one.series, other.series} == {(), ("1",)}:
            doubts.append(ONE_NUMBERED)
        else:
            vetoes.append("Different vehicles of a series")
    if one.countries != other.countries:
        vetoes.append("Houses of different countries")
    elif one.forms != other.forms:
        ours, theirs = _form_countries(one), _form_countries(other)
        if ours and theirs and ours.isdisjoint(theirs):
            vetoes.append("Legal forms of different countries")
        elif not (one.forms <= other.forms or other.forms <= one.forms):
            doubts.append(FORMS_DIFFER)
        elif (ours or theirs) and not (ours and theirs) and AT_HOME not in (ours | theirs):
            doubts.append(FOREIGN_FORM)
    return doubts, vetoes


def _form_countries(name: FirmName) -> frozenset[str]:
    """Where firms have such a legal form; empty when it tells nothing."""
    told = [tables.FORM_COUNTRIES[form] for form in name.forms if form in tables.FORM_COUNTRIES]
    return frozenset().union(*told)


def _houses(one: FirmName, other: FirmName) -> list[str]:
    if one.divisions != other.divisions:
        return [PERHAPS_HOUSES]
    if one.neutral - other.neutral and other.neutral - one.neutral:
        return [ENDS_DIFFER]
    return []


def _align(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], int, list[str], list[str]]:
    """Pair the words off: (shared, how many of them with a slip, left over in one, left over in the other)."""
    ours = list(one)
    theirs = list(other)
    shared: list[str] = []
    for word in one:
        if word in theirs:
            theirs.remove(word)
            ours.remove(word)
            shared.append(word)
    slips = 0
    for word in list(ours):
        near = next((there for there in theirs if spelling.is_slip(word, there)), None)
        if near is not None:
            ours.remove(word)
            theirs.remove(near)
            shared.append(min(word, near))
            slips += 1
    if ours and theirs and spelling.is_slip("".join(ours), "".join(theirs)):
        # “Black Rock” and “Blackrok”
        return (*shared, "".join(min(ours, theirs))), slips + 1, [], []
    return tuple(shared), slips, ours, theirs


def _numbers(words: list[str]) -> list[str]:
    return sorted(word for word in words if spelling.has_digit(word))


def _are_initials(one: FirmName, other: FirmName) -> bool:
    return any(
        len(short.distinct) == 1
        and len(short.glued) >= 3
        and len(long.words) >= 3
        and short.distinct[0] == "".join(word[0] for word in long.words[: len(short.distinct[0])])
        for short, long in ((one, other), (other, one))
    )


def _name_bits(match: NameMatch, rarity: Rarity) -> float:
    if match.level == Level.DIFFERENT:
        return -6.0
    if match.level >= Level.CORE:
        core = "".join(sorted(match.shared))
        return rarity.identifier("core", [core]) - (1.0 if match.level == Level.CORE else 0.0)
    most = math.log2(rarity.world)
    words = sum(rarity.identifier("word", [word]) for word in match.shared)
    if match.level == Level.SPELLING:
        return min(words, most) - 1.0 - 1.5 * match.slips
    return min(words / 2, most / 2) - 2.0


def _weigh_keys(found: Weighing, left: Subject, right: Subject, rarity: Rarity) -> None:
    """Registry ids, pages, addresses, numbers, domains."""
    if shared := left.registry_ids & right.registry_ids:
        found.is_strong_key = True
        found.corroborate(rarity.identifier("registry", shared), "Same registry number")
    elif left.registry_ids and right.registry_ids:
        found.vetoes.append("Different registry numbers")
    if shared := left.profiles & right.profiles:
        found.is_strong_key = rarity.sharers("profile", shared) <= MOST_SHARERS
        found.corroborate(rarity.identifier("profile", shared), "Same LinkedIn page")
    if shared := left.emails & right.emails:
        _share(found, rarity, "email", shared, "Same e-mail address")
    if shared := left.phones & right.phones:
        _share(found, rarity, "phone", shared, "Same phone number")
    if shared := left.domains & right.domains:
        found.corroborate(rarity.identifier("domain", shared, agreement=0.8), "Same web or mail domain")
    elif left.domains and right.domains:
        found.count(-3.0, "Different web domains")
    if left.linked & right.linked:
        found.count(3.0, "A person in common")


def _share(found: Weighing, rarity: Rarity, name: str, shared: Iterable[str], line: str) -> None:
    bits = rarity.identifier(name, shared)
    if rarity.sharers(name, shared) <= MOST_SHARERS:
        found.corroborate(bits, line)
    else:
        found.count(bits, line)


def _weigh_place(found: Weighing, left: Subject, right: Subject, rarity: Rarity) -> None:
    if not left.place or not right.place:
        return
    if left.place & right.place:
        found.count(min(4.0, rarity.common("place", left.place, agreement=0.7)), "Same town")
        return
    # The offices of a chain, and the houses of a group, have one name, one page and often one number.
    found.count(-2.0, "Different towns")
    found.doubts.append("Different towns")


def _weigh_type(found: Weighing, left: Subject, right: Subject) -> None:
    one, other = left.record.type, right.record.type
    if one == other or {one, other} & UNKNOWN_TYPES:
        return
    found.count(-1.0)
    if INDIVIDUAL in (one, other):
        found.doubts.append("One is a person, the other a firm")
