"""Two people: whether their names fit one person, and what else they share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from search.entities import tables
from search.entities.normalise import Subject
from search.entities.person_names import PersonName
from search.entities.scoring import spelling
from search.entities.scoring.weighing import MOST_SHARERS, Rarity, Weighing


class Fit(IntEnum):
    """How two given names, or two family names, fit."""

    DIFFERENT = 0
    MISSING = 1
    INITIAL = 2
    SLIP = 3
    SHORT = 4  # a short form of the other, or one of two family names
    SAME = 5


@dataclass(frozen=True, slots=True)
class NameMatch:
    bits: float
    given: Fit
    family: Fit
    doubts: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Both names are there and the same."""
        return self.given >= Fit.SHORT and self.family == Fit.SAME

    @property
    def agree(self) -> bool:
        """Nothing contradicts, and not by initials alone."""
        worse, better = sorted((self.given, self.family))
        return worse > Fit.DIFFERENT and better >= Fit.SLIP

    @property
    def fits_by_half(self) -> bool:
        return max(self.given, self.family) >= Fit.SLIP


_DIFFERENT_BITS = -4.5
_ADDRESS_MOST, _ADDRESS_LEAST = 14.0, -4.0


def weigh(left: Subject, right: Subject, rarity: Rarity) -> Weighing:
    """The evidence, for two people of one set of records. Which of the two is left makes no difference."""
    found = Weighing(bits=rarity.prior)
    pairs = [(one, other) for one in left.people for other in right.people]
    if not pairs:
        return found
    match = max((match_names(one, other, rarity) for one, other in pairs), key=lambda one: one.bits)
    found.doubts.extend(match.doubts)
    found.vetoes.extend(match.vetoes)
    found.count(match.bits, _said(match))
    _weigh_keys(found, left, right, rarity)
    _weigh_firm(found, left, right, rarity, match)
    is_born_alike = _weigh_birth(found, left, right, rarity, match)
    is_neighbour = _weigh_address(found, left, right, rarity)
    # A name changes by marriage, or is a nickname no table knows; day of birth and door do not agree by chance.
    found.names_agree = match.agree or (is_born_alike and is_neighbour and match.fits_by_half)
    found.is_certain_key = (found.is_strong_key and match.agree) or (
        match.is_whole and _share_a_number(left, right, rarity)
    )
    return found


def match_names(one: PersonName, other: PersonName, rarity: Rarity) -> NameMatch:
    """Compare two names, also with given and family name swapped."""
    straight = _match_parts(one, other, rarity)
    if straight.is_whole or not (one.given and one.family and other.given and other.family):
        return straight
    first, second = _fit_plain(one.given, other.family), _fit_plain(one.family, other.given)
    if min(first, second) < Fit.SLIP:
        return straight
    bits = (
        _bits_of(first, ("given", "family"), one.given, other.family, rarity)
        + _bits_of(second, ("given", "family"), one.family, other.given, rarity)
        - 1.0
    )
    if bits <= straight.bits:
        return straight
    return NameMatch(bits, min(first, second), max(first, second), straight.doubts, straight.vetoes)


def _match_parts(one: PersonName, other: PersonName, rarity: Rarity) -> NameMatch:
    given = _fit_given(one.given, other.given)
    family = _fit_family(one, other)
    bits = _bits_of(given, ("given",), one.given, other.given, rarity)
    bits += _bits_of(family, ("family",), one.family, other.family, rarity)
    doubts: list[str] = []
    vetoes: list[str] = []
    if _initials(one.middle).isdisjoint(_initials(other.middle)) and one.middle and other.middle:
        # “John A. Smith” and “John B. Smith”
        bits -= 4.0
        doubts.append("Different middle names")
    if one.generation and other.generation and one.generation != other.generation:
        vetoes.append("Different generations of a family")
    elif one.generation != other.generation:
        doubts.append("Only one is called junior, senior or the like")
    return NameMatch(bits, given, family, tuple(doubts), tuple(vetoes))


def _initials(names: tuple[str, ...]) -> set[str]:
    return {name[0] for name in names}


def _fit_given(one: str, other: str) -> Fit:
    if not one or not other:
        return Fit.MISSING
    if one == other:
        return Fit.INITIAL if len(one) == 1 else Fit.SAME
    if 1 in (len(one), len(other)):
        return Fit.INITIAL if one[0] == other[0] else Fit.DIFFERENT
    if _is_short_form(one, other):
        return Fit.SHORT
    return Fit.SLIP if spelling.is_slip_of_name(one, other) else Fit.DIFFERENT


def _is_short_form(one: str, other: str) -> bool:
    nothing: frozenset[int] = frozenset()
    if tables.NICKNAMES.get(one, nothing) & tables.NICKNAMES.get(other, nothing):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)


def _fit_family(one: PersonName, other: PersonName) -> Fit:
    if not one.family or not other.family:
        return Fit.MISSING
    if one.family == other.family:
        return Fit.INITIAL if len(one.family) == 1 else Fit.SAME
    if one.family in other.middle or other.family in one.middle:
        return Fit.SHORT
    if 1 in (len(one.family), len(other.family)):
        return Fit.INITIAL if one.family[0] == other.family[0] else Fit.DIFFERENT
    return Fit.SLIP if spelling.is_slip_of_name(one.family, other.family) else Fit.DIFFERENT


