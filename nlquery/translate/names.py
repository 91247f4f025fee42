"""Where a question names somebody: by the CRM's index, by quotes, by capital letters, and by what is left over.

The masks laid over names keep cues from being seen inside them: “Meeting Street Capital” is no meeting.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from crm_site.core import naming
from nlquery.translate.known import Known
from nlquery.translate.lexicon import choices, cues
from nlquery.translate.lexicon.deeds import DEEDS
from nlquery.translate.lexicon.given_names import GIVEN_NAMES, NAMELIKE_MONTHS
from nlquery.translate.reading import MASK, Reading

LONGEST = 6
#: Words after which no more names are looked up; longer texts are no questions.
MOST_WORDS = 60
_FIRM_ENDS = naming.COMMON_WORDS | naming.LEGAL_FORMS | {"advisors", "llc", "bancorp", "labs", "insurance", "university", "church", "college", "company", "counsel", "spv"}  # fmt: skip
# In small letters these are as likely ordinary words, so they end a name only right after it.
_JOINERS = frozenset({"of", "and", "the", "&", "de", "van", "von", "der", "la", "for", "y"})
_BEFORE_NAMES = frozenset(
    "with from to at of for about on by called into know knows has have did does is regarding since".split()
)
_ENDS_HERE = _BEFORE_NAMES | frozenset(
    "the a an our my any all some their his her this that every each and or in we they i us me ?".split()
)
_NUMERALS = frozenset(
    "i ii iii iv v vi vii viii ix x 1 2 3 4 5 6 7 8 9 10 one two three four five six seven eight nine ten".split()
)
_CALENDAR = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec monday tuesday wednesday thursday friday saturday sunday q1 q2 q3 q4 h1 h2 today yesterday tomorrow ytd crm".split()
)
_TITLES = frozenset(
    "ceo cfo cio coo cto president chairman chair director head partner owner manager".split()
)
#: “new” before these is no news.
_NEW_PLACES = frozenset("york zealand jersey england orleans mexico delhi hampshire haven".split())
_BEFORE_TIMES = frozenset(
    {"in", "since", "during", "until", "till", "last", "this", "next", "before", "after", "through"}
)
_NEVER_FIRST = frozenset(
    "show list give tell find get see which who whom whose what when where how why any all the a an is are was were do does did has have had can could would will should "
    "please in on at by for from with to of about since and or not i we our my me us let pull search look display any anyone anybody summarize summarise compare rank count "
    "hey hi hello ok okay thanks".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or something named. first, last: words, both included. known: nouns of the CRM that bear the name.

    person, fund: how it reads when the CRM does not know. sure: by the index, by quotes or by capital letters.
    """

    first: int
    last: int
    text: str
    known: frozenset[str] = frozenset()
    person: bool = False
    firm: bool = False
    fund: bool = False
    possessive: bool = False
    quoted: bool = False
    sure: bool = True

    @property
    def words(self) -> range:
        return range(self.first, self.last + 1)


def named(reading: Reading, known: Known) -> list[Name]:
    """Names that stand out before any cue is read; their words are masked."""
    _possessives(reading, known)
    found: list[Name] = []
    for first, last, nouns in _by_index(reading, known):
        _take(found, reading, first, last, known=nouns)
    for start, end in reading.quotes:
        inside = [i for i, t in enumerate(reading.tokens) if start <= t.start and t.end <= end]
        if inside:
            _take(found, reading, inside[0], inside[-1], quoted=True)
    for first, last in _funds(reading):
        _take(found, reading, first, last)
    if _capitals_tell(reading):
        for first, last in _capital_runs(reading):
            _take(found, reading, first, last)
    for name in found:
        for index in name.words:
            reading.tokens[index].low = MASK
    reading.rebuild()
    return found


def _possessives(reading: Reading, known: Known) -> None:
    """“sams open deals”: a member's given name with an s that lost its apostrophe."""
    given = {naming.person_key(name).split(" ")[0] for name in known.members if name.strip()} | GIVEN_NAMES
    for token, after in itertools.pairwise(reading.tokens):
        stem = token.low[:-1]
        if (
            token.low.endswith("s")
            and len(stem) > 2
            and stem in given
            and not _fine(token.low)
            and after.low[0].isalpha()
        ):
            token.low, token.end, token.possessive = stem, token.end - 1, True
            token.plain = stem
    reading.rebuild()


def _fine(word: str) -> bool:
    return word in GIVEN_NAMES or word in cues.words() or word in choices.words() or word in cues.SMALL


def leftover(reading: Reading, free: list[int], *, barred: set[int]) -> list[Name]:
    """Names in small letters: runs of words that nothing else explains, with the firm's words after them.

    barred: words that say something else for certain, such as when.
    """
    found: list[Name] = []
    at = 0
    while at < len(free):
        first = last = free[at]
        while _continues(reading, last, free):
            last += 1
            while last not in free and not _is_end(reading, last):
                last += 1
        found.append(_name(reading, _begun(reading, first, last, barred), last, sure=False))
        at = next((i for i, index in enumerate(free) if index > last), len(free))
    return found


