"""What people answer in a thread, by word or by reaction. Pure, and strict: only the whole of a text can be a `yes`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from crm_site.core import text

Which = int | Literal["all"] | None


class Verb(StrEnum):
    YES = "yes"
    NO = "no"
    EDIT = "edit"
    PICK = "pick"
    NEW = "new"
    HELP = "help"


@dataclass(frozen=True)
class Reply:
    """which: the proposal meant, by its number in the thread, "all" of them, or None for the one that waits.

    number: of the candidate for PICK; None when none was said. edits: what stands behind `edit`, as typed.
    """

    verb: Verb
    which: Which = None
    number: int | None = None
    edits: str = ""


_YES = ("yes", "y", "ok", "okay", "approve", "\U0001f44d", "\u2705")
_NO = ("no", "n", "reject", "\U0001f44e", "\u274c")
# Variation selectors, skin tones, the joiner and direction marks: they change how a sign looks, not what it says.
_LOOKS = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_QUOTED_HTML = re.compile(r"<mx-reply>.*?</mx-reply>", re.IGNORECASE | re.DOTALL)
_WORDS = {Verb.YES: "|".join(_YES), Verb.NO: "|".join(_NO)}
_DECISION = re.compile(
    rf"(?:#?(?P<before>[0-9]{{1,3}})\s*[:.)]?\s+)?"
    rf"(?:(?P<yes>{_WORDS[Verb.YES]})|(?P<no>{_WORDS[Verb.NO]})|(?P<new>new)|(?P<help>help))"
    rf"(?:\s+(?:#?(?P<after>[0-9]{{1,3}})|(?P<all>all)))?\s*[.!]*",
    re.IGNORECASE,
)
_PICK = re.compile(
    r"(?:#?(?P<before>[0-9]{1,3})\s*[:.)]?\s+)?pick(?:\s+#?(?P<number>[0-9]{1,3}))?\s*[.!]*", re.IGNORECASE
)
_EDIT = re.compile(
    r"(?:#?(?P<before>[0-9]{1,3})\s*[:.)]?\s+)?edit\b(?!\s*=)\s*:?\s*(?:#?(?P<after>[0-9]{1,3})\s*[:.)]?(?=\s|$))?(?P<edits>.*)",
    re.IGNORECASE | re.DOTALL,
)


def parse(body: str) -> Reply | None:
    """The answer, or None for anything else. Never raises."""
    said = _LOOKS.sub("", unquoted(body)).strip()
    if said == "?":
        return Reply(Verb.HELP)
    if found := _DECISION.fullmatch(said):
        return _decision(found)
    if found := _PICK.fullmatch(said):
        return Reply(Verb.PICK, _number(found["before"]), number=_number(found["number"]))
    if found := _EDIT.fullmatch(said):
        return Reply(Verb.EDIT, _number(found["before"] or found["after"]), edits=found["edits"].strip())
    return None


def reaction(key: str) -> Verb | None:
    """YES, NO, or None for a reaction that decides nothing."""
    sign = _LOOKS.sub("", key).strip()
    if sign in _YES[-2:]:
        return Verb.YES
    return Verb.NO if sign in _NO[-2:] else None


def unquoted(body: str) -> str:
    """The text without the quote of what it answers, which older clients put before it."""
    said = _QUOTED_HTML.sub("", text.clean(body))
    lines = said.split("\n")
    kept = 0
    while kept < len(lines) and lines[kept].startswith(">"):
        kept += 1
    return "\n".join(lines[kept:]).strip()


def _decision(found: re.Match[str]) -> Reply | None:
    verb = Verb(next(name for name in ("yes", "no", "new", "help") if found[name]))
    before, after = _number(found["before"]), _number(found["after"])
    if before is not None and (after is not None or found["all"]):
        return None
    if found["all"]:
        return Reply(verb, "all") if verb in (Verb.YES, Verb.NO) else None
    return Reply(verb, before if before is not None else after)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
