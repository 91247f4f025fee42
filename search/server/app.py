"""The routes: an unmodified `QdrantClient(url=…)` talks to them as to a Qdrant server."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import qdrant_edge as edge
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from search.server import wire
from search.server.shards import Exists, NoSuchCollection, Shards

log = logging.getLogger(__name__)
#: The version whose REST API this is a part of; the client compares it with its own.
SPEAKS = "1.20.0"
MAX_BODY_BYTES = 64 * 1024 * 1024

Act = Callable[[Shards, dict[str, Any], dict[str, Any]], Any]


def make(shards: Shards, *, token: str) -> Starlette:
    """The application over one set of shards. token: what each request must carry in its `api-key` header."""
    routes = [Route("/", _version), Route("/healthz", _healthy)]
    for method, path, act in _ACTS:
        routes.append(Route(path, _door(shards, act), methods=[method]))
    return Starlette(routes=routes, middleware=[Middleware(TokenWall, token=token)])


class TokenWall:
    """Other users of this machine can reach loopback too; without the token they get nothing."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz":
            sent = dict(scope["headers"]).get(b"api-key", b"")
            if not hmac.compare_digest(sent, self.token):
                await _refusal(403, "Forbidden")(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _version(request: Request) -> Response:
    return JSONResponse({"title": "Roundtable index", "version": SPEAKS})


async def _healthy(request: Request) -> Response:
    return Response("ok", media_type="text/plain")


def _door(shards: Shards, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        raw = await request.body()
        if len(raw) > MAX_BODY_BYTES:
            return _refusal(413, "The request is too large.")
        try:
            body = json.loads(raw) if raw else {}
            # In a thread: the engine lets go of the interpreter while it searches.
            result = await run_in_threadpool(act, shards, body, dict(request.path_params))
        except NoSuchCollection as error:
            return _refusal(404, f"Not found: Collection `{error}` doesn't exist!")
        except Exists as error:
            return _refusal(409, f"Collection `{error}` already exists!")
        except (wire.NotSupported, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return _refusal(400, f"Bad request: {error}")
        except Exception as error:  # noqa: BLE001 - the engine raises plain Exception for a bad vector or a full disk
            log.warning("The engine refused %s: %s", request.url.path, error)
            return _refusal(500 if "storage" in str(error).lower() else 400, str(error))
        return JSONResponse({"result": result, "status": "ok", "time": time.perf_counter() - began})

    return answer


def _refusal(status: int, why: str) -> JSONResponse:
    return JSONResponse({"status": {"error": why}, "time": 0.0}, status_code=status)


def _collections(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    return {"collections": [{"name": name} for name in shards.names()]}


def _exists(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    return {"exists": where["name"] in shards.names() or where["name"] in shards.aliases()}


def _info(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    info = shards.get(where["name"]).info()
    made = shards.config(where["name"])
    return {
        "status": "green",
        "optimizer_status": "ok",
        "points_count": info.points_count,
        "indexed_vectors_count": info.indexed_vectors_count,
        "segments_count": info.segments_count,
        "config": {
            "params": {"vectors": made.get("vectors") or {}, "sparse_vectors": made.get("sparse_vectors")},
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
        },
        "payload_schema": {},
    }


def _create(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    shards.create(where["name"], body)
    return True


def _drop(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    return shards.drop(where["name"])


def _aliases(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    return {
        "aliases": [
            {"alias_name": alias, "collection_name": to} for alias, to in sorted(shards.aliases().items())
        ]
    }


def _change_aliases(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    shards.change_aliases(body["actions"])
    return True


def _index_field(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    name, schema = wire.field_schema(body)
    return _updated(shards, where, edge.UpdateOperation.create_field_index(name, schema))


def _upsert(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    condition = wire.filter_of(body.get("update_filter"))
    return _updated(shards, where, edge.UpdateOperation.upsert_points(wire.points(body), condition=condition))


def _delete(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    if "points" in body:
        return _updated(shards, where, edge.UpdateOperation.delete_points(body["points"]))
    chosen = wire.filter_of(body["filter"])
    if chosen is None:
        raise wire.NotSupported("deleting everything by an empty filter")
    return _updated(shards, where, edge.UpdateOperation.delete_points_by_filter(chosen))


def _set_payload(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    if body.get("points"):
        change = edge.UpdateOperation.set_payload(body["points"], body["payload"])
    else:
        chosen = wire.filter_of(body.get("filter"))
        if chosen is None:
            raise wire.NotSupported("changing everything by an empty filter")
        change = edge.UpdateOperation.set_payload_by_filter(chosen, body["payload"])
    return _updated(shards, where, change)


def _updated(shards: Shards, where: dict[str, Any], change: Any) -> dict[str, Any]:
    shards.get(where["name"]).update(change)
    return {"operation_id": 0, "status": "completed"}


def _query(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    found = shards.get(where["name"]).query(wire.query(body))
    return {"points": [wire.scored(one) for one in found]}


def _query_batch(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    return [_query(shards, one, where) for one in body["searches"]]


def _scroll(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    found, after = shards.get(where["name"]).scroll(wire.scroll(body))
    return {"points": [wire.record(one) for one in found], "next_page_offset": wire.id_json(after)}


def _count(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    wanted = edge.CountRequest(exact=True, filter=wire.filter_of(body.get("filter")))
    return {"count": shards.get(where["name"]).count(wanted)}


def _retrieve(shards: Shards, body: dict[str, Any], where: dict[str, Any]) -> Any:
    found = shards.get(where["name"]).retrieve(
        body["ids"], body.get("with_payload", True), body.get("with_vector", False)
    )
    return [wire.record(one) for one in found]


_ONE = "/collections/{name}"
_ACTS: tuple[tuple[str, str, Act], ...] = (
    ("GET", "/collections", _collections),
    ("GET", "/aliases", _aliases),
    ("POST", "/collections/aliases", _change_aliases),
    ("GET", f"{_ONE}/exists", _exists),
    ("GET", _ONE, _info),
    ("PUT", _ONE, _create),
    ("DELETE", _ONE, _drop),
    ("PUT", f"{_ONE}/index", _index_field),
    ("PUT", f"{_ONE}/points", _upsert),
    ("POST", f"{_ONE}/points", _retrieve),
    ("POST", f"{_ONE}/points/delete", _delete),
    ("POST", f"{_ONE}/points/payload", _set_payload),
    ("POST", f"{_ONE}/points/query", _query),
    ("POST", f"{_ONE}/points/query/batch", _query_batch),
    ("POST", f"{_ONE}/points/scroll", _scroll),
    ("POST", f"{_ONE}/points/count", _count),
)