def _begun(reading: Reading, first: int, last: int, barred: set[int]) -> int:
    """Where a name begins that opens with everyday words: “from top hat investments”, “in new york”."""
    if reading.low(first - 1) == "new" and reading.low(first) in _NEW_PLACES:
        return first - 1
    if reading.low(last) not in _FIRM_ENDS:
        return first
    for back in (1, 2):
        start = first - back
        if start < 1 or start in barred or reading.low(start) in _ENDS_HERE or reading.low(start) == MASK:
            return first
        if reading.low(start - 1) in _BEFORE_NAMES:
            return start
    return first


def _continues(reading: Reading, last: int, free: list[int]) -> bool:
    if last + 1 >= len(reading.tokens) or reading.tokens[last].possessive:
        return False
    nxt = last + 1
    if reading.gap(nxt).strip(" -&.'"):
        return False
    if nxt in free or _is_end(reading, nxt):
        return True
    return reading.low(nxt) in ("of", "and", "&", "de", "van", "von") and last + 2 in free


def _is_end(reading: Reading, index: int) -> bool:
    word = reading.low(index)
    if word in ("offices", "funds"):
        return False  # “texas family offices” are a type, somewhere
    return word in _FIRM_ENDS or (
        word in _NUMERALS and reading.low(index - 1) in ("fund", "capital", "partners")
    )


def _take(
    found: list[Name],
    reading: Reading,
    first: int,
    last: int,
    *,
    known: frozenset[str] = frozenset(),
    quoted: bool = False,
) -> None:
    if not any(first <= name.last and name.first <= last for name in found):
        found.append(_name(reading, first, last, known=known, quoted=quoted))


def _name(
    reading: Reading,
    first: int,
    last: int,
    *,
    known: frozenset[str] = frozenset(),
    quoted: bool = False,
    sure: bool = True,
) -> Name:
    words = [reading.tokens[i].plain for i in range(first, last + 1)]
    firm = any(word in _FIRM_ENDS or word in naming.LEGAL_FORMS for word in words[1:]) or len(words) > 3
    fund = "fund" in known or is_fund(words)
    person = not firm and not fund and words[0] in GIVEN_NAMES
    return Name(
        first,
        last,
        reading.raw(first, last),
        known,
        person or bool(known & {"member", "contact"} and "investor" not in known),
        firm,
        fund,
        any(reading.tokens[i].possessive for i in range(first, last + 1)),
        quoted,
        sure,
    )


def is_fund(words: list[str]) -> bool:
    """“Fund II”, “Growth Fund 3”, “Harbor SPV”: how one's own vehicles are called."""
    numbered = any(a == "fund" and b in _NUMERALS for a, b in itertools.pairwise(words))
    return (
        numbered
        or words[-1] == "spv"
        or words[0] == "spv"
        or (len(words) > 1 and words[-1] == "fund" and "pension" not in words)
    )


def _by_index(reading: Reading, known: Known) -> list[tuple[int, int, frozenset[str]]]:
    """Runs of words that the CRM has as a name, longest first."""
    runs = list(_runs(reading))
    firm = {run: naming.firm_key(reading.raw(*run)) for run in runs}
    person = {run: naming.person_key(reading.raw(*run)) for run in runs}
    bare = {run: key[:-1] for run, key in person.items() if " " in key and key.endswith("s")}
    funds = {naming.fold(name) for name in known.funds} | {naming.firm_key(name) for name in known.funds}
    members = {naming.person_key(name) for name in known.members}
    given = {naming.person_key(name).split(" ")[0] for name in known.members if name.strip()}
    index = known.names(set(firm.values()), {*person.values(), *bare.values()})
    investors, contacts = index.investors, index.contacts
    found = []
    for run in runs:
        nouns = {
            noun
            for noun, holds in (
                ("investor", firm[run] in investors),
                ("contact", person[run] in contacts),
                ("fund", person[run] in funds or firm[run] in funds),
                ("member", person[run] in members or (run[0] == run[1] and person[run] in given)),
            )
            if holds
        }
        if not nouns and bare.get(run) in contacts and run[1] + 1 < len(reading.tokens):
            # “dana whitfields email”: an apostrophe that was not typed.
            reading.tokens[run[1]].end -= 1
            reading.tokens[run[1]].possessive = True
            nouns = {"contact"}
        if nouns:
            found.append((*run, frozenset(nouns)))
    return sorted(found, key=lambda one: (one[0] - one[1], one[0]))


