"""What people do to what they said before: edits and redactions of messages, answers and reactions."""

from __future__ import annotations

from crm_site.accounts.permissions import Verb
from crm_site.core import text, unit
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import Invalid
from intake import services as intake
from intake.choices import MessageState, ProposalState
from intake.matrix import replies
from intake.matrix.choices import Kind
from intake.matrix.conversation import arriving, hearing, members, standing, voice
from intake.matrix.models import MatrixEvent
from intake.matrix.services import questions
from intake.matrix.wording import addresses, lines
from intake.models import InboundMessage, Proposal


def edit(event: MatrixEvent, bot_id: str) -> None:
    """Somebody edited an event. A homeserver takes edits by others too; only the writer's own counts."""
    original = MatrixEvent.objects.filter(room=event.room, event_id=event.relates_to).first()
    if original is None or original.sender != event.sender:
        return
    heard = hearing.hear(event, bot_id)
    if original.kind == Kind.REPLY:
        _answer_edited(event, original, heard, bot_id)
        return
    message = standing.message_at(event, original.event_id)
    if message is None:
        _drop_question(event, original)
        # What was too long, a question or an answer out of place is now something else.
        arriving.take_in(event, heard, event_id=original.event_id)
    elif text.clean(heard.body).strip() != message.text:
        _message_edited(event, message, heard.body)


def redaction(event: MatrixEvent) -> None:
    """Somebody removed an event."""
    original = MatrixEvent.objects.filter(room=event.room, event_id=event.relates_to).first()
    if original is None:
        return
    if original.kind == Kind.REACTION:
        _reaction_removed(event, original)
        return
    message = standing.message_at(event, original.event_id)
    if message is None:
        _drop_question(event, original)
        return
    if message.state == MessageState.WITHDRAWN:
        return
    actor = _who_removes(event, original)
    if actor is not None:
        intake.withdraw(actor=actor, message=message)


def _drop_question(event: MatrixEvent, original: MatrixEvent) -> None:
    """What nobody asks any more needs no answer, if it was a question."""
    house = Actor.system(organization_id=event.organization_id, door=Door.MATRIX)
    questions.take_back(actor=house, room=event.room, event_id=original.event_id)


def _who_removes(event: MatrixEvent, original: MatrixEvent) -> Actor | None:
    """The member; the house itself for a writer who is none any more, as the words are theirs to take back."""
    if event.sender == original.sender and members.speaker(event.sender) is None:
        return Actor.system(organization_id=event.organization_id, door=Door.MATRIX)
    return members.speaker_who_may(event, Verb.RECEIVE, root=original.event_id)


def _message_edited(event: MatrixEvent, message: InboundMessage, body: str) -> None:
    actor = members.speaker_who_may(event, Verb.RECEIVE, root=message.external_id)
    if actor is None or message.state == MessageState.WITHDRAWN:
        return
    latest = standing.current(message)
    written = [one for one in latest.values() if one.state == ProposalState.COMMITTED]
    if written:
        said = lines.written_already(addresses.of_record(written[0]))
        voice.tell(event, "stays", event.event_id, said=said, root=message.external_id, message=message)
    if written and len(written) == len(latest):
        return
    try:
        with unit.savepoint():
            intake.revise(actor=actor, message=message, body=body)
    except intake.TooLong as error:
        said = lines.too_long(error.message)
        voice.tell(event, "too-long", event.event_id, said=said, root=message.external_id, message=message)
    except Invalid:
        # Edited into nothing that can be seen: the earlier words stand until they are removed.
        return


def _answer_edited(event: MatrixEvent, original: MatrixEvent, heard: hearing.Heard, bot_id: str) -> None:
    """An answer counts as it was sent: nobody who saw it should find another one in its place."""
    thread = standing.thread_of(original)
    before = replies.parse(hearing.hear(original, bot_id).bare)
    if thread.message is None or (before is None and replies.parse(heard.bare) is None):
        return
    if members.speaker(event.sender) is None:
        return
    pending = Proposal.objects.pending().filter(message=thread.message).exists()
    said = lines.answers_stay(pending)
    voice.tell(
        event, "answer-edited", thread.root, pending, said=said, root=thread.root, message=thread.message
    )


def _reaction_removed(event: MatrixEvent, original: MatrixEvent) -> None:
    """Said once where somebody may think that taking the thumb back takes the write back."""
    post = standing.post_at(event, original.relates_to)
    actor = members.speaker(event.sender)
    if post is None or post.proposal is None or post.revision is None or actor is None:
        return
    proposal = post.proposal
    is_yes = replies.reaction(hearing.hear(original, "").key) is replies.Verb.YES
    if is_yes and proposal.state == ProposalState.COMMITTED and proposal.decided_by_id == actor.user_id:
        said = lines.written_already(addresses.of_record(proposal))
        voice.tell(
            event, "thumb-removed", proposal.pk, said=said, root=post.thread_root, message=post.message
        )
