"""What the client makes of servers that are down, behind a proxy, too slow, too busy or hostile."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crm_site.tests import fakes
from intake.matrix import client as client_module
from intake.matrix import wire
from intake.matrix.bot import filling
from intake.matrix.client import Client
from intake.matrix.errors import MatrixError, RateLimited, Rejected, ServerDown, TokenRefused, TooLarge
from intake.matrix.session import Session

BOT = "@roundtable:home.test"
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers each request with what `answer` does. seen: (method, path, headers, body)."""

    def __init__(self) -> None:
        self.answer: Answer = give(200, {})
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.release = threading.Event()


def give(
    status: int, body: Any, *, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(fakes.Quiet):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.seen.append((self.command, self.path, dict(self.headers), body))
            try:
                made.answer(self)
            except OSError:
                return  # the client has hung up, as it should

        do_GET = do_PUT = do_POST = _any

    with fakes.serving(Handler) as made.url:
        yield made
        made.release.set()


def ask(server: Server, action: Callable[[Client], Any], *, url: str = "") -> Any:
    async def main() -> Any:
        async with Client(Session(url or server.url, BOT, "DEVICE", "secret-token")) as client:
            return await action(client)

    return asyncio.run(main())


def sync(client: Client) -> Any:
    return client.sync(since="s1", wait_s=0)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (give(502, b"<html>Bad gateway</html>", kind="text/html"), ServerDown),
        (give(404, b"<html>nginx</html>", kind="text/html"), ServerDown),
        (give(403, b"", kind="text/plain"), ServerDown),
        (give(500, {"errcode": "M_UNKNOWN", "error": "oops"}), ServerDown),
        (give(200, b"<html>Welcome to our Wi-Fi</html>", kind="text/html"), ServerDown),
        (give(200, b"[1, 2]"), ServerDown),
        (give(200, b"{broken"), ServerDown),
        (give(200, {"rooms": {}}), ServerDown),
        (give(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "gone"}), TokenRefused),
        (give(401, {"errcode": "M_MISSING_TOKEN"}), TokenRefused),
        (give(403, {"errcode": "M_FORBIDDEN", "error": "no"}), Rejected),
        (give(413, b"too big", kind="text/plain"), Rejected),
        (give(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}), RateLimited),
    ],
)
def test_each_answer_is_one_of_our_errors_at_once(server, answer: Answer, error: type[MatrixError]) -> None:
    server.answer = answer
    with pytest.raises(error):
        ask(server, sync)
    # nio would ask again by itself.
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (give(429, {"retry_after_ms": 1500}), 1.5),
        (give(429, {}, headers={"Retry-After": "7"}), 7.0),
        (give(429, b"slow down", kind="text/plain"), client_module.RETRY_AFTER_S),
        (give(429, {"retry_after_ms": "soon"}), client_module.RETRY_AFTER_S),
        (give(429, {"retry_after_ms": 10**12}), client_module.LONGEST_RETRY_AFTER_S),
    ],
)
def test_a_limit_says_when_to_come_again(server, answer: Answer, seconds: float) -> None:
    server.answer = answer
    with pytest.raises(RateLimited) as caught:
        ask(server, sync)
    assert caught.value.retry_after_s == seconds


def test_a_server_that_is_not_there_is_down(server) -> None:
    with pytest.raises(ServerDown):
        ask(server, sync, url="http://127.0.0.1:9")


def test_a_server_that_never_answers_is_given_up_in_time(server, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "SYNC_GRACE_S", 0.3)
    server.answer = lambda handler: server.release.wait(20) and None
    began = time.monotonic()
    with pytest.raises(ServerDown):
        ask(server, sync)
    assert time.monotonic() - began < 5


def test_a_server_that_drips_is_given_up_in_time(server, monkeypatch) -> None:
    """Each byte comes in time, the answer never ends."""
    monkeypatch.setattr(client_module, "SYNC_GRACE_S", 0.3)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.release.wait(0.05):
            handler.wfile.write(b" ")

    server.answer = drip
    began = time.monotonic()
    with pytest.raises(ServerDown):
        ask(server, sync)
    assert time.monotonic() - began < 5


def test_the_token_travels_in_a_header_and_never_in_an_address_or_an_error(server) -> None:
    server.answer = give(200, {"event_id": "$1"})
    assert (
        ask(server, lambda client: client.send("!a/b:home.test", "m.room.message", {"body": "x"}, "t/1"))
        == "$1"
    )
    ((method, path, headers, body),) = server.seen
    assert (method, json.loads(body)) == ("PUT", {"body": "x"})
    assert path == "/_matrix/client/v3/rooms/!a%2Fb:home.test/send/m.room.message/t%2F1"
    assert headers["Authorization"] == "Bearer secret-token"
    assert "secret-token" not in path and "secret-token" not in repr(Session("h", "u", "d", "secret-token"))


