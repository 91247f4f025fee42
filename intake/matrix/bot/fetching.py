"""Pictures: fetched and redrawn before any transaction, taken in inside one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_site.core import unit
from crm_site.core.errors import CrmError
from crm_site.core.scope import scope
from intake.choices import Source
from intake.matrix import conversation, wire
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk
from intake.matrix.choices import Kind, Purpose
from intake.matrix.errors import Rejected, TooLarge
from intake.matrix.models import MatrixEvent
from intake.matrix.services import inbox, outbox
from intake.matrix.wording import lines
from intake.pictures import redrawing
from intake.pictures import services as pictures


@dataclass(frozen=True)
class Fetched:
    """A picture ready to be taken in. problem: why there is none, in words for its sender."""

    data: bytes = b""
    media_type: str = ""
    problem: str = ""


async def picture_of(desk: Desk, event: MatrixEvent) -> Fetched | None:
    """The picture the event brings to be read; None when it brings none, or its sender may not hand anything in."""
    if event.kind != Kind.PICTURE or event.thread_root or event.room.purpose != Purpose.INTAKE:
        return None
    picture = wire.picture_of(_content(event))
    if picture is None or not await in_database(_may_hand_in)(event):
        return None
    try:
        media = await desk.unless_stopped(desk.client.fetch(picture, limit=redrawing.MAX_BYTES))
        # Decoding takes long: beside the loop, and outside the transaction, which would hold up every other writer.
        drawn = await asyncio.to_thread(redrawing.redraw, media.data)
    except TooLarge:
        megabytes = redrawing.MAX_BYTES // 1024 // 1024
        return Fetched(problem=f"This picture is too large for me; I take up to {megabytes} MB.")
    except Rejected:
        return Fetched(problem="I could not fetch this picture: the homeserver does not have it (any more).")
    except CrmError as error:
        return Fetched(problem=error.message)
    return Fetched(drawn.data, media.media_type)


def take_in(event: MatrixEvent, picture: Fetched) -> None:
    """Store the picture as a message to be read, or tell its sender why not. Called in the event's unit of work."""
    if picture.problem:
        return _tell(event, picture.problem)
    actor = conversation.may_hand_in(event)
    if actor is None:
        return None
    content = _content(event)
    body, name = _text(content.get("body")), _text(content.get("filename"))
    try:
        with unit.savepoint():
            pictures.receive_picture(
                actor=actor,
                source=Source.MATRIX,
                data=picture.data,
                external_id=event.event_id,
                media_type=picture.media_type,
                name=name or body,
                # Clients that know captions send the file's name beside them; from others the body is the name.
                caption=body if name and body != name else "",
                sent_at=event.sent_at,
            )
    except CrmError as error:
        _tell(event, error.message)


def _may_hand_in(event: MatrixEvent) -> bool:
    with scope(event.organization), unit.atomic():
        return conversation.may_hand_in(event) is not None


def _tell(event: MatrixEvent, problem: str) -> None:
    outbox.say(
        actor=inbox.actor_of(event.organization_id),
        room=event.room,
        key=f"picture:{event.pk}",
        said=lines.picture_unread(problem),
        thread_root=event.thread_root or event.event_id,
    )


def _content(event: MatrixEvent) -> Mapping[str, Any]:
    return wire.content_of(wire.decode(event.raw))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
