"""The search index: the one file that talks to Qdrant, be it a server of its own or our embedded one.

Every function that reads or writes passages needs the organization; there is no way to ask without. A passage is known by
its record's key and its number; its text is not in the index, so what is found must be looked up in the database.
"""

from __future__ import annotations

import atexit
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from search.asking import Mode, Wanted
from search.indexed import Found as Found
from search.indexed import IndexUnavailable as IndexUnavailable
from search.indexed import NoCollection as NoCollection
from search.indexed import Passage as Passage
from search.indexed import Stored as Stored
from search.indexed import WrongDimension as WrongDimension
from search.indexed import WrongKey as WrongKey
from search.server import address
from search.words import Sparse

ALIAS = "crm_chunks"
DENSE, WORDS = "dense", "bm25"
LIVE, DEAD = "live", "dead"
#: How many of each leg take part in a hybrid search (search.md 0.2).
PREFETCH = 100
PAGE = 512
#: Passages in one request: some megabytes with their vectors.
AT_ONCE = 256
_NAMESPACE = uuid.UUID("6f1f3c1e-8f0b-5d0a-9d55-5d1c0d9a4a11")
_MODES: dict[str, Mode] = {DENSE: "dense", WORDS: "sparse"}
_ASKED_FOR = ["key", "chunk"]
_KEYWORDS = ("key", "kind", "state")
_NUMBERS = ("ver", "investor", "contacts", "owner", "on", "graveyard")


def create_collection(name: str, *, dimension: int | None) -> None:
    """Make an empty collection for passages. dimension: of the dense vectors; None for words only."""
    with _answering() as client:
        if client.collection_exists(name):
            return
        dense = {}
        if dimension:
            dense[DENSE] = models.VectorParams(size=dimension, distance=models.Distance.COSINE)
        client.create_collection(
            name,
            vectors_config=dense,
            sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        client.create_payload_index(name, "org", tenant)
        for field in _KEYWORDS:
            client.create_payload_index(name, field, models.PayloadSchemaType.KEYWORD)
        for field in _NUMBERS:
            client.create_payload_index(name, field, models.PayloadSchemaType.INTEGER)


def drop_collection(name: str) -> None:
    """Remove a collection; one that is not there is no error."""
    with _answering() as client:
        client.delete_collection(name)


def collections() -> dict[str, bool]:
    """The collections there are, by name; true for the one that is searched."""
    with _answering() as client:
        served = {one.collection_name for one in client.get_aliases().aliases if one.alias_name == ALIAS}
        return {one.name: one.name in served for one in client.get_collections().collections}


def serve(name: str) -> None:
    """Have searches answered by this collection from now on, in one step: none of them fails meanwhile."""
    create = models.CreateAlias(collection_name=name, alias_name=ALIAS)
    with _answering() as client:
        taken = [one for one in client.get_aliases().aliases if one.alias_name == ALIAS]
        drop = (
            [models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=ALIAS))] if taken else []
        )
        client.update_collection_aliases([*drop, models.CreateAliasOperation(create_alias=create)])


def upsert(*, organization_id: int, collection: str, passages: Sequence[Passage], ver: int) -> None:
    """Store passages of records as of their claim `ver`. One that a later claim has written already stays as it is."""
    for start in range(0, len(passages), AT_ONCE):
        points = [
            models.PointStruct(
                id=point_id(organization_id, one.key, one.number),
                vector=_vectors(one),
                payload=_payload(organization_id, one, ver),
            )
            for one in passages[start : start + AT_ONCE]
        ]
        _write(collection, points, ver)


def bury(
    *, organization_id: int, collection: str, key: str, numbers: Sequence[int], ver: int, day: date
) -> None:
    """Put tombstones where passages were: they keep the version, so that no late writer brings one back."""
    payload = {
        "org": str(organization_id),
        "key": key,
        "state": DEAD,
        "ver": ver,
        "hash": "",
        "on": day.toordinal(),
    }
    points = [
        models.PointStruct(
            id=point_id(organization_id, key, number), vector={}, payload={**payload, "chunk": number}
        )
        for number in numbers
    ]
    _write(collection, points, ver)


def clear_tombstones(*, organization_id: int, collection: str, before: date) -> None:
    """Remove tombstones older than any writer that could still be on its way."""
    old = models.FieldCondition(key="on", range=models.Range(lt=before.toordinal()))
    chosen = models.Filter(must=[_of(organization_id), _state(DEAD), old])
    with _answering() as client:
        client.delete(collection, models.FilterSelector(filter=chosen))


