"""BM25 as sparse vectors. The index multiplies in how rare each word is; here stands how often it occurs in a passage."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from anyascii import anyascii
from fastembed.common.utils import remove_non_alphanumeric
from fastembed.sparse.bm25 import Bm25

from search.embedding import bm25, stopwords
from search.words import Sparse

MODEL = "Qdrant/bm25"
# Composed letters with a mark, and marks that stand by themselves behind a letter.
_MARKED = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\u0300-\u036f]")
_lock = threading.Lock()


def documents(texts: Sequence[str], *, avg_len: float) -> list[Sparse]:
    """Weights by term frequency and length. avg_len: mean number of stems in a passage, fixed for one index."""
    with _lock:
        embedded = list(_model(avg_len).embed([_plain(text) for text in texts]))
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
        return model._stem(model.tokenizer.tokenize(remove_non_alphanumeric(_plain(text))))


def _plain(text: str) -> str:
    """Latin letters without their marks, so that “Cedric” finds “Cédric”; other scripts as they are."""
    return _MARKED.sub(lambda letter: anyascii(letter.group()), text)


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
