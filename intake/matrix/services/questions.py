"""Questions of rooms, stored with the job that answers them, and the answers, said in the transaction that ends the job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import clock, spark, text, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Forbidden
from crm_site.work import services as work
from intake.matrix.choices import Kind
from intake.matrix.models import MatrixEvent, MatrixRoom, RoomQuestion
from intake.matrix.offers import Query

ANSWER_FAST, ANSWER_LLM = "intake.answer", "intake.answer_llm"
#: As long as the history of asking is kept.
KEEP = timedelta(days=180)


@unit.atomic
def keep(
    *,
    actor: Actor,
    room: MatrixRoom,
    body: str,
    thread_root: str,
    event_id: str,
    query: Query | None = None,
) -> RoomQuestion | None:
    """Store a member's question and have a worker answer it. None when the same event asked already.

    Raises NotAllowed, and Forbidden for the system, which has nothing to ask.
    """
    permissions.require(actor, Verb.ASK, on=[room])
    if actor.user_id is None:
        raise Forbidden("Only members ask.")
    question = RoomQuestion(
        organization_id=actor.organization_id,
        room=room,
        event_id=event_id,
        thread_root=thread_root,
        asker_id=actor.user_id,
        text=text.clean(body).strip(),
        intent=query.intent if query else "",
        slots=dict(query.slots) if query else {},
    )
    try:
        with unit.savepoint():
            question.save(force_insert=True)
    except IntegrityError:
        return None
    work.enqueue(
        organization_id=actor.organization_id,
        # What was picked is understood already, so no model is waited for.
        kind=ANSWER_LLM if query is None and spark.configured() else ANSWER_FAST,
        subject_id=question.pk,
    )
    return question


@unit.atomic
def note_answered(*, actor: Actor, question: RoomQuestion, offer: Mapping[str, Any] | None) -> bool:
    """The answer is said: call it in the transaction that says it. False when it was answered or taken back already."""
    permissions.require(actor, Verb.READ, on=[question])
    mine = RoomQuestion.objects.unanswered().filter(pk=question.pk)
    return bool(mine.update(answered_at=clock.now(), offer=offer))


@unit.atomic
def take_back(*, actor: Actor, room: MatrixRoom, event_id: str) -> bool:
    """The question was removed or edited: it needs no answer any more, nor do its edits. False when all are answered."""
    permissions.require(actor, Verb.READ, on=[room])
    edits = MatrixEvent.objects.filter(room=room, kind=Kind.EDIT, relates_to=event_id).values("event_id")
    asked = Q(event_id=event_id) | Q(event_id__in=edits)
    return bool(RoomQuestion.objects.unanswered().filter(asked, room=room).delete()[0])


@unit.atomic
def forget_old(*, actor: Actor) -> int:
    """Remove the questions of the actor's organization that are older than `KEEP`; nobody picks from them any more."""
    old = RoomQuestion.objects.filter(organization_id=actor.organization_id, asked_at__lt=clock.now() - KEEP)
    return old.delete()[0]
