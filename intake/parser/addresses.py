"""E-mail addresses, phone numbers and links as they literally stand in a message."""

from __future__ import annotations

import re

import phonenumbers

from intake.parser import spans

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?![\w@])", re.I)
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>()]{1,500}", re.I)
_DIGIT_RUN = re.compile(r"\+?\(?\d[\d\s().\-/]{5,25}\d")
_EXTENSION = re.compile(r"\s{0,2}(?:x|ext\.?)\s?\d{1,5}\b", re.I)

FREE_MAIL = frozenset(
    "gmail.com googlemail.com yahoo.com hotmail.com outlook.com icloud.com me.com aol.com gmx.de gmx.net web.de proton.me"
    " protonmail.com live.com msn.com mac.com fastmail.com hey.com example.com comcast.net verizon.net att.net".split()
)


def find_emails(text: str) -> list[spans.Span]:
    """Addresses with a plausible domain, in order."""
    return [spans.Span(m.start(), m.end(), m.group()) for m in _EMAIL.finditer(text)]


def find_links(text: str) -> list[spans.Span]:
    return [spans.Span(m.start(), m.end(), m.group().rstrip(".,;)")) for m in _LINK.finditer(text)]


def find_phones(text: str, region: str = "US") -> list[spans.Span]:
    """Numbers that can be dialled, as written. Dates, sums and ids are not: they fail the check of length and plan."""
    if not _DIGIT_RUN.search(text):
        return []
    found: list[spans.Span] = []
    matches = phonenumbers.PhoneNumberMatcher(
        text, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=50
    )
    for match in matches:
        raw = text[match.start : match.end]
        if _dialled(raw, text[max(0, match.start - 1) : match.start]):
            end = match.end
            extension = _EXTENSION.match(text, end)
            end = extension.end() if extension else end
            found.append(spans.Span(match.start, end, text[match.start : end]))
    return found


def _dialled(raw: str, before: str) -> bool:
    digits = re.sub(r"\D", "", raw)
    if before in "$€£#" and before:
        return False
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,3}(?:,\d{3})+", raw):
        return False
    if raw.startswith("+"):
        return 8 <= len(digits) <= 15
    grouped = bool(re.search(r"\d[\s().\-/]+\d", raw))
    if len(digits) == 7:
        return bool(re.fullmatch(r"\d{3}[-.\s]\d{4}", raw))
    return 9 <= len(digits) <= 13 and (grouped or len(digits) == 10) and not re.search(r"0{5,}$", digits)


def local_words(address: str) -> list[str]:
    """The name-like parts before the @: "dana.whitfield2@…" → ["dana", "whitfield"]."""
    return [w for w in re.split(r"[^a-zà-ÿ]+", address.split("@")[0].casefold()) if w]


def domain(address: str) -> str:
    return address.rsplit("@", 1)[-1].casefold()
