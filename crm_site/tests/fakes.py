"""Stand-ins for the world outside that speak its real protocols on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = str | Callable[[BaseHTTPRequestHandler, dict[str, Any]], str | None]


class Quiet(BaseHTTPRequestHandler):
    """A handler that writes nothing about its requests."""

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answer on loopback by `handler`, each request in a thread, for the time of the block. Yields the address."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)


@dataclass
class ChatServer:
    """A chat-completions server. Each request takes the next answer; the last one repeats.

    An answer is the assistant's text, or a function of (handler, request body) that returns it, or writes its own
    response and returns None. requests: the bodies received, in order.
    """

    answers: list[Answer]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def chat_server(*answers: Answer) -> Iterator[ChatServer]:
    """Run the server for the time of the block."""
    server = ChatServer(list(answers))

    class Handler(Quiet):
        def do_GET(self) -> None:
            self._send(200, json.dumps({"object": "list", "data": [{"id": "stub"}]}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.requests.append({"path": self.path, **body})
            answer = server.next_answer()
            text = answer if isinstance(answer, str) else answer(self, body)
            if text is not None:
                message = {"role": "assistant", "content": text}
                self._send(
                    200, json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
                )

        def _send(self, status: int, body: str) -> None:
            raw = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    with serving(Handler) as server.url:
        yield server
