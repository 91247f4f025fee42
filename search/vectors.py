"""Dense vectors of texts, from the cache where the very text was embedded before."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from crm_site.core import spark
from crm_site.core.errors import Unavailable
from search import embed
from search.documents import Chunk
from search.models import CachedVector

#: A vector that no text has asked for in so long is forgotten; `used_at` is renewed when it is older than RENEW.
KEEP_UNUSED, RENEW = timedelta(days=90), timedelta(days=30)
FORGET_AT_ONCE = 1000


class DimensionChanged(Unavailable):
    """The embedding model gives vectors of another length than the index was built for."""

    code = "wrong_dimension"


def of(
    chunks: Sequence[Chunk], *, organization_id: int, embedder: str, dimension: int
) -> dict[str, list[float]]:
    """Hash → vector for each chunk, of the model `embedder` and no other, all of length `dimension`.

    Only texts never seen before go to the model. Where another model is in use by now, those stay without a vector: the
    index then knows their words only. Raises spark.ModelUnavailable, DimensionChanged; then nothing is kept.
    """
    texts = {chunk.hash: chunk.text for chunk in chunks}
    cached = CachedVector.objects.filter(embedder=embedder, hash__in=list(texts))
    held = {row.hash: numbers_of(bytes(row.vector), dimension) for row in cached}
    # One of another length, or damaged, is made anew.
    found = {hash_: vector for hash_, vector in held.items() if vector is not None}
    missing = [hash_ for hash_ in texts if hash_ not in found]
    if missing and embed.is_current(embedder):
        made = embed.dense([texts[hash_] for hash_ in missing])
        packed = {hash_: _packed(vector, dimension) for hash_, vector in zip(missing, made, strict=True)}
        _keep(packed, organization_id, embedder)
        found |= {hash_: vector.tolist() for hash_, vector in packed.items()}
    return found


def touch(hashes: Iterable[str]) -> None:
    """Note that these texts are still there, in the organization in scope. Writes about once a month for each."""
    now = timezone.now()
    CachedVector.objects.filter(hash__in=list(hashes), used_at__lt=now - RENEW).update(used_at=now)


def forget_unused() -> int:
    """Remove vectors of texts that are long gone, in the organization in scope; returns how many."""
    gone = 0
    old = CachedVector.objects.filter(used_at__lt=timezone.now() - KEEP_UNUSED).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE]):
        gone += CachedVector.objects.filter(pk__in=ids).delete()[0]
    return gone


def numbers_of(stored: bytes, dimension: int) -> list[float] | None:
    """A stored vector; None when its bytes are not `dimension` finite numbers."""
    numbers = array("f")
    if len(stored) != dimension * numbers.itemsize:
        return None
    numbers.frombytes(stored)
    return numbers.tolist() if all(map(math.isfinite, numbers)) else None


def _packed(vector: Sequence[float], dimension: int) -> array[float]:
    if len(vector) != dimension:
        raise DimensionChanged(
            f"The embedding model gives vectors of {len(vector)} numbers and the index was built for {dimension}: "
            "run manage.py reindex --recreate."
        )
    packed = array("f", vector)
    if not all(map(math.isfinite, packed)):
        raise spark.ModelUnavailable("The embedding model's vectors hold numbers too large to keep.")
    return packed


def _keep(vectors: dict[str, array[float]], organization_id: int, embedder: str) -> None:
    now = timezone.now()
    CachedVector.objects.bulk_create(
        [
            CachedVector(
                organization_id=organization_id,
                embedder=embedder,
                hash=hash_,
                vector=vector.tobytes(),
                used_at=now,
            )
            for hash_, vector in vectors.items()
        ],
        update_conflicts=True,
        unique_fields=["organization", "embedder", "hash"],
        update_fields=["vector", "used_at"],
    )
