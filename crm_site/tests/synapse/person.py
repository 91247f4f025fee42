"""Somebody with a Matrix client: says, answers, reacts, edits, takes back, and sees what the room shows.

The client is matrix-nio with a loop and a thread of its own; a test calls it like any other object. What comes through its
/sync is kept in order, so a test can look back at everything the person has seen.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import nio

from crm_site.tests.crashing.harness import StillWaiting
from crm_site.tests.synapse.homeserver import Account, Homeserver, Refused

# A line for every event of every person says nothing that `seen` does not.
logging.getLogger("nio").setLevel(logging.WARNING)

T = TypeVar("T")
CALL_S = 60.0
LOOK_S = 0.02
POLL_MS = 10_000


@dataclass(frozen=True)
class Seen:
    """One event as the person's client got it. at: on this machine's monotonic clock, when it came."""

    room: str
    event_id: str
    sender: str
    type: str
    content: dict[str, Any]
    source: dict[str, Any]
    at: float = field(compare=False, default=0.0)

    @property
    def body(self) -> str:
        return str(self.content.get("body", ""))

    @property
    def html(self) -> str:
        return str(self.content.get("formatted_body", ""))

    @property
    def relation(self) -> dict[str, Any]:
        found = self.content.get("m.relates_to")
        return found if isinstance(found, dict) else {}

    @property
    def thread_root(self) -> str:
        return str(self.relation.get("event_id", "")) if self.relation.get("rel_type") == "m.thread" else ""

    @property
    def reacted_to(self) -> str:
        return str(self.relation.get("event_id", "")) if self.type == "m.reaction" else ""


class Person:
    """One account in use. Use it as a context manager, or `start()` and `stop()`.

    store: a folder for keys; with one, encrypted rooms can be read and written.
    """

    def __init__(self, homeserver: Homeserver, account: Account, *, store: Path | None = None) -> None:
        self.homeserver = homeserver
        self.account = account
        self.store = store
        self.mxid = account.mxid
        self.seen: list[Seen] = []
        self.invites: set[str] = set()
        self.typing: dict[str, set[str]] = {}
        self.ever_typed: set[tuple[str, str]] = set()
        self._echoing: set[str] = set()
        self._sending: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=self.mxid, daemon=True)
        self._synced = threading.Event()
        self._syncing: asyncio.Task[None] | None = None
        self.client: nio.AsyncClient | None = None

    def __enter__(self) -> Person:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Person:
        self._thread.start()
        self._call(self._open())
        if not self._synced.wait(CALL_S):
            raise StillWaiting(f"{self.mxid} never saw a first /sync")
        return self

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_S)
        self._loop.close()

    # What a person does.

    def create_room(
        self,
        name: str = "Intake",
        *,
        invite: Sequence[str] = (),
        version: str | None = None,
        encrypted: bool = False,
    ) -> str:
        """An invite-only room; its id."""
        state = [nio.EnableEncryptionBuilder().as_dict()] if encrypted else []
        made = self._call(
            self._nio.room_create(name=name, invite=invite, room_version=version, initial_state=state)
        )
        return str(_answered(made).room_id)

    def invite(self, room: str, mxid: str) -> None:
        _answered(self._call(self._nio.room_invite(room, mxid)))

    def join(self, room: str) -> None:
        _answered(self._call(self._nio.join(room)))

    def leave(self, room: str) -> None:
        _answered(self._call(self._nio.room_leave(room)))

    def kick(self, room: str, mxid: str) -> None:
        _answered(self._call(self._nio.room_kick(room, mxid)))

    def upgrade(self, room: str, version: str = "11") -> str:
        """Upgrade a room as a client's command does; the id of the new one."""
        place = f"/_matrix/client/v3/rooms/{room}/upgrade"
        made = self.homeserver.call("POST", place, {"new_version": version}, token=self.account.token)
        return str(made["replacement_room"])

    def say(self, room: str, text: str, **more: Any) -> str:
        """A message of its own; returns its event id. more: further keys of the content."""
        return self.send(room, {"msgtype": "m.text", "body": text, **more})

    def answer(self, room: str, root: str, text: str, *, last_seen: str = "") -> str:
        """In the thread, as clients with threads do: the fallback names the last event of the thread they show."""
        last = last_seen or ([root] + [event.event_id for event in self.thread(room, root)])[-1]
        relation = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": last},
        }
        return self.send(room, {"msgtype": "m.text", "body": text, "m.relates_to": relation})

    def reply(self, room: str, to: str, text: str) -> str:
        """A plain reply with the old quote, as clients without threads send it."""
        quoted = next((event for event in self.seen if event.event_id == to), None)
        first = (quoted.body if quoted else "").split("\n")
        quote = "\n".join(
            f"> {line}" for line in [f"<{quoted.sender if quoted else ''}> {first[0]}", *first[1:]]
        )
        relation = {"m.in_reply_to": {"event_id": to}}
        return self.send(room, {"msgtype": "m.text", "body": f"{quote}\n\n{text}", "m.relates_to": relation})

    def react(self, room: str, to: str, key: str = "👍") -> str:
        relation = {"rel_type": "m.annotation", "event_id": to, "key": key}
        return self.send(room, {"m.relates_to": relation}, kind="m.reaction")

    def edit(self, room: str, event_id: str, text: str) -> str:
        """Replace the text of an earlier message."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        return self.send(
            room,
            {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation},
        )

    def redact(self, room: str, event_id: str, reason: str | None = None) -> str:
        return str(_answered(self._call(self._nio.room_redact(room, event_id, reason))).event_id)

    def send_picture(
        self, room: str, data: bytes, media_type: str = "image/png", name: str = "card.png"
    ) -> str:
        """Upload and post it."""
        uploaded = self.upload(data, media_type, name)
        info = {"mimetype": media_type, "size": len(data)}
        return self.send(room, {"msgtype": "m.image", "body": name, "url": uploaded, "info": info})

    def upload(self, data: bytes, media_type: str, name: str) -> str:
        async def provide() -> Any:
            answer, _ = await self._nio.upload(
                lambda _limited, _timed_out: data, content_type=media_type, filename=name, filesize=len(data)
            )
            return answer

        return str(_answered(self._call(provide())).content_uri)

    def send(self, room: str, content: dict[str, Any], *, kind: str = "m.room.message") -> str:
        """Any event; its id. Raises Refused."""
        sent = self._nio.room_send(room, kind, content, ignore_unverified_devices=True)
        return str(_answered(self._call(sent)).event_id)

    def send_all(self, room: str, texts: Sequence[str]) -> list[str]:
        """Many messages at once, as a paste into a client that sends line by line; their ids in the order of `texts`."""

        async def together() -> list[Any]:
            contents = [{"msgtype": "m.text", "body": text} for text in texts]
            sends = [self._nio.room_send(room, "m.room.message", content) for content in contents]
            return list(await asyncio.gather(*sends))

        return [str(_answered(answer).event_id) for answer in self._call(together(), timeout_s=300)]

    def answers_at_once(self, room: str) -> None:
        """From now on answer every message of others in the room in its thread, without waiting for the test."""
        self._echoing.add(room)

    # What a person sees.

    def thread(self, room: str, root: str) -> list[Seen]:
        """Everything in the thread so far, oldest first, without its root."""
        return [event for event in self.in_room(room) if event.thread_root == root]

    def answers(self, room: str, root: str) -> list[Seen]:
        """What others wrote in the thread."""
        return [event for event in self.thread(room, root) if event.sender != self.mxid]

    def in_room(self, room: str) -> list[Seen]:
        return [event for event in list(self.seen) if event.room == room]

    def wait_for(
        self,
        what: str,
        found: Callable[[], T],
        *,
        timeout_s: float = 60.0,
        meanwhile: Callable[[], object] | None = None,
    ) -> T:
        """Look until `found()` gives something true, and return it. meanwhile: called between two looks."""
        until = time.monotonic() + timeout_s
        while not (value := found()):
            if time.monotonic() > until:
                raise StillWaiting(f"{what}: not within {timeout_s:.0f} s; the person saw:\n{self.story()}")
            if meanwhile is not None:
                meanwhile()
            time.sleep(LOOK_S)
        return value

    def wait_until_seen(self, event_id: str, *, timeout_s: float = 60.0) -> Seen:
        """Until an event has come through this person's own /sync."""
        return self.wait_for(
            f"event {event_id}",
            lambda: next((event for event in list(self.seen) if event.event_id == event_id), None),
            timeout_s=timeout_s,
        )

    def story(self) -> str:
        """The last that was seen, a line each: for the message of a failed test."""
        lines = []
        for event in self.seen[-30:]:
            where = "  ↳ " if event.thread_root else ""
            said = event.body or event.relation.get("key") or event.type
            lines.append(f"{where}{event.sender}: {str(said)[:300]}")
        return "\n".join(lines)

    # Behind it.

    @property
    def _nio(self) -> nio.AsyncClient:
        assert self.client is not None, "not started"
        return self.client

    def _call(self, work: Coroutine[Any, Any, T], *, timeout_s: float = CALL_S) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)

    async def _open(self) -> None:
        config = nio.AsyncClientConfig(
            encryption_enabled=self.store is not None, request_timeout=40, max_timeouts=2
        )
        self.client = nio.AsyncClient(
            self.homeserver.url,
            self.mxid,
            device_id=self.account.device_id,
            store_path=str(self.store) if self.store else "",
            config=config,
        )
        self.client.restore_login(self.mxid, self.account.device_id, self.account.token)
        self._syncing = asyncio.create_task(self._sync_for_ever())

    async def _close(self) -> None:
        if self._syncing is not None:
            self._syncing.cancel()
            with suppress(asyncio.CancelledError, CancelledError):
                await self._syncing
        await self._nio.close()

    async def _sync_for_ever(self) -> None:
        """A homeserver that is away for a while is waited for."""
        since: str | None = None
        while True:
            try:
                answer = await self._nio.sync(
                    timeout=POLL_MS if since else 0,
                    since=since,
                    full_state=since is None,
                    sync_filter={"room": {"timeline": {"limit": 1000}}},
                )
            except (TimeoutError, OSError, nio.exceptions.LocalProtocolError):
                await asyncio.sleep(0.2)
                continue
            if not isinstance(answer, nio.SyncResponse):
                await asyncio.sleep(0.2)
                continue
            since = answer.next_batch
            self._take_in(answer)
            if self._nio.olm is not None:
                await self._keep_keys()
            self._synced.set()

    def _take_in(self, answer: nio.SyncResponse) -> None:
        self.invites.update(answer.rooms.invite)
        for room, joined in answer.rooms.join.items():
            new = [self._seen(room, event) for event in joined.timeline.events]
            self.seen += new
            for event in new:
                self._echo(event)
            for event in joined.ephemeral:
                if isinstance(event, nio.TypingNoticeEvent):
                    self.typing[room] = set(event.users)
                    self.ever_typed.update((room, user) for user in event.users)

    def _seen(self, room: str, event: Any) -> Seen:
        source = event.source
        content = source.get("content")
        return Seen(
            room=room,
            event_id=str(source.get("event_id", "")),
            sender=str(source.get("sender", "")),
            type=str(source.get("type", "")),
            content=content if isinstance(content, dict) else {},
            source=source,
            at=time.monotonic(),
        )

    def _echo(self, event: Seen) -> None:
        if event.room in self._echoing and event.sender != self.mxid and event.type == "m.room.message":
            relation = {"rel_type": "m.thread", "event_id": event.event_id}
            content = {"msgtype": "m.text", "body": "pong", "m.relates_to": relation}
            task = asyncio.create_task(self._nio.room_send(event.room, event.type, content))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _keep_keys(self) -> None:
        if self._nio.should_upload_keys:
            await self._nio.keys_upload()
        if self._nio.should_query_keys:
            await self._nio.keys_query()
        if self._nio.should_claim_keys:
            await self._nio.keys_claim(self._nio.get_users_for_key_claiming())
        await self._nio.send_to_device_messages()


def _answered(answer: Any) -> Any:
    """The answer, or Refused."""
    if isinstance(answer, nio.ErrorResponse):
        status = getattr(answer.transport_response, "status", 0)
        raise Refused(status, answer.status_code or "", answer.message)
    return answer
