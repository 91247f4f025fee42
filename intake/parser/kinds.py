"""What kind of contact it was, and who did it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KINDS: list[tuple[str, re.Pattern[str]]] = [
    (
        "message",
        re.compile(
            r"\b(?:texted|texting|sms(?:'?d)?|whatsapp(?:'?e?d)?|what's ?app|wechat|imessage|linkedin(?!\s+profile)|linked in|signal message"
            r"|telegram|slack(?:ed)?|dm'?e?d|(?:sent|got|received|exchanged)\s+(?:(?:him|her|them|[a-z]+)\s+)?(?:a\s+|some\s+)?texts?(?:\s+messages?)?"
            r"|text (?:message )?(?:from|to)|via signal|on signal|over signal|by text|messaged|messaging|messages? (?:from|to)|inmail)\b",
            re.I,
        ),
    ),
    (
        "email",
        re.compile(
            r"\b(?:e-?mailed|e-?mailing|e-?mails?\s+(?:from|to|with|received|exchange|back|thread|saying)|(?:sent|got|received|had|dropped|shot|exchanged)\s+(?:\w+\s+){0,3}?(?:an?\s+)?"
            r"(?:short |quick |long |nice )?e-?mails?|(?:by|via|over|in an?|per|through) e-?mail|mailed|wrote (?:back|in|to|us|me|him|her|them|that|saying)"
            r"|replied|repl(?:y|ies) from|responded|forwarded (?:him|her|them|the|our)|(?:he|she|they|[a-z]+) (?:just )?wrote|subject:|e-?mail:|heard back|inbound e-?mail)\b",
            re.I,
        ),
    ),
    (
        "call",
        re.compile(
            r"\b(?:called|calling|phoned|rang|dial(?:l)?ed|(?:on|over|by|via) the phone|by phone|on a call|over the phone|phone ?call|phone with|voice ?mails?|left (?:a |him |her |them )?(?:vm|msg|message)"
            r"|vm|conf(?:erence)? call|call(?:s)? (?:with|w/|from|to)|(?:had|got|took|did|quick|good|great|short|long|intro|introductory|catch-?up|brief) (?:an? )?(?:\w+ ){0,2}calls?"
            r"|call went|our call|the call|missed call|spoke (?:on|by|over) (?:the )?(?:phone|tel)|hung up|hopped on|jumped on|call today|call yesterday|call this morning|got (?:him|her|them|hold of)|rang (?:him|her|them|up)|hold of)\b"
            r"|^\W*call\b(?=\s*[:\-/]|\s+with|\s+w/)",
            re.I,
        ),
    ),
    (
        "meeting",
        re.compile(
            r"\b(?:met(?!\s+(?:the|their|his|her|our)\s+(?:target|goal|criteria|minimum|requirement))|meeting(?:s)?(?! stage)|meet ?(?:ing|up)|lunch(?:ed)?|dinner|breakfast|brunch|coffee|drinks?|beers?|visit(?:ed)?|zoom(?:ed)?(?: call)?"
            r"|demo(?:'?e?d)?|teams (?:call|meeting)|google meet|site tour|tour(?:ed)?|in[- ]person|sat down|video ?(?:call|conference)|webex|facetime|golf(?:ed)?"
            r"|pitched|presented|presentation|hosted|ran into|bumped into|saw|caught up (?:with|in person)|roadshow|walk-?through|walked (?:\w+ ){1,3}through|get-together|conference with|dropped by|stopped by|came by)\b",
            re.I,
        ),
    ),
    ("call", re.compile(r"\b(?:spoke|speaking|talked|chatted|chat|caught up|catch-?up|connected|touched base|conversation|discussion)\b", re.I)),
]  # fmt: skip
_FUTURE = re.compile(
    r"\b(?:will|'ll|to|wants?(?: to)?|would like|let's|please|pls|need(?:s)? to|should|can|could|gonna|going to|asked (?:for|to)|schedul\w+|set(?:ting)? up|"
    r"arrang\w+|book\w*|propos\w+|request\w*|plan\w*|want(?:ed|s)?|next|another|open to|for a|upcoming|tomorrow's|before (?:the|our)|happy to|to do|agreed to)\s+"
    r"(?:(?:a|an|the|our|my|his|her|in|do|have|him|her|them|follow-?up|second|quick|short|intro|to|next)\s+)*$",
    re.I,
)
_IN = re.compile(
    r"\b(?:(?:they|he|she|dana|[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}) (?:just |also |finally |then )?(?:wrote|replied|responded|e-?mailed|texted|called|messaged|phoned|rang|pinged|reached out|got back|dm'?ed|whatsapped|came back|mailed|sent|forwarded|left (?:me|us) a)"
    r"|(?i:asked (?:me|us) by|wrote (?:back|in)|replied|repl(?:y|ies) (?:from|by)|called (?:me|us|back|in\b)|calls? from|e-?mails? from|(?:text|message|note|voice ?mail|vm|whatsapp|ping|dm|inmail|sms|msg|letter|response) (?:message )?from|heard (?:back )?from|got back to (?:me|us)"
    r"|(?:e-?mailed|texted|messaged|phoned|mailed|pinged|rang|wrote|wrote to) (?:me|us)|inbound|incoming|reached out to (?:me|us)|received (?:an?|the)?|got (?:an? )(?:\w+ )?(?:e-?mail|text|call|message|whatsapp|note|reply|response)|returned (?:my|our) call|missed (?:a )?call from|from:))",
)  # fmt: skip
_OUT = re.compile(
    r"(?:^|[.!?;,\n]\s{0,4}|\band )(?:just |also |then |quickly |finally )?(?:called|e-?mailed|texted|messaged|phoned|rang|whatsapped|pinged|mailed|wrote to|wrote|dialled|dialed|sent|left|dm'?ed|reached out to|replied to|forwarded|followed up (?:by|via)|tried|responded to|dropped|shot)\b(?!\s+with\b)"
    r"|\b(?:i|we) (?:just |also |then |have |had |finally |quickly )?(?:called|e-?mailed|texted|messaged|phoned|rang|whatsapped|pinged|mailed|wrote|dialled|dialed|sent|left|reached out|replied|forwarded|followed up|tried|responded|dropped|shot)\b"
    r"|^\W*(?:vm|voice ?mail|no answer|outgoing call)\b|\bno answer\b|\bi've (?:e-?mailed|called|texted|sent|messaged|written)\b|\bleft (?:a |him |her |them |another |an? \w+ )?(?:voice ?mail|vm|message|msg)\b|\bsent (?:him|her|them|over)\b|\boutbound\b|\bcold (?:call|e-?mail)ed\b",
    re.I,
)  # fmt: skip
_PRONOUN_NAMES = frozenset(["I", "We", "Just", "Also", "Then", "And", "But", "Today", "Yesterday", "Finally"])


@dataclass(frozen=True, slots=True)
class Kind:
    """kind: meeting, call, email or message; span: the word that says so."""

    kind: str
    start: int
    end: int


def find(text: str, skip: list[tuple[int, int]]) -> Kind | None:
    """The first thing that happened; `skip` holds what is only to be done. None when it is a plain note.

    A special channel (message, e-mail) beats a later general word; "Zoom call" is a meeting.
    """
    hits: list[tuple[int, int, Kind]] = []
    for rank, (kind, pattern) in enumerate(_KINDS):
        for match in pattern.finditer(text):
            if _skipped(match.start(), skip) or _FUTURE.search(
                text, max(0, match.start() - 40), match.start()
            ):
                continue
            hits.append((match.start(), rank, Kind(kind, match.start(), match.end())))
            break
    if not hits:
        return None
    hits.sort(key=lambda h: (h[0], h[1]))
    best = hits[0][2]
    if best.kind == "call" and re.search(r"\b(?:zoom|teams|video|webex|facetime)\b", text, re.I):
        return Kind("meeting", best.start, best.end)
    if hits[0][1] == len(_KINDS) - 1:  # "spoke": by what? a channel said anywhere decides
        named = [h for h in hits if h[1] < len(_KINDS) - 1]
        return min(named, key=lambda h: h[1])[2] if named else best
    return best


def direction(text: str, kind: str | None, skip: list[tuple[int, int]]) -> tuple[str, int, int] | None:
    """(inbound or outbound, start, end) for an e-mail, a message or a call when the message says who did it."""
    if kind not in ("email", "message", "call"):
        return None
    inbound = next((m for m in _IN.finditer(text) if not _skipped(m.start(), skip) and _theirs(m)), None)
    outbound = next((m for m in _OUT.finditer(text) if not _skipped(m.start(), skip)), None)
    if inbound and (not outbound or inbound.start() <= outbound.start()):
        return ("inbound", inbound.start(), inbound.end())
    if outbound:
        return ("outbound", outbound.start(), outbound.end())
    return None


def _theirs(match: re.Match[str]) -> bool:
    first = match.group().split()[0]
    return first not in _PRONOUN_NAMES


def _skipped(start: int, skip: list[tuple[int, int]]) -> bool:
    return any(s <= start < e for s, e in skip)
