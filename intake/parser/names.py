"""Names in a message: capitalised runs, names the CRM knows, and names typed in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.parser import known as knowing
from intake.parser import spans
from intake.parser.words import everyday, firms, first_names, places

# No name is longer; a text in capitals only is not one name.
MAX_WORDS = 12
_PARTICLES = frozenset(
    "van von der den de del della di da dos du la le bin ibn al el ter ten zu zur af av".split()
)
_OF_HEADS = frozenset(
    "bank university trust board system office church city state council teachers foundation friends house sons county"
    " fund college estate school bankers endowment department ministry".split()
)
_AFTER_AND = frozenset("sons co company partners associates brothers daughters family cie".split())
_FAMILY = frozenset(["family", "private", "wealth", "investment", "retirement", "single", "multi"])
_NEVER = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november
    december q1 q2 q3 q4 coo ceo cfo cio cto gc gp lp lps gps md vp svp evp nda dd ddq ic irr ppm k-1 k-1s k1 k1s aum usd eur gbp vm spv asap eod eom eow
    sir dame lord lady sek nok dkk jpy cad aud hkd sgd inr ypo hq re fw fwd ok fyi btw cc to from subject date sent mr mrs ms dr prof linkedin whatsapp zoom teams signal telegram docusign crm lpa yes no thanks christmas
    thanksgiving easter hi hello dear hey regards best cheers sincerely""".split()
)
_LEGAL_TAIL = re.compile(
    r",? +(?:LLC|L\.L\.C\.|LP|L\.P\.|LLP|Inc\.?|Ltd\.?|GmbH|AG|S\.A\.|SA|B\.V\.|BV|PLC|plc|Corp\.?|Co\.|N\.V\.|NV|S\.p\.A\.|Pty)(?!\w)"
)
_FAMILY_TAIL = re.compile(
    r" family(?: (?:office|trust|foundation|holdings))?(?!\w)(?! (?:friend|member|business|matter))"
)
_SLOT = re.compile(
    r"(?:(?P<verb>\b(?:met(?: up)?(?: with| w/)?|called|phoned|rang|emailed|e-mailed|texted|messaged|whatsapped|pinged|visited|saw|ping|nudge|chase"
    r"|(?:spoke|talked|speak|talk|chatted|caught up|catch up|touched base|follow up|lunch|coffee|dinner|drinks|breakfast|zoom|call|meeting|met|sat down|meet|reconnect|circle back|check in|connect|connected|f/u|fu)\s+(?:with|to|w/|w)"
    r"|heard(?: back)? from|(?:call|email|text|vm|voicemail|voice mail|message|reply|note|whatsapp|intro) (?:from|for|to)|(?:remind me to|pls|please|to|need to|must) (?:call|email|ping|text|chase|nudge|meet)"
    r"|add|new (?:investor|lead|lp|prospect|contact)|investor|contact|lead|client|prospect|had)\s+)"
    r"|\b(?P<prep>at|from|w/|with|of|for|to|and|@|their|is|named)\s+|[,:(]\s*)(?P<rest>(?![A-Z\s]).{2,80})",
)  # fmt: skip
# Ordinary words that no list holds: with a capital at the head of a sentence they are no name.
_PREDICATE = re.compile(
    r"(?:'s)?\s+(?:has|have|is|are|was|wants?|passed|signed|committed|wired|said|will|would|might|could|just|hasn't|[(\-])"
)
_VERBAL = re.compile(r"(?:ed|ing|ly|tion|ment|able|ful|ness|ive)$")
_SUBJECT = re.compile(r"(?P<verb>^|[.!?;\n]|\s-\s)(?P<prep>)\W{0,6}(?P<rest>(?![A-Z\s]).{2,80})", re.M)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the message. sort: person, firm or unknown; known: the CRM's own spelling when it knows it."""

    start: int
    end: int
    text: str
    sort: str
    known: str | None = None
    lower: bool = False


def find(text: str, struck: str, known: knowing.Known) -> list[Name]:
    """Names in order. `struck` is the text with addresses, sums, dates, funds and titles blanked out."""
    found = [sort_out(run, known) for run in _runs(struck)]
    found = [n for n in found if n and not _is_place(struck, n)]
    kept: list[Name] = [n for n in found if n]
    if not any(n.sort != "person" or n.known for n in kept):
        for name in _lower_case(struck, known, strict=bool(kept)):
            if not any(name.start < k.end and k.start < name.end for k in kept):
                kept.append(name)
    return sorted(kept, key=lambda n: n.start)


def sort_out(span: spans.Span, known: knowing.Known, *, lower: bool = False) -> Name | None:
    """Person, firm or unknown; the CRM's word first, then what the name is made of."""
    text = span.text
    if (investor := known.find_investor(text)) is not None:
        return Name(span.start, span.end, text, "firm", investor, lower)
    if (contact := known.find_contact(text)) is not None:
        return Name(span.start, span.end, text, "person", contact, lower)
    return Name(span.start, span.end, text, made_of(text), None, lower)


