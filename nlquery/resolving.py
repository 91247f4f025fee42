"""Whom a name means, by the CRM's own matcher: one row, or several to choose from, or nobody.

A candidate's key (`investor:12`, `fund:3`) stands for the row itself, inside the organization in scope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from rapidfuzz import fuzz

from crm_site.core import naming
from crm_site.investors.models import Investor
from crm_site.relations import matching
from crm_site.relations.matching import Candidate as Hit
from crm_site.relations.matching import How
from crm_site.relations.vocabulary import FundWord
from nlquery import words
from nlquery.answers import Candidate

#: Hits this much worse than the best are no close ones.
NEAR = 0.12
#: Two names this alike are a slip of the pen.
SLIP = 88
ME = "me"
_KEY = re.compile(r"(investor|contact|fund):([0-9]{1,18})", re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team. id: of the user."""

    id: int
    name: str


class Unresolved(Exception):
    """A name does not mean exactly one row. slot: where it stood. candidates: up to five, best first; their keys work."""

    status: ClassVar[str]

    def __init__(self, message: str, *, slot: str, candidates: Iterable[Candidate] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.slot = slot
        self.candidates = list(candidates)[: matching.MAX_CANDIDATES]


class Unknown(Unresolved):
    """Nobody is called that. Candidates, if any, are merely the nearest."""

    status = "not_found"


class Several(Unresolved):
    """More than one may be meant."""

    status = "ambiguous"


def id_in(said: str, noun: str) -> int | None:
    """The id, when what was said is the key of a candidate of this noun."""
    found = _KEY.fullmatch(said)
    return int(found[2]) if found and found[1].lower() == noun else None


def investor(said: str, *, slot: str) -> Investor:
    """The live investor meant. Raises Unresolved; one in the graveyard is unknown here, and the message says where it is."""
    number = id_in(said, "investor")
    if number is not None:
        return _alive([Hit(row, 1.0, How.EXACT) for row in Investor.objects.filter(pk=number)], said, slot)[
            0
        ].investor
    hits = matching.by_name(said)
    if hits:
        return _chosen_by_key(_alive(hits, said, slot), said, slot)
    alike = [hit for hit in matching.alike(said) if hit.investor.is_live]
    if not alike:
        return _by_person(said, slot)
    return _chosen_by_likeness(alike, said, slot)


def fund(said: str, *, slot: str) -> FundWord:
    """The fund meant. Raises Unresolved."""
    funds = words.read().funds
    number = id_in(said, "fund")
    if number is not None:
        found = [one for one in funds if one.id == number]
    else:
        found = _named(funds, said, name=lambda one: one.name, key=_fund_key, alike=_funds_alike)
    return _only(found, said, slot, "fund", lambda one: Candidate(one.id, one.name, f"fund:{one.id}"))


def owner(said: str, *, slot: str, user_id: int | None) -> Person:
    """The member meant; `me` is the one with `user_id`. Raises Unresolved."""
    known = words.read()
    people = [Person(id_, name) for id_, name in known.people]
    asked = said.casefold()
    if asked == ME:
        found = [one for one in people if one.id == user_id]
    elif "@" in said:
        found = [one for one in people if known.emails[one.id] == asked]
    else:
        found = _named(people, said, name=lambda one: one.name, key=naming.person_key, alike=_people_alike)
    # An address is what the slot takes instead of a name that two members share.
    return _only(
        found,
        said,
        slot,
        "member of your team",
        lambda one: Candidate(one.id, one.name, known.emails[one.id]),
    )


def candidates_of(hits: Iterable[Hit]) -> list[Candidate]:
    return [Candidate(hit.investor.pk, hit.investor.name, f"investor:{hit.investor.pk}") for hit in hits]


def _alive(hits: Sequence[Hit], said: str, slot: str) -> list[Hit]:
    living = [hit for hit in hits if hit.investor.is_live]
    if living:
        return living
    if hits:
        raise Unknown(f"{hits[0].investor.name} is in the graveyard.", slot=slot)
    raise _unknown("investor", said, slot)


def _chosen_by_key(hits: Sequence[Hit], said: str, slot: str) -> Investor:
    """Among spellings of one name, the one that was typed."""
    exact = [hit for hit in hits if hit.how == How.EXACT]
    if len(exact) == 1 or len(hits) == 1:
        return (exact or hits)[0].investor
    raise _several(said, slot, candidates_of(hits))


def _chosen_by_likeness(hits: Sequence[Hit], said: str, slot: str) -> Investor:
    best = hits[0]
    ahead = best.score - hits[1].score if len(hits) > 1 else best.score
    if best.score >= matching.LIKELY and ahead >= matching.AHEAD:
        return best.investor
    if best.score >= matching.LIKELY:
        raise _several(said, slot, candidates_of(hit for hit in hits if best.score - hit.score <= NEAR))
    near = [hit for hit in hits if _opens(said, hit.investor.name_key)]
    if len(near) == 1:
        return near[0].investor
    if near:
        raise _several(said, slot, candidates_of(near))
    raise Unknown(f"There is no investor “{said}”.", slot=slot, candidates=candidates_of(hits))


def _by_person(said: str, slot: str) -> Investor:
    """“When did we last speak to Priya Nair?” names a person and means the firm."""
    places = {hit.investor.pk: hit for hit in matching.by_contact(said) if hit.investor.is_live}
    if len(places) == 1:
        return next(iter(places.values())).investor
    if places:
        raise _several(said, slot, candidates_of(places.values()))
    raise _unknown("investor", said, slot)


def _opens(said: str, key: str) -> bool:
    """The distinctive words of what was said begin the name: “Harbor” for “Harbor Point Partners”."""
    few, many = (naming.distinctive(one).split() for one in (naming.firm_key(said), key))
    return bool(few) and many[: len(few)] == few


def _named(
    rows: Sequence[T],
    said: str,
    *,
    name: Callable[[T], str],
    key: Callable[[str], str],
    alike: Callable[[str, str], bool],
) -> list[T]:
    """Those of a short list that the name fits best: as it stands, else all of its words, else but for a slip of the pen."""
    asked = key(said)
    keyed = [(row, key(name(row))) for row in rows]
    exact = [row for row in rows if name(row).casefold() == said.casefold()]
    if len(exact) == 1:
        return exact
    same = [row for row, other in keyed if other == asked]
    within = [row for row, other in keyed if asked and set(asked.split()) <= set(other.split())]
    return same or within or [row for row, other in keyed if asked and alike(asked, other)]


def _fund_key(name: str) -> str:
    """“Growth Fund II” and “growth fund 2” share it."""
    return " ".join(naming.series(word) or word for word in naming.fold(name).split())


def _funds_alike(one: str, other: str) -> bool:
    return naming.series(one) == naming.series(other) and fuzz.ratio(one, other) >= SLIP


def _people_alike(one: str, other: str) -> bool:
    """The whole name, or the given name alone, with a slip."""
    return fuzz.ratio(one, other) >= SLIP or (" " not in one and fuzz.ratio(one, other.split(" ")[0]) >= SLIP)


def _only(found: Sequence[T], said: str, slot: str, what: str, shown: Callable[[T], Candidate]) -> T:
    if len(found) == 1:
        return found[0]
    if found:
        raise _several(said, slot, map(shown, found))
    raise _unknown(what, said, slot)


def _several(said: str, slot: str, candidates: Iterable[Candidate]) -> Several:
    return Several(f"“{said}” could mean several. Which one?", slot=slot, candidates=candidates)


def _unknown(what: str, said: str, slot: str) -> Unknown:
    return Unknown(f"There is no {what} “{said}”.", slot=slot)
