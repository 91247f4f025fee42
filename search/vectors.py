"""Dense vectors of texts, from the cache where the very text was embedded before."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from django.utils import timezone

from search import embed
from search.documents import Chunk
from search.models import CachedVector


def of(chunks: Sequence[Chunk], *, organization_id: int, embedder: str) -> dict[str, list[float]]:
    """Hash → vector for each chunk. Only texts never seen before go to the model. Raises spark.ModelUnavailable."""
    texts = {chunk.hash: chunk.text for chunk in chunks}
    cached = CachedVector.objects.filter(embedder=embedder, hash__in=list(texts))
    found = {row.hash: _numbers(bytes(row.vector)) for row in cached}
    missing = [hash_ for hash_ in texts if hash_ not in found]
    if missing:
        fresh = dict(zip(missing, embed.dense([texts[hash_] for hash_ in missing]), strict=True))
        _keep(fresh, organization_id, embedder)
        found |= fresh
    return found


def _keep(vectors: dict[str, list[float]], organization_id: int, embedder: str) -> None:
    now = timezone.now()
    CachedVector.objects.bulk_create(
        [
            CachedVector(
                organization_id=organization_id,
                embedder=embedder,
                hash=hash_,
                vector=array("f", vector).tobytes(),
                used_at=now,
            )
            for hash_, vector in vectors.items()
        ],
        ignore_conflicts=True,
    )


def _numbers(stored: bytes) -> list[float]:
    numbers = array("f")
    numbers.frombytes(stored)
    return numbers.tolist()
