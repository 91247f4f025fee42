"""A top-level message: something to capture, or a question."""

from __future__ import annotations

from crm_site.accounts.permissions import Verb
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Invalid
from intake import services as intake
from intake.choices import MessageState, Source
from intake.matrix import replies
from intake.matrix.choices import Purpose
from intake.matrix.conversation import hearing, members, questions, voice
from intake.matrix.models import MatrixEvent
from intake.matrix.wording import lines
from intake.models import InboundMessage, Proposal

_MOST_HINTS = 3


def arrived(event: MatrixEvent, bot_id: str) -> None:
    """Take a message in, answer it as a question, or refuse it politely. The same event again changes nothing."""
    take_in(event, hearing.hear(event, bot_id), event_id=event.event_id)


def take_in(event: MatrixEvent, heard: hearing.Heard, *, event_id: str) -> None:
    """event_id: under which the message is kept; of an edit, the event that it changed."""
    if event.room.purpose == Purpose.NONE or not heard.body:
        return
    if event.room.purpose == Purpose.QUERY or (heard.asks and replies.parse(heard.bare) is None):
        _ask(event, heard, event_id)
        return
    reply = replies.parse(heard.bare)
    actor = members.speaker_who_may(event, Verb.RECEIVE, root=event_id, daily=True)
    if actor is None:
        return
    if reply is not None:
        _answer_out_of_place(event, actor, reply, event_id)
    else:
        _receive(event, actor, heard, event_id)


def _ask(event: MatrixEvent, heard: hearing.Heard, root: str) -> None:
    if event.room.purpose == Purpose.QUERY and replies.parse(heard.bare) == replies.Reply(replies.Verb.HELP):
        voice.tell(event, "help", event.event_id, said=lines.help_in_room(Purpose.QUERY), root=root)
        return
    actor = members.speaker_who_may(event, Verb.ASK, root=root, daily=True)
    if actor is not None:
        questions.ask(
            actor=actor,
            room=event.room,
            text=heard.bare or heard.body,
            thread_root=root,
            event_id=event.event_id,
        )


def _answer_out_of_place(event: MatrixEvent, actor: Actor, reply: replies.Reply, root: str) -> None:
    """A bare `yes` in the room approves nothing: which proposal is meant would be a guess."""
    if reply.verb is replies.Verb.HELP:
        said = lines.help_in_room(Purpose.INTAKE)
        voice.tell(event, "help", event.event_id, said=said, root=root)
    elif waiting := _waiting_for(actor):
        hint = lines.say_it_in_the_thread(waiting)
        voice.tell(event, "hint", event.event_id, said=hint, root=root)


def _waiting_for(actor: Actor) -> list[str]:
    mine = InboundMessage.objects.filter(source=Source.MATRIX, sender_id=actor.user_id)
    pending = Proposal.objects.pending().filter(message__in=mine).values("message_id")
    found = mine.filter(pk__in=pending) | mine.filter(state=MessageState.RECEIVED)
    return list(found.order_by("-id").values_list("text", flat=True)[:_MOST_HINTS])


def _receive(event: MatrixEvent, actor: Actor, heard: hearing.Heard, event_id: str) -> None:
    try:
        with unit.savepoint():
            intake.receive(
                actor=actor,
                source=Source.MATRIX,
                body=heard.body,
                raw=bytes(event.raw),
                external_id=event_id,
                sent_at=event.sent_at,
            )
    except intake.TooLong as error:
        voice.tell(event, "too-long", event.event_id, said=lines.too_long(error.message), root=event_id)
    except Invalid:
        # Nothing but marks that cannot be seen: there is nothing to say to it either.
        return
