"""The one way from text to vectors. Dense: by the model server, else by a local model on disk, else none (words only)."""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from crm_site.core import heavy, spark
from search.embedding import bm25, stopwords
from search.words import Sparse

if TYPE_CHECKING:
    from search.embedding import local, sparse
else:
    # fastembed and the runtime of its models
    local = heavy.module("search.embedding.local")
    sparse = heavy.module("search.embedding.sparse")

log = logging.getLogger(__name__)
BATCH = 32
TRIES = 3
#: Somebody waits for the page: without an answer by then, words alone must do.
QUESTION_TIMEOUT_S = 3.0
Vector = list[float]


@dataclass(frozen=True, slots=True)
class Embedder:
    """Which dense model is in use. id: part of the index's fingerprint. dimension: of its vectors."""

    id: str
    dimension: int


def sparse_documents(texts: Sequence[str], *, avg_len: float) -> list[Sparse]:
    """BM25 weights of passages. avg_len: of the index they go into."""
    return sparse.documents(texts, avg_len=avg_len)


def sparse_query(text: str) -> Sparse:
    """The words of a question; no words at all (only stop words, emoji) gives an empty vector."""
    return sparse.query(text)


def stems(text: str) -> list[str]:
    """The words of a text that count, as they stand in the index; also what highlights compare by."""
    return sparse.stems(text)


def stem(word: str) -> str:
    """One word as it stands in the index; "" when it does not count."""
    found = sparse.stems(word)
    return found[0] if found else ""


def sparse_id() -> str:
    """Everything that shapes a sparse vector but the mean length, which each index fixes for itself."""
    words = hashlib.sha256(" ".join(sorted(stopwords.STOPWORDS)).encode()).hexdigest()[:12]
    return f"bm25:{bm25.LANGUAGE}:{bm25.K}:{bm25.B}:{bm25.LETTERS}:{words}"


def dense_available() -> bool:
    """Tell whether a dense model is set up. Whether it answers is another question."""
    return bool((spark.configured() and settings.CRM_EMBED_MODEL) or settings.CRM_EMBED_PATH)


def embedder() -> Embedder | None:
    """The dense model in use, None without one. Asks the server for its dimension once per process.

    Raises spark.ModelUnavailable when one is set up and does not answer.
    """
    return _embedder(configured_id()) if dense_available() else None


def configured_id() -> str:
    """The id of the dense model that is set up, without asking it; empty when none is."""
    if not dense_available():
        return ""
    if spark.configured() and settings.CRM_EMBED_MODEL:
        return f"server:{settings.CRM_EMBED_MODEL}"
    return f"local:{Path(settings.CRM_EMBED_PATH).name}"


def is_current(id_: str) -> bool:
    """Tell whether vectors made by the model of this id can be compared with those of the model in use.

    Raises spark.ModelUnavailable when it is the model in use and does not answer.
    """
    try:
        known = embedder()
    except spark.ModelUnavailable:
        if configured_id() != id_:
            return False
        raise
    return known is not None and known.id == id_


def dense(texts: Sequence[str]) -> list[Vector]:
    """A vector for each passage. Raises spark.ModelUnavailable."""
    found: list[Vector] = []
    for start in range(0, len(texts), BATCH):
        found += _batch(texts[start : start + BATCH])
    return found


def dense_query(text: str) -> Vector:
    """The vector of a question. Raises spark.ModelUnavailable."""
    return _batch([text], tries=1, timeout_s=QUESTION_TIMEOUT_S)[0]


def reset() -> None:
    """Forget the model's dimension, for a new configuration."""
    _embedder.cache_clear()


@lru_cache(maxsize=2)
def _embedder(which: str) -> Embedder:
    return Embedder(which, len(_batch(["dimension"], tries=1)[0]))


def _batch(texts: Sequence[str], *, tries: int = TRIES, timeout_s: float | None = None) -> list[Vector]:
    if not (spark.configured() and settings.CRM_EMBED_MODEL):
        return _checked(local.embed(settings.CRM_EMBED_PATH, texts), len(texts))
    for attempt in range(1, tries + 1):
        try:
            return spark.embed(texts, timeout_s=timeout_s)
        except spark.ModelUnavailable:
            if attempt == tries:
                raise
            _pause.wait(0.2 * 2**attempt)
    raise AssertionError("the last try returned or raised")


def _checked(vectors: list[Vector], count: int) -> list[Vector]:
    """What spark.py checks of a server's answer, for the model on this machine."""
    if len(vectors) != count:
        raise spark.ModelUnavailable(f"The embedding model gave {len(vectors)} vectors for {count} texts.")
    if not all(vector and all(map(math.isfinite, vector)) for vector in vectors):
        raise spark.ModelUnavailable("The embedding model's vectors hold what is no number.")
    return vectors


_pause = threading.Event()
