"""Answers to a proposal, in its thread or as a plain reply: checked for who, which and what was seen, then decided."""

from __future__ import annotations

from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError, Forbidden
from intake import edits
from intake import services as intake
from intake.choices import MessageState
from intake.matrix import offers, replies, showing
from intake.matrix.conversation import arriving, hearing, members, questions, standing, voice
from intake.matrix.conversation.standing import Thread
from intake.matrix.models import MatrixEvent
from intake.matrix.replies import Reply
from intake.matrix.wording import decisions, lines, proposals
from intake.matrix.wording.said import Said
from intake.models import InboundMessage, Proposal


def reply(event: MatrixEvent, bot_id: str) -> None:
    """Something said in a thread, or in answer to one of our posts."""
    heard = hearing.hear(event, bot_id)
    thread = standing.thread_of(event)
    answer = replies.parse(heard.bare)
    if thread.message is None or thread.message.state == MessageState.QUESTION:
        _without_a_message(event, heard, thread, answer, bot_id)
    elif answer is None and heard.asks:
        _ask(event, heard, thread)
    elif answer is None and not _waits(thread.message) and not event.thread_root:
        # People answering one another outside a thread: a message like any other.
        arriving.arrived(event, bot_id)
    elif answer is None:
        _not_understood(event, thread, thread.message)
    elif _picks_from_an_answer(event, heard, thread, answer):
        _pick(event, thread, answer)
    elif answer.verb is replies.Verb.HELP:
        _help(event, thread)
    else:
        actor = members.speaker_who_may(event, Verb.DECIDE, root=thread.root)
        if actor is not None:
            _Answer(event, thread.root, thread.message, actor).give(answer, heard)


def reaction(event: MatrixEvent, bot_id: str) -> None:
    """A thumb on a post decides on the version that the post shows; on anything else it means nothing."""
    verb = replies.reaction(hearing.hear(event, bot_id).key)
    if verb is None:
        return
    post = standing.post_at(event, event.relates_to)
    if post is None:
        if not standing.is_known(event, event.relates_to):
            standing.require_settled(event)
        return
    if post.proposal is None or post.revision is None:
        return
    message = post.proposal.message
    actor = members.speaker_who_may(event, Verb.DECIDE, root=post.thread_root)
    if actor is not None:
        answer = _Answer(event, post.thread_root, message, actor)
        answer.react(Reply(verb), post.proposal, post.revision)


def _without_a_message(
    event: MatrixEvent, heard: hearing.Heard, thread: Thread, answer: Reply | None, bot_id: str
) -> None:
    """The thread of a question, or of something that we said of ourselves."""
    if answer is not None and answer.verb is replies.Verb.PICK:
        _pick(event, thread, answer)
    elif answer is None and not event.thread_root:
        # An answer to our hello, say, by a client without threads: a message like any other.
        arriving.arrived(event, bot_id)
    elif answer is None and heard.asks:
        _ask(event, heard, thread)
    elif standing.post_at(event, thread.root) is not None and members.speaker(event.sender) is not None:
        said = lines.say_it_in_the_room()
        voice.tell(event, "in-the-room", thread.root, said=said, root=thread.root)


def _picks_from_an_answer(event: MatrixEvent, heard: hearing.Heard, thread: Thread, answer: Reply) -> bool:
    """Tell whether a `pick` in a proposal's thread means the list that a question there was answered with.

    It does when it names that post, or when the list is the last thing that was put to the reader.
    """
    if answer.verb is not replies.Verb.PICK or answer.which is not None or thread.message is None:
        return False
    offered = offers.latest(event.room, thread.root)
    if offered is None or offered.answered_at is None:
        return False
    aimed_at = standing.post_at(event, event.relates_to) if heard.is_aimed else None
    if aimed_at is not None:
        return aimed_at.proposal_id is None
    shown = [standing.newest_post(one) for one in standing.current(thread.message).values() if one.is_pending]
    since = [post for post in shown if post is not None and post.created_at > offered.answered_at]
    return offers.is_last(offered) and not since


def _pick(event: MatrixEvent, thread: Thread, answer: Reply) -> None:
    actor = members.speaker_who_may(event, Verb.ASK, root=thread.root)
    if actor is not None:
        questions.pick(
            actor=actor,
            room=event.room,
            number=answer.number or 0,
            thread_root=thread.root,
            event_id=event.event_id,
        )


def _ask(event: MatrixEvent, heard: hearing.Heard, thread: Thread) -> None:
    actor = members.speaker_who_may(event, Verb.ASK, root=thread.root)
    if actor is not None:
        questions.ask(
            actor=actor, room=event.room, text=heard.bare, thread_root=thread.root, event_id=event.event_id
        )


def _not_understood(event: MatrixEvent, thread: Thread, message: InboundMessage) -> None:
    """One short line, once, and only to a member while there is something to decide: people also just talk."""
    if _waits(message) and members.speaker(event.sender) is not None:
        voice.tell(event, "not-understood", thread.root, said=lines.not_understood(), root=thread.root)


def _waits(message: InboundMessage) -> bool:
    return Proposal.objects.pending().filter(message=message).exists()


def _help(event: MatrixEvent, thread: Thread) -> None:
    several = thread.message is not None and len(standing.current(thread.message)) > 1
    said = lines.help_in_thread(several)
    voice.tell(event, "help", event.event_id, said=said, root=thread.root)


