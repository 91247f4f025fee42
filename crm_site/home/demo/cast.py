"""Who invests: firms and their people, among them doubles on purpose, drawn block by block."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from crm_site.core import naming
from crm_site.home.demo import names, places, setting, story
from crm_site.home.demo.phrases import words
from crm_site.home.demo.setting import Setting
from crm_site.home.demo.shapes import Person, Place, Profile

BLOCK = 200
CONTACTS_PER_INVESTOR = Decimal("2.25")
TALKS_PER_INVESTOR = 15
_SAME_FIRM, _SAME_PERSON, _GRAVEYARD, _ALIAS = 0.02, 0.03, 0.055, 0.14
_NICKNAMES = {
    "James": "Jim", "Robert": "Bob", "Thomas": "Tom", "Andrew": "Andy", "Daniel": "Dan", "Stephen": "Steve", "Patrick": "Pat",
    "Katharina": "Kathi", "Matthias": "Matt", "Alessandro": "Sandro", "Katarzyna": "Kasia", "David": "Dave", "Martha": "Marty",
    "Vikram": "Vik", "Johanna": "Hanna", "Kenji": "Ken", "Javier": "Javi", "Emily": "Em", "Peter": "Pete",
}  # fmt: skip


class Casting:
    """Draws investors in blocks, remembering only which names, domains and numbers are taken."""

    def __init__(self, here: Setting, taken: set[str]) -> None:
        self.here = here
        self.taken = taken
        self.hosts: dict[str, int] = {}
        self.dialled: dict[str, int] = {}

    def blocks(self) -> Iterator[list[Profile]]:
        """Investors with their people and their stories, BLOCK at a time; the same for the same setting."""
        total = self.here.investors
        for low in range(0, total, BLOCK):
            high = min(low + BLOCK, total)
            rng = random.Random(f"{self.here.seed}:{low}")
            yield self._block(rng, high - low, _share(total, low, high, CONTACTS_PER_INVESTOR), _share(total, low, high, Decimal(TALKS_PER_INVESTOR)))  # fmt: skip

    def _block(self, rng: random.Random, size: int, people: int, talks: int) -> list[Profile]:
        kinds = rng.choices(list(setting.TYPES), [share for share, _, _ in setting.TYPES.values()], k=size)
        # Each block has its doubles, so that a small demo has some, too.
        doubles = set(rng.sample(range(1, size), max(1, round(size * _SAME_FIRM)))) if size > 10 else set()
        heads = shared_out(
            people, [setting.TYPES[kind][1] * rng.uniform(0.6, 1.5) for kind in kinds], least=1, most=9
        )
        weights = [0.05 if at in doubles else rng.lognormvariate(0, 0.7) for at in range(size)]
        lengths = shared_out(talks, weights, least=0, most=60)
        cast: list[Profile] = []
        for at in range(size):
            profile = (
                self._double(rng, cast, heads[at])
                if at in doubles
                else self._investor(rng, kinds[at], heads[at])
            )
            thread = story.Thread(self.here, rng, profile, names.person(rng))
            thread.tell(lengths[at])
            self._finish(rng, profile, thread)
            cast.append(profile)
        return cast

    def _investor(self, rng: random.Random, kind: str, heads: int) -> Profile:
        place = rng.choices(places.PLACES, places.WEIGHTS)[0]
        name = self._new_name(rng, kind, place)
        host = self._host(name)
        people = self._people(rng, kind, name, host, place, heads)
        return Profile(
            name=name, type=kind, place=place, owner=rng.choices((0, 1, 2, 3, setting.OWNER, None), (14, 18, 23, 22, 17, 6))[0],
            website=f"https://www.{host}" if kind != "individual" else "", lead_source=rng.choice(words.SOURCES), notes="",
            created_at=datetime.combine(self.here.today, time(9), tzinfo=self.here.zone), people=people,
            tags=tuple(rng.sample(words.TAGS, rng.choices((0, 1, 2, 3), (45, 30, 18, 7))[0])),
        )  # fmt: skip

    def _new_name(self, rng: random.Random, kind: str, place: Place) -> str:
        for _ in range(60):
            name = names.person(rng) if kind == "individual" else names.firm(rng, kind, place.country)
            key = naming.firm_key(name)
            if key not in self.taken:
                break
            if kind == "individual":
                # Namesakes exist, but fifty of them would not be believed: a middle initial tells them apart.
                first, _, last = name.partition(" ")
                name = f"{first} {rng.choice('ABCDEFGHJKLMNPRSTVW')}. {last}"
                key = naming.firm_key(name)
                if key not in self.taken:
                    break
        self.taken.add(key)
        return name

    def _host(self, name: str) -> str:
        plain = names.domain(name, 0)
        self.hosts[plain] = self.hosts.get(plain, 0) + 1
        return plain if self.hosts[plain] == 1 else names.domain(name, self.hosts[plain])

    def _people(
        self, rng: random.Random, kind: str, name: str, host: str, place: Place, heads: int
    ) -> list[Person]:
        people: list[Person] = []
        for at in range(heads):
            if at and rng.random() < _SAME_PERSON:
                people.append(_again(rng, people[0]))
                continue
            full = name if kind == "individual" and at == 0 else self._stranger(rng, people)
            title = names.title(rng, kind) if kind != "individual" or at == 0 else rng.choice(_AROUND)
            person = Person(full, title, names.address(rng, full, host))
            if rng.random() < 0.62:
                person.phone = self._phone(place.country)
            if rng.random() < 0.35:
                person.linkedin = f"https://linkedin.example/in/{naming.person_key(full).replace(' ', '-')}"
            person.left = at > 1 and rng.random() < 0.12
            person.since_on = self.here.today - timedelta(days=rng.randint(200, 3000))
            people.append(person)
        return people

    def _stranger(self, rng: random.Random, people: Sequence[Person]) -> str:
        known = {person.first for person in people} | set(setting.WRITERS)
        full = names.person(rng)
        while full.split(" ")[0] in known:
            full = names.person(rng)
        return full

    def _phone(self, country: str) -> str:
        serial = self.dialled.get(country, 0)
        self.dialled[country] = serial + 1
        return places.phone(country, serial)

    def _double(self, rng: random.Random, cast: Sequence[Profile], heads: int) -> Profile:
        """The same firm, entered again by somebody in a hurry: the name written otherwise, some of the same people."""
        known = rng.choice([one for one in cast if len(one.people) <= heads + 3] or list(cast))
        host = known.people[0].email.rpartition("@")[2]
        people = [_again(rng, known.people[0])]
        people[0].email = known.people[0].email  # what lets the two be found to be one
        people += self._people(rng, known.type, known.name, host, known.place, heads)[1:]
        return Profile(
            name=_otherwise(rng, known.name), type=known.type, place=known.place, owner=rng.choice((2, 3, setting.OWNER)),
            website=known.website if rng.random() < 0.5 else "", lead_source=rng.choice(words.SOURCES), notes="",
            created_at=known.created_at, people=people,
        )  # fmt: skip

    def _finish(self, rng: random.Random, profile: Profile, thread: story.Thread) -> None:
        long_ago = profile.created_at - timedelta(days=rng.randint(30, 700))
        profile.created_at = story.created(profile, long_ago)
        thread.cast(lead=0, author=thread.writer)
        if rng.random() < 0.4:
            profile.notes = thread.voice.fill(rng.choice(words.PROFILE_NOTES))
        if profile.type != "individual" and rng.random() < _ALIAS:
            profile.aliases = self._aliases(profile.name)
        self._retire(rng, profile)

    def _aliases(self, name: str) -> tuple[str, ...]:
        parts = [
            part
            for part in name.replace("&", " ").split()
            if part[0].isupper() and part.strip(".").lower() != "llc"
        ]
        letters = "".join(part[0] for part in parts)
        short = letters if len(letters) > 2 else " ".join(parts[:2])
        key = naming.firm_key(short)
        if key in self.taken or not key:
            return ()
        self.taken.add(key)
        return (short,)

    def _retire(self, rng: random.Random, profile: Profile) -> None:
        lost = all(deal.stage in {"passed", "prospect", "contacted"} for deal in profile.deals)
        last = max((talk.at for talk in profile.talks), default=profile.created_at)
        quiet_days = (self.here.today - last.date()).days
        if lost and quiet_days > 45 and rng.random() < _GRAVEYARD * 5:
            profile.retired_at = last + timedelta(days=rng.randint(5, 40))
            profile.retired_reason = rng.choice(words.RETIREMENTS)


_AROUND = ("Adviser", "Assistant", "Family lawyer", "Accountant", "Spouse")


def _again(rng: random.Random, person: Person) -> Person:
    """The same person a second time, as such records come about."""
    first, _, rest = person.name.partition(" ")
    last = rest.split(" ")[-1]
    shorter = _NICKNAMES.get(first, f"{first[0]}.")
    name = rng.choice((f"{shorter} {last}", f"{last}, {first}", f"{first} {last}"))
    return Person(
        name,
        "" if rng.random() < 0.5 else person.title,
        person.email if rng.random() < 0.7 else "",
        person.phone,
    )


def _otherwise(rng: random.Random, name: str) -> str:
    """Another spelling of a firm's or a person's name."""
    changed = name.replace(" & ", " and ") if " & " in name else name.replace(" and ", " & ")
    if changed != name and rng.random() < 0.6:
        return changed
    for long, short in (
        ("Capital", "Cap."),
        ("Partners", "Ptnrs"),
        ("Management", "Mgmt"),
        ("Family Office", "FO"),
        ("Holdings", "Hldgs"),
    ):
        if long in name:
            return name.replace(long, short)
    at = rng.randrange(2, len(name) - 1)
    return rng.choice((f"{name} LLC", f"The {name}", name[:at] + name[at + 1 :]))


def _share(total: int, low: int, high: int, each: Decimal) -> int:
    """How many of `each` per investor fall to the block, so that all blocks together hold exactly the rounded sum."""
    return int(each * high) - int(each * low) if high < total else round(each * total) - int(each * low)


def shared_out(total: int, weights: Sequence[float], *, least: int, most: int) -> list[int]:
    """Whole numbers in proportion to the weights that add up to `total`, none below `least`, none above `most`."""
    size = len(weights)
    total = min(max(total, least * size), most * size)
    whole = sum(weights)
    counts = [min(most, max(least, int(total * weight / whole))) for weight in weights]
    order = sorted(range(size), key=lambda at: (-weights[at], at))
    at = 0
    while (gap := total - sum(counts)) != 0:
        place = order[at % size] if gap > 0 else order[-1 - at % size]
        if gap > 0 and counts[place] < most:
            counts[place] += 1
        elif gap < 0 and counts[place] > least:
            counts[place] -= 1
        at += 1
    return counts
