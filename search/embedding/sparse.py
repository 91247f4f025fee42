"""BM25 as sparse vectors. The index multiplies in how rare each word is; here stands how often it occurs in a passage."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from fastembed.common.utils import remove_non_alphanumeric
from fastembed.sparse.bm25 import Bm25

from search.embedding import bm25, stopwords
from search.words import Sparse

MODEL = "Qdrant/bm25"
_lock = threading.Lock()


def documents(texts: Sequence[str], *, avg_len: float) -> list[Sparse]:
    """Weights by term frequency and length. avg_len: mean number of stems in a passage, fixed for one index."""
    with _lock:
        embedded = list(_model(avg_len).embed(list(texts)))
    return [Sparse([int(i) for i in one.indices], [float(v) for v in one.values]) for one in embedded]


def query(text: str) -> Sparse:
    """Weights by how often a word stands in the question.

    fastembed's own `query_embed` weighs each word 1, which costs .08 nDCG on long questions (search.md 0.1).
    """
    counts = Counter(stems(text))
    weights = {Bm25.compute_token_id(stem): float(count) for stem, count in counts.items()}
    return Sparse(list(weights), list(weights.values()))


def stems(text: str) -> list[str]:
    """The words that count, as they stand in the index; also what highlights compare by."""
    model = _model(1.0)
    with _lock:
        return model._stem(model.tokenizer.tokenize(remove_non_alphanumeric(text)))


@lru_cache(maxsize=4)
def _model(avg_len: float) -> Bm25:
    # With a path given nothing is looked for on any hub, and with inline stop words no file is read either.
    return Bm25(
        MODEL,
        specific_model_path="/nonexistent",
        stopwords=set(stopwords.STOPWORDS),
        language=bm25.LANGUAGE,
        avg_len=avg_len,
        k=bm25.K,
        b=bm25.B,
    )
