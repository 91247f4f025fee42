"""A proposal as it stands in a thread: what it would write, who was matched and how surely, what to answer."""

from __future__ import annotations

from dataclasses import dataclass

from intake import cards
from intake.cards import Card
from intake.drafts import MatchNote
from intake.matrix.wording import addresses
from intake.matrix.wording.said import Bold, Code, Page, Part, Said
from intake.models import Proposal
from intake.preview import Line

#: Below this a line says how sure its reading is.
SURE = 0.7
_HOW = {
    "exact": "by its name",
    "normalised": "by its name",
    "alias": "by another name of it",
    "email": "by the e-mail address",
    "phone": "by the phone number",
    "domain": "by the e-mail domain",
    "contact": "by the person",
    "fuzzy": "by a similar name",
    "picked": "picked",
}


@dataclass(frozen=True)
class Place:
    """Where among those of its message a proposal stands. changed_by: who made this version of it, else empty."""

    number: int = 1
    count: int = 1
    changed_by: str = ""


def proposal(shown: Proposal, place: Place, *, degraded: bool = False) -> Said:
    """What approving would write as things are now. degraded: the model was down when it was read."""
    card = cards.card(shown, live=True)
    page = Page(address=addresses.of_proposal(shown))
    page.line(*_title(card, place))
    lines = card.preview.lines if card.preview else []
    for line in lines:
        page.item(*_line(line, shown))
    if not lines:
        # It cannot be written as it stands; what was read is shown under the names by which it can be mended.
        for one in card.edits:
            if one.value:
                page.item(f"{one.label}: {one.value}")
    others = _others(card)
    if others:
        page.line("Other investors it could mean:")
    for number, name, score, _ in others:
        page.item(Code(f"pick {number}"), f": {name} ({score:.0%})")
    for warning in card.warnings:
        page.line("Note: ", warning)
    if degraded:
        page.line("The model is down; the grammar read this, so look twice.")
    return page.last(*_what_to_answer(card, place)).said()


def title(shown: Proposal) -> str:
    """One line of what it is about."""
    return cards.card(shown, live=False).summary


def _title(card: Card, place: Place) -> list[Part]:
    parts: list[Part] = [f"{place.number} of {place.count}: "] if place.count > 1 else []
    parts.append(Bold(card.summary))
    if place.changed_by:
        parts.append(f" (changed by {place.changed_by})")
    return parts


def _line(line: Line, shown: Proposal) -> list[Part]:
    label = f"{line.label}: "
    if line.what == "investor":
        return [label, Bold(line.new), *_matched(line, shown)]
    parts: list[Part] = [label]
    if line.old and line.old != line.new:
        parts.append(f"{line.old} → ")
    parts.append(line.new)
    return [*parts, *_unsure(line)]


def _matched(line: Line, shown: Proposal) -> list[Part]:
    if line.is_new:
        return _unsure(line)
    note = MatchNote.from_json(shown.match)
    if note.how == "picked":
        return [" (picked)"]
    return [f" (matched {_HOW.get(note.how, note.how)}, {note.score:.0%} sure)"]


def _unsure(line: Line) -> list[Part]:
    return (
        [f" ({line.confidence:.0%} sure)"] if line.confidence is not None and line.confidence < SURE else []
    )


def _others(card: Card) -> list[tuple[int, str, float, bool]]:
    """The candidates that are not what it is about now."""
    return [one for one in card.candidates if not one[3] or card.new_investor]


def _what_to_answer(card: Card, place: Place) -> list[Part]:
    several = place.count > 1
    before, after = (f"{place.number} ", f" {place.number}") if several else ("", "")
    parts: list[Part] = ["Answer "]
    if not (card.preview and card.preview.problem):
        parts += [Code(f"yes{after}"), " to write it, "]
    parts += [Code(f"no{after}"), " to drop it, ", Code(f"{before}edit field=value"), " to change it"]
    if others := _others(card):
        parts += [", ", Code(f"{before}pick {others[0][0]}"), " for another investor"]
    if card.candidates and not card.new_investor:
        parts += [", ", Code(f"{before}new"), " for a new one"]
    if several:
        parts += ["; ", Code("yes all"), " writes all of them"]
    return [*parts, "."]
