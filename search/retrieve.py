"""Finding records by a question: in the index by words and by meaning, else in the database by words.

What is found is read from the database, inside the organization in scope, so a deleted row never shows. Nothing that is
down makes this fail: a leg that cannot be asked is left out, an index that does not answer is replaced, and `notes` say so.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm_site.core import heavy, scope, spark
from crm_site.core import text as texts
from search import embed, fusing, hydrating, rebuilding, text_search
from search.answers import Answer, Hit, Piece
from search.asking import EVERYTHING, Mode, Wanted
from search.circuit import Circuit
from search.documents import Kind
from search.fusing import Ranked
from search.models import Target
from search.words import Sparse

if TYPE_CHECKING:
    from search import index
else:
    index = heavy.module("search.index")  # the client of Qdrant

__all__ = ["Answer", "Hit", "Mode", "Piece", "Wanted", "find", "related"]
log = logging.getLogger(__name__)
MAX_TEXT = 2_000
#: How many records of each leg take part (search.md 0.2); for a deeper page twice as many, and so on.
DEPTH = 100
#: Nobody turns that many pages.
DEEPEST = 1_600
#: What investors are compared by.
RELATING = (Kind.INVESTOR, Kind.FACT, Kind.COMMUNICATION)
#: What the index gives at most.
MOST_PASSAGES = 10_000

TOO_LONG = f"Only the first {MAX_TEXT:,} characters were looked for."
NOTHING = "Type what you look for."
NO_WORDS = "Nothing to look for: these words stand in almost every text."
NO_MODEL = "Found by words only: no embedding model is set up."
MODEL_DOWN = "Found by words only: the embedding model does not answer."
OTHER_MODEL = (
    "Found by words only: the index was built for another embedding model and must be rebuilt (reindex)."
)
WORDS_INDEX = "Found by words only: the index was built without an embedding model (reindex)."
NOT_BUILT = "The search index is not built yet: found by plain text search."
INDEX_DOWN = "The search index does not answer: found by plain text search, which may rank worse."

#: Of the index: after a failure pages do not wait for it again for some seconds.
circuit = Circuit()


@dataclass
class Question:
    """What is asked, and what could not be. words, dense: for the legs that can be asked. stems: for highlights."""

    text: str
    mode: Mode
    wanted: Wanted
    stems: frozenset[str]
    notes: list[str]
    words: Sparse | None = None
    dense: list[float] | None = None


@dataclass
class Page:
    """The ranking down to the page's end and one more."""

    ranked: list[Ranked] = field(default_factory=list)
    mode: Mode = "sparse"


def find(
    text: str,
    *,
    mode: Mode = "hybrid",
    wanted: Wanted = EVERYTHING,
    limit: int = 20,
    offset: int = 0,
    only_index: bool = False,
) -> Answer:
    """The records that answer `text`, best first, in the organization in scope. Raises nothing for what is down.

    text: prose, cut at MAX_TEXT characters. limit, offset: of records; beyond DEEPEST there are none.
    only_index: without the index nothing is looked for; `source` is then database and there are no hits.
    """
    began = time.perf_counter()
    limit, offset = max(1, min(limit, DEEPEST)), max(0, offset)
    question = _question(text, mode, wanted)
    if not question.stems:
        question.notes.append(NO_WORDS if question.text.strip() else NOTHING)
        return Answer([], mode, "index", question.notes, False, _ms_since(began))
    need = min(offset + limit + 1, DEEPEST)
    page = _from_index(question, need)
    if page is None and only_index:
        return Answer([], "sparse", "database", question.notes, False, _ms_since(began))
    found = page if page is not None else Page(text_search.find(question.text, wanted=wanted, limit=need))
    hits = hydrating.hydrate(found.ranked[offset : offset + limit], question.stems)
    return Answer(
        hits=hits,
        mode=found.mode,
        source="database" if page is None else "index",
        notes=question.notes,
        has_more=len(found.ranked) > offset + limit,
        took_ms=_ms_since(began),
    )


