"""One message about several investors: which part of it is about whom."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from intake.parser import investor, names, people, spans

_JOINT = re.compile(r"[;,.\n]\s*(?:and |while |but )?|\s(?:and|but|while|whereas|plus|&)\s|\s-+\s", re.I)
_LISTED = re.compile(r"^\s*(?:,|and|&|,\s*and|plus|/)\s*(?:the\s+)?$", re.I)


def split(text: str, firms: Sequence[names.Name], folk: Sequence[people.Person]) -> list[spans.Span]:
    """The parts of the message, one for each investor; fewer than two parts when it is about one.

    A part begins at the last joint before its investor (or before the person who is "at" that investor).
    """
    if len(firms) < 2:
        return []
    starts = [0]
    for before, firm in itertools.pairwise(firms):
        begin = _head(text, firm, folk, before.end)
        joints = [m for m in _JOINT.finditer(text, before.end, begin + 1) if m.end() <= begin + 1]
        listed = _LISTED.match(text[before.end : begin])
        if not joints and not listed:
            continue
        sentence_end = [m for m in joints if m.group()[0] in ".;\n"]
        cut = (sentence_end or joints)[-1].end() if joints else begin
        if cut > starts[-1]:
            starts.append(min(cut, firm.start))
    if len(starts) < 2:
        return []
    ends = [*starts[1:], len(text)]
    return [spans.piece(text, start, end) for start, end in zip(starts, ends, strict=True)]


def _head(text: str, firm: names.Name, folk: Sequence[people.Person], floor: int) -> int:
    """Where the mention of this investor begins: at its own name, or at the person who comes "from" it."""
    if investor.attached(text, firm):
        near = [p for p in folk if floor <= p.start and p.end <= firm.start and firm.start - p.end < 40]
        if near:
            return near[-1].start
    return firm.start
