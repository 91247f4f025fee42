"""A question as words: as they were written, and as the lexicon knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anyascii import anyascii

#: Stands for a word that belongs to a name, so that no cue is seen inside it.
MASK = "§"

_WORD = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an address
    r"|\d{4}-\d{2}-\d{2}(?:\.\.(?:\d{4}-\d{2}-\d{2})?)?|\.\.\d{4}-\d{2}-\d{2}"  # a date, or a window of two
    r"|\+?\(?\d[\d() -]{6,}\d(?=\W|$)"  # a phone number
    r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|2(?:day|moro|morrow|nite)\b"
    r"|(?<=[\dkmb])[-–](?=[$€£]?\d)"  # a range: “1-5m”
    r"|[$€£]\s?\d[\d,]*(?:\.\d+)?\s?(?:[kmb]|mm|bn|mn|mio)?\b|\d[\d,]*(?:\.\d+)?(?:[kmb]|mm|bn|mn|mio)\b"
    r"|\d+(?:st|nd|rd|th)\b|\d+(?:,\d{3})*(?:\.\d+)?"
    r"|[qh][1-4]\b|[^\W\d_]+(?:['’`][^\W\d_]+)*|_|[<>]=?|\+|&|%|\?|@",
    re.I,
)
_KEY = re.compile(r"\b(?:last|next)_\d+_days\b|\b(?:this|last|next)_(?:week|month|quarter|year)\b", re.I)
_NOT = re.compile(r"^(is|are|was|were|has|have|had|do|does|did|would|should|could|must|need)n'?t$")
_SHORT = {
    "can't": "can not", "cannot": "can not", "cant": "can not", "won't": "will not", "wont": "will not",
    "whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is",
    "thats": "that is", "theres": "there is", "im": "i am", "ive": "i have", "weve": "we have", "theyve": "they have",
    "lets": "let us", "let's": "let us", "aint": "is not", "ain't": "is not", "dont": "do not",
    "mtg": "meeting", "mtgs": "meetings", "mtng": "meeting", "mtngs": "meetings", "wk": "week", "wks": "weeks",
    "mo": "month", "mos": "months", "mth": "month", "mths": "months", "yr": "year", "yrs": "years", "qtr": "quarter",
    "pls": "please", "plz": "please", "abt": "about", "u": "you", "r": "are", "ur": "your", "w": "with", "wth": "with", "thru": "through",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tomoz": "tomorrow", "yday": "yesterday", "ystdy": "yesterday", "msg": "message",
    "msgs": "messages", "convo": "conversation", "fu": "follow up", "fups": "follow ups", "emial": "email",
    "emials": "emails", "dilligence": "diligence", "diligance": "diligence", "teh": "the", "wats": "what is", "tot": "total", "kno": "know", "typ": "type", "avg": "average", "info": "information", "any1": "anyone", "evry1": "everyone", "sum1": "someone", "fone": "phone",  "hav": "have", "nvr": "never", "wen": "when", "hows": "how is", "shw": "show", "evry": "every", "whch": "which", "wich": "which", "hd": "had", "havnt": "have not", "hte": "the", "wat": "what", "wht": "what",
    "hw": "how", "hv": "have", "havn't": "have not", "gotta": "got to", "mins": "minutes",
    "inv": "investors", "invs": "investors", "2day": "today", "2moro": "tomorrow", "2morrow": "tomorrow", "lst": "last", "nxt": "next",
    "n": "and", "ppl": "people", "shld": "should", "cud": "could", "wiv": "with", "frm": "from", "sched": "schedule",
    "cal": "calendar", "cmmt": "commitment", "cmmts": "commitments", "amt": "amount", "amts": "amounts", "addr": "address", "num": "number",
    "nos": "numbers", "rel": "relationship", "mgr": "manager", "comms": "communications", "comm": "communication",
    "dilig": "diligence", "opps": "opportunities", "opp": "opportunity", "fam": "family", "offs": "offices", "hrs": "hours",
    "acct": "account", "accts": "accounts", "org": "organization", "orgs": "organizations", "rem": "reminder", "rems": "reminders",
    "tdy": "today", "wkly": "weekly", "mnthly": "monthly", "mnth": "month", "mnths": "months",
}  # fmt: skip
_IS = {
    "what",
    "who",
    "where",
    "how",
    "when",
    "that",
    "there",
    "it",
    "he",
    "she",
    "here",
    "which",
    "everyone",
    "anyone",
}
#: Right behind a number.
_LETTERS = {"d": "days", "w": "weeks", "wk": "weeks", "wks": "weeks", "mo": "months", "mos": "months"}
_ENDINGS = {"ve": "have", "ll": "will", "re": "are", "m": "am", "d": "would"}
_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]{1,200})[\"“”«»„]|(?<!\w)['‘’]([^'‘’]{2,200})['‘’](?!\w)")


@dataclass(slots=True)
class Token:
    """One word. start, end: in the question, without a possessive 's. low: as the lexicon knows it, or MASK.

    plain: low before it was masked or corrected.
    """

    start: int
    end: int
    low: str
    capital: bool = False
    possessive: bool = False
    plain: str = ""

    def __post_init__(self) -> None:
        self.plain = self.plain or self.low


@dataclass
class Reading:
    """The words of a question. `line` joins their low forms; patterns run on it and `at` leads back to the words."""

    text: str
    tokens: list[Token]
    quotes: list[tuple[int, int]] = field(default_factory=list)
    line: str = ""
    starts: list[int] = field(default_factory=list)

    def rebuild(self) -> None:
        """Make the line anew after words have changed."""
        self.starts, parts, at = [], [], 0
        for token in self.tokens:
            self.starts.append(at)
            parts.append(token.low)
            at += len(token.low) + 1
        self.line = " ".join(parts)

    def at(self, start: int, end: int) -> range:
        """The words that a stretch of the line covers."""
        return range(
            *(
                next((i for i, s in enumerate(self.starts) if s >= start), len(self.starts)),
                next((i for i, s in enumerate(self.starts) if s >= end), len(self.starts)),
            )
        )

    def raw(self, first: int, last: int) -> str:
        """Words first..last (both included) as they were written."""
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def gap(self, index: int) -> str:
        """What was written between the word at an index and the one before it."""
        return self.text[self.tokens[index - 1].end : self.tokens[index].start]

    def low(self, index: int) -> str:
        """The word at an index; empty outside the question."""
        return self.tokens[index].low if 0 <= index < len(self.tokens) else ""


def read(text: str) -> Reading:
    """Split a question into words. Contractions become two words that share one place."""
    flat = text.replace("’", "'").replace("`", "'").replace("‘", "'")
    tokens: list[Token] = []
    last = 0
    for key in _KEY.finditer(flat):
        tokens += _words(flat, last, key.start())
        tokens.append(Token(key.start(), key.end(), key.group().lower()))
        last = key.end()
    tokens += _words(flat, last, len(flat))
    quotes = [(m.start() + 1, m.end() - 1) for m in _QUOTED.finditer(text)]
    reading = Reading(text, tokens, quotes)
    reading.rebuild()
    return reading


def _words(flat: str, start: int, end: int) -> list[Token]:
    found: list[Token] = []
    for match in _WORD.finditer(flat, start, end):
        owned = (
            flat[match.end() : match.end() + 1] == "'"
            and match.group()[-1] in "sS"
            and flat[match.end() + 1 : match.end() + 2] == " "
        )
        word = match.group()
        if word.lower() in _LETTERS and flat[match.start() - 1 : match.start()].isdigit():
            found.append(Token(match.start(), match.end(), _LETTERS[word.lower()]))  # “45d”
            continue
        found += [token for token in _split(word, match.start(), owned=owned) if token.low]
    return found


def _split(word: str, start: int, *, owned: bool) -> list[Token]:
    """owned: an apostrophe follows (“Partners' contacts”)."""
    end, low = start + len(word), anyascii(word).lower().strip()
    if "'" not in word:
        low = low.replace("'", "")  # a soft sign of another script, no apostrophe
    capital = word[:1].isupper()
    # “Cal” or “R” in the middle is somebody’s name; small, it is short for something.
    if low in _SHORT and not (capital and len(low) <= 3 and start):
        return [Token(start, end, part, capital) for part in _SHORT[low].split()]
    negated = _NOT.match(low)
    if negated:
        return [Token(start, end, negated[1], capital), Token(start, end, "not", False)]
    head, mark, tail = low.rpartition("'")
    if not mark:
        return [
            Token(start, end, {"-": "to", "–": "to", "@": "at"}.get(word, low), capital, possessive=owned)
        ]
    cut = start + word.rindex("'")
    if tail == "s" and head not in _IS:
        return [Token(start, cut, head, capital, possessive=True)]
    if tail == "s":
        return [Token(start, cut, head, capital), Token(start, cut, "is")]
    if tail in _ENDINGS:
        return [Token(start, cut, head, capital), Token(start, cut, _ENDINGS[tail])]
    return [Token(start, end, low.replace("'", ""), capital)]
