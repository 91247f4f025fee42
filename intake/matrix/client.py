"""The homeserver, as the bot needs it: the only file (beside `crypto.py`) that imports matrix-nio.

Each call has a time limit and either returns what is named here or raises one of our errors. What nio would do by itself is
switched off: its waiting after a time-out and its own back-off never end (matrix.md 2.4). `crypto.py` extends the class.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

import nio
from aiohttp import ClientError, ClientResponse

from intake.matrix import wire
from intake.matrix.errors import RateLimited, Rejected, ServerDown, TokenRefused, TooLarge
from intake.matrix.session import Session

V1 = "/_matrix/client/v1"
V3 = "/_matrix/client/v3"
CALL_TIMEOUT_S = 20.0
MEDIA_TIMEOUT_S = 60.0
#: Beside what the server was asked to wait.
SYNC_GRACE_S = 15.0
FULL_SYNC_TIMEOUT_S = 120.0
RETRY_AFTER_S = 5.0
LONGEST_RETRY_AFTER_S = 300.0
LARGEST_ANSWER = 256 * 1024 * 1024
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Media:
    """A file from the homeserver. media_type: what the server says it is, which proves nothing."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Chunk:
    """A stretch of a room's past, newest first. end: where to go on; empty at the beginning of what may be seen."""

    events: tuple[wire.Event, ...]
    end: str


