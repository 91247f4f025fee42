"""Forwarded mail: who wrote it, and which lines name only our own side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.parser import addresses, names
from intake.parser import known as knowing

_HEADER = re.compile(
    r"^[> \t*]{0,8}(?P<key>from|to|cc|bcc|subject|date|sent|reply-to|von|an|betreff|gesendet)[ \t]?:\*?[ \t]*(?P<value>.{1,300})$",
    re.I | re.M,
)
_GREETING = re.compile(
    r"^[> \t]{0,8}(?:hi|hello|dear|hey|good (?:morning|afternoon|evening))[ ,]+(?P<who>[^\n,!:]{1,60})[,!:]",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """direction: inbound unless one of us wrote it. ours: the places that name our own side only."""

    start: int
    end: int
    direction: str
    ours: list[tuple[int, int]]


def find(text: str, known: knowing.Known) -> Mail | None:
    """The headers of a forwarded mail; None when it is no mail. Two different headers make one."""
    headers = {m["key"].casefold(): m for m in reversed(list(_HEADER.finditer(text)))}
    sender = headers.get("from") or headers.get("von")
    if sender is None or len(headers) < 2:
        return None
    outbound = _one_of_us(sender["value"], known)
    mine = ("from", "von") if outbound else ("to", "cc", "bcc", "an")
    ours = [headers[key].span() for key in mine if key in headers]
    ours += [
        headers[key].span()
        for key in ("subject", "betreff", "reply-to")
        if key in headers and key == "reply-to"
    ]
    if not outbound:
        ours += [m.span("who") for m in _GREETING.finditer(text)]
    return Mail(sender.start(), sender.end(), "outbound" if outbound else "inbound", ours)


def _one_of_us(value: str, known: knowing.Known) -> bool:
    name = re.sub(r"<.*|[\w.+-]+@.*|\"", "", value).strip()
    if name and names.is_member(name, list(known.members)):
        return True
    return any(is_ours(address.text, known) for address in addresses.find_emails(value))


def is_ours(address: str, known: knowing.Known) -> bool:
    """An address of one of our own people, by first and last name in its local part."""
    parts = addresses.local_words(address)
    folded = (knowing.fold(member).split() for member in known.members)
    return any(len(own) > 1 and own[0] in parts and own[-1] in parts for own in folded)
