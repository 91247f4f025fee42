"""Saying something in a room: a row in the writer's transaction, sent by the bot after the commit, exactly once."""

from __future__ import annotations

import struct
from typing import Any

from django.db import IntegrityError, connection

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import unit
from crm_site.core.actor import Actor
from intake.matrix import keys
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.wording.said import Said
from intake.models import InboundMessage, Proposal

#: What the bot listens to on PostgreSQL. On SQLite it watches the file.
CHANNEL = "roundtable_posts"


@unit.atomic
def say(
    *,
    actor: Actor,
    room: MatrixRoom,
    key: str,
    said: Said,
    thread_root: str = "",
    notice: bool = True,
    mention: str = "",
    message: InboundMessage | None = None,
    proposal: Proposal | None = None,
    revision: int | None = None,
    picture: bytes | None = None,
) -> MatrixPost | None:
    """Have the bot say it; None when the same `key` was said already.

    key: what is said, for example `proposal:12:3`; see `keys`. thread_root: the event to answer in a thread. mention: the
    Matrix user to notify (a notice never does). proposal with revision: what a reaction to it decides on.
    picture: PNG bytes; `said.plain` is then what it shows, in words.
    """
    permissions.require(actor, Verb.READ, on=[room, message, proposal])
    content = _picture(picture, said) if picture is not None else said.content(notice=notice, mention=mention)
    post = MatrixPost(
        organization_id=room.organization_id,
        room=room,
        key=keys.key_of(key),
        content=content,
        picture=picture,
        thread_root=thread_root,
        message=message,
        proposal=proposal,
        revision=revision,
    )
    try:
        with unit.savepoint():
            MatrixPost.objects.bulk_create([post])
    except IntegrityError:
        return None
    _wake()
    return post


def _picture(png: bytes, said: Said) -> dict[str, Any]:
    width, height = struct.unpack(">II", png[16:24])
    return {
        "msgtype": "m.image",
        "body": said.plain,
        "info": {"mimetype": "image/png", "size": len(png), "w": width, "h": height},
        "m.mentions": {},
    }


def _wake() -> None:
    """Heard after the commit, once per transaction; what is lost here is found when the bot next looks."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