def query(
    *,
    organization_id: int,
    mode: Mode,
    words: Sparse | None,
    dense: list[float] | None,
    wanted: Wanted,
    limit: int,
    collection: str = ALIAS,
) -> list[Found]:
    """The best passages, best first. hybrid: both legs, fused by the distribution of their scores.

    A leg that has nothing to ask with is left out. Raises IndexUnavailable, WrongDimension.
    """
    chosen = _filter(organization_id, wanted)
    legs = _legs(words if mode != "dense" else None, dense if mode != "sparse" else None)
    if not legs:
        return []
    with _answering() as client:
        if len(legs) == 1:
            ((using, vector),) = legs.items()
            found = client.query_points(
                collection,
                query=vector,
                using=using,
                query_filter=chosen,
                limit=limit,
                with_payload=_ASKED_FOR,
            )
        else:
            depth = max(PREFETCH, limit)
            prefetch = [
                models.Prefetch(query=vector, using=using, limit=depth, filter=chosen)
                for using, vector in legs.items()
            ]
            fusion = models.FusionQuery(fusion=models.Fusion.DBSF)
            found = client.query_points(
                collection, prefetch=prefetch, query=fusion, limit=limit, with_payload=_ASKED_FOR
            )
    return _found(found)


def query_each(
    *,
    organization_id: int,
    words: Sparse | None,
    dense: list[float] | None,
    wanted: Wanted,
    limit: int,
    collection: str = ALIAS,
) -> dict[Mode, list[Found]]:
    """The best passages of each leg by itself, in one request: a second one would cost more than what it asks for.

    Keys: dense and sparse, of the legs that have something to ask with. Raises IndexUnavailable, WrongDimension.
    """
    chosen = _filter(organization_id, wanted)
    legs = _legs(words, dense)
    if not legs:
        return {}
    requests = [
        models.QueryRequest(query=vector, using=using, filter=chosen, limit=limit, with_payload=_ASKED_FOR)
        for using, vector in legs.items()
    ]
    with _answering() as client:
        answers = client.query_batch_points(collection, requests)
    return {_MODES[using]: _found(answer) for using, answer in zip(legs, answers, strict=True)}


def stored(*, organization_id: int, collection: str) -> Iterator[Stored]:
    """Every passage and tombstone of an organization, page by page."""
    offset: Any = None
    chosen = models.Filter(must=[_of(organization_id)])
    while True:
        with _answering() as client:
            page, offset = client.scroll(
                collection, scroll_filter=chosen, limit=PAGE, offset=offset, with_payload=True
            )
        for one in page:
            yield _stored(str(one.id), one.payload or {})
        if offset is None:
            return


def discard(*, organization_id: int, collection: str, points: Sequence[str]) -> None:
    """Remove damaged points by their ids: no conditional write could ever replace what has lost its version."""
    chosen = models.Filter(must=[_of(organization_id), models.HasIdCondition(has_id=list(points))])
    if points:
        with _answering() as client:
            client.delete(collection, models.FilterSelector(filter=chosen), wait=True)


def count(*, organization_id: int, collection: str = ALIAS) -> int:
    """How many living passages an organization has."""
    chosen = models.Filter(must=[_of(organization_id), _state(LIVE)])
    with _answering() as client:
        return client.count(collection, count_filter=chosen, exact=True).count


def point_id(organization_id: int, key: str, number: int) -> str:
    """The same passage always has the same id, so that writing it again replaces it."""
    return str(uuid.uuid5(_NAMESPACE, f"{organization_id}/{key}/{number}"))


def reset() -> None:
    """Forget the connection, for a new address."""
    _client.cache_clear()


@contextmanager
def _answering() -> Iterator[QdrantClient]:
    """A client, and its failures as ours."""
    try:
        yield _connected()
    except UnexpectedResponse as error:
        said = (error.content or b"").decode(errors="replace")[:200]
        if "dimension" in said.lower():
            raise WrongDimension("The index was built for another embedding model: reindex.") from error
        if error.status_code in (401, 403):
            reset()  # the embedded index may have got another token
            raise WrongKey("The search index refuses our key (QDRANT_API_KEY).") from error
        if error.status_code == 404:
            raise NoCollection("The search index has lost this collection.") from error
        raise IndexUnavailable(f"The search index answered {error.status_code}: {said}") from error
    except ResourceExhaustedResponse as error:
        raise IndexUnavailable("The search index has too much to do at the moment.") from error
    except AssertionError as error:
        # So the client calls an answer without a result: something else than an index listens there.
        raise IndexUnavailable("What answers at the index's address is no search index.") from error
    except (ResponseHandlingException, OSError) as error:
        reset()  # the embedded index may be back at another port
        raise IndexUnavailable(_how_it_failed(error)) from error


def _how_it_failed(error: Exception) -> str:
    source = getattr(error, "source", error)
    if "timeout" in type(source).__name__.lower():
        return f"The search index did not answer within {settings.QDRANT_TIMEOUT_S:g} s."
    return "The search index does not answer."


