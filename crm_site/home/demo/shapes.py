"""The plan of one invented investor: everything that will be written about it, before there are any rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal


@dataclass(slots=True)
class Place:
    """A city, the country its numbers are dialled in, and words that locals would use."""

    city: str
    country: str
    spots: tuple[str, ...]


@dataclass(slots=True)
class Person:
    """Somebody at the investor. left: no longer there."""

    name: str
    title: str
    email: str
    phone: str = ""
    linkedin: str = ""
    notes: str = ""
    left: bool = False
    since_on: date | None = None

    @property
    def first(self) -> str:
        return self.name.split(" ")[0]


@dataclass(slots=True)
class FundPlan:
    """A fund of the demo. short: what people call it in a sentence."""

    name: str
    short: str
    currency: str
    target: Decimal
    opens_on: date
    closes_on: date
    description: str
    is_property: bool = False


@dataclass(slots=True)
class NextStep:
    """A reminder that came out of a talk. owner: place in the team."""

    text: str
    due_on: date
    owner: int
    due_time: time | None = None
    state: str = "open"
    closed_at: datetime | None = None


@dataclass(slots=True)
class Memory:
    """A fact worth keeping, about the person at place `person`, or about the firm."""

    text: str
    topic: str
    confidence: Decimal
    person: int | None = None


@dataclass(slots=True)
class Talk:
    """One communication. people, members: places in the investor's people and in the team; fund: place in the funds."""

    kind: str
    direction: str | None
    at: datetime
    has_time: bool
    subject: str
    body: str
    people: tuple[int, ...]
    members: tuple[int, ...]
    fund: int | None
    via: str
    state: str = "happened"
    step: NextStep | None = None
    memory: Memory | None = None


@dataclass(slots=True)
class Move:
    """An opportunity's step from one stage to the next."""

    at: datetime
    from_key: str | None
    to_key: str
    by: int
    note: str = ""


@dataclass(slots=True)
class Deal:
    """An opportunity and how it got to where it stands."""

    fund: int
    expected: Decimal | None
    committed: Decimal | None = None
    probability: int | None = None
    close_on: date | None = None
    committed_on: date | None = None
    moves: list[Move] = field(default_factory=list)

    @property
    def stage(self) -> str:
        return self.moves[-1].to_key


@dataclass(slots=True)
class Profile:
    """An investor with all that hangs on it."""

    name: str
    type: str
    place: Place
    owner: int | None
    website: str
    lead_source: str
    notes: str
    created_at: datetime
    people: list[Person]
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    deals: list[Deal] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    retired_at: datetime | None = None
    retired_reason: str = ""
