"""Qdrant's REST JSON to the engine's objects and back. Pure; what is not of our subset is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge

DISTANCES = {
    "Cosine": edge.Distance.Cosine,
    "Dot": edge.Distance.Dot,
    "Euclid": edge.Distance.Euclid,
    "Manhattan": edge.Distance.Manhattan,
}
SCHEMAS = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
}
MAX_LIMIT = 10_000


class NotSupported(ValueError):
    """The request uses a part of Qdrant's API that this server does not speak."""


def shard_config(body: Mapping[str, Any]) -> edge.EdgeConfig:
    """From the body of `PUT /collections/{name}`: named dense vectors, and sparse ones with or without IDF."""
    dense = {
        name: edge.EdgeVectorParams(size=int(one["size"]), distance=DISTANCES[one["distance"]])
        for name, one in (body.get("vectors") or {}).items()
    }
    sparse = {
        name: edge.EdgeSparseVectorParams(
            modifier=edge.Modifier.Idf if (one or {}).get("modifier") == "idf" else None
        )
        for name, one in (body.get("sparse_vectors") or {}).items()
    }
    return edge.EdgeConfig(vectors=dense, sparse_vectors=sparse)


def field_schema(body: Mapping[str, Any]) -> tuple[str, Any]:
    """From the body of `PUT …/index`: the payload field and how it is indexed."""
    schema = body.get("field_schema")
    if isinstance(schema, Mapping):
        kind = schema.get("type")
        if kind == "keyword":
            return body["field_name"], edge.KeywordIndexParams(is_tenant=bool(schema.get("is_tenant")))
        schema = kind
    if schema not in SCHEMAS:
        raise NotSupported(f"field schema {schema!r}")
    return body["field_name"], SCHEMAS[schema]


def points(body: Mapping[str, Any]) -> list[edge.Point]:
    """From the body of `PUT …/points`, in its list form."""
    if "points" not in body:
        raise NotSupported("batches")
    return [
        edge.Point(id=one["id"], vector=_vector(one["vector"]), payload=one.get("payload") or {})
        for one in body["points"]
    ]


def filter_of(body: Mapping[str, Any] | None) -> edge.Filter | None:
    """must, should, must_not; conditions by value, by any of several, by range, by id, and nested filters."""
    if not body:
        return None
    unknown = {name for name, value in body.items() if value} - {"must", "should", "must_not"}
    if unknown:
        raise NotSupported(f"filter clause {sorted(unknown)[0]}")
    return edge.Filter(
        must=_conditions(body.get("must")),
        should=_conditions(body.get("should")),
        must_not=_conditions(body.get("must_not")),
    )


def query(body: Mapping[str, Any]) -> edge.QueryRequest:
    """From the body of `POST …/points/query`."""
    return edge.QueryRequest(
        limit=_limit(body.get("limit")),
        offset=int(body.get("offset") or 0),
        query=_scoring(body.get("query"), body.get("using")),
        prefetches=[_prefetch(one) for one in _listed(body.get("prefetch"))],
        filter=filter_of(body.get("filter")),
        with_payload=body.get("with_payload", False),
        with_vector=body.get("with_vector", False),
        score_threshold=body.get("score_threshold"),
    )


def scroll(body: Mapping[str, Any]) -> edge.ScrollRequest:
    """From the body of `POST …/points/scroll`."""
    return edge.ScrollRequest(
        offset=body.get("offset"),
        limit=_limit(body.get("limit")),
        filter=filter_of(body.get("filter")),
        with_payload=body.get("with_payload", True),
        with_vector=body.get("with_vector", False),
    )


def record(one: Any) -> dict[str, Any]:
    """A stored point as JSON."""
    return {"id": id_json(one.id), "payload": one.payload, "vector": _vector_json(one.vector)}


def scored(one: Any) -> dict[str, Any]:
    """A found point as JSON."""
    return {**record(one), "score": one.score, "version": one.version}


def id_json(value: Any) -> Any:
    """The id of a point as JSON; None stays None."""
    return str(value) if isinstance(value, UUID) else value


def _prefetch(body: Mapping[str, Any]) -> edge.Prefetch:
    return edge.Prefetch(
        limit=_limit(body.get("limit")),
        query=_scoring(body.get("query"), body.get("using")),
        prefetches=[_prefetch(one) for one in _listed(body.get("prefetch"))],
        filter=filter_of(body.get("filter")),
        score_threshold=body.get("score_threshold"),
    )


def _scoring(body: Any, using: str | None) -> Any:
    if body is None:
        return None
    if isinstance(body, list):
        return edge.Query.Nearest(body, using=using)
    if "nearest" in body:
        return edge.Query.Nearest(_one_vector(body["nearest"]), using=using)
    if "indices" in body:
        return edge.Query.Nearest(_one_vector(body), using=using)
    if body.get("fusion") == "dbsf":
        return edge.Fusion.Dbsf()
    if isinstance(body.get("rrf"), Mapping):
        return edge.Fusion.Rrf(k=int(body["rrf"].get("k") or 2), weights=body["rrf"].get("weights"))
    raise NotSupported(f"query {sorted(body)[0]}")


def _vector(body: Any) -> Any:
    if isinstance(body, Mapping):
        return {name: _one_vector(one) for name, one in body.items()}
    return body


def _one_vector(body: Any) -> Any:
    if isinstance(body, Mapping):
        return edge.SparseVector(indices=list(body["indices"]), values=[float(v) for v in body["values"]])
    return body


def _vector_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _vector_json(one) for name, one in value.items()}
    if isinstance(value, edge.SparseVector):
        return {"indices": value.indices, "values": value.values}
    return value


def _conditions(body: Any) -> list[Any] | None:
    return [_condition(one) for one in _listed(body)] or None


def _condition(body: Mapping[str, Any]) -> Any:
    if "has_id" in body:
        return edge.HasIdCondition(set(body["has_id"]))
    if "key" not in body:
        return filter_of(body)
    if body.get("match"):
        return edge.FieldCondition(key=body["key"], match=_match(body["match"]))
    if body.get("range"):
        ends = {name: body["range"].get(name) for name in ("gt", "gte", "lt", "lte")}
        return edge.FieldCondition(key=body["key"], range=edge.RangeFloat(**ends))
    raise NotSupported(f"condition on {body['key']}")


def _match(body: Mapping[str, Any]) -> Any:
    if body.get("any") is not None:
        return edge.MatchAny(body["any"])
    if isinstance(body.get("value"), bool):
        # The engine's Python door takes a truth value for a number, and would find nothing.
        raise NotSupported("a match on true or false; use a keyword")
    if "value" in body:
        return edge.MatchValue(body["value"])
    raise NotSupported("this kind of match")


def _listed(body: Any) -> Sequence[Any]:
    return [] if body is None else body if isinstance(body, list) else [body]


def _limit(value: Any) -> int:
    wanted = 10 if value is None else int(value)
    if not 1 <= wanted <= MAX_LIMIT:
        raise NotSupported(f"a limit of {wanted}; 1..{MAX_LIMIT} are")
    return wanted
