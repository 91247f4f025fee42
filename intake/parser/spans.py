"""Offsets that stay true: text made safe one character for one, sentences, clauses, words."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

# A longer message is parsed by its beginning; the note still keeps what the limits of `parsed` allow.
MAX_PARSED_CHARS = 8_000

_ONE_FOR_ONE = {ord(a): b for a, b in zip("’‘‛`´“”„«»–—−‐‑İ", "'''''\"\"\"\"\"-----I", strict=True)}
_BLANK = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
_WORD = re.compile(r"[^\W_](?:[^\W_]|['.&\-](?=[^\W_]))*")
_STOP = re.compile(r"[.!?]+(?=[\s\"')\]]|$)|[;\n]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|inc|ltd|co|corp|st|jr|sr|vs|e\.g|i\.e|approx|no|tel|ext|attn|dept|jan|feb|mar|apr"
    r"|jun|jul|aug|sept?|oct|nov|dec)|(?:^|[\s.(])[A-Za-z])$",
    re.I,
)
_CLAUSE = re.compile(
    r",(?=\s)|\s-{1,3}\s|[:()](?=\s|$)|\(|\s(?:but|so|though|although|while|whereas)\s"
    r"|\sand\s(?=(?:i|we|he|she|they|it|i'll|we'll|will|would|wants?|wanted|asked|said|is|are|was|has|have|thinking|then"
    r"|also|please|pls|send|call|follow|ping|email|remind|schedule|set|book|circle|left|sent|committed|signed|passed"
    r"|interested|likes?|needs?)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the message: `text` is exactly message[start:end]."""

    start: int
    end: int
    text: str

    @property
    def at(self) -> tuple[int, int]:
        return (self.start, self.end)


def prepare(text: str) -> str:
    """The message with odd characters replaced one for one, so that every offset also holds in the original."""
    return _BLANK.sub(" ", text[:MAX_PARSED_CHARS].translate(_ONE_FOR_ONE))


def words(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Words with inner apostrophes, dots, ampersands and hyphens kept together."""
    stop = len(text) if end is None else end
    return [Span(m.start(), m.end(), m.group()) for m in _WORD.finditer(text, start, stop)]


@functools.lru_cache(maxsize=32)
def sentences(text: str) -> list[Span]:
    """Sentences and lines, trimmed; a dot after an abbreviation or an initial does not end one."""
    cuts: list[tuple[int, int]] = []
    for match in _STOP.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        if match.group() == "." and _ABBREVIATION.search(before):
            continue
        cuts.append((match.start() + len(match.group().rstrip(";\n")), match.end()))
    return _between(text, 0, len(text), cuts)


@functools.lru_cache(maxsize=512)
def clauses(text: str, sentence: Span) -> list[Span]:
    """The parts of a sentence that say one thing each."""
    cuts = [(m.start(), m.end()) for m in _CLAUSE.finditer(text, sentence.start, sentence.end)]
    return _between(text, sentence.start, sentence.end, cuts)


def around(text: str, start: int, end: int) -> Span:
    """The clause that holds [start, end), widened when the stretch itself crosses a border."""
    for sentence in sentences(text):
        if sentence.start <= start < sentence.end:
            inside = [c for c in clauses(text, sentence) if c.end > start and c.start < max(end, start + 1)]
            if inside:
                return piece(text, min(start, inside[0].start), max(end, inside[-1].end))
            return sentence
    return piece(text, start, end)


def piece(text: str, start: int, end: int) -> Span:
    """[start, end) without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end, text[start:end])


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with the spans struck out by bars: same length, and no name reaches across."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = "|" * (end - start)
    return "".join(chars)


def _between(text: str, start: int, end: int, cuts: list[tuple[int, int]]) -> list[Span]:
    parts: list[Span] = []
    for cut_start, cut_end in [*cuts, (end, end)]:
        part = piece(text, start, cut_start)
        if part.text:
            parts.append(part)
        start = cut_end
    return parts