def test_a_proxy_of_the_environment_is_not_asked(server, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.answer = give(200, {"next_batch": "s2"})
    assert ask(server, sync).next_batch == "s2"


def test_a_file_is_fetched_with_the_token_by_the_authenticated_way(server) -> None:
    server.answer = give(200, b"bytes", kind="image/png")
    media = ask(server, lambda client: client.download("mxc://home.test/abc", limit=10))
    assert (media.data, media.media_type) == (b"bytes", "image/png")
    assert server.seen[0][1] == "/_matrix/client/v1/media/download/home.test/abc"
    assert server.seen[0][2]["Authorization"] == "Bearer secret-token"


def test_a_file_that_says_it_is_too_large_is_not_read(server) -> None:
    def lie(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(50 * 1024 * 1024))
        handler.end_headers()
        server.release.wait(20)

    server.answer = lie
    began = time.monotonic()
    with pytest.raises(TooLarge):
        ask(server, lambda client: client.download("mxc://home.test/abc", limit=1000))
    assert time.monotonic() - began < 5


def test_a_file_that_does_not_say_how_large_it_is_is_read_up_to_the_limit(server) -> None:
    sent = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(2000):
            handler.wfile.write(b"x" * 65536)
            sent.append(65536)

    server.answer = endless
    with pytest.raises(TooLarge):
        ask(server, lambda client: client.download("mxc://home.test/abc", limit=1_000_000))
    assert sum(sent) < 100_000_000


def test_a_picture_whose_sender_says_it_is_too_large_is_not_even_asked_for(server) -> None:
    picture = wire.Picture("mxc://home.test/abc", "image/png", 5000, None)
    with pytest.raises(TooLarge):
        ask(server, lambda client: client.fetch(picture, limit=1000))
    assert server.seen == []


def test_only_rooms_are_asked_for_and_typing_is_left_out(server) -> None:
    server.answer = give(200, {"next_batch": "s2"})
    ask(server, lambda client: client.sync(since="", wait_s=0, full_state=True, timeline_limit=10))
    query = dict(parse_qsl(urlsplit(server.seen[0][1]).query))
    assert query["full_state"] == "true" and "since" not in query
    wanted = json.loads(query["filter"])
    assert wanted["room"]["timeline"] == {"limit": 10}
    assert wanted["presence"] == wanted["room"]["ephemeral"] == {"types": []}


# -- Gaps ------------------------------------------------------------------------------------------------------------------


def event(number: int, kind: str = "m.room.message", **more: Any) -> dict[str, Any]:
    return {"event_id": f"${number}", "type": kind, "sender": "@anna:home.test", "content": {}, **more}


def coming(number: int) -> dict[str, Any]:
    return event(number, "m.room.member", state_key=BOT, content={"membership": "join"})


def chunks(server: Server, *pages: list[dict[str, Any]]) -> None:
    """Serve /messages page by page, each newest first; the tokens are p0, p1, …"""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        number = int(handler.path.partition("from=p")[2].partition("&")[0])
        body: dict[str, Any] = {"chunk": pages[number], "start": f"p{number}"}
        if number + 1 < len(pages):
            body["end"] = f"p{number + 1}"
        give(200, body)(handler)

    server.answer = answer


def whole(server: Server, page: wire.Page, since: str = "s1") -> list[str]:
    found = ask(server, lambda client: filling.whole_timeline(client, page, since=since))
    return [each["event_id"] for each in found]


GAP = wire.Page("!a:home.test", (), (event(90), event(91)), True, "p0")


def test_a_gap_is_filled_page_by_page_and_the_oldest_comes_first(server) -> None:
    chunks(server, [event(89), event(88)], [event(87)], [])
    assert whole(server, GAP) == ["$87", "$88", "$89", "$90", "$91"]
    assert all("to=s1" in path and "dir=b" in path for _, path, _, _ in server.seen)


def test_what_lies_before_the_bots_coming_is_not_fetched(server) -> None:
    chunks(server, [event(89), coming(88), event(87)], [event(86)])
    assert "$86" not in whole(server, GAP)
    assert len(server.seen) == 1


def test_a_room_the_bot_came_into_just_now_has_no_gap(server) -> None:
    page = wire.Page("!a:home.test", (), (coming(90), event(91)), True, "p0")
    assert whole(server, page) == ["$90", "$91"]
    assert server.seen == []


@pytest.mark.parametrize(
    "page", [wire.Page("!a", (), (event(90),), False, "p0"), wire.Page("!a", (), (event(90),), True, "")]
)
def test_without_a_gap_nothing_is_asked_for(server, page) -> None:
    assert whole(server, page) == ["$90"]
    assert server.seen == []


def test_a_gap_that_cannot_be_filled_is_an_error_and_not_a_loss(server) -> None:
    server.answer = give(502, b"no", kind="text/plain")
    with pytest.raises(ServerDown):
        whole(server, GAP)


def test_a_server_that_turns_in_circles_is_left(server) -> None:
    server.answer = give(200, {"chunk": [event(89)], "end": "p0"})
    assert whole(server, GAP) == ["$89", "$90", "$91"]