def _connected() -> QdrantClient:
    if settings.QDRANT_URL:
        return _client(settings.QDRANT_URL, settings.QDRANT_API_KEY, settings.QDRANT_TIMEOUT_S)
    at = address.read(settings.INDEX_DIR)
    if at is None:
        raise IndexUnavailable("The search index has not been started yet (`manage.py index_server`).")
    return _client(at.url, at.token, settings.QDRANT_TIMEOUT_S)


@lru_cache(maxsize=2)
def _client(url: str, key: str, timeout_s: float) -> QdrantClient:
    # An own header, not `api_key`: the client warns of keys without TLS, and loopback needs none.
    # trust_env off: a proxy variable must not carry investor data out of the house.
    return QdrantClient(
        url=url,
        port=None,
        headers={"api-key": key} if key else {},
        timeout=max(1, round(timeout_s)),
        check_compatibility=False,
        trust_env=False,
        # Reading all authorities takes longer than a search does, and plain HTTP asks for none.
        verify=url.startswith("https:"),
    )


def _legs(words: Sparse | None, dense: list[float] | None) -> dict[str, Any]:
    """Name of the vector → what to ask it with."""
    legs: dict[str, Any] = {}
    if words is not None and words.indices:
        legs[WORDS] = models.SparseVector(indices=words.indices, values=words.values)
    if dense is not None:
        legs[DENSE] = dense
    return legs


def _found(answer: models.QueryResponse) -> list[Found]:
    return [
        Found(one.payload["key"], one.payload["chunk"], one.score) for one in answer.points if one.payload
    ]


def _write(collection: str, points: list[models.PointStruct], ver: int) -> None:
    if not points:
        return
    with _answering() as client:
        client.upsert(
            collection,
            points,
            wait=True,
            ordering=models.WriteOrdering.STRONG,
            update_filter=models.Filter(must=[_older(ver)]),
        )


def _vectors(one: Passage) -> dict[str, Any]:
    vectors: dict[str, Any] = {}
    if one.words.indices:
        vectors[WORDS] = models.SparseVector(indices=one.words.indices, values=one.words.values)
    if one.dense is not None:
        vectors[DENSE] = one.dense
    return vectors


def _payload(organization_id: int, one: Passage, ver: int) -> dict[str, Any]:
    return {
        "org": str(organization_id),
        "key": one.key,
        "chunk": one.number,
        "hash": one.hash,
        "kind": one.kind,
        "ver": ver,
        "state": LIVE,
        "investor": one.investor_id,
        "contacts": list(one.contact_ids),
        "owner": one.owner_id,
        "on": one.on.toordinal() if one.on else None,
        "graveyard": int(one.graveyard),
        "dense": int(one.dense is not None),
    }


def _filter(organization_id: int, wanted: Wanted) -> models.Filter:
    must: list[Any] = [_of(organization_id), _state(LIVE)]
    if wanted.kinds:
        must.append(models.FieldCondition(key="kind", match=models.MatchAny(any=list(wanted.kinds))))
    for field, value in (("investor", wanted.investor_id), ("owner", wanted.owner_id)):
        if value is not None:
            must.append(models.FieldCondition(key=field, match=models.MatchValue(value=value)))
    if wanted.first or wanted.last:
        ends = models.Range(
            gte=wanted.first.toordinal() if wanted.first else None,
            lte=wanted.last.toordinal() if wanted.last else None,
        )
        must.append(models.FieldCondition(key="on", range=ends))
    if not wanted.graveyard:
        must.append(models.FieldCondition(key="graveyard", match=models.MatchValue(value=0)))
    if wanted.without_investor_id is None:
        return models.Filter(must=must)
    other = models.FieldCondition(key="investor", match=models.MatchValue(value=wanted.without_investor_id))
    return models.Filter(must=must, must_not=[other])


def _stored(point: str, held: dict[str, Any]) -> Stored:
    key, number, ver = held.get("key"), held.get("chunk"), held.get("ver")
    if not (isinstance(key, str) and isinstance(number, int) and isinstance(ver, int)):
        return Stored(point, None)
    is_dead = held.get("state") == DEAD
    return Stored(point, key, number, str(held.get("hash")), ver, is_dead, bool(held.get("dense")))


def _of(organization_id: int) -> models.FieldCondition:
    return models.FieldCondition(key="org", match=models.MatchValue(value=str(organization_id)))


def _state(state: str) -> models.FieldCondition:
    return models.FieldCondition(key="state", match=models.MatchValue(value=state))


def _older(ver: int) -> models.FieldCondition:
    return models.FieldCondition(key="ver", range=models.Range(lt=ver))


# While the interpreter still stands: closed later, the client would complain of a server that is none the wiser.
atexit.register(reset)
