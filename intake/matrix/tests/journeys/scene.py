"""Words for the journeys: firms unlike each other, since all tests of a module share one CRM, and sentences about them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.tests.synapse.office import Office

# Invented words: no two firms may be so alike that the matcher asks which is meant.
_random = random.Random(11)
_used: set[str] = set()


def _word() -> str:
    while True:
        syllables = (
            _random.choice("bdfgklmnprstvz")
            + _random.choice("aeiou")
            + _random.choice(("", "l", "n", "r", "sk"))
            for _ in range(4)
        )
        made = "".join(syllables).capitalize()
        if made not in _used:
            _used.add(made)
            return made


@dataclass(frozen=True)
class Firm:
    """An investor nobody in the CRM knows yet, with somebody who works there."""

    name: str
    person: str
    email: str

    @property
    def met(self) -> str:
        return f"Met {self.person} (COO, {self.name}, {self.email}) in Austin, follow up next Tuesday"


def firm() -> Firm:
    """Another one at each call."""
    name, person = _word(), f"{_word()} {_word()}"
    return Firm(f"{name} Capital", person, f"{person.split()[0]}@{name}.example".lower())


def investors(office: Office, name: str) -> list[Investor]:
    with scope(office.organization):
        return list(Investor.objects.filter(name=name).order_by("id"))


def logged(office: Office, name: str) -> list[Communication]:
    """What was written about the investor of that name."""
    with scope(office.organization):
        return list(Communication.objects.filter(investor__name=name).order_by("id"))
