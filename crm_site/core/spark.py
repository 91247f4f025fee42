"""The local model server ("Spark Control"): any server that speaks the OpenAI-compatible chat-completions protocol.

The one file that talks to it. Its answer is untrusted input: this client bounds its time and size and returns text;
what the text says is checked elsewhere.
"""

from __future__ import annotations

import base64
import json
import math
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from crm_site import env
from crm_site.core import heavy
from crm_site.core.errors import Unavailable

if TYPE_CHECKING:
    import httpx
else:
    httpx = heavy.module("httpx")  # the web and the bot never ask the model themselves

MAX_ANSWER_BYTES = 512 * 1024
MAX_ANSWER_TOKENS = 2048
#: A batch of vectors as JSON: 64 texts of 4,096 numbers each.
MAX_VECTOR_BYTES = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 3.0
#: After this many failures in a row calls fail at once for a while: a dead server must not hold every worker.
FAILURES_TO_OPEN = 3
OPEN_FOR_S = 30.0

#: One message of the chat: {"role", "content"}. The content is text, or a list of parts (`picture_part`, `text_part`).
Message = Mapping[str, Any]


class ModelUnavailable(Unavailable):
    """No model is configured, or it does not answer, or not within the limits."""

    code = "model_unavailable"


@dataclass
class _Breaker:
    """Counts failures of this process. After `OPEN_FOR_S` one call is let through to try again."""

    failures: int = 0
    open_until: float = 0.0

    def check(self) -> None:
        if time.monotonic() < self.open_until:
            raise ModelUnavailable("The model server did not answer lately; trying again in a moment.")

    def succeeded(self) -> None:
        self.failures, self.open_until = 0, 0.0

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.open_until = time.monotonic() + OPEN_FOR_S


_breaker = _Breaker()
#: Apart: a server may have lost one of its models and still serve the other.
_vector_breaker = _Breaker()
_lock = threading.Lock()


def configured() -> bool:
    """Tell whether a model server is set up."""
    return bool(settings.SPARK_CONTROL_URL)


def sees() -> bool:
    """Tell whether a model that reads pictures is set up."""
    return configured() and bool(settings.CRM_VISION_MODEL)


def text_part(text: str) -> dict[str, Any]:
    """Text, as one part of a message that also holds a picture."""
    return {"type": "text", "text": text}


def picture_part(data: bytes, content_type: str) -> dict[str, Any]:
    """A picture inside the request itself: the server needs no way to fetch anything from us."""
    encoded = base64.b64encode(data).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:{content_type};base64,{encoded}"}}


def reset() -> None:
    """Forget past failures, for a new configuration."""
    with _lock:
        _breaker.succeeded()
        _vector_breaker.succeeded()


def chat(
    messages: Sequence[Message],
    *,
    schema: Mapping[str, Any],
    name: str,
    timeout_s: float | None = None,
    model: str = "",
) -> str:
    """Ask the model for JSON under `schema`, at temperature 0; return its text, not yet parsed.

    timeout_s: for the whole answer, connection included (default SPARK_TIMEOUT_S). model: its name on the server
    (default CRM_CHAT_MODEL). Raises ModelUnavailable.
    """
    body = _request(messages, schema, name, model)
    with _guarded(_breaker):
        return _content(_post("/v1/chat/completions", body, timeout_s))


def embed(texts: Sequence[str], *, timeout_s: float | None = None) -> list[list[float]]:
    """One vector of finite numbers for each text, in their order, all of one dimension.

    Raises ModelUnavailable, also for an answer with a wrong count, an unequal dimension or a number that is none.
    """
    body = {"model": settings.CRM_EMBED_MODEL, "input": list(texts), "encoding_format": "float"}
    with _guarded(_vector_breaker):
        return _vectors(_post("/v1/embeddings", body, timeout_s, most_bytes=MAX_VECTOR_BYTES), len(texts))