def _fit_plain(one: str, other: str) -> Fit:
    """Two names of which one stands in the other's place."""
    if one == other:
        return Fit.INITIAL if len(one) == 1 else Fit.SAME
    return Fit.SLIP if spelling.is_slip_of_name(one, other) else Fit.DIFFERENT


_LESS = {Fit.SAME: 0.0, Fit.SHORT: 1.0, Fit.SLIP: 2.0}


def _bits_of(fit: Fit, among: tuple[str, ...], one: str, other: str, rarity: Rarity) -> float:
    if fit == Fit.DIFFERENT:
        return _DIFFERENT_BITS
    if fit == Fit.MISSING:
        return 0.0
    if fit == Fit.INITIAL:
        return 1.5
    # By the commoner of the two: a slip of the pen looks rare.
    return max(0.5, min(rarity.common(name, value) for name in among for value in (one, other)) - _LESS[fit])


def _said(match: NameMatch) -> str:
    if match.is_whole:
        return "Same name"
    if match.agree:
        return "Names fit one person"
    return "Names agree in part" if max(match.given, match.family) >= Fit.SLIP else ""


def _weigh_keys(found: Weighing, left: Subject, right: Subject, rarity: Rarity) -> None:
    if shared := left.profiles & right.profiles:
        found.is_strong_key = True
        found.corroborate(rarity.identifier("profile", shared), "Same LinkedIn page")
    elif left.profiles and right.profiles:
        found.count(-4.0, "Different LinkedIn pages")
        found.doubts.append("Different LinkedIn pages")
    if shared := left.emails & right.emails:
        found.is_strong_key = found.is_strong_key or rarity.sharers("email", shared) <= MOST_SHARERS
        found.corroborate(rarity.identifier("email", shared), "Same e-mail address")
    if shared := left.phones & right.phones:
        bits = min(12.0, rarity.identifier("phone", shared))
        if rarity.sharers("phone", shared) <= MOST_SHARERS:
            found.corroborate(bits, "Same phone number")
        else:
            found.count(bits, "Same switchboard")


def _share_a_number(left: Subject, right: Subject, rarity: Rarity) -> bool:
    shared = left.phones & right.phones
    return bool(shared) and rarity.sharers("phone", shared) <= MOST_SHARERS


def _weigh_firm(found: Weighing, left: Subject, right: Subject, rarity: Rarity, match: NameMatch) -> None:
    """Where they work: by the firm's record, or by the domain of their addresses."""
    firms, domains = left.linked & right.linked, left.domains & right.domains
    if not firms and not domains:
        if (left.linked or left.domains) and (right.linked or right.domains):
            found.count(-1.0, "At different firms")
        return
    bits = max(
        [rarity.common("linked", firm, agreement=0.7) for firm in firms]
        + [rarity.common("domain", domain, agreement=0.7) for domain in domains]
    )
    if match.is_whole:
        found.corroborate(min(8.0, bits), "At the same firm")
        return
    # Colleagues share a firm by being colleagues.
    found.count(min(4.0, bits), "At the same firm")


def _weigh_birth(found: Weighing, left: Subject, right: Subject, rarity: Rarity, match: NameMatch) -> bool:
    """Tell whether the dates are the same."""
    one, other = left.record.born_on, right.record.born_on
    if not one or not other:
        return False
    if one == other:
        found.corroborate(rarity.common("born", one), "Same date of birth")
    elif spelling.is_slip_of_digits(one, other) or one == other[:4] + other[6:] + other[4:6]:
        bits = max(1.0, min(rarity.common("born", one), rarity.common("born", other)) - 4.0)
        (found.corroborate if match.agree else found.count)(bits, "Dates of birth differ by a slip")
    else:
        found.count(-5.0, "Different dates of birth")
    return one == other


def _weigh_address(found: Weighing, left: Subject, right: Subject, rarity: Rarity) -> bool:
    """The home address: parts that go together, so what they tell together is bounded. Tell whether it is the same."""
    one, other = left.record, right.record
    street = _part(rarity, "street", left.street, right.street, slip=True, against=-1.5)
    number = _part(rarity, "number", one.street_number, other.street_number, slip=False, against=-1.0)
    area = max(
        _part(rarity, "postcode", one.postcode, other.postcode, slip=True, against=-1.5),
        _part(rarity, "suburb", left.suburb, right.suburb, slip=True, against=-1.0),
        key=abs,
    )
    state = 0.0 if not one.state or not other.state or one.state == other.state else -1.0
    bits = max(_ADDRESS_LEAST, min(_ADDRESS_MOST, street + number + area + state))
    is_same = street > 0 and (number > 0 or area > 0)
    if is_same:
        found.corroborate(bits, "Same street address")
    elif bits:
        found.count(bits, "Addresses agree in part" if bits > 0 else "Different addresses")
    return is_same


def _part(rarity: Rarity, name: str, one: str, other: str, *, slip: bool, against: float) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return rarity.common(name, one, agreement=0.8)
    alike = spelling.is_slip_of_digits if one.isdigit() and other.isdigit() else spelling.is_slip_of_name
    if slip and alike(one, other):
        return max(0.5, min(rarity.common(name, one), rarity.common(name, other)) - 2.0)
    return against
