"""Finding records by their words in the database itself: what answers when the index does not.

The words stand in `search_text` (see `text_triggers`). They are compared by stem and without accents; what holds more of
the rarer ones (SQLite) or simply more of them (PostgreSQL) goes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection

from crm_site.core import scope
from search import hydrating
from search.asking import Wanted
from search.documents import Kind
from search.embedding.stopwords import STOPWORDS
from search.fusing import Ranked
from search.text_triggers import MARKED, PLAIN, TABLE

MAX_TERMS = 32
#: How many are ranked at first; more when filters let too few of them through.
DEPTH = 400
DEEPEST = 100_000
#: No more rows than that are ranked (on SQLite the newest): each must be fetched, and a word that so many hold tells little.
RANKED_AT_MOST = 10_000
_WORD = re.compile(r"\w+")
_PLAIN = str.maketrans(MARKED, PLAIN)
_ON_SQLITE = f"""
    SELECT kind, source_id, score FROM (
        SELECT kind, source_id, -bm25({TABLE}) AS score FROM {TABLE}
        WHERE {TABLE} MATCH %s AND organization_id = %s{{more}} ORDER BY rowid DESC LIMIT {{most}}
    ) AS matching ORDER BY score DESC LIMIT %s
"""
_ON_POSTGRESQL = f"""
    SELECT kind, source_id, ts_rank(words, asked, 1) AS score FROM (
        SELECT kind, source_id, words, asked FROM {TABLE}, to_tsquery('english', %s) asked
        WHERE words @@ asked AND organization_id = %s{{more}} LIMIT {{most}}
    ) AS matching ORDER BY score DESC LIMIT %s
"""
Rows = list[tuple[str, int, float]]


def find(text: str, *, wanted: Wanted, limit: int) -> list[Ranked]:
    """The living records of the organization in scope that hold words of `text`, best first, at most `limit`."""
    terms = _terms(text)
    if not terms:
        return []
    more, parameters = _inside(wanted)
    depth = max(DEPTH, 2 * limit)
    while True:
        rows = _rows(terms, more, parameters, depth)
        found = hydrating.first_standing(_records(rows), wanted, limit)
        if len(found) >= limit or len(rows) < depth or depth >= DEEPEST:
            return found
        depth *= 8


def _terms(text: str) -> list[str]:
    """The words that count, each once, without accents: letters and digits only, so nothing of a query's syntax."""
    words = (word.translate(_PLAIN).lower() for word in _WORD.findall(text))
    counting = dict.fromkeys(word for word in words if word not in STOPWORDS and word.strip("_"))
    return list(counting)[:MAX_TERMS]


def _rows(terms: Sequence[str], more: str, parameters: Sequence[Any], depth: int) -> Rows:
    telling = _telling(terms)
    if not telling:
        return []
    rows = _with_some(telling, terms, more, parameters, depth)
    # Those words may be another organization's: then the common ones are all there is.
    return rows or (_with_some(terms, terms, more, parameters, depth) if len(telling) < len(terms) else [])


def _with_some(
    some: Sequence[str], terms: Sequence[str], more: str, parameters: Sequence[Any], depth: int
) -> Rows:
    """Rows with any of `some`. On PostgreSQL, whose ranking knows no rare words, those with all of `terms` go before."""
    if connection.vendor == "sqlite":
        return _ask(_ON_SQLITE, " OR ".join(map(_quoted, some)), more, parameters, depth)
    rows = _ask(_ON_POSTGRESQL, " & ".join(map(_quoted, terms)), more, parameters, depth)
    if len(rows) >= depth or len(terms) == 1:
        return rows
    known = {row[:2] for row in rows}
    others = _ask(_ON_POSTGRESQL, " | ".join(map(_quoted, some)), more, parameters, depth)
    first = [(kind, source_id, score + 1.0) for kind, source_id, score in rows]
    return first + [row for row in others if row[:2] not in known]


def _quoted(term: str) -> str:
    return f'"{term}"' if connection.vendor == "sqlite" else f"'{term}'"


def _telling(terms: Sequence[str]) -> list[str]:
    """The words that not too many rows hold, if any does: with them the others hardly change the ranking. One query.

    A word alone is all there is to ask for. None when no row holds any.
    """
    if len(terms) == 1:
        return list(terms)
    match = f"{TABLE} MATCH %s" if connection.vendor == "sqlite" else "words @@ to_tsquery('english', %s)"
    some = f"(SELECT 1 FROM {TABLE} WHERE {match} LIMIT {RANKED_AT_MOST + 1}) AS held"
    counts = [f"SELECT {number}, count(*) FROM {some}" for number in range(len(terms))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), [_quoted(term) for term in terms])
        held = dict(cursor.fetchall())
    telling = [term for number, term in enumerate(terms) if 0 < held[number] <= RANKED_AT_MOST]
    return telling or (list(terms) if any(held.values()) else [])


def _ask(statement: str, asked: str, more: str, parameters: Sequence[Any], depth: int) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(more=more, most=RANKED_AT_MOST), [asked, scope.current_id(), *parameters, depth]
        )
        return [(kind, int(source_id), float(score)) for kind, source_id, score in cursor.fetchall()]


def _records(rows: Rows) -> list[Ranked]:
    """A record by its best row: an investor's other names and a person's addresses have rows of their own."""
    ranked: dict[str, Ranked] = {}
    for kind, source_id, score in rows:
        key = f"{kind}:{source_id}"
        ranked.setdefault(key, Ranked(key, score))
    return list(ranked.values())


def _inside(wanted: Wanted) -> tuple[str, list[Any]]:
    """SQL that keeps to the filters, and its parameters. The graveyard alone is left to `standing`: it is small."""
    if not _is_narrow(wanted):
        if not wanted.kinds:
            return "", []
        return f" AND kind IN ({', '.join(['%s'] * len(wanted.kinds))})", list(wanted.kinds)
    arms: list[str] = []
    parameters: list[Any] = []
    for kind in Kind:
        rows = hydrating.fitting(kind, wanted)
        if rows.query.is_empty():
            continue
        chosen, values = rows.values_list("pk", flat=True).query.sql_with_params()
        arms.append(f"(kind = '{kind}' AND source_id IN ({chosen}))")
        parameters += values
    return (f" AND ({' OR '.join(arms)})", parameters) if arms else (" AND 1 = 0", [])


def _is_narrow(wanted: Wanted) -> bool:
    ids = (wanted.investor_id, wanted.owner_id, wanted.without_investor_id)
    return any(value is not None for value in (*ids, wanted.first, wanted.last))