@contextmanager
def _guarded(breaker: _Breaker) -> Iterator[None]:
    if not configured():
        raise ModelUnavailable("No model server is set up (SPARK_CONTROL_URL).")
    with _lock:
        breaker.check()
    try:
        yield
    except ModelUnavailable:
        with _lock:
            breaker.failed()
        raise
    with _lock:
        breaker.succeeded()


def reachable() -> bool:
    """Tell whether the server answers its list of models within a few seconds."""
    try:
        with _client(CONNECT_TIMEOUT_S) as client:
            return client.get(_address("/v1/models")).status_code < 500
    except (httpx.HTTPError, ModelUnavailable):
        return False


def models() -> list[str]:
    """The names of the models that the server offers, in its order; none when it does not say."""
    try:
        with _client(CONNECT_TIMEOUT_S) as client:
            listed = client.get(_address("/v1/models")).json()["data"]
        return [str(one["id"]) for one in listed]
    except (httpx.HTTPError, ModelUnavailable, ValueError, KeyError, TypeError):
        return []


def _request(messages: Sequence[Message], schema: Mapping[str, Any], name: str, model: str) -> dict[str, Any]:
    return {
        "model": model or settings.CRM_CHAT_MODEL,
        "messages": [dict(message) for message in messages],
        "temperature": 0,
        "max_tokens": MAX_ANSWER_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": name, "schema": dict(schema), "strict": True},
        },
    }


def _post(
    path: str, body: Mapping[str, Any], timeout_s: float | None, *, most_bytes: int = MAX_ANSWER_BYTES
) -> bytes:
    limit_s = timeout_s or settings.SPARK_TIMEOUT_S
    deadline = time.monotonic() + limit_s
    chunks: list[bytes] = []
    size = 0
    try:
        with _client(limit_s) as client, client.stream("POST", _address(path), json=dict(body)) as response:
            if response.status_code != 200:
                raise ModelUnavailable(f"The model server answered {response.status_code}.")
            for chunk in response.iter_bytes():
                size += len(chunk)
                chunks.append(chunk)
                # httpx times each read, not the whole: a server that drips bytes would hold a worker for ever.
                if size > most_bytes or time.monotonic() > deadline:
                    raise ModelUnavailable("The model's answer was too long or took too long.")
    except httpx.HTTPError as error:
        raise ModelUnavailable(f"The model server does not answer ({type(error).__name__}).") from error
    return b"".join(chunks)


def _content(raw: bytes) -> str:
    try:
        content = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise ModelUnavailable("The model server's answer is not a chat completion.") from None
    if not isinstance(content, str):
        raise ModelUnavailable("The model server's answer holds no text.")
    return content


def _vectors(raw: bytes, count: int) -> list[list[float]]:
    try:
        data = sorted(json.loads(raw)["data"], key=lambda one: one["index"])
        found = [[float(number) for number in one["embedding"]] for one in data]
        places = [one["index"] for one in data]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, OverflowError):
        raise ModelUnavailable("The model server's answer holds no vectors.") from None
    if places != list(range(count)):
        raise ModelUnavailable(f"The model server gave {len(found)} vectors for {count} texts.")
    if len({len(vector) for vector in found}) > 1 or not all(found):
        raise ModelUnavailable("The model server's vectors are empty or differ in length.")
    if not all(math.isfinite(number) for vector in found for number in vector):
        raise ModelUnavailable("The model server's vectors hold what is no number.")
    return found


def _client(timeout_s: float) -> httpx.Client:
    # trust_env off: a proxy variable must not carry investor data out of the house.
    return httpx.Client(
        timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
        verify=_trusted() if settings.SPARK_CONTROL_VERIFY_TLS else False,
        trust_env=False,
        follow_redirects=False,
    )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Whom to trust, read once: reading all authorities takes longer than a search does."""
    return httpx.create_ssl_context(trust_env=False)


def _address(path: str) -> str:
    base = str(settings.SPARK_CONTROL_URL).removesuffix("/v1")
    host = urlsplit(base).hostname or ""
    if not settings.SPARK_ALLOW_REMOTE and env.is_public(host):
        raise ModelUnavailable(f"{host} is a public address now: investor data stays in the house.")
    return base + path
