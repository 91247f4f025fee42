"""A stand-in for an embedding server: `/v1/embeddings` with vectors that follow from the text alone. Standard library only.

Two texts that share words get vectors that are alike, so that the dense leg has something to rank. It counts what it is
asked: `GET /count`. Run as a process of its own, it prints its address first.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from collections.abc import Sequence
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 384
MODEL = "stand-in"


def embed(text: str) -> list[float]:
    """The sum of the directions of its words, of length 1."""
    total = [0.0] * DIMENSION
    for word in set(text.casefold().split()):
        for place, sign in _directions(word):
            total[place] += sign
    length = math.sqrt(sum(number * number for number in total)) or 1.0
    return [number / length for number in total]


@lru_cache(maxsize=50_000)
def _directions(word: str) -> Sequence[tuple[int, float]]:
    chance = random.Random(hashlib.sha256(word.encode()).digest())
    return [(chance.randrange(DIMENSION), chance.choice((-1.0, 1.0))) for _ in range(24)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece: sent apart, the second waits 40 ms for the first to be acknowledged.
    wbufsize = -1
    disable_nagle_algorithm = True
    asked = 0

    def do_GET(self) -> None:
        self._send({"count": Handler.asked})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = body["input"]
        Handler.asked += len(texts)
        data = [{"index": place, "embedding": embed(text)} for place, text in enumerate(texts)]
        self._send({"object": "list", "data": data, "model": body["model"]})

    def _send(self, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
