"""The door for questions."""

from __future__ import annotations

from crm_site.core.actor import Actor
from intake.matrix import keys
from intake.matrix.models import MatrixRoom
from intake.matrix.services import outbox
from intake.matrix.wording import lines


def ask(*, actor: Actor, room: MatrixRoom, text: str, thread_root: str, event_id: str) -> None:
    """Answer a member's question in the thread of `thread_root`. event_id: of the event that asks; it is answered once."""
    key = keys.key_of("answer", event_id)
    outbox.say(actor=actor, room=room, key=key, said=lines.no_answers_yet(), thread_root=thread_root)


def pick(*, actor: Actor, room: MatrixRoom, number: int, thread_root: str, event_id: str) -> None:
    """Take one of the readings that were offered in the thread of a question."""
    key = keys.key_of("answer", event_id)
    outbox.say(actor=actor, room=room, key=key, said=lines.nothing_to_pick(), thread_root=thread_root)
