"""Which words of a text match, and which part of it is worth showing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set

from search.answers import Piece

#: Snippets of one record, and their length in characters.
MOST_PIECES = 3
LENGTH = 280
_WORD = re.compile(r"\w+")
#: The stem of a word, "" for one that does not count.
Stem = Callable[[str], str]
Marks = list[tuple[int, int]]


def marks(text: str, wanted: Set[str], stem: Stem) -> Marks:
    """Where words of `text` stand whose stem is wanted."""
    return [(start, end) for start, end, _ in _matches(text, wanted, stem)]


def pieces(
    passages: Sequence[str], wanted: Set[str], stem: Stem, *, first: Iterable[int] = ()
) -> list[Piece]:
    """The parts of a record worth showing, the best first, at most MOST_PIECES.

    first: numbers of passages that were found by meaning. A passage that says more of the wanted words goes before;
    one that neither was found nor says any is shown only when there is no other.
    """
    places = {number: place for place, number in enumerate(first)}
    ranked: list[tuple[int, int, int]] = []
    for number, text in enumerate(passages):
        said = len({word for _, _, word in _matches(text, wanted, stem)})
        if said or number in places:
            ranked.append((-said, places.get(number, len(passages)), number))
    chosen = [number for _, _, number in sorted(ranked)[:MOST_PIECES]] or [0]
    return [
        piece(passages[number], wanted, stem)
        for number in chosen
        if number < len(passages) and passages[number]
    ]


def piece(text: str, wanted: Set[str], stem: Stem, *, length: int = LENGTH) -> Piece:
    """The stretch of `text` of about `length` characters that says most of the wanted words, cut between words."""
    found = _matches(text, wanted, stem)
    if len(text) <= length:
        return Piece(text, [(start, end) for start, end, _ in found])
    start, end = _stretch(text, found, length)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    shift = len(before) - start
    inside = [(one + shift, other + shift) for one, other, _ in found if start <= one and other <= end]
    return Piece(f"{before}{text[start:end]}{after}", inside)


def _matches(text: str, wanted: Set[str], stem: Stem) -> list[tuple[int, int, str]]:
    if not wanted:
        return []
    found = []
    for word in _WORD.finditer(text):
        root = stem(word.group())
        if root in wanted:
            found.append((word.start(), word.end(), root))
    return found


def _stretch(text: str, found: Sequence[tuple[int, int, str]], length: int) -> tuple[int, int]:
    """(start, end) of the best stretch: the most different words, then the most words, then the earliest."""
    anchor = start = 0
    if found:
        lead = length // 6  # so that a match does not stand at the very edge
        best = max(range(len(found)), key=lambda at: (*_worth(found, at, length - lead), -at))
        anchor = found[best][0]
        start = max(0, anchor - lead)
    start = _word_start(text, min(start, len(text) - length), anchor)
    end = min(len(text), start + length)
    if end < len(text):
        gap = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
        end = gap if gap > start else end
    return start, end


def _worth(found: Sequence[tuple[int, int, str]], at: int, length: int) -> tuple[int, int]:
    inside = []
    for _, end, word in found[at:]:
        if end > found[at][0] + length:
            break
        inside.append(word)
    return len(set(inside)), len(inside)


def _word_start(text: str, start: int, most: int) -> int:
    """`start`, moved on to where a word begins, but not past `most`."""
    if start == 0 or text[start - 1].isspace():
        return start
    gap = text.find(" ", start, start + 40)
    return gap + 1 if 0 <= gap < most else start
