"""Which of our funds or deals a message is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.parser import known as knowing
from intake.parser import spans

_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7"}
_NUMBER = r"(?:viii|vii|vi|iv|ix|iii|ii|i|v|x|one|two|three|four|five|six|seven|\d{1,2})"
# Capitalised words in front belong to the name: "Maple Growth Fund II". The short form is matched in any case.
_LONG = re.compile(r"(?:\b[A-Z][\w&'-]+ ){1,4}Fund (?:VIII|VII|VI|IV|IX|III|II|I|V|X|\d{1,2})\b")
_SHORT = re.compile(rf"\bfund[ -]?#?{_NUMBER}\b(?!\s*(?:million|mm|m|k|%))", re.I)
_VEHICLE = re.compile(
    r"(?:\b[A-Z][\w&'-]+ ){1,3}(?:SPV|Co-?Invest(?:ment)?|Opportunity Fund|Feeder)\b(?: (?:[IVX]+|\d{1,2})\b)?"
    r"|\bSPV (?:[IVX]+|\d{1,2}|[A-Z])\b|\b(?:opportunity|continuation|feeder|evergreen|credit|growth) fund\b(?=[^.;\n]{0,40}$)"
)
_OPENERS = re.compile(
    r"^(?:The|Our|In|For|On|Into|About|Re|With|And|Met|Wants|Sent|Send|Discussed|Pitched|Intro|Also|Add|New|Q[1-4]|[A-Z][\w'-]+'s) "
)


def find(text: str, names: Sequence[str]) -> list[tuple[spans.Span, str]]:
    """(where, name) of every fund mentioned; the name is ours when it can only be one of ours."""
    found: list[tuple[spans.Span, str]] = []
    for name in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I):
            _keep(found, spans.Span(match.start(), match.end(), match.group()), name)
    for pattern in (_LONG, _VEHICLE, _SHORT):
        for match in pattern.finditer(text):
            span = _without_openers(match)
            _keep(found, span, canonical(span.text, names) or span.text)
    if not found:
        for name in names:
            short = re.sub(r"\b(?:fund|the|lp|llc|spv)\b", "", name, flags=re.I).strip()
            match_short = re.search(
                rf"\b(?:in|into|for|of|about|on|the) (?:the )?({re.escape(short)})\b", text, re.I
            )
            if len(short) >= 5 and match_short:
                _keep(found, spans.Span(*match_short.span(1), match_short.group(1)), name)
    return sorted(found, key=lambda f: f[0].start)


def canonical(said: str, names: Sequence[str]) -> str | None:
    """Our fund's own name for "fund 2", "Fund II" …; None when none or several fit."""
    key = _key(said)
    exact = [name for name in names if _key(name) == key]
    if exact:
        return exact[0] if len(exact) == 1 else None
    number = key.split()[-1] if key.split() else ""
    fits = [name for name in names if number.isdigit() and _key(name).split()[-1:] == [number]]
    return fits[0] if len(fits) == 1 and key.startswith("fund") else None


def _key(name: str) -> str:
    parts = re.sub(r"fund[ -]?#?(\d)", r"fund \1", knowing.fold(name)).split()
    return " ".join(_ROMAN.get(p, _WORDS.get(p, p)) if i else p for i, p in enumerate(parts))


def _without_openers(match: re.Match[str]) -> spans.Span:
    start, text = match.start(), match.group()
    while (opener := _OPENERS.match(text)) and len(text.split()) > 2:
        start, text = start + opener.end(), text[opener.end() :]
    return spans.Span(start, start + len(text), text)


def _keep(found: list[tuple[spans.Span, str]], span: spans.Span, name: str) -> None:
    if not any(span.start < f.end and f.start < span.end for f, _ in found):
        found.append((span, name))
