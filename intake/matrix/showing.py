"""A proposal in its thread: where that is, and putting a version of it there."""

from __future__ import annotations

from dataclasses import dataclass

from crm_site.core.actor import Actor
from intake.choices import ProposalState
from intake.matrix import keys
from intake.matrix.models import MatrixEvent, MatrixRoom
from intake.matrix.services import outbox
from intake.matrix.wording import proposals
from intake.models import InboundMessage, Proposal


@dataclass(frozen=True)
class Place:
    """Where to answer. author: the Matrix user who wrote the message."""

    room: MatrixRoom
    root: str
    author: str


def show(*, actor: Actor, proposal: Proposal, changed_by: str = "", degraded: bool = False) -> None:
    """Put this version of a proposal into its thread, once, so that its author is notified."""
    place = place_of(proposal.message)
    if place is None:
        return
    standing_ones = Proposal.objects.filter(message=proposal.message).exclude(state=ProposalState.SUPERSEDED)
    count = standing_ones.order_by().values("ordinal").distinct().count()
    standing = proposals.Place(proposal.ordinal, count, changed_by)
    outbox.say(
        actor=actor,
        room=place.room,
        key=keys.key_of("proposal", proposal.pk, proposal.revision),
        said=proposals.proposal(proposal, standing, degraded=degraded),
        thread_root=place.root,
        notice=False,
        mention=place.author,
        message=proposal.message,
        proposal=proposal,
        revision=proposal.revision,
    )


def place_of(message: InboundMessage) -> Place | None:
    """None for a message that no event of a room is known for."""
    event = MatrixEvent.objects.filter(event_id=message.external_id).select_related("room").first()
    if event is None:
        return None
    # A picture may have been put into a thread, and what hangs on a thread cannot be the root of one.
    place = current_place(event.room, event.thread_root or event.event_id)
    return Place(*place, event.sender) if place else None


def current_place(room: MatrixRoom, root: str) -> tuple[MatrixRoom, str] | None:
    """Where to answer what was said in a thread of the room, which may have been upgraded since. None: nowhere."""
    if not room.replaced_by:
        return room, root
    successor = MatrixRoom.objects.filter(room_id=room.replaced_by).first()
    # Its threads stayed behind in the old room.
    return (successor, "") if successor else None
