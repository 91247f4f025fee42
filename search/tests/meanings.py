"""An embedding server on loopback that knows what a few words mean: each subject has a direction of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from crm_site.tests import fakes

SUBJECTS = (
    ("ship", "vessel", "boat"),
    ("solar", "photovoltaic", "sunlight"),
    ("school", "teaching", "pupils"),
)


class Meanings:
    """dimension: of its vectors. is_down: it answers 503."""

    def __init__(self) -> None:
        self.dimension = len(SUBJECTS) + 1
        self.is_down = False
        self.url = ""

    def vector(self, text: str) -> list[float]:
        said = text.lower()
        found = [0.1 + sum(said.count(word) for word in words) for words in SUBJECTS]
        return [*found, *[0.1] * (self.dimension - len(found))]


@contextmanager
def server() -> Iterator[Meanings]:
    """Run it for the time of the block."""
    meanings = Meanings()

    class Handler(fakes.Quiet):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            data = [
                {"index": number, "embedding": meanings.vector(text)}
                for number, text in enumerate(asked["input"])
            ]
            raw = json.dumps({"data": data}).encode()
            self.send_response(503 if meanings.is_down else 200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    with fakes.serving(Handler) as meanings.url:
        yield meanings
