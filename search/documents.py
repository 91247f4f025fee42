"""What a record says, cut into passages. Pure: the same document always makes the same chunks.

A passage is a title line and about 200 tokens of the body, cut between sentences, the last sentence of one repeated at
the beginning of the next, so that what is said across a cut is found too.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from crm_site.core import text as texts

#: Part of the index's fingerprint: another way of cutting needs a rebuild.
CHUNKER_VERSION = "2"
#: English has about 1.3 tokens of a subword vocabulary to a word.
CHUNK_WORDS = 150
#: A text that is hardly longer stays whole: as words, two halves of it are worth less than the whole.
WHOLE_WORDS = 200
#: A sentence longer than this is cut between words: pasted tables and transcripts have no full stops.
SENTENCE_WORDS = 60
MAX_CHUNKS = 400
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")


class Kind(StrEnum):
    """The records that can be found; the value is the label in their keys (`communication:12`)."""

    INVESTOR = "investor"
    CONTACT = "contact"
    COMMUNICATION = "communication"
    FACT = "fact"
    OPPORTUNITY = "opportunity"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class Document:
    """One record as text. investor_id, contact_ids, owner_id, on: what results are filtered by.

    name, investor, owner: how a result is headed; no part of the text.
    """

    kind: Kind
    source_id: int
    title: str
    body: str
    investor_id: int | None = None
    contact_ids: tuple[int, ...] = ()
    owner_id: int | None = None
    on: date | None = None
    graveyard: bool = False
    name: str = ""
    investor: str = ""
    owner: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.source_id}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage. number: from 0 within its document. hash: of the text alone, so that a no-op save embeds nothing."""

    number: int
    text: str
    hash: str


def passages(document: Document) -> list[str]:
    """The passages of a document without their title lines, at least one; it is "" when there is no body."""
    return list(islice(_passages(document.body), MAX_CHUNKS))


def chunks(document: Document) -> list[Chunk]:
    """The same with their title lines, as they are embedded."""
    title = texts.one_line(document.title)
    found = []
    for number, passage in enumerate(passages(document)):
        whole = f"{title}\n{passage}" if passage else title
        found.append(Chunk(number, whole, hashlib.sha256(whole.encode()).hexdigest()))
    return found


def _passages(body: str) -> Iterator[str]:
    sentences = [(sentence, len(sentence.split())) for sentence in _sentences(texts.clean(body))]
    total = sum(words for _, words in sentences)
    if total <= WHOLE_WORDS:
        yield " ".join(sentence for sentence, _ in sentences)
        return
    # Of about equal length: BM25 would take a short rest for a text that is all about its few words.
    wanted = total / math.ceil(total / CHUNK_WORDS)
    held: list[tuple[str, int]] = []
    length = 0
    for sentence, words in sentences:
        if held and length + words / 2 > wanted:
            yield " ".join(text for text, _ in held)
            held, length = held[-1:], 0  # the overlap, which does not count
        held.append((sentence, words))
        length += words
    yield " ".join(text for text, _ in held)


def _sentences(body: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(body):
        words = sentence.split()
        for start in range(0, len(words), SENTENCE_WORDS):
            yield " ".join(words[start : start + SENTENCE_WORDS])


def parse_key(key: str) -> tuple[Kind, int]:
    """`communication:12` taken apart. Raises ValueError."""
    label, _, number = key.partition(":")
    return Kind(label), int(number)


def is_key(key: str) -> bool:
    """Tell whether it names a record, there or not."""
    try:
        parse_key(key)
    except ValueError:
        return False
    return True


def keys_of(documents: Sequence[Document]) -> list[str]:
    return [document.key for document in documents]