def made_of(text: str) -> str:
    """Person, firm or unknown, from the words alone."""
    lowered = text.casefold()
    if lowered.endswith(" family"):
        return "firm"
    parts = [p.strip(".") for p in re.split(r"[\s]+", lowered) if p != "&"]
    if lowered in firms.HOUSES or "&" in text or any(p in firms.FIRM_WORDS for p in parts[1:]):
        return "firm"
    if parts[0] in firms.FIRM_WORDS and len(parts) > 1 and parts[0] not in first_names.FIRST_NAMES:
        return "firm"
    if parts[0].split("-")[0] in first_names.FIRST_NAMES and (
        len(parts) == 1 or parts[-1] not in firms.FIRM_NOUNS
    ):
        return "person"
    if parts[0] in first_names.FIRST_NAMES and len(parts) == 2 and parts[0] not in firms.FIRM_NOUNS:
        return "person"
    if re.fullmatch(r"[a-z]\.?", parts[0]) and len(parts) == 2:
        return "person"
    if (
        any(p in firms.FIRM_NOUNS for p in parts)
        or re.search(r"\d", text)
        or (len(text) > 2 and text.isupper() and len(parts) == 1)
    ):
        return "firm"
    if any(p in _PARTICLES for p in parts[1:]) or (
        re.match(r"(?:mc|mac|o')[a-z]", parts[-1]) and len(parts) > 1
    ):
        return "person"
    return "unknown"


def is_member(text: str, members: list[str]) -> bool:
    """One of our own people: by full name, or by a given name alone."""
    wanted = knowing.fold(text)
    for member in members:
        whole = knowing.fold(member)
        if wanted == whole or (" " not in wanted and whole.split()[:1] == [wanted]):
            return True
    return False


def _runs(text: str) -> Iterator[spans.Span]:
    """Maximal runs of capitalised words, cut to what can be a name."""
    tokens = spans.words(text)
    i = 0
    while i < len(tokens):
        if not _capital(tokens[i]) or tokens[i].text.casefold() in _NEVER:
            i += 1
            continue
        j = i
        while j + 1 < len(tokens) and j - i < MAX_WORDS and (step := _continues(text, tokens, j)):
            j += step
        yield from _trimmed(text, tokens[i : j + 1])
        i = j + 1


def _capital(token: spans.Span) -> bool:
    word = token.text
    return (
        word[0].isupper()
        or (len(word) > 2 and word[0] in "ie" and word[1].isupper())
        or bool(re.fullmatch(r"\d{1,3}[A-Za-z]{1,4}", word) and word[-1].isupper())
    )


def _continues(text: str, tokens: list[spans.Span], j: int) -> int:
    """How many tokens further the run goes on from token j: 0, 1, or 2-3 across a particle."""
    token, after = tokens[j], tokens[j + 1]
    gap = text[token.end : after.start]
    if re.search(r"'s?$", token.text) or token.text.casefold() in everyday.FUNCTION_WORDS:
        return 0
    if after.text.casefold() in _NEVER or after.text.casefold() in everyday.FUNCTION_WORDS - {
        "of",
        "and",
        "the",
    }:
        return 0
    initial = len(token.text) == 1 or token.text.casefold() in ("st", "dr", "mr", "mrs", "jr")
    if gap in (" ", "  ", " & ") or (gap == ". " and initial):
        if _capital(after):
            return 1
        return _across(tokens, j) if gap == " " else 0
    return 0


def _across(tokens: list[spans.Span], j: int) -> int:
    """Across lower-case particles: "van der Berg", "Bank of Oslo", "Hunter and Sons"."""
    nexts = tokens[j + 1 : j + 4]
    small = nexts[0].text
    if small in _PARTICLES:
        for k, token in enumerate(nexts):
            if _capital(token):
                return k + 1
            if token.text not in _PARTICLES:
                return 0
    if len(nexts) < 2:
        return 0
    if small in ("of", "for") and tokens[j].text.casefold() in _OF_HEADS:
        if _capital(nexts[1]):
            return 2
        return 3 if nexts[1].text == "the" and len(nexts) > 2 and _capital(nexts[2]) else 0
    if small == "and" and nexts[1].text.casefold() in _AFTER_AND and _capital(nexts[1]):
        return 2
    return 0


def _trimmed(text: str, run: list[spans.Span]) -> Iterator[spans.Span]:
    while run and _droppable_first(text, run):
        run = run[1:]
    last_firm = max((i for i, t in enumerate(run) if i and t.text.casefold() in firms.FIRM_WORDS), default=-1)
    for i, token in enumerate(run):
        word = token.text.casefold()
        allowed = (
            i <= last_firm
            or token.text[0].islower()
            or run[i - 1].text in ("of", "and", "the")
            or word in firms.FIRM_NOUNS
            or word in first_names.FIRST_NAMES
            or word in _FAMILY
        )
        if i and word in everyday.COMMON and not allowed:
            run = run[:i]
            break
    if not run:
        return
    start, end = run[0].start, run[-1].end
    if text[start:end].endswith(("'s", "'S")):
        end -= 2
    elif family := _FAMILY_TAIL.match(text, end):
        end = family.end()
    elif tail := _LEGAL_TAIL.match(text, end):
        end = tail.end()
    if 2 <= end - start <= 150:
        yield spans.Span(start, end, text[start:end])


