"""`/mcp`: the checks before anything is read. Loads the SDK at the first request that passes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from crm_site.core import heavy, safe_json
from crm_site.mcp import callers
from crm_site.mcp.callers import Caller

if TYPE_CHECKING:
    from crm_site.mcp import http
else:
    http = heavy.module("crm_site.mcp.http")

MAX_BYTES = 256 * 1024
SCHEMES = ("bearer", "api-key")
PARSE_ERROR, INVALID_REQUEST = -32700, -32600


@csrf_exempt  # no cookie opens this door: only a key in the Authorization header does
@never_cache
def endpoint(request: HttpRequest) -> HttpResponse:
    """One message of the protocol, by POST with an API key. No stream is offered, so GET is refused as the protocol says."""
    if not _is_from_here(request):
        return _refused(403, "This Origin may not call this server.")
    if request.method != "POST":
        answer = _refused(405, "Send messages by POST; this server offers no stream and keeps no sessions.")
        answer["Allow"] = "POST"
        return answer
    caller = _caller(request)
    if caller is None:
        answer = _refused(
            401, "Send an API key as `Authorization: Bearer …`. This one is missing, unknown or ended."
        )
        answer["WWW-Authenticate"] = 'Bearer realm="Roundtable", error="invalid_token"'
        return answer
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:18]) > MAX_BYTES:
        return _refused(413, f"A message has at most {MAX_BYTES} bytes.")
    try:
        message = safe_json.read(request.read(MAX_BYTES + 1), max_bytes=MAX_BYTES)
    except safe_json.UnreadableJson as error:
        return _refused(400, error.message, PARSE_ERROR)
    return _answered(request, caller, json.dumps(message).encode())


def _answered(request: HttpRequest, caller: Caller, body: bytes) -> HttpResponse:
    headers = {name.lower(): value for name, value in request.headers.items()}
    given = http.answer(lambda: caller, headers=headers, body=body, max_bytes=2 * MAX_BYTES)
    answer = HttpResponse(given.body, status=given.status)
    for name, value in given.headers.items():
        if name.lower() != "content-length":
            answer[name] = value
    return answer


def _caller(request: HttpRequest) -> Caller | None:
    """Whom the key stands for. A session's cookie counts for nothing here."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in SCHEMES:
        return None
    return callers.by_key(key.strip(), request=request)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the Origin, when there is one, is ours: a page elsewhere must not reach a server on this machine through a
    browser, whatever name it has its own address resolve to. The Host header is checked by Django, for every address."""
    origin = request.headers.get("Origin")
    ours = f"{request.scheme}://{request.get_host()}"
    return origin is None or origin == ours or origin in settings.CSRF_TRUSTED_ORIGINS


def _refused(status: int, why: str, code: int = INVALID_REQUEST) -> JsonResponse:
    error = {"code": code, "message": why}
    return JsonResponse({"jsonrpc": "2.0", "id": None, "error": error}, status=status)
