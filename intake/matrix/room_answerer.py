"""Answers messages that came from a room: in their thread, by the outbox, whatever door and process it happened in."""

from __future__ import annotations

from collections.abc import Sequence

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership
from crm_site.communications.entry import Result
from crm_site.core.actor import Actor, Door
from intake import answering
from intake.choices import ProposalState, Source
from intake.matrix import keys, showing
from intake.matrix.conversation import questions
from intake.matrix.services import outbox
from intake.matrix.wording import addresses, decisions, lines, proposals
from intake.matrix.wording.said import Said
from intake.models import InboundMessage, MessagePicture, Proposal
from intake.pipeline.reading import Reading


class RoomAnswerer:
    """Says each thing once: its keys name the proposal, its version, and what became of it."""

    def read(
        self, *, actor: Actor, message: InboundMessage, proposals: Sequence[Proposal], reading: Reading
    ) -> None:
        """Show what was read. A message with nothing to write is left in peace."""
        place = showing.place_of(message)
        if place is None:
            return
        for proposal in proposals:
            showing.show(actor=actor, proposal=proposal, degraded=bool(reading.degraded))
        if proposals:
            return
        if reading.intent == "question":
            _ask(message, place)
        elif message.has_picture:
            picture = MessagePicture.objects.filter(message=message).first()
            said = lines.picture_unread(picture.problem if picture else "")
            _tell(actor, place, keys.key_of("unread", message.pk, message.revision), said, message)
        elif _stood_before(message):
            key = keys.key_of("nothing-now", message.pk, message.revision)
            _tell(actor, place, key, lines.nothing_now(), message)

    def changed(self, *, actor: Actor, proposal: Proposal) -> None:
        """Show it anew; only the newest version can be decided on."""
        showing.show(actor=actor, proposal=proposal, changed_by=_who(actor))

    def decided(self, *, actor: Actor, proposal: Proposal, result: Result | None) -> None:
        """Say what became of it."""
        place = showing.place_of(proposal.message)
        if place is None:
            return
        who = f" by {actor.label}{decisions.by_door(actor.door)}" if actor.user_id else ""
        if proposal.state == ProposalState.COMMITTED and result is not None:
            said = decisions.written(proposal, result, who)
        elif proposal.state == ProposalState.EXPIRED:
            said = decisions.expired(proposals.title(proposal))
        else:
            said = decisions.dropped(proposals.title(proposal), who)
        key = keys.key_of("decided", proposal.pk)
        _tell(actor, place, key, said, proposal.message, proposal)

    def withdrawn(self, *, actor: Actor, message: InboundMessage, waiting: int) -> None:
        """Say that it is gone, where there was something to lose."""
        place = showing.place_of(message)
        written = (
            Proposal.objects.filter(message=message, state=ProposalState.COMMITTED).order_by("id").first()
        )
        if place is not None and (waiting or written):
            said = lines.taken_back(waiting, addresses.of_record(written) if written else "")
            _tell(actor, place, keys.key_of("taken-back", message.pk), said, message)

    def gave_up(self, *, actor: Actor, message: InboundMessage) -> None:
        """Say that it stays unread, and what helps."""
        place = showing.place_of(message)
        if place is not None:
            key = keys.key_of("gave-up", message.pk, message.revision)
            _tell(actor, place, key, lines.gave_up(), message)


def _ask(message: InboundMessage, place: showing.Place) -> None:
    mine = Membership.objects.active().filter(user=message.sender).select_related("user")
    asker = mine.first() if message.sender else None
    if asker is not None:
        questions.ask(
            actor=sessions.actor_for(asker, door=Door.MATRIX),
            room=place.room,
            text=message.text,
            thread_root=place.root,
            event_id=f"{message.external_id}:{message.revision}",
        )


def _stood_before(message: InboundMessage) -> bool:
    return message.revision > 1 and Proposal.objects.filter(message=message).exists()


def _tell(
    actor: Actor,
    place: showing.Place,
    key: str,
    said: Said,
    message: InboundMessage,
    proposal: Proposal | None = None,
) -> None:
    outbox.say(
        actor=actor,
        room=place.room,
        key=key,
        said=said,
        thread_root=place.root,
        message=message,
        proposal=proposal,
    )


def _who(actor: Actor) -> str:
    return f"{actor.label}{decisions.by_door(actor.door)}"


answering.register(Source.MATRIX, RoomAnswerer())