def _droppable_first(text: str, run: list[spans.Span]) -> bool:
    """An everyday word with a capital: it opens a sentence, or stands alone."""
    word = run[0].text.casefold()
    word = word[:-2] if word.endswith("'s") else word
    if word in everyday.FUNCTION_WORDS or word in _NEVER:
        return True
    if word not in everyday.TRADE_WORDS:
        opens = not re.search(r"[\w,)]\s*$", text[max(0, run[0].start - 8) : run[0].start])
        verbal = len(run) == 1 and opens and _VERBAL.search(word) and not _PREDICATE.match(text, run[0].end)
        return bool(verbal) or (len(run) == 1 and word in firms.FIRM_WORDS)
    opens = not re.search(r"[\w,)]\s*$", text[max(0, run[0].start - 8) : run[0].start])
    has_firm = any(t.text.casefold() in firms.FIRM_WORDS for t in run[1:])
    if len(run) == 1:
        return not (word in first_names.FIRST_NAMES and not opens)
    return (opens and not (word in firms.FIRM_NOUNS or word in first_names.FIRST_NAMES)) or not (
        has_firm or word in firms.FIRM_NOUNS or word in first_names.FIRST_NAMES
    )


def _is_place(text: str, name: Name) -> bool:
    if name.known or (name.sort == "firm" and name.text.casefold() not in places.PLACES):
        return False
    before = text[max(0, name.start - 14) : name.start]
    if name.text.casefold() in places.PLACES:
        after = text[name.end : name.end + 14]
        return not re.match(r"(?:\s+\()|'s\b", after) or bool(re.search(r"\bin\s+$", before))
    if name.sort == "unknown" and re.search(r"\b(?:in|near|downtown|outside|visiting|via)\s+$", before):
        return True
    return (
        bool(
            re.match(
                r"\s+(?:conference|summit|event|airport|hotel|forum|roadshow)",
                text[name.end : name.end + 14],
            )
        )
        and name.sort == "unknown"
    )


def _lower_case(text: str, known: knowing.Known, *, strict: bool) -> Iterator[Name]:
    """Names typed without capitals: what follows "called", "from", "lunch with" until an everyday word."""
    lookups = 0
    for match in _slots(text):
        rest = _name_words(text, match.start("rest"), match.end("rest"))
        if not rest or lookups > 24:
            continue
        lookups += 1
        name = _best(text, rest, known)
        weak = match["verb"] is None and match["prep"] not in ("from", "at", "w/", "with", "@", "and")
        if name and name.sort == "unknown" and (weak or (strict and match["verb"] is None)):
            continue
        if (
            name
            and name.sort == "unknown"
            and match["verb"] is not None
            and not match["verb"].strip()
            and len(rest) > 3
        ):
            continue
        if name:
            yield name


def _slots(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_SLOT, _SUBJECT):
        at = 0
        while match := pattern.search(text, at):
            yield match
            at = max(match.start("rest"), at + 1)


def _name_words(text: str, start: int, end: int) -> list[spans.Span]:
    run: list[spans.Span] = []
    for token in spans.words(text, start, end):
        word = token.text.casefold()
        if run and not re.fullmatch(r" & | ", text[run[-1].end : token.start]):
            break
        if not run and token.start != start:
            break
        bare = word[:-2] if word.endswith("'s") else word
        goes_on = bool(run) and (bare in firms.FIRM_WORDS or bare in firms.FIRM_NOUNS or bare in _FAMILY)
        if bare in everyday.COMMON and not goes_on and bare not in first_names.FIRST_NAMES - everyday.COMMON:
            break
        if not word[0].isalpha() or len(run) == 5:
            break
        run.append(token)
        if word.endswith("'s"):
            break
    return run


def _best(text: str, run: list[spans.Span], known: knowing.Known) -> Name | None:
    """The longest known beginning of the run, else the run itself, cut after a firm word or a given name's surname."""
    for size in range(len(run), 0, -1):
        span = _cut(text, run[:size])
        if known.find_investor(span.text) or known.find_contact(span.text):
            return sort_out(span, known, lower=True)
    last_firm = max((i for i, t in enumerate(run) if i and t.text.casefold() in firms.FIRM_WORDS), default=-1)
    if last_firm < 0:
        while len(run) > 1 and run[-1].text.casefold() in _FAMILY:
            run = run[:-1]
    size = (
        last_firm + 1
        if last_firm > 0
        else min(len(run), 2 if run[0].text.casefold() in first_names.FIRST_NAMES else 3)
    )
    span = _cut(text, run[:size])
    if len(span.text) < 2 or span.text.casefold() in places.PLACES:
        return None
    return sort_out(span, known, lower=True)


def _cut(text: str, run: list[spans.Span]) -> spans.Span:
    start, end = run[0].start, run[-1].end
    if text[start:end].endswith("'s"):
        end -= 2
    return spans.Span(start, end, text[start:end])
