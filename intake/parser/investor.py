"""Which of the names in a message is the investor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.parser import known as knowing
from intake.parser import names

# Names after these are somebody else: a former employer, who made the introduction, where the money went instead.
_ASIDE = re.compile(
    r"(?:\b(?:ex|former(?:ly)?(?: at| of| with)?|previously(?: at| with)?|used to (?:work|be) (?:at|for|with)|worked (?:at|for|with)|left|came from|years at|spun out of|alum(?:ni)? of|retired from|years with"
    r"|intro(?:duc(?:ed|tion))?(?: to us)?(?: came)?(?: by| from| via| through)|referr(?:ed|al)(?: to us)?(?: by| from)|(?:co-?invest(?:ed|ing|s|or)?|alongside|competitor|compared) (?:with|to|is|alongside)?|like|such as"
    r"|committed [^.;,]{1,20} to|(?:put|allocated|invested|wired|went|gave|placing|committing|committed|commitment|allocation|money|subscribed) (?:[^.;,]{1,25} )?(?:to|into|in|with|elsewhere with)|already in|holds|exposure to|instead of|over|via|through|also (?:looking at|talking to|considering|in)|than|lawyers? (?:at|from)"
    r"|(?:went|studied) (?:to|at)|graduate of|admin(?:istrator)? is|custod(?:y|ian) (?:at|is)|banks? (?:at|with)|counsel (?:at|from|is)|audited by|clerk(?:ed)? for|sold (?:his |her |their )?(?:stake|company|firm|business)? ?(?:to|in)|acquired by|bought by|invited (?:him|her|them) to)"
    r"|\bex-|\bc/o)\s*(?:the |their |our |his |her )?$",
    re.I,
)
_INTRODUCER = re.compile(
    r"\b(?:intro(?:duc(?:ed|tion))?(?: to us)?(?: came)?(?: by| from| via| through| courtesy of)|referr(?:ed|al)(?: to us)?(?: by| from)"
    r"|warm intro(?: from| via| by)|connected by|via|thanks to|courtesy of|friend of|knows|reports to|competitor)\s+(?:our |my |the )?(?:friend |lp |investor )?$",
    re.I,
)
_INTRODUCES = re.compile(
    r"(?: \([^)]{0,40}\))? (?:has |just |kindly )?(?:introduced|referred|connected) (?:us|me)\b", re.I
)
_SUBJECT_OF = re.compile(
    r"(?:'s)?\s+(?:has|have|is|are|was|wants?|passed|signed|committed|wired|said|will|would|might|could|just|soft|declined|not|hasn't|didn't)\b"
)
_TALKED_TO = re.compile(
    r"\b(?:met|called|e-?mailed|texted|visited|saw|phoned|rang|(?:spoke|talked|call|lunch|coffee|meeting|met) (?:to|with|w/))\s+$",
    re.I,
)
_ATTACHED = re.compile(
    r"(?:\b(?:at|from|of|with|for|over at|represents|representing|runs|w/|investor|client|lp)|@|[,(/\-])\s*(?:the\s+)?$",
    re.I,
)
_BY_NAME = re.compile(
    r"\b(?:add|new investor|new lead|new lp|new prospect|investor|onboard|create|firm|company|fund)\b[:\s]*(?:called\s+|named\s+|is\s+|an?\s+)?$",
    re.I,
)


def split(
    text: str, found: Sequence[names.Name], known: knowing.Known
) -> tuple[list[names.Name], list[names.Name]]:
    """(firms, persons): our own people left out, unknown names decided by where they stand."""
    members = list(known.members)
    found = _without_asides(text, found)
    firms: list[names.Name] = []
    persons: list[names.Name] = []
    for name in found:
        if names.is_member(name.text, members) and not (name.known and name.sort == "firm"):
            continue
        if name.sort == "firm" or (name.sort == "unknown" and not _personal(text, name, found)):
            firms.append(name)
        else:
            persons.append(name)
    return firms, persons


def _without_asides(text: str, found: Sequence[names.Name]) -> list[names.Name]:
    """Who made the introduction is neither investor nor contact, nor is the firm that person is "at"."""
    kept: list[names.Name] = []
    dropped_end = -1
    for name in found:
        before = text[max(0, name.start - 60) : name.start]
        follows = dropped_end >= 0 and re.fullmatch(
            r"\s*,?\s*(?:\(|at|from|of|@|over at)\s*", text[dropped_end : name.start]
        )
        if _INTRODUCER.search(before) or _INTRODUCES.match(text, name.end) or follows:
            dropped_end = name.end
        else:
            kept.append(name)
    return kept


def pick(text: str, firms: Sequence[names.Name]) -> list[names.Name]:
    """The investors a message is about, the first being its own; each once, in order of mention."""
    mine = [f for f in firms if f.known or not _ASIDE.search(text[max(0, f.start - 60) : f.start])]
    chosen: list[names.Name] = []
    for firm in mine:
        if any(same(firm, other) for other in chosen) or (chosen and not _stands_alone(text, firm)):
            continue
        chosen.append(firm)
    return chosen


def _stands_alone(text: str, firm: names.Name) -> bool:
    """Sure enough to be a second investor: known, named like a firm, or the subject of what is said."""
    if firm.known or (names.made_of(firm.text) == "firm" and not re.fullmatch(r"[A-Z]{2,4}", firm.text)):
        return True
    return bool(
        _SUBJECT_OF.match(text, firm.end) or _TALKED_TO.search(text[max(0, firm.start - 24) : firm.start])
    )


def same(one: names.Name, other: names.Name) -> bool:
    """The same firm, also when one is the short form of the other."""
    a, b = knowing.fold(one.known or one.text).split(), knowing.fold(other.known or other.text).split()
    short, long = sorted((a, b), key=len)
    return long[: len(short)] == short


def attached(text: str, firm: names.Name) -> bool:
    """It stands behind "at", "from" … or a bracket: it belongs to the person before it."""
    return bool(_ATTACHED.search(text[max(0, firm.start - 24) : firm.start]))


_ROLE = r"(?:c[a-z]o|partner|director|head|principal|president|founder|manager|vp|md|gc|analyst|trustee|chair\w*|assistant|counsel)"
_BEFORE_PERSON = re.compile(
    rf"(?:\b(?:mr|mrs|ms|dr|prof)\.?|\bcontact:?(?: is| person is)?|\b(?:his|her|their)\s+(?:\w+\s+)?\w+,?|\b{_ROLE}[,:]?|\b(?:named|attn:?|c/o))\s+$",
    re.I,
)
_AFTER_PERSON = re.compile(
    rf"\s*(?:\((?:the |their )?[^)]{{0,40}}\b{_ROLE}\b|,\s*(?:the |their |a |our )?(?:\w+ ){{0,2}}{_ROLE}\b|\s*<\S+@)",
    re.I,
)
_AT_A_FIRM = re.compile(r"\s*,?\s(?:at|from|of|@|over at|with)\s+(?:the\s+)?$", re.I)


def _personal(text: str, name: names.Name, found: Sequence[names.Name]) -> bool:
    """Whether a name that could be either reads like a person here."""
    before, after = text[max(0, name.start - 40) : name.start], text[name.end : name.end + 60]
    count = len(name.text.split())
    if attached(text, name) and re.search(r"\b(?:at|from|of|@)\s+(?:the\s+)?$", before, re.I):
        return False
    if _BEFORE_PERSON.search(before) or (_AFTER_PERSON.match(after) and not _BY_NAME.search(before)):
        return count <= 4
    next_name = next((f for f in found if f.start >= name.end), None)
    if next_name and next_name.sort != "person" and _AT_A_FIRM.fullmatch(text[name.end : next_name.start]):
        return count <= 3
    last = next((f for f in reversed(found) if f.end <= name.start), None)
    if last and last.sort == "firm":
        # "Blue Heron's Whitfield", "Blue Heron (Trish)"
        return count <= 3 and bool(re.fullmatch(r"'s\s+|\s*\(", text[last.end : name.start]))
    if re.match(r"\s*[,(]?\s*[\w.+-]+@", after) and count == 2 and not _BY_NAME.search(before):
        return True
    others = [f for f in found if f is not name]
    speaks = bool(re.search(r"\b(?:he|she|his|her|him)\b", text, re.I))
    return (
        speaks
        and count == 2
        and not name.lower
        and not any(f.sort == "person" for f in others)
        and any(f.sort == "firm" for f in others)
    )
