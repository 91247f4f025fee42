"""What a homeserver sends, read defensively: any member of a room may put anything into an event.

Pure: takes decoded JSON, knows neither database nor network. What has no place with us is None, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_site.core import text
from intake.matrix.choices import Kind

Event = Mapping[str, Any]

ID_LENGTH = 255
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
CLOCK_SLACK = timedelta(hours=1)
# A tuple: what is looked up in it may be anything, and a set refuses lists.
READ_TYPES = ("m.text", "m.emote")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Incoming:
    """One event that means something to the bot; the fields are those of `MatrixEvent`."""

    event_id: str
    sender: str
    kind: Kind
    thread_root: str
    relates_to: str
    raw: bytes
    sent_at: datetime


@dataclass(frozen=True)
class Page:
    """What one sync tells of a joined room. state: events at the start of the timeline; timeline: oldest first.

    limited: the timeline has a gap before it, which /messages from prev_batch backwards fills.
    """

    room_id: str
    state: tuple[Event, ...]
    timeline: tuple[Event, ...]
    limited: bool
    prev_batch: str


@dataclass(frozen=True)
class Invite:
    """Somebody asks the bot into a room. inviter is empty when the server does not say who."""

    room_id: str
    inviter: str
    name: str


@dataclass(frozen=True)
class Synced:
    """One answer of /sync."""

    next_batch: str
    pages: tuple[Page, ...]
    invites: tuple[Invite, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class RoomFacts:
    """What state events say of a room; None where they say nothing. replaced_by: the room after an upgrade."""

    name: str | None = None
    is_encrypted: bool = False
    replaced_by: str | None = None


@dataclass(frozen=True)
class Picture:
    """Where an image lies and what its sender says of it. size: bytes, 0 when not said. file: the keys of an encrypted one."""

    url: str
    media_type: str
    size: int
    file: Mapping[str, Any] | None


def read(event: Event, *, bot_id: str, now: datetime) -> Incoming | None:
    """The event as the bot stores it; None for our own, for notices (other bots) and for what means nothing to us."""
    event_id, sender = identifier(event.get("event_id")), identifier(event.get("sender"))
    if not event_id or not sender or sender == bot_id:
        return None
    place = _place(event)
    if place is None:
        return None
    kind, thread_root, relates_to = place
    return Incoming(
        event_id=event_id,
        sender=sender,
        kind=kind,
        thread_root=thread_root,
        relates_to=relates_to,
        raw=encode(event),
        sent_at=_instant(event.get("origin_server_ts"), now),
    )


def _place(event: Event) -> tuple[Kind, str, str] | None:
    """(kind, thread root, related event)."""
    match event.get("type"):
        case "m.room.message":
            return None if _is_emptied(event) else _place_of_message(content_of(event))
        case "m.reaction":
            relation = _relation(content_of(event))
            target = identifier(relation.get("event_id"))
            return (Kind.REACTION, "", target) if target and relation.get("key") else None
        case "m.room.redaction":
            # In content since room version 11, at the top before; servers send both.
            target = identifier(event.get("redacts")) or identifier(content_of(event).get("redacts"))
            return (Kind.REDACTION, "", target) if target else None
        case "m.room.encrypted":
            return Kind.UNREADABLE, "", ""
        case "m.room.encryption" | "m.room.tombstone" if "state_key" in event:
            return Kind.STATE, "", ""
    return None


def _place_of_message(content: Mapping[str, Any]) -> tuple[Kind, str, str] | None:
    relation = _relation(content)
    target = identifier(relation.get("event_id"))
    if relation.get("rel_type") == "m.replace":
        anew = _mapping(content.get("m.new_content"))
        readable = anew.get("msgtype") in READ_TYPES and isinstance(anew.get("body"), str)
        return (Kind.EDIT, "", target) if target and readable else None
    thread_root = target if relation.get("rel_type") == "m.thread" else ""
    answered = identifier(_mapping(relation.get("m.in_reply_to")).get("event_id"))
    if picture_of(content) is not None:
        return Kind.PICTURE, thread_root, answered
    if content.get("msgtype") not in READ_TYPES or not isinstance(content.get("body"), str):
        return None
    if thread_root or answered:
        return Kind.REPLY, thread_root, answered
    return Kind.MESSAGE, "", ""


def picture_of(content: Mapping[str, Any]) -> Picture | None:
    """The image in a message's content, whether sent as an image or as a file; None if there is none."""
    info = _mapping(content.get("info"))
    media_type = info.get("mimetype") if isinstance(info.get("mimetype"), str) else ""
    is_image = content.get("msgtype") == "m.image"
    if not is_image and not (content.get("msgtype") == "m.file" and str(media_type).startswith("image/")):
        return None
    file = _mapping(content.get("file"))
    url = identifier(file.get("url")) or identifier(content.get("url"))
    if not url.startswith("mxc://"):
        return None
    said = info.get("size")
    size = said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else 0
    return Picture(url, str(media_type), size, file or None)


def content_of(event: Event) -> Mapping[str, Any]:
    """The event's content, empty when it has none."""
    return _mapping(event.get("content"))


def decode(raw: bytes | memoryview) -> dict[str, Any]:
    """A stored event back as JSON. What cannot be read is an empty event."""
    try:
        found = json.loads(bytes(raw))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def encode(event: Event) -> bytes:
    """The event as bytes for the database, where any text may stand (NUL, lone surrogates: escaped)."""
    return json.dumps(event, separators=(",", ":")).encode()


