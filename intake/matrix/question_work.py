"""Answers the questions of rooms: the job of a worker, never of the bot, which neither understands nor queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership
from crm_site.core import unit
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import CrmError
from crm_site.work import kinds
from intake.matrix import keys, showing
from intake.matrix.models import RoomQuestion
from intake.matrix.services import outbox, questions
from intake.matrix.wording import answers, lines
from intake.matrix.wording.said import Said
from nlquery import pictures
from nlquery import services as asking
from nlquery.answers import Envelope


@dataclass(frozen=True)
class Post:
    """One thing to say. picture: a PNG, which `said` then describes."""

    said: Said
    picture: bytes | None = None


def answer_question(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Ask, as the member who asked, outside a transaction (a model call may take long); return what says the answer.

    A question asked twice, because the worker died in between, is noted twice in the history and said once.
    """
    if organization_id is None:
        return None
    question = RoomQuestion.objects.unanswered().filter(pk=subject_id).select_related("room").first()
    if question is None:
        return None
    found, posts = _looked_up(question)
    offer = _offer(found)
    actor = Actor.system(organization_id=organization_id, door=Door.MATRIX)
    return lambda: _say(actor, question, posts, offer)


def answering_failed(*, organization_id: int | None, subject_id: int) -> None:
    """Say under a question that its answer does not come."""
    question = RoomQuestion.objects.unanswered().filter(pk=subject_id).select_related("room").first()
    place = showing.current_place(question.room, question.thread_root) if question is not None else None
    if organization_id is None or question is None or place is None:
        return
    room, root = place
    outbox.say(
        actor=Actor.system(organization_id=organization_id, door=Door.MATRIX),
        room=room,
        key=keys.key_of("gave-up-answering", question.event_id),
        said=lines.gave_up(),
        thread_root=root,
    )


def _looked_up(question: RoomQuestion) -> tuple[Sequence[Envelope], list[Post]]:
    mine = Membership.objects.active().filter(user_id=question.asker_id).select_related("user")
    membership = mine.first()
    if membership is None:
        # They left between the question and its answer.
        return [], [Post(lines.stranger())]
    try:
        found = _asked(sessions.actor_for(membership, door=Door.MATRIX), question)
    except CrmError as error:
        return [], [Post(answers.refused(error.message))]
    return found, [post for one in found for post in _posts(one)]


def _asked(actor: Actor, question: RoomQuestion) -> Sequence[Envelope]:
    if not question.intent:
        return asking.ask(actor=actor, question=question.text)
    return [asking.run(actor=actor, intent=question.intent, slots=question.slots, question=question.text)]


def _posts(found: Envelope) -> list[Post]:
    posts = [Post(answers.answer(found))]
    drawn = pictures.picture(found)
    if drawn is not None:
        posts.append(Post(answers.chart(drawn.alt), drawn.png))
    return posts


def _offer(found: Sequence[Envelope]) -> dict[str, Any] | None:
    """What `pick` chooses from: the last list shown, where several answers have one."""
    for one in reversed(found):
        if one.status == "ambiguous" and one.candidates:
            keys_shown = [candidate.key for candidate in one.candidates]
            return {"intent": one.intent, "slots": one.slots, "slot": one.candidate_slot, "keys": keys_shown}
    return None


@unit.atomic
def _say(actor: Actor, question: RoomQuestion, posts: Sequence[Post], offer: dict[str, Any] | None) -> None:
    if not questions.note_answered(actor=actor, question=question, offer=offer):
        return
    place = showing.current_place(question.room, question.thread_root)
    if place is None:
        return
    room, root = place
    for number, post in enumerate(posts, start=1):
        outbox.say(
            actor=actor,
            room=room,
            key=keys.key_of("answer", question.event_id, number),
            said=post.said,
            thread_root=root,
            picture=post.picture,
        )
