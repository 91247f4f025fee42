"""Invented firms as a careless team writes them down, several times over, among others that only look the same.

Written from the hard cases of `search.md` 4, not from the rules: whoever changes a rule leaves this file alone. What alone tells
two firms apart (a number, a country's form, an office's town) is written on each of their records: without it nobody could
know the truth, so nothing would be measured.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from search.entities.record import Record

# fmt: off
_FIRST = (
    "Alder Amber Anchor Arbor Argent Ashford Atlas Aurora Barrow Bay Beacon Birch Blackwell Blue Bramble Bridge Bright Bristol Calder "
    "Canyon Cedar Chester Clear Cobalt Colton Copper Coral Crane Crest Crown Dalton Delta Dover Dune Eagle Elm Ember Evergreen Fairway "
    "Falcon Fern Flint Forge Fox Garnet Glen Golden Granite Gray Grove Halcyon Harbor Hawthorn Hazel Heron Highland Hollow Horizon "
    "Iron Ivory Jasper Juniper Kestrel King Lantern Lark Laurel Ledger Linden Lion Lotus Magnolia Maple Marble Meadow Meridian Mesa "
    "Mill Moss Nimbus Noble North Oak Obsidian Onyx Orchard Osprey Otter Palisade Paragon Pelican Pine Pioneer Plover Prairie Quarry "
    "Quill Raven Red Ridge River Robin Rock Rowan Sable Saffron Sage Saint Sierra Silver Sky Slate Solstice Sparrow Spruce Stag Stone "
    "Summit Swift Sycamore Talon Teal Thistle Tide Timber Topaz Tower Trident Umber Vale Vista Walnut Willow Wolf Wren Yarrow Zephyr"
).split()
_SECOND = "Bridge Brook Cliff Creek Field Gate Hill Lake Lane Light Mark Point Path Peak Rock Row Shore Spring Street Trail Vale View Way Wood".split()
_SURNAMES = (
    "Abernathy Ackermann Almeida Andersson Bakker Barnes Bauer Beaumont Becker Bennett Bianchi Brandt Callahan Carver Castellan Chaudhry "
    "Christensen Cohen Conrad Dalgaard Delgado Dietrich Donnelly Duarte Eriksen Faulkner Ferreira Fischer Fontana Gallagher Gruber "
    "Haugen Hensley Hoffmann Holmgren Ishikawa Jankowski Jimenez Kaplan Keller Kobayashi Kowalski Lachance Larsson Levine Lindgren "
    "Lombardi Machado Marchetti McAllister Mendoza Moreau Nakagawa Nielsen Novotny Oconnell Okonkwo Olsen Ortega Pacheco Pappas "
    "Petrov Quinlan Ramaswamy Reinhardt Rinaldi Rosenthal Saito Schreiber Silva Sorensen Steiner Takahashi Tanaka Thibault Torres "
    "Ulrich Valentini Vasquez Vogel Wagner Weiss Whitaker Yamamoto Zimmermann Zielinski"
).split()
_TAILS = (
    "Capital", "Capital Partners", "Partners", "Capital Management", "Asset Management", "Investment Partners", "Advisors", "Holdings",
    "Group", "Investments", "Wealth Management", "Ventures", "Equity Partners", "Family Office", "Investment Management", "Private Equity",
    "Growth Partners", "Global Investors", "Credit Partners", "Real Estate Partners", "Infrastructure Partners",
)
_HOUSES = ("Foundation", "Ventures", "Real Estate", "Bank", "Insurance", "Charitable Trust", "Credit", "Securities", "Energy", "Pension Trust")
_VEHICLES = ("Fund", "Growth Fund", "Opportunities Fund", "Credit Fund", "Buyout Fund", "Real Assets Fund", "Partners Fund")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI")
_CITIES = (
    "New York", "Boston", "Chicago", "San Francisco", "Los Angeles", "Dallas", "Houston", "Atlanta", "Miami", "Denver", "Seattle",
    "Philadelphia", "Austin", "Charlotte", "Toronto", "London", "Zurich", "Frankfurt", "Paris", "Amsterdam", "Singapore", "Sydney",
)
_COUNTRIES = (
    ("Deutschland", "GmbH", "Frankfurt", "de"), ("France", "SAS", "Paris", "fr"), ("UK", "Ltd", "London", "co.uk"),
    ("Asia", "Pte. Ltd.", "Singapore", "sg"), ("Japan", "KK", "Tokyo", "co.jp"), ("Australia", "Pty Ltd", "Sydney", "com.au"),
    ("Switzerland", "AG", "Zurich", "ch"), ("India", "Pvt. Ltd.", "Mumbai", "in"), ("Brasil", "Ltda", "São Paulo", "com.br"),
    ("Canada", "Inc.", "Toronto", "ca"), ("Nordic", "AB", "Stockholm", "se"),
)
_FORMS = ("LLC", "L.P.", "Inc.", "Ltd", "LLP", "Corp.", "")
_WORDS = frozenset({"words"})
_SHORTER = {"Capital": "Cap", "Management": "Mgmt", "Partners": "Ptnrs", "Investments": "Invs", "Group": "Grp", "International": "Intl",
            "Associates": "Assoc", "Holdings": "Hldgs", "Foundation": "Fdn"}
# fmt: on


@dataclass(frozen=True)
class Firm:
    """One true firm. Its records are drawn from it."""

    name: str
    form: str = ""
    domain: str = ""
    city: str = ""
    phone: str = ""
    people: tuple[str, ...] = ()
    # What is never left out when the firm is written down.
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Made:
    """records: shuffled. owner: record id → number of its firm. true_pairs: lower id first."""

    records: list[Record]
    owner: dict[int, int]

    @property
    def true_pairs(self) -> set[tuple[int, int]]:
        by_firm: dict[int, list[int]] = {}
        for record_id in sorted(self.owner):
            by_firm.setdefault(self.owner[record_id], []).append(record_id)
        return {
            (one, other)
            for ids in by_firm.values()
            for place, one in enumerate(ids)
            for other in ids[place + 1 :]
        }


@dataclass
class _Maker:
    rng: random.Random
    firms: list[Firm] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    # Of the firms that others are made of, by their domain.
    places: dict[str, int] = field(default_factory=dict)

    def name(self) -> str:
        rng = self.rng
        shape = rng.random()
        if shape < 0.45:
            head = f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
        elif shape < 0.6:
            head = f"{rng.choice(_FIRST)}{rng.choice(_SECOND).lower()}"
        elif shape < 0.75:
            head = rng.choice(_SURNAMES)
        elif shape < 0.87:
            head = f"{rng.choice(_SURNAMES)} {rng.choice(('&', 'and'))} {rng.choice(_SURNAMES)}"
        elif shape < 0.95:
            head = rng.choice(_FIRST)
        else:
            head = "".join(rng.choice("ABCDEFGHJKLMNPRSTVW") for _ in range(3))
        return f"{head} {rng.choice(_TAILS)}"

    def phone(self) -> str:
        return f"+1{self.rng.randint(201, 989)}{self.rng.randint(200, 999)}{self.rng.randint(0, 9999):04d}"

    def domain(self, name: str, ending: str = "com") -> str:
        words = "".join(
            letter if letter.isalnum() or letter == " " else "" for letter in name.lower()
        ).split()
        shape = self.rng.random()
        if shape < 0.4:
            stem = "".join(words)
        elif shape < 0.75:
            stem = "".join(words[:2])
        elif shape < 0.9:
            stem = words[0] + "".join(word[0] for word in words[1:])
        else:
            stem = "-".join(words[:2])
        domain = f"{stem}.{ending}"
        while domain in self.domains:  # two firms cannot register one domain
            domain = f"{stem}{self.rng.randint(2, 999)}.{ending}"
        self.domains.add(domain)
        return domain

    def firm(self, name: str = "") -> Firm:
        name = name or self.name()
        domain = self.domain(name)
        people = tuple(
            f"{self.rng.choice('abcdefghjklmnprst')}{self.rng.choice(_SURNAMES).lower()}@{domain}"
            for _ in range(3)
        )
        firm = Firm(name, self.rng.choice(_FORMS), domain, self.rng.choice(_CITIES), self.phone(), people)
        self.places[domain] = len(self.firms)
        self.firms.append(firm)
        return firm

    def add(self, firm: Firm) -> None:
        self.firms.append(firm)

    def always_write(self, firm: Firm, *what: str) -> None:
        """What tells the firm from one that was made of it."""
        at = self.places[firm.domain]
        self.firms[at] = replace(firm, keeps=self.firms[at].keeps | set(what))

    def series(self, parent: Firm) -> None:
        """Funds of one manager: one page, one number, often one mailbox."""
        vehicle = self.rng.choice(_VEHICLES)
        first = self.rng.randrange(3)
        head = " ".join(parent.name.split()[: self.rng.choice((1, 2, 3))])
        for numeral in _NUMERALS[first : first + self.rng.choice((2, 3, 4))]:
            number = str(_NUMERALS.index(numeral) + 1) if self.rng.random() < 0.2 else numeral
            form = self.rng.choice(("L.P.", "LP", "SCSp", ""))
            self.add(replace(parent, name=f"{head} {vehicle} {number}", form=form, keeps=_WORDS))

    def subsidiaries(self, parent: Firm) -> None:
        """Houses of one firm in other countries: one domain or the country's, their own or the central number."""
        brand = " ".join(parent.name.split()[: self.rng.choice((1, 2, 3))])
        abroad = [country for country in _COUNTRIES if country[2] != parent.city]
        for country, form, city, ending in self.rng.sample(abroad, self.rng.choice((1, 2, 3))):
            names = (f"{brand} {country}", f"{brand} ({country})", parent.name)
            name = self.rng.choices(names, (50, 25, 25))[0]
            keeps = _WORDS
            if name == parent.name:
                keeps = frozenset({"words", "form", "town"})
                self.always_write(parent, "town")
            self.add(
                replace(
                    parent,
                    name=name,
                    form=form,
                    keeps=keeps,
                    city=city,
                    phone=parent.phone if self.rng.random() < 0.3 else self.phone(),
                    domain=parent.domain if self.rng.random() < 0.6 else self.domain(brand, ending),
                )
            )

    def houses(self, parent: Firm) -> None:
        """Other houses of one name under one roof."""
        brand = " ".join(parent.name.split()[:2]) if self.rng.random() < 0.5 else parent.name.split()[0]
        others = [house for house in _HOUSES if house.split()[0] not in parent.name]
        for house in self.rng.sample(others, self.rng.choice((1, 2))):
            phone = parent.phone if self.rng.random() < 0.5 else self.phone()
            self.add(replace(parent, name=f"{brand} {house}", phone=phone, keeps=_WORDS))

    def franchise(self, parent: Firm) -> None:
        """One name and page, many towns."""
        self.always_write(parent, "town")
        others = [city for city in _CITIES if city != parent.city]
        for city in self.rng.sample(others, 3):
            self.add(replace(parent, city=city, phone=self.phone(), people=(), keeps=frozenset({"town"})))

    def namesake(self, parent: Firm) -> None:
        """Another firm that happens to bear the name, or nearly."""
        name = parent.name
        if self.rng.random() < 0.5:
            at = self.rng.randrange(len(name.split()[0]))
            name = name[:at] + self.rng.choice("aeiorstln") + name[at + 1 :]
        self.firm(name)

    def of_a_city(self) -> None:
        city = self.rng.choice(_CITIES)
        for tail in self.rng.sample(_TAILS, 3):
            self.firms.append(replace(self.firm(f"{city} {tail}"), city=city))
            self.firms.pop(-2)

    def under_one_roof(self) -> None:
        """Unrelated firms whose papers all name one administrator's number and mail domain."""
        phone, domain = self.phone(), self.domain(self.name())
        for _ in range(3):
            firm = self.firm()
            self.firms[-1] = replace(firm, phone=phone, domain=domain, people=())


