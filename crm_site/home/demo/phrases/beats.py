"""The shape of one step of a conversation: ways to write it down, what follows from it, what it teaches us."""

from __future__ import annotations

from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """One way a step is written: kind, direction, subjects, and the sentences to choose from.

    A body is an opening, one or two of the middles, and often an end.
    """

    kind: str
    direction: str | None
    subjects: Lines
    openings: Lines
    middles: Lines = ()
    ends: Lines = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: the words, and within how many days."""

    text: str
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class Beat:
    """One step. phase: where in a thread it may stand. stage: what the opportunity reaches with it, if anything."""

    key: str
    phase: str
    scripts: tuple[Script, ...]
    stage: str = ""
    steps: tuple[Step, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


def note(subjects: Lines, openings: Lines, middles: Lines = (), ends: Lines = ()) -> Script:
    """A note among ourselves."""
    return Script("note", None, subjects, openings, middles, ends)


def call(
    subjects: Lines, openings: Lines, middles: Lines = (), ends: Lines = (), way: str = "outbound"
) -> Script:
    """Notes of a phone call."""
    return Script("call", way, subjects, openings, middles, ends)


def meeting(subjects: Lines, openings: Lines, middles: Lines = (), ends: Lines = ()) -> Script:
    """Notes of a meeting."""
    return Script("meeting", None, subjects, openings, middles, ends)


def sent(subjects: Lines, openings: Lines, middles: Lines = (), ends: Lines = ()) -> Script:
    """A mail of ours; greeting and sign-off are added."""
    return Script("email", "outbound", subjects, openings, middles, ends)


def got(subjects: Lines, openings: Lines, middles: Lines = (), ends: Lines = ()) -> Script:
    """A mail of theirs; greeting and sign-off are added."""
    return Script("email", "inbound", subjects, openings, middles, ends)


def text(openings: Lines, middles: Lines = (), ends: Lines = (), way: str = "inbound") -> Script:
    """A short message."""
    return Script("message", way, ("",), openings, middles, ends)
