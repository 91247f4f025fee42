"""What was approved keeps the picture it came from."""

from __future__ import annotations

from crm_site.communications import services as communications
from crm_site.communications.models import Communication
from crm_site.core.actor import Actor
from intake.models import InboundMessage, MessagePicture


def attach_picture(*, actor: Actor, message: InboundMessage, communication: Communication | None) -> None:
    """Hang the message's picture, if it has one, on the communication just written; in the caller's transaction."""
    if communication is None or not message.has_picture:
        return
    picture = MessagePicture.objects.filter(message=message).first()
    if picture is not None:
        communications.attach_file(
            actor=actor,
            communication=communication,
            data=bytes(picture.data),
            name=picture.name,
            content_type=picture.content_type,
        )
