"""Who speaks: the member behind a Matrix user in the organization of the room, and what the others are told."""

from __future__ import annotations

from crm_site.accounts import permissions, sessions
from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.accounts.permissions import NotAllowed, Verb
from crm_site.core import clock
from crm_site.core.actor import Actor, Door
from intake.matrix.conversation import voice
from intake.matrix.models import MatrixEvent
from intake.matrix.wording import lines
from intake.matrix.wording.said import Said


def speaker(mxid: str) -> Actor | None:
    """The member of the organization in scope; None for strangers and former members.

    No row means nobody: neither a display name nor rights in the room make somebody one of us.
    """
    identity = MatrixIdentity.objects.filter(mxid=mxid).first()
    if identity is None:
        return None
    mine = Membership.objects.active().filter(user_id=identity.user_id).select_related("user")
    membership = mine.first()
    return sessions.actor_for(membership, door=Door.MATRIX) if membership else None


def speaker_who_may(event: MatrixEvent, verb: Verb, *, root: str, daily: bool = False) -> Actor | None:
    """The member who wrote the event, when the role allows it. Else the sender is told in the thread of `root`.

    Told once per thread; daily: where each message is a thread of its own, once per room and day.
    """
    actor = speaker(event.sender)
    where = f"{event.room_id}:{clock.today():%Y%m%d}" if daily else root
    if actor is None:
        _refuse(event, where, root, lines.stranger())
        return None
    try:
        permissions.require(actor, verb)
    except NotAllowed as error:
        _refuse(event, where, root, lines.not_allowed(error.message))
        return None
    return actor


def may_hand_in(event: MatrixEvent) -> Actor | None:
    """The member whose message or picture this is, when it may be taken in; else the sender is told."""
    return speaker_who_may(event, Verb.RECEIVE, root=event.thread_root or event.event_id, daily=True)


def _refuse(event: MatrixEvent, where: str, root: str, said: Said) -> None:
    voice.tell(event, "refused", where, event.sender, said=said, root=root)
