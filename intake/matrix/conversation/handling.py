"""One stored event, worked off: which part of the conversation it belongs to."""

from __future__ import annotations

from intake.matrix.choices import Kind, Purpose
from intake.matrix.conversation import answers, arriving, changes
from intake.matrix.models import MatrixEvent


def handle(event: MatrixEvent, bot_id: str) -> None:
    """Do what the event asks for and say so in its thread, in the unit of work in which the caller marks it done.

    Raises NotYet while it may be about a post that is on its way; anything else it raises is a failure of ours, after
    which the caller's unit of work must be undone.
    """
    if event.room.purpose == Purpose.NONE:
        return
    match event.kind:
        case Kind.MESSAGE:
            arriving.arrived(event, bot_id)
        case Kind.REPLY:
            answers.reply(event, bot_id)
        case Kind.REACTION:
            answers.reaction(event, bot_id)
        case Kind.EDIT:
            changes.edit(event, bot_id)
        case Kind.REDACTION:
            changes.redaction(event)