def make(seed: int, firms: int = 1000) -> Made:
    """About three times `firms` true firms and five times as many records, the same for the same seed."""
    rng = random.Random(f"firms {seed}")
    maker = _Maker(rng)
    hard: list[tuple[float, Callable[[Firm], None]]] = [
        (0.22, maker.series), (0.14, maker.subsidiaries), (0.12, maker.houses), (0.03, maker.franchise), (0.06, maker.namesake),
    ]  # fmt: skip
    for _ in range(firms):
        parent = maker.firm()
        for share, make_more in hard:
            if rng.random() < share:
                make_more(parent)
    for _ in range(firms // 50):
        maker.of_a_city()
        maker.under_one_roof()
    records: list[Record] = []
    owner: dict[int, int] = {}
    drawn = [(number, record) for number, firm in enumerate(maker.firms) for record in _records(rng, firm)]
    rng.shuffle(drawn)
    for record_id, (number, record) in enumerate(drawn, start=1):
        records.append(replace(record, id=record_id))
        owner[record_id] = number
    return Made(records, owner)


def _records(rng: random.Random, firm: Firm) -> Iterator[Record]:
    for _ in range(rng.choices((1, 2, 3, 4), (52, 28, 14, 6))[0]):
        yield Record(
            id=0,
            kind="investor",
            names=(_written(rng, firm),),
            websites=(_page(rng, firm.domain),) if rng.random() < 0.6 else (),
            emails=tuple(rng.sample(firm.people, rng.choice((0, 1, 1, 2)))) if firm.people else (),
            phones=(_number(rng, firm.phone),) if rng.random() < 0.5 else (),
            place=_town(rng, firm.city, keeps="town" in firm.keeps),
        )


def _written(rng: random.Random, firm: Firm) -> str:
    """The firm's name as somebody typed it this time."""
    words = firm.name.split()
    if rng.random() < 0.25:
        words = [_SHORTER.get(word, word) for word in words]
    if len(words) > 2 and "words" not in firm.keeps and rng.random() < 0.06:
        words.pop()  # “Blue Heron” for “Blue Heron Capital”
    if rng.random() < 0.12:
        words = _mistyped(rng, words, most=len(words) - ("words" in firm.keeps))
    if len(words) > 2 and rng.random() < 0.04:
        words = [words[0] + words[1].lower(), *words[2:]]
    name = " ".join(words)
    if firm.form and ("form" in firm.keeps or rng.random() < 0.5):
        name += rng.choice((" ", ", ")) + firm.form
    if rng.random() < 0.05:
        name = f"The {name}"
    case = rng.random()
    return name.upper() if case < 0.06 else name.lower() if case < 0.12 else name


def _mistyped(rng: random.Random, words: list[str], *, most: int) -> list[str]:
    at = rng.randrange(max(1, most))
    word = words[at]
    place = rng.randrange(len(word))
    kind = rng.randrange(4)
    if kind == 0:
        word = word[:place] + word[place + 1 :]
    elif kind == 1:
        word = word[:place] + rng.choice("abcdefghijklmnoprstuvwy") + word[place + 1 :]
    elif kind == 2:
        word = word[: place + 1] + word[place:]
    else:
        word = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    return [*words[:at], word or words[at], *words[at + 1 :]]


def _page(rng: random.Random, domain: str) -> str:
    return rng.choice(
        ("https://www.{}/", "{}", "http://{}/team?x=1", "www.{}", "https://ir.{}/about")
    ).format(domain)


def _number(rng: random.Random, phone: str) -> str:
    area, middle, last = phone[2:5], phone[5:8], phone[8:]
    return rng.choice(("+1 {} {} {}", "({}) {}-{}", "{}-{}-{}", "+1{}{}{}", "1.{}.{}.{}")).format(
        area, middle, last
    )


def _town(rng: random.Random, city: str, *, keeps: bool) -> str:
    shape = rng.random()
    if shape < 0.3 and not keeps:
        return ""
    if shape < 0.4 and city == "New York":
        return "NYC"
    return f"{city}, {rng.choice(('USA', 'Europe', 'HQ'))}" if shape < 0.5 else city