def _runs(reading: Reading) -> Iterator[tuple[int, int]]:
    tokens = reading.tokens[:MOST_WORDS]
    for first, token in enumerate(tokens):
        for last in range(first, min(first + LONGEST, len(tokens))):
            end = tokens[last]
            if last > first and (end.start <= tokens[last - 1].start or tokens[last - 1].possessive):
                break  # the second half of a contraction, or another name's thing
            if first == last and _ordinary(token.low):
                continue
            if not end.low[0].isalnum() or (end.low in cues.SMALL and end.low not in _NUMERALS):
                continue
            if token.low == "the" or (
                token.low in cues.SMALL
                and token.low not in ("no", "one", "right", "all")
                and not token.capital
                and not (token.low in GIVEN_NAMES and last > first)
            ):
                continue
            if last > first and end.low == "limited" and reading.low(last + 1) == "to":
                break
            yield first, last


def _ordinary(word: str) -> bool:
    return word in cues.words() or word in choices.words() or word in _CALENDAR or not word[0].isalpha()


def _funds(reading: Reading) -> Iterator[tuple[int, int]]:
    """“fund ii”, whatever its letters, with the capitalised words before it."""
    tokens = reading.tokens
    for index in range(len(tokens) - 1):
        if tokens[index].low == "fund" and tokens[index + 1].low in _NUMERALS:
            first = index
            while first > 0 and _belongs_to_fund(reading, first):
                first -= 1
            yield first, index + 1


def _belongs_to_fund(reading: Reading, first: int) -> bool:
    """The word before is part of the fund's name: a capital, or a word that is no everyday one (“growth fund iii”)."""
    before, here = reading.tokens[first - 1], reading.tokens[first]
    if here.capital and before.capital:
        return before.low not in _NEVER_FIRST
    return not here.capital and before.low not in cues.SMALL and not _ordinary(before.low)


def _capitals_tell(reading: Reading) -> bool:
    """False where all is in capitals or In Title Case: then letters say nothing about names."""
    words = [t for t in reading.tokens[1:] if t.low[0].isalpha()]
    small = [t for t in words if not t.capital]
    # In “WHO KNOWS BLUE HERON” no word is small; in a title just the little ones are.
    return bool(small) and (
        len(words) < 4
        or any(
            t.low not in _JOINERS and t.low not in ("in", "to", "at", "by", "on", "with", "a") for t in small
        )
    )


def _capital_runs(reading: Reading) -> Iterator[tuple[int, int]]:
    tokens, at = reading.tokens, 0
    while at < len(tokens):
        if not tokens[at].capital:
            at += 1
            continue
        first = last = at
        while _goes_on(reading, last):
            last += 1 if tokens[last + 1].capital or tokens[last + 1].low in _NUMERALS else 2
        at = last + 1
        first = _trimmed(reading, first, last)
        if first <= last and _is_name(reading, first, last):
            yield first, last


def _goes_on(reading: Reading, last: int) -> bool:
    tokens = reading.tokens
    if last + 1 >= len(tokens) or tokens[last].possessive:
        return False
    if tokens[last].low in _TITLES:
        return False
    if reading.gap(last + 1).strip(" -&.'"):
        return False  # a comma or a full stop ends a name
    if tokens[last + 1].capital or (tokens[last + 1].low in _NUMERALS and tokens[last].low == "fund"):
        return tokens[last + 1].low not in _CALENDAR or tokens[last + 1].low in NAMELIKE_MONTHS
    return (
        last + 2 < len(tokens)
        and tokens[last + 1].low in ("of", "and", "&", "de", "van", "von", "the")
        and (
            tokens[last + 2].capital
            and tokens[last + 1].start < tokens[last + 2].start
            and tokens[last].low not in _NEVER_FIRST
        )
    )


def _trimmed(reading: Reading, first: int, last: int) -> int:
    """Where the name begins: a sentence's first word is capital anyway, and so are I and the months."""
    tokens = reading.tokens
    while first <= last and (
        tokens[first].low in _NEVER_FIRST
        or (
            tokens[first].low in _CALENDAR
            and not (
                last > first
                and tokens[first].low in NAMELIKE_MONTHS
                and reading.low(first - 1) not in _BEFORE_TIMES
            )
        )
        or (first == 0 and tokens[0].low in DEEDS)
        or (first == 0 and _ordinary(tokens[0].low) and last - first < 2)
    ):
        first += 1
    return first


def _is_name(reading: Reading, first: int, last: int) -> bool:
    words = [reading.tokens[i].low for i in range(first, last + 1)]
    if any(not _ordinary(word) for word in words):
        return True
    # All words are everyday ones: “Family Offices” is a type, “Meeting Street Capital” is not.
    phrase = " ".join(words)
    if (
        len(words) < 2
        or phrase in choices.phrases("type")
        or phrase in choices.phrases("stage")
        or phrase in cues.table()
    ):
        return False
    return (words[-1] in _FIRM_ENDS and words[-1] not in ("fund", "funds", "office", "offices")) or (
        len(words) > 2 and words[-1] in _FIRM_ENDS
    )