class _Answer:
    """One member's answer to the proposals of one message."""

    def __init__(self, event: MatrixEvent, root: str, message: InboundMessage, actor: Actor) -> None:
        self.event = event
        self.root = root
        self.message = message
        self.actor = actor
        self.current = standing.current(message)
        self.waiting = {number: one for number, one in self.current.items() if one.is_pending}

    def give(self, answer: Reply, heard: hearing.Heard) -> None:
        """Decide on the proposals that the words mean."""
        which = answer.which if answer.which is not None else self._aimed_at(heard)
        for proposal in self._meant(answer, which):
            if not proposal.is_pending:
                self._say("late", proposal.pk, said=decisions.standing(proposal))
            elif answer.verb is replies.Verb.EDIT or self._has_seen(proposal, heard):
                # An edit writes nothing and is shown anew, so two in a row may both build on what stands.
                self._decide(proposal, proposal.revision, answer)
            else:
                self._say("stale", proposal.pk, said=lines.edited_since())

    def react(self, answer: Reply, proposal: Proposal, revision: int) -> None:
        """Decide on exactly this version."""
        newest = self.current.get(proposal.ordinal, proposal)
        if not newest.is_pending:
            self._react_late(newest, answer)
        elif (newest.pk, newest.revision) != (proposal.pk, revision):
            self._say("stale", newest.pk, said=lines.edited_since())
        else:
            self._decide(newest, revision, answer)

    def _react_late(self, newest: Proposal, answer: Reply) -> None:
        verb_of = {"committed": replies.Verb.YES, "rejected": replies.Verb.NO}
        if newest.decided_by_id == self.actor.user_id and verb_of.get(newest.state) is answer.verb:
            return
        # Once for each person: a thumb is also applause.
        key = ("late", newest.pk, newest.state, self.event.sender)
        voice.tell(self.event, *key, said=decisions.standing(newest), root=self.root, message=self.message)

    def _aimed_at(self, heard: hearing.Heard) -> int | None:
        """The number of the proposal whose post is answered by name."""
        post = standing.post_at(self.event, self.event.relates_to) if heard.is_aimed else None
        if post is None or post.proposal is None or post.proposal.message_id != self.message.pk:
            return None
        return post.proposal.ordinal

    def _meant(self, answer: Reply, which: replies.Which) -> list[Proposal]:
        """The proposals meant; none after saying why it is not clear which."""
        if not self.current:
            self._without_a_proposal(answer)
            return []
        if which == "all":
            return list(self.waiting.values()) or list(self.current.values())
        if which is not None:
            if which not in self.current:
                self._say("number", said=lines.no_such_number(which, sorted(self.current)))
                return []
            return [self.current[which]]
        if len(self.waiting) > 1:
            titles = {number: proposals.title(one) for number, one in self.waiting.items()}
            self._say("which", said=lines.several_wait(titles))
            return []
        if self._is_being_read() and not self.waiting:
            self._say("early", said=lines.still_reading())
            return []
        return list(self.waiting.values()) or list(self.current.values())

    def _without_a_proposal(self, answer: Reply) -> None:
        if self._is_being_read():
            self._say("early", said=lines.still_reading())
        elif answer.verb not in (replies.Verb.YES, replies.Verb.NO):
            # An "ok" under chatter is chatter, too.
            self._say("nothing", said=lines.nothing_here())

    def _is_being_read(self) -> bool:
        return self.message.state == MessageState.RECEIVED

    def _has_seen(self, proposal: Proposal, heard: hearing.Heard) -> bool:
        post = standing.newest_post(proposal)
        if post is None or (post.proposal_id, post.revision) != (proposal.pk, proposal.revision):
            # Never shown in this version, for example after the room was replaced.
            showing.show(actor=self.actor, proposal=proposal)
            return False
        return standing.has_seen(self.event, post, is_aimed=heard.is_aimed)

    def _decide(self, proposal: Proposal, revision: int, answer: Reply) -> None:
        if answer.verb is replies.Verb.PICK and answer.number is None:
            self._say("pick", said=lines.pick_which())
            return
        try:
            intake.decide(actor=self.actor, proposal=proposal, revision=revision, decision=_decision(answer))
        except intake.ChangedSince:
            self._say("stale", proposal.pk, said=lines.edited_since())
        except intake.AlreadyDecided:
            fresh = Proposal.objects.with_message().get(pk=proposal.pk)
            self._say("late", proposal.pk, said=decisions.standing(fresh))
        except CrmError as error:
            title = proposals.title(proposal) if len(self.current) > 1 else ""
            retry = answer.verb is replies.Verb.YES and not isinstance(error, Forbidden)
            words = {} if isinstance(error, Forbidden) else error.fields
            self._say("cannot", proposal.pk, said=lines.cannot(title, error.message, words, retry=retry))

    def _say(self, *what: object, said: Said) -> None:
        voice.tell(self.event, *what, self.event.event_id, said=said, root=self.root, message=self.message)


def _decision(answer: Reply) -> intake.Decision:
    """Raises InvalidEdit for an edit that is none."""
    values = edits.parse_edits(answer.edits) if answer.verb is replies.Verb.EDIT else {}
    return intake.Decision(
        verb=intake.DecisionVerb(answer.verb.value), values=values, number=answer.number or 0
    )
