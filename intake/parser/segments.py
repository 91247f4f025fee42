"""One message about several investors: which parts of it are about whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.parser import investor, names, people, spans

_JOINT = re.compile(
    r"[;,.!\n]\s{0,4}(?:and |while |but )?|\s(?:and|but|while|whereas|plus|&)\s|\s-{1,3}\s", re.I
)
_SENTENCE = (".", ";", "\n", "!")


def split(
    text: str, picked: Sequence[names.Name], mentions: Sequence[names.Name], folk: Sequence[people.Person]
) -> list[list[spans.Span]]:
    """For each picked investor the parts of the message about it; empty when there is only one.

    mentions: every place a firm is named, short forms too. A part begins at the joint before its investor (or before
    the person who is "at" that investor) and lasts until another investor is named.
    """
    if len(picked) < 2:
        return []
    starts: list[tuple[int, int]] = [(0, 0)]
    floor = 0
    for mention in mentions:
        whose = next((i for i, firm in enumerate(picked) if investor.same(firm, mention)), None)
        if whose is not None and whose != starts[-1][1]:
            cut = _cut(text, mention, folk, floor)
            if cut is not None and cut > starts[-1][0]:
                starts.append((cut, whose))
        floor = mention.end
    if len({whose for _, whose in starts}) < 2:
        return []
    parts: list[list[spans.Span]] = [[] for _ in picked]
    for (start, whose), (end, _) in zip(starts, [*starts[1:], (len(text), 0)], strict=True):
        part = spans.piece(text, start, end)
        if part.text:
            parts[whose].append(part)
    return [part for part in parts if part]


def _cut(text: str, firm: names.Name, folk: Sequence[people.Person], floor: int) -> int | None:
    """Where the part about this investor begins; None when nothing joins it to what stands before."""
    begin = firm.start
    if investor.attached(text, firm):
        near = [p for p in folk if floor <= p.start and p.end <= firm.start and firm.start - p.end < 40]
        begin = near[-1].start if near else begin
    joints = [m for m in _JOINT.finditer(text, floor, begin + 1) if m.end() <= begin + 1]
    if not joints:
        return None
    ends = [m for m in joints if m.group()[0] in _SENTENCE]
    return min((ends or joints)[-1].end(), begin)
