"""The door for questions: the bot stores them, a worker answers (`intake.matrix.question_work`)."""

from __future__ import annotations

from crm_site.core.actor import Actor
from intake.matrix import keys, offers
from intake.matrix.models import MatrixRoom
from intake.matrix.services import outbox
from intake.matrix.services import questions as rows
from intake.matrix.wording import answers
from intake.matrix.wording.said import Said


def ask(*, actor: Actor, room: MatrixRoom, text: str, thread_root: str, event_id: str) -> None:
    """Have a member's question answered in the thread of `thread_root`. event_id: of the event that asks; once each."""
    rows.keep(actor=actor, room=room, body=text, thread_root=thread_root, event_id=event_id)


def pick(*, actor: Actor, room: MatrixRoom, number: int, thread_root: str, event_id: str) -> None:
    """Have the last question of the thread answered for the candidate of that number. Any member who may ask may pick."""
    offered = offers.latest(room, thread_root)
    trouble = _trouble(room, thread_root, number, len(offers.keys_of(offered)) if offered else 0)
    if trouble is not None:
        key = keys.key_of("pick", event_id)
        outbox.say(actor=actor, room=room, key=key, said=trouble, thread_root=thread_root)
    elif offered is not None:
        rows.keep(
            actor=actor,
            room=room,
            body=offered.text,
            thread_root=thread_root,
            event_id=event_id,
            query=offers.query_of(offered, number),
        )


def _trouble(room: MatrixRoom, root: str, number: int, count: int) -> Said | None:
    if not count:
        return answers.still_looking() if offers.is_waiting(room, root) else answers.nothing_to_pick()
    return None if 1 <= number <= count else answers.pick_from(count)
