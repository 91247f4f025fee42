"""What a question tells, as a set of features for `weighing`: its words with names, times and sums left out, what the
lexicon hears in it, and which slots it could fill.

Features are short text: `w:due`, `b:how MONEY`, `c:REMINDER`, `f:investor`. A name stands for its kind only, so that what
was learned of one investor holds for every other.
"""

from __future__ import annotations

import itertools

from nlquery.translate import features, refusals
from nlquery.translate.names import Name
from nlquery.translate.spotting import Sighting


def of(seen: Sighting) -> frozenset[str]:
    """All features of a question."""
    line = ["^", *abstract(seen), "$"]
    found = {f"w:{word}" for word in line[1:-1]}
    found |= {f"b:{one} {two}" for one, two in itertools.pairwise(line)}
    found |= {f"c:{cue}" for cue, words in seen.cues.items() if words}
    # Words that nothing explains are somebody's name or another subject altogether.
    found.add(f"n:{min(len(seen.strange), 3)}")
    found |= {f"f:{feature}" for feature in features.of(seen)}
    found |= {f"r:{sign}" for sign in refusals.signs(seen.reading)}
    return frozenset(found)


def abstract(seen: Sighting) -> list[str]:
    """The words of the question as the lexicon knows them; names, times, sums and numbers as what they are."""
    said: dict[int, str] = {}
    for spot in seen.spots.get("window", ()):
        kind = "SOON" if spot.value.past.startswith("next") else "TIME"
        said |= dict.fromkeys(
            spot.words, f"{kind}?" if spot.value.soft else "LENGTH" if spot.value.length else kind
        )
    for kind, symbol in (("sum", "MONEY"), ("email", "ADDRESS"), ("phone", "ADDRESS"), ("limit", "NUMBER")):
        for spot in seen.spots.get(kind, ()):
            said |= dict.fromkeys(spot.words, symbol)
    for name in seen.names:
        if not set(name.words) <= seen.strange:
            said |= dict.fromkeys(name.words, _kind(name))
    words = [said.get(index) or _word(token.low) for index, token in enumerate(seen.reading.tokens)]
    if seen.asking.start:
        words.insert(seen.asking.start, "^")  # “I've been away, so ^ what happened?”
    return [word for word, _ in itertools.groupby(words)]


def _word(low: str) -> str:
    return "NUMBER" if low[0].isdigit() else low


def _kind(name: Name) -> str:
    for noun, symbol in (("investor", "FIRM"), ("fund", "FUND"), ("member", "MEMBER"), ("contact", "PERSON")):
        if noun in name.known:
            return symbol
    return "FUND" if name.fund else "FIRM" if name.firm else "PERSON" if name.person else "NAME"
