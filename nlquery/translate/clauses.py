"""Which part of a sentence asks. “I've been away, so what happened last week?” asks in its second half only.

What stands outside that part may still say how many or in which order; but an “I” there is no owner, and unknown words
there are nobody's name.
"""

from __future__ import annotations

import re

from nlquery.translate.reading import Reading

_BREAK = re.compile(r"[,;:?!…]|[.](?=\s)|\s[-–]\s|—")
_QUESTIONS = frozenset("what which who whom whose where when how why".split())
_VERBS = frozenset(
    "show list give pull find display tell search count rank sum add break let walk read run name set report enumerate".split()
)
_AUXILIARIES = frozenset("is are was were do does did has have had can could would will any".split())
_PRONOUNS = frozenset("i we you he she they it".split())
_AND = frozenset("so and then but or ok okay please well now just also hence therefore".split())
#: These open what is said besides: a reason, an occasion.
_BESIDES = frozenset(
    "since because as before after when while whilst if until though although given unless lest for in".split()
)


def asking(reading: Reading) -> range:
    """The words of the part that asks; all of them where no part stands out."""
    whole = range(len(reading.tokens))
    parts = _parts(reading)
    if len(parts) < 2:
        return whole
    asked = [part for part in parts if _opens(reading, part)]
    return asked[0] if asked else whole


def _parts(reading: Reading) -> list[range]:
    tokens, starts = reading.tokens, [0]
    for index in range(1, len(tokens)):
        if _BREAK.search(reading.gap(index)):
            starts.append(index)
    ends = [*starts[1:], len(tokens)]
    return [range(first, last) for first, last in zip(starts, ends, strict=True) if last > first]


def _opens(reading: Reading, part: range) -> bool:
    """A question word or a verb such as “show” stands at the beginning, behind no reason for asking."""
    words = [reading.low(index) for index in part]
    while words and words[0] in _AND:
        words = words[1:]
    if len(words) < 2 or words[0] in _BESIDES:
        return False
    if words[0] in _PRONOUNS:
        return bool(_QUESTIONS & set(words))  # “I wonder which …”
    return words[0] in _AUXILIARIES or bool((_QUESTIONS | _VERBS) & set(words[:4]))


def is_alone(reading: Reading, words: range) -> bool:
    """Tell whether a name is all that stands in its part: “Harbor Point, who knows them?”."""
    return any(set(words) == set(part) for part in _parts(reading))