class Client:
    """One log-in at one homeserver. Use it as `async with Client(session) as client:`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.nio = self._make_nio(session)

    def _make_nio(self, session: Session) -> nio.AsyncClient:
        config = nio.AsyncClientConfig(
            max_timeouts=0, max_limit_exceeded=0, request_timeout=CALL_TIMEOUT_S, encryption_enabled=False
        )
        return nio.AsyncClient(session.homeserver, session.user_id, session.device_id, config=config)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.nio.close()

    @property
    def user_id(self) -> str:
        return self.session.user_id

    # -- What encryption changes ---------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Make the device ready for encrypted rooms. Once, when the homeserver answers."""

    def remember_unread(self, room_id: str, event: wire.Event) -> None:
        """Try an encrypted event again whose key was missing before."""

    async def _opened(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer of a /sync with what is encrypted in it decrypted, keys exchanged on the way."""
        return answer

    async def _opened_events(self, room_id: str, events: tuple[wire.Event, ...]) -> tuple[wire.Event, ...]:
        """Events of a room's past with what is encrypted decrypted."""
        return events

    async def _sealed(
        self, room_id: str, event_type: str, content: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Type and content as they are sent to the room."""
        return event_type, content

    # -- The account ---------------------------------------------------------------------------------------------------

    async def log_in(self, *, password: str, device_name: str) -> Session:
        """Log in, as the session's device when it names one. Raises Rejected for a wrong password."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.session.user_id},
            "password": password,
            "initial_device_display_name": device_name,
        }
        if self.session.device_id:
            body["device_id"] = self.session.device_id
        answer = await self.call("POST", "/login", body)
        return Session(
            homeserver=self.session.homeserver,
            user_id=_text(answer, "user_id"),
            device_id=_text(answer, "device_id"),
            access_token=_text(answer, "access_token"),
        )

    async def whoami(self) -> tuple[str, str]:
        """(user id, device id) of the token."""
        answer = await self.call("GET", "/account/whoami")
        return _text(answer, "user_id"), str(answer.get("device_id") or "")

    async def upload_limit(self) -> int | None:
        """How many bytes a file may have; None when the server does not say."""
        answer = await self.call("GET", "/media/config", base=V1)
        limit = answer.get("m.upload.size")
        return limit if isinstance(limit, int) else None

    async def has_no_rate_limit(self) -> bool | None:
        """Whether the account may send as much as it likes (Synapse); None when it may not even ask: it is no admin."""
        place = f"/_synapse/admin/v1/users/{_quoted(self.user_id)}/override_ratelimit"
        try:
            answer = await self.call("GET", place, base="")
        except Rejected:
            return None
        return answer.get("messages_per_second") == 0

    # -- Reading -------------------------------------------------------------------------------------------------------

    async def sync(
        self, *, since: str, wait_s: float, full_state: bool = False, timeline_limit: int = 50
    ) -> wire.Synced:
        """What is new since `since` (empty: the present state), after at most `wait_s` seconds of nothing new."""
        query = {"timeout": str(int(wait_s * 1000)), "filter": _filter(timeline_limit)}
        if since:
            query["since"] = since
        if full_state:
            query["full_state"] = "true"
        limit_s = FULL_SYNC_TIMEOUT_S if full_state or not since else wait_s + SYNC_GRACE_S
        answer = await self.call("GET", "/sync", query=query, timeout_s=limit_s)
        synced = wire.synced(await self._opened(answer), bot_id=self.user_id)
        if not synced.next_batch:
            raise ServerDown("the answer to /sync has no next_batch")
        return synced

    async def messages(self, room_id: str, *, start: str, stop: str, limit: int = 100) -> Chunk:
        """The room's past from `start` backwards until `stop`."""
        query = {"from": start, "to": stop, "dir": "b", "limit": str(limit)}
        answer = await self.call("GET", f"/rooms/{_quoted(room_id)}/messages", query=query)
        events = await self._opened_events(room_id, wire.events_of(answer))
        return Chunk(events, str(answer.get("end") or ""))

    async def download(self, url: str, *, limit: int) -> Media:
        """A file by its mxc address, with the token. Raises TooLarge beyond `limit` bytes, without reading them."""
        server, _, media_id = url.removeprefix("mxc://").partition("/")
        place = f"{V1}/media/download/{_quoted(server)}/{_quoted(media_id)}"
        try:
            return await asyncio.wait_for(self._download(place, limit), MEDIA_TIMEOUT_S + 5)
        except (ClientError, OSError, TimeoutError) as error:
            raise ServerDown(_explained(error)) from error

    async def fetch(self, picture: wire.Picture, *, limit: int) -> Media:
        """A picture that a message shows, readable. Raises TooLarge at once when its sender says so."""
        if picture.size > limit:
            raise TooLarge(f"{picture.size:,} bytes")
        return await self.download(picture.url, limit=limit)

    async def _download(self, place: str, limit: int) -> Media:
        answer = await self.nio.send("GET", place, None, self._headers(), timeout=MEDIA_TIMEOUT_S)
        async with answer:
            if answer.status != 200:
                _judge(answer, await _read(answer, CHUNK))
            if (answer.content_length or 0) > limit:
                raise TooLarge(f"{answer.content_length:,} bytes")
            return Media(await _read(answer, limit), answer.content_type)

    # -- Writing -------------------------------------------------------------------------------------------------------

    async def send(
        self, room_id: str, event_type: str, content: Mapping[str, Any], transaction_id: str
    ) -> str:
        """Send an event; return its id. The same transaction id again returns the first event's."""
        kind, sealed = await self._sealed(room_id, event_type, content)
        place = f"/rooms/{_quoted(room_id)}/send/{_quoted(kind)}/{_quoted(transaction_id)}"
        return _text(await self.call("PUT", place, sealed), "event_id")

    async def with_picture(self, room_id: str, content: Mapping[str, Any], png: bytes) -> dict[str, Any]:
        """The content of an image message with its picture, which is uploaded for it."""
        return {**content, "url": await self.upload(png, media_type="image/png", name="picture.png")}

    async def upload(self, data: bytes, *, media_type: str, name: str) -> str:
        """Store a file at the homeserver; return its mxc address."""
        place = f"/_matrix/media/v3/upload?{urlencode({'filename': name})}"
        answer = await self._call("POST", place, data, MEDIA_TIMEOUT_S, media_type)
        return _text(answer, "content_uri")

    async def show_typing(self, room_id: str, *, for_s: float) -> None:
        """Show the bot as typing for so long; 0: no more."""
        body: dict[str, Any] = {"typing": for_s > 0}
        if for_s > 0:
            body["timeout"] = int(for_s * 1000)
        place = f"/rooms/{_quoted(room_id)}/typing/{_quoted(self.user_id)}"
        await self.call("PUT", place, body)

    # -- Rooms ---------------------------------------------------------------------------------------------------------

    async def resolve(self, alias: str) -> str:
        """The id of the room with that alias."""
        return _text(await self.call("GET", f"/directory/room/{_quoted(alias)}"), "room_id")

    async def join(self, room_id: str) -> None:
        """Enter a room the bot is invited to (or is in already)."""
        await self.call("POST", f"/join/{_quoted(room_id)}", {}, timeout_s=MEDIA_TIMEOUT_S)

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline an invite."""
        await self.call("POST", f"/rooms/{_quoted(room_id)}/leave", {})

    async def joined_rooms(self) -> set[str]:
        """Ids of the rooms the bot is in."""
        found = (await self.call("GET", "/joined_rooms")).get("joined_rooms")
        return (
            {room_id for room_id in found if wire.identifier(room_id)} if isinstance(found, list) else set()
        )

    async def create_room(self, *, name: str, topic: str, invite: list[str]) -> str:
        """Make an invite-only room without encryption; return its id."""
        body = {
            "preset": "private_chat",
            "visibility": "private",
            "name": name,
            "topic": topic,
            "invite": invite,
        }
        return _text(await self.call("POST", "/createRoom", body), "room_id")

    async def invite(self, room_id: str, user_id: str) -> None:
        """Ask somebody in."""
        await self.call("POST", f"/rooms/{_quoted(room_id)}/invite", {"user_id": user_id})

    async def members(self, room_id: str) -> dict[str, str]:
        """User id → membership (join, invite, leave, ban)."""
        answer = await self.call("GET", f"/rooms/{_quoted(room_id)}/members")
        found = {}
        for event in wire.events_of(answer):
            user_id = wire.identifier(event.get("state_key"))
            if user_id:
                found[user_id] = str(wire.content_of(event).get("membership") or "")
        return found

    async def room_state(self, room_id: str, event_type: str) -> dict[str, Any] | None:
        """Content of a state event of the room; None when there is none."""
        try:
            return await self.call("GET", f"/rooms/{_quoted(room_id)}/state/{_quoted(event_type)}")
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    async def creators(self, room_id: str) -> set[str]:
        """Who may do anything because they made the room: from room version 12 on; else nobody."""
        place = f"/rooms/{_quoted(room_id)}/state/m.room.create"
        event = await self.call("GET", place, query={"format": "event"})
        content = wire.content_of(event)
        version = str(content.get("room_version") or "")
        if not version.isdecimal() or int(version) < 12:
            return set()
        more = content.get("additional_creators")
        return {
            wire.identifier(name) for name in [event.get("sender"), *(more if isinstance(more, list) else [])]
        }

    # -- The wire ------------------------------------------------------------------------------------------------------

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout_s: float = CALL_TIMEOUT_S,
        base: str = V3,
    ) -> dict[str, Any]:
        """One request of the client-server API below `base`. Raises TokenRefused, RateLimited, ServerDown, Rejected."""
        place = f"{base}{path}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        return await self._call(method, place, data, timeout_s, "application/json")

    async def _call(
        self, method: str, place: str, data: bytes | None, timeout_s: float, media_type: str
    ) -> dict[str, Any]:
        try:
            # nio's own time limit does not cover all of its calls.
            return await asyncio.wait_for(
                self._exchange(method, place, data, timeout_s, media_type), timeout_s + 1
            )
        except (ClientError, OSError, TimeoutError) as error:
            raise ServerDown(_explained(error)) from error

    async def _exchange(
        self, method: str, place: str, data: bytes | None, timeout_s: float, media_type: str
    ) -> dict[str, Any]:
        headers = {**self._headers(), "Content-Type": media_type}
        answer = await self.nio.send(method, place, data, headers, timeout=timeout_s)
        async with answer:
            return _judge(answer, await _read(answer, LARGEST_ANSWER))

    def _headers(self) -> dict[str, str]:
        token = self.session.access_token
        return {"Authorization": f"Bearer {token}"} if token else {}


def _judge(answer: ClientResponse, raw: bytes) -> dict[str, Any]:
    """The answer's JSON, or the error it amounts to.

    By status first: a proxy in front of the homeserver answers with pages of its own, which have no errcode.
    """
    found = wire.decode(raw)
    errcode, said = str(found.get("errcode") or ""), str(found.get("error") or "")
    if 200 <= answer.status < 300:
        if not raw.strip().startswith(b"{"):
            raise ServerDown("the answer is not JSON")
        return found
    if answer.status == 429:
        raise RateLimited(_retry_after_s(found, answer))
    if errcode in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"}:
        raise TokenRefused(said or errcode)
    if answer.status >= 500 or (not errcode and answer.status != 413):
        raise ServerDown(f"HTTP {answer.status} {said}".strip())
    raise Rejected(answer.status, errcode, said)


def _retry_after_s(found: Mapping[str, Any], answer: ClientResponse) -> float:
    said = found.get("retry_after_ms")
    if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0:
        return min(said / 1000, LONGEST_RETRY_AFTER_S)
    header = answer.headers.get("Retry-After", "")
    return min(float(header), LONGEST_RETRY_AFTER_S) if header.isdecimal() else RETRY_AFTER_S


async def _read(answer: ClientResponse, limit: int) -> bytes:
    """The body, at most `limit` bytes. Raises TooLarge, whatever the headers said."""
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(CHUNK):
        size += len(piece)
        if size > limit:
            raise TooLarge(f"more than {limit:,} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _filter(timeline_limit: int) -> str:
    nothing: dict[str, Any] = {"types": []}
    return json.dumps(
        {
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "timeline": {"limit": timeline_limit},
                "ephemeral": nothing,
                "account_data": nothing,
            },
        },
        separators=(",", ":"),
    )


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise ServerDown(f"the answer has no {name}")
    return value


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _explained(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
