"""How the conversation speaks: notices in the thread of an event, each under a key."""

from __future__ import annotations

from crm_site.core.actor import Actor, Door
from intake.matrix import keys
from intake.matrix.models import MatrixEvent
from intake.matrix.services import outbox
from intake.matrix.wording.said import Said
from intake.models import InboundMessage


def tell(
    event: MatrixEvent, *key: object, said: Said, root: str, message: InboundMessage | None = None
) -> None:
    """A notice in the thread of `root`. key: what makes it the same thing said; said once."""
    outbox.say(
        actor=Actor.system(organization_id=event.organization_id, door=Door.MATRIX),
        room=event.room,
        key=keys.key_of(*key),
        said=said,
        thread_root=root,
        message=message,
    )
