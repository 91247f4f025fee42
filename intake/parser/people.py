"""The persons on the investor's side, and which address, number and title is whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.parser import addresses, names, spans
from intake.parser import known as knowing
from intake.parser.words import first_names

_GENERIC = frozenset(
    "info ir office hello contact admin mail investors investments team support sales enquiries inquiries general".split()
)
_LINKING = re.compile(
    r"^[\s,(\-:|]*(?:(?:who|is|was|as|the|a|an|their|our|his|her|its|new|now|currently|acting|from|at|of|with|and|'s|who's|firm's|company's|#+)[\s,]*)*$",
    re.I,
)
_TIGHT = re.compile(r"^[\s,:(]{0,3}$")
_PRONOUN = re.compile(
    r"^[^.!?\n]{0,60}[.,;]\s*(?:he|she)(?:'s| is)(?: (?:now|the|a|an|their|new|our))*\s*$", re.I
)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact in the making; start and end are those of the name, or of the address when there is none."""

    start: int
    end: int
    name: str | None
    known: str | None = None
    title: spans.Span | None = None
    email: spans.Span | None = None
    phone: spans.Span | None = None
    again: tuple[tuple[int, int], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Every place the person is named."""
        return ((self.start, self.end), *self.again)


def build(
    text: str,
    persons: Sequence[names.Name],
    firms: Sequence[names.Name],
    titles: Sequence[spans.Span],
    emails: Sequence[spans.Span],
    phones: Sequence[spans.Span],
) -> list[Person]:
    """One Person for each name (a repeated or shorter form of a name is the same person), with what is theirs."""
    found = _distinct(persons)
    masked = _mask(text, firms)
    for title in titles:
        _give_title(masked, found, title)
    for email in emails:
        _give_email(text, found, email)
    for phone in phones:
        _give_phone(text, found, phone)
    return sorted(found, key=lambda p: p.start)


def owner_of_address(address: str, people: Sequence[Person]) -> int | None:
    """The one person whose name stands in the local part, or None when nobody's or several persons' does."""
    local = "".join(addresses.local_words(address))
    parts = addresses.local_words(address)
    fits = [i for i, p in enumerate(people) if p.name and _fits(local, parts, p.name)]
    return fits[0] if len(fits) == 1 else None


def _fits(local: str, parts: list[str], name: str) -> bool:
    own = knowing.fold(name).split()
    if not own:
        return False
    if any(len(word) > 2 and (word in parts or (len(word) > 3 and word in local)) for word in own):
        return True
    initials = "".join(word[0] for word in own)
    return len(own) > 1 and local in (initials, own[0][0] + own[-1], own[0] + own[-1][0], own[-1] + own[0][0])


def _distinct(persons: Sequence[names.Name]) -> list[Person]:
    kept: list[Person] = []
    for person in persons:
        wanted = knowing.fold(person.text).split()
        for i, other in enumerate(kept):
            have = knowing.fold(other.name or "").split()
            if wanted == have or (len(wanted) == 1 and wanted[0] in have):
                kept[i] = replace(other, again=(*other.again, (person.start, person.end)))
                break
            if len(have) == 1 and have[0] in wanted:
                kept[i] = replace(
                    other, name=person.text, start=person.start, end=person.end, again=other.places
                )
                break
        else:
            kept.append(Person(person.start, person.end, person.text, person.known))
    return kept


def _mask(text: str, firms: Sequence[names.Name]) -> str:
    """Firm names become #: what stands between a name and its title may be a firm."""
    chars = list(text)
    for firm in firms:
        chars[firm.start : firm.end] = "#" * (firm.end - firm.start)
    return "".join(chars)


def _give_title(text: str, people: list[Person], title: spans.Span) -> None:
    best: tuple[int, int] | None = None
    for i, person in enumerate(people):
        for start, end in person.places:
            cost = None if person.title else _title_distance(text, start, end, title)
            if cost is not None and (best is None or cost < best[0]):
                best = (cost, i)
    if best is not None:
        people[best[1]] = replace(people[best[1]], title=title)


def _title_distance(text: str, start: int, end: int, title: spans.Span) -> int | None:
    """How far a title is from a name; None when it does not belong to it. Right before a name is nearest."""
    if title.end <= start:
        gap = text[title.end : start]
        return len(gap) - (0 if "," in gap else 3) if _TIGHT.match(gap) and "\n" not in gap else None
    gap = text[end : title.start]
    fits = (
        title.start >= end
        and len(gap) < 70
        and (_LINKING.match(gap) or _PRONOUN.match(gap))
        and not _blocked(gap)
    )
    return len(gap) if fits else None


def _blocked(gap: str) -> bool:
    """ "Dana and the CFO": the title is somebody else's."""
    return bool(
        re.search(r"\band\s+(?:the|their|his|her)?\s*$|\bwith\s+(?:the|their)\s+$|\n\s*\n", gap, re.I)
    )


def _give_email(text: str, people: list[Person], email: spans.Span) -> None:
    by_name = owner_of_address(email.text, people)
    if by_name is not None:
        if people[by_name].email is None:
            people[by_name] = replace(people[by_name], email=email)
        return
    parts = addresses.local_words(email.text)
    if any(p in _GENERIC for p in parts):
        return
    near = _nearest(text, people, email, "email")
    stranger = bool(parts) and parts[0] in first_names.FIRST_NAMES and len(parts[0]) > 2
    if near is not None and not (stranger and people[near].name and len(parts) > 1):
        people[near] = replace(people[near], email=email)
    elif stranger or not people:
        people.append(Person(email.start, email.end, None, email=email))


def _give_phone(text: str, people: list[Person], phone: spans.Span) -> None:
    near = _nearest(text, people, phone, "phone")
    if near is not None:
        people[near] = replace(people[near], phone=phone)


def _nearest(text: str, people: list[Person], thing: spans.Span, what: str) -> int | None:
    """The person it stands closest behind, or the only one there is; None when it could be another's."""
    free = [i for i, p in enumerate(people) if getattr(p, what) is None]
    if len(people) == 1 and free:
        return free[0]
    last = max(
        ((end, i) for i, p in enumerate(people) for _, end in p.places if end <= thing.start), default=None
    )
    if last is not None:
        return last[1] if last[1] in free and thing.start - last[0] < 90 else None
    after = [
        i
        for i in free
        if 0 <= people[i].start - thing.end < 12 and "\n" not in text[thing.end : people[i].start]
    ]
    return after[0] if len(after) == 1 else None