def identifier(value: object) -> str:
    """An id of Matrix (event, room, user, mxc), or empty for anything that cannot be one."""
    if not isinstance(value, str) or not 1 <= len(value) <= ID_LENGTH or _UNSAFE.search(value):
        return ""
    return value


def synced(answer: Mapping[str, Any], *, bot_id: str) -> Synced:
    """The answer of /sync, with what is malformed left out."""
    rooms = _mapping(answer.get("rooms"))
    return Synced(
        next_batch=str(answer.get("next_batch") or ""),
        pages=tuple(_page(room_id, body) for room_id, body in _rooms(rooms.get("join"))),
        invites=tuple(_invite(room_id, body, bot_id) for room_id, body in _rooms(rooms.get("invite"))),
        left=tuple(room_id for room_id, _ in _rooms(rooms.get("leave"))),
    )


def timelines(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The events of each joined room in an answer of /sync, as the very lists that stand in it."""
    for room_id, body in _rooms(_mapping(answer.get("rooms")).get("join")):
        events = _mapping(body.get("timeline")).get("events")
        if isinstance(events, list):
            yield room_id, events


def add_event(answer: dict[str, Any], room_id: str, event: Event) -> None:
    """Put an event in front of what a room says in an answer of /sync."""
    joined = answer.setdefault("rooms", {}).setdefault("join", {})
    timeline = joined.setdefault(room_id, {}).setdefault("timeline", {})
    timeline.setdefault("events", []).insert(0, dict(event))


def after_joining(timeline: Sequence[Event], *, bot_id: str) -> tuple[tuple[Event, ...], bool]:
    """The events since the bot came into the room, and whether its coming is among them.

    Older ones are shown to new members too, and are none of the bot's business.
    """
    for index in range(len(timeline) - 1, -1, -1):
        if _is_own_coming(timeline[index], bot_id):
            return tuple(timeline[index + 1 :]), True
    return tuple(timeline), False


def facts(events: Sequence[Event]) -> RoomFacts:
    """What the state events among these say, the last one of each kind counting."""
    name, replaced_by, is_encrypted = None, None, False
    for event in events:
        # State only: an ordinary message may carry any type.
        if event.get("state_key") != "":
            continue
        content = content_of(event)
        match event.get("type"):
            case "m.room.name":
                name = text.shorten(str(content.get("name") or ""), 120)
            case "m.room.encryption":
                is_encrypted = True
            case "m.room.tombstone":
                replaced_by = identifier(content.get("replacement_room")) or replaced_by
    return RoomFacts(name, is_encrypted, replaced_by)


def related(content: Mapping[str, Any], thread_root: str) -> dict[str, Any]:
    """The content with its place in a thread. Clients without threads show it as a reply to the root."""
    if not thread_root or "m.relates_to" in content:
        return dict(content)
    relation = {
        "rel_type": "m.thread",
        "event_id": thread_root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": thread_root},
    }
    return {**content, "m.relates_to": relation}


def _is_own_coming(event: Event, bot_id: str) -> bool:
    if event.get("type") != "m.room.member" or event.get("state_key") != bot_id:
        return False
    if content_of(event).get("membership") != "join":
        return False
    unsigned = _mapping(event.get("unsigned"))
    before = _mapping(unsigned.get("prev_content")) or _mapping(event.get("prev_content"))
    # A new name or picture is a join event too.
    return before.get("membership") != "join"


def _is_emptied(event: Event) -> bool:
    # A redacted event keeps its type and loses its content.
    return "redacted_because" in _mapping(event.get("unsigned"))


def _page(room_id: str, body: Mapping[str, Any]) -> Page:
    timeline = _mapping(body.get("timeline"))
    return Page(
        room_id=room_id,
        state=_events(_mapping(body.get("state")).get("events")),
        timeline=_events(timeline.get("events")),
        limited=timeline.get("limited") is True,
        prev_batch=str(timeline.get("prev_batch") or ""),
    )


def _invite(room_id: str, body: Mapping[str, Any], bot_id: str) -> Invite:
    inviter, name = "", ""
    for event in _events(_mapping(body.get("invite_state")).get("events")):
        content = content_of(event)
        is_ours = event.get("type") == "m.room.member" and event.get("state_key") == bot_id
        if is_ours and content.get("membership") == "invite":
            inviter = identifier(event.get("sender"))
        elif event.get("type") == "m.room.name":
            name = text.shorten(str(content.get("name") or ""), 120)
    return Invite(room_id, inviter, name)


def _rooms(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for room_id, body in _mapping(value).items():
        if identifier(room_id) and isinstance(body, Mapping):
            yield room_id, body


def _events(value: object) -> tuple[Event, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(event for event in value if isinstance(event, dict))


def events_of(answer: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events of a /messages answer, in its order."""
    return _events(answer.get("chunk"))


def _relation(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(content.get("m.relates_to"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _instant(value: object, now: datetime) -> datetime:
    """The sender's clock; ours where it cannot be right: "tomorrow" is read against it."""
    if not isinstance(value, int) or isinstance(value, bool):
        return now
    try:
        said = datetime.fromtimestamp(value / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return said if EARLIEST <= said <= now + CLOCK_SLACK else now
