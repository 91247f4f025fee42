"""Every write of pictures: taking one in, and keeping what was read from it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import text, unit
from crm_site.core.actor import Actor
from intake.choices import MessageState
from intake.models import InboundMessage, MessagePicture, Proposal
from intake.pictures import queueing, redrawing
from intake.pipeline.reading import Reading
from intake.services import proposing, receiving
from intake.services.receiving import Received


@unit.atomic
def receive_picture(
    *,
    actor: Actor,
    source: str,
    data: bytes | redrawing.Redrawn,
    external_id: str = "",
    media_type: str = "",
    name: str = "",
    caption: str = "",
    sent_at: datetime | None = None,
    sender_id: int | None = None,
    sender_label: str = "",
) -> Received:
    """Store a message that is a picture and enqueue its reading. The same (source, external_id) again changes nothing.

    data: the file as it came (what it is, is found out by decoding it), or drawn anew already. media_type: what its sender calls it, noted only.
    caption: what was written under it. sender_id: the member who sent it, if not the actor.
    Raises NotAPicture or PictureTooLarge (of `redrawing`), with words for the sender; then nothing is stored.
    """
    permissions.require(actor, Verb.RECEIVE)
    known = InboundMessage.objects.filter(source=source, external_id=external_id).first()
    if external_id and known is not None:
        # Decoding is the dear part, and a repeated delivery is the common case after a crash.
        return Received(known, is_new=False)
    drawn = redrawing.redraw(data) if isinstance(data, bytes) else data
    message = InboundMessage(
        organization_id=actor.organization_id,
        source=source,
        external_id=text.one_line(external_id)[:255] or uuid.uuid4().hex,
        sender_id=sender_id if sender_id is not None else actor.user_id,
        sender_label=text.shorten(sender_label or actor.label, 120),
        raw=caption.encode("utf-8", "surrogatepass"),
        text=text.clean(caption).strip()[: receiving.MAX_CHARACTERS],
        sent_at=sent_at or timezone.now(),
        has_picture=True,
    )
    kept = receiving.keep(
        actor=actor,
        message=message,
        details={"bytes": len(drawn.data), "called": text.shorten(media_type, 80), "sha256": drawn.sha256},
    )
    if kept.is_new:
        _keep_picture(message, drawn, _file_name(name, drawn.extension))
        queueing.ask_for_reading(organization_id=actor.organization_id, message_id=message.pk)
    return kept


@unit.atomic
def store_picture_reading(
    *, actor: Actor, message: InboundMessage, body: str, problem: str, reading: Reading
) -> list[Proposal]:
    """Give the message the text its picture holds, and make its proposals. Dropped when the message changed meanwhile."""
    same = InboundMessage.objects.filter(
        pk=message.pk, revision=message.revision, state=MessageState.RECEIVED
    )
    if not same.update(text=body):
        return []
    message.text = body
    MessagePicture.objects.filter(message=message).update(problem=text.shorten(problem, 200))
    return proposing.store_reading(actor=actor, message=message, reading=reading)


def _keep_picture(message: InboundMessage, drawn: redrawing.Redrawn, name: str) -> None:
    MessagePicture.objects.create(
        organization_id=message.organization_id,
        message=message,
        name=name,
        content_type=drawn.content_type,
        data=drawn.data,
        width=drawn.width,
        height=drawn.height,
        sha256=drawn.sha256,
    )


def _file_name(name: str, extension: str) -> str:
    """The sender's name for the file, without a path, and with the extension of what we made of it."""
    last = text.one_line(name).replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] if "." in last else last
    return f"{stem.strip('. ')[:150] or 'picture'}.{extension}"