def related(*, investor_id: int, limit: int = 5) -> list[Hit]:
    """Other investors whose records read like those of this one, the closest first, each with the passages that do.

    Nothing when there is nothing to compare, or the index is not there: whole texts are too much to ask a database for.
    """
    text = hydrating.portrait(investor_id)
    wanted = Wanted(kinds=RELATING, without_investor_id=investor_id)
    question = _question(text, "hybrid", wanted)
    page = _from_index(question, DEPTH) if question.stems else None
    if page is None:
        return []
    best: dict[int, Ranked] = {}
    whose = hydrating.standing((one.key for one in page.ranked), wanted)
    for one in page.ranked:
        investor = whose[one.key].investor_id if one.key in whose else None
        if investor is not None and len(best) < limit:
            best.setdefault(investor, one)
    return [
        replace(
            hit,
            key=f"{Kind.INVESTOR}:{hit.investor_id}",
            kind=Kind.INVESTOR,
            id=hit.investor_id or 0,
            title=hit.investor,
            on=None,
        )
        for hit in hydrating.hydrate(list(best.values()), question.stems)
    ]


def _question(text: str, mode: Mode, wanted: Wanted) -> Question:
    cleaned = texts.clean(text)
    notes = [TOO_LONG] if len(cleaned) > MAX_TEXT else []
    cleaned = cleaned[:MAX_TEXT]
    return Question(cleaned, mode, wanted, frozenset(embed.stems(cleaned)), notes)


def _from_index(question: Question, need: int) -> Page | None:
    """The ranking by the index; None when it cannot be asked, which is noted."""
    target = rebuilding.live()
    if target is None:
        question.notes.append(NOT_BUILT)
        return None
    if not circuit.may_try():
        question.notes.append(INDEX_DOWN)
        return None
    if question.mode != "sparse":
        _ask_meaning(question, target)
    try:
        page = _ranked(question, need)
    except index.IndexUnavailable as error:
        log.warning("The index was not asked: %s", error.message)
        circuit.broke()
        question.notes.append(INDEX_DOWN)
        return None
    circuit.mended()
    return page


def _ask_meaning(question: Question, target: Target) -> None:
    """Make the vector of the question, or note why there is none."""
    why = _why_no_meaning(target)
    if not why:
        try:
            question.dense = embed.dense_query(question.text)
        except spark.ModelUnavailable as error:
            log.info("Asked by words only: %s", error.message)
            why = MODEL_DOWN
    if question.dense is not None and len(question.dense) != target.dimension:
        question.dense, why = None, OTHER_MODEL
    if why:
        question.notes.append(why)


def _why_no_meaning(target: Target) -> str:
    if not embed.dense_available():
        return NO_MODEL
    if not target.dimension:
        return WORDS_INDEX
    return "" if target.embedder == embed.configured_id() else OTHER_MODEL


def _ranked(question: Question, need: int) -> Page:
    """Deep enough that, without what is deleted by now, `need` records remain, if there are so many."""
    if question.mode != "dense" or question.dense is None:
        question.words = embed.sparse_query(question.text)
    depth = DEPTH
    while depth < need:
        depth *= 2
    while True:
        legs, is_all = _legs(question, depth)
        fused = fusing.fuse(legs, depth)
        ranked = hydrating.first_standing(fused, question.wanted, need)
        if len(ranked) >= need or is_all or depth >= DEEPEST:
            break
        depth *= 2
    return Page(ranked, _used(question))


def _legs(question: Question, depth: int) -> tuple[list[list[Ranked]], bool]:
    """The ranking of each leg down to `depth` records, and whether that is all there is."""
    count = 2 * depth
    try:
        found = _asked(question, count)
    except index.WrongDimension:
        question.dense = None
        question.words = question.words or embed.sparse_query(question.text)
        question.notes.append(OTHER_MODEL)
        found = _asked(question, count)
    legs = [_records(question, mode, depth, passages, count) for mode, passages in found.items()]
    return legs, all(len(leg) < depth for leg in legs)


def _asked(question: Question, count: int, mode: Mode = "hybrid") -> dict[Mode, list[index.Found]]:
    """Passages by leg, `count` of each at most. mode: one leg alone, or both."""
    return index.query_each(
        organization_id=scope.current_id(),
        words=question.words if mode != "dense" else None,
        dense=question.dense if mode != "sparse" else None,
        wanted=question.wanted,
        limit=min(count, MOST_PASSAGES),
    )


def _records(
    question: Question, mode: Mode, depth: int, found: list[index.Found], count: int
) -> list[Ranked]:
    """Passages of a leg as `depth` records; asks on when long records have filled the list with their passages."""
    ranked = fusing.records(found)
    while len(ranked) < depth and len(found) >= count and count < MOST_PASSAGES:
        count *= 4
        found = _asked(question, count, mode)[mode]
        ranked = fusing.records(found)
    return ranked[:depth]


def _used(question: Question) -> Mode:
    if question.dense is None:
        return "sparse"
    return "hybrid" if question.words is not None else "dense"


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
