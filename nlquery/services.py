"""Asking, for every door: translate, run, and note that it was asked. The notes are all that asking ever writes."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from crm_site.accounts import permissions
from crm_site.accounts.models import User
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import clock, text, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from nlquery import runner, understanding, words
from nlquery.answers import Envelope
from nlquery.models import Asked
from nlquery.translate import Translation
from nlquery.understanding import Mode, Understood

logger = logging.getLogger(__name__)

MAX_QUESTION = 2_000
PER_MINUTE = 60
KEEP_HISTORY = timedelta(days=180)
BATCH = 1_000
#: What reached the database. Everything else was refused before.
EXECUTED = frozenset({"ok", "not_found", "ambiguous", "error"})

NOT_UNDERSTOOD = "I can't answer that. I only look things up; here is what can be asked."
MODEL_DOWN = "The language model does not answer right now, and this question needs it. Try again, or ask more plainly."


class TooManyQuestions(CrmError):
    """The member asked more than `PER_MINUTE` questions within a minute. retry_after_s: when the next one is welcome."""

    code: ClassVar[str] = "too_many_questions"
    http_status: ClassVar[int] = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"That is more than {PER_MINUTE} questions in a minute. Ask again in {retry_after_s} seconds.",
            fields={"retry_after_s": retry_after_s},
        )
        self.retry_after_s = retry_after_s


def ask(*, actor: Actor, question: str, mode: Mode = Mode.AUTO) -> list[Envelope]:
    """Answer a question, in the scope of the actor's organization.

    One envelope, or up to `understanding.MOST` in mode `thinking`. A question of more than `MAX_QUESTION` characters is
    refused as a slot named `question`. Raises NotAllowed, TooManyQuestions; whatever else goes wrong is an envelope.
    """
    _admit(actor)
    asked = text.clean(question).strip()
    if len(asked) > MAX_QUESTION:
        return [_too_long(asked)]
    with words.kept():
        found = _answers(actor, asked, mode)
    _note(actor, found)
    return found


def run(
    *, actor: Actor, intent: str, slots: Mapping[str, Any], question: str = "", translator: str = "direct"
) -> Envelope:
    """Run one intent with slots as they come from outside. question: what it began with, for the history.

    Raises NotAllowed, TooManyQuestions; whatever else goes wrong is an envelope.
    """
    _admit(actor)
    asked = text.clean(question).strip()[:MAX_QUESTION]
    found = runner.run_query(actor=actor, intent=intent, slots=slots, question=asked, translator=translator)
    _note(actor, [found])
    return found


def forget_old_questions(*, actor: Actor) -> int:
    """Remove the actor's organization's history beyond `KEEP_HISTORY`, in batches; the audit log keeps its entries."""
    gone = 0
    old = Asked.objects.asked_before(clock.now() - KEEP_HISTORY).filter(organization_id=actor.organization_id)
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        with unit.atomic():
            gone += Asked.objects.filter(pk__in=ids).delete()[0]
    return gone


def _admit(actor: Actor) -> None:
    permissions.require(actor, Verb.ASK)
    if actor.user_id is None:
        return
    # Counted from the history, so that all processes count together. Questions that are answered at this very moment are
    # not in it yet: a member with eight windows may get eight more. That keeps asking a read until it is answered.
    latest = Asked.objects.of(actor.user_id).values_list("asked_at", flat=True)[PER_MINUTE - 1 : PER_MINUTE]
    for asked_at in latest:
        left_s = 60.0 - (clock.now() - asked_at).total_seconds()
        if left_s > 0:
            raise TooManyQuestions(math.ceil(left_s))


def _answers(actor: Actor, asked: str, mode: Mode) -> list[Envelope]:
    try:
        understood = understanding.understand(asked, mode)
    except Exception:
        # As with the query itself: a translator that stumbles over a text must not take the door down with it.
        logger.exception("nlquery: a question could not be translated")
        return [Envelope("error", question=asked, summary=runner.BROKEN)]
    return [_answered(actor, asked, one, understood) for one in understood.translations]


def _answered(actor: Actor, asked: str, found: Translation, understood: Understood) -> Envelope:
    if found.intent is None:
        status, said = (
            ("model_unavailable", MODEL_DOWN) if understood.model_down else ("no_match", NOT_UNDERSTOOD)
        )
        answer = Envelope(
            status,
            question=asked,
            summary=said,
            translator=found.translator,
            suggestions=list(understood.suggestions),
        )
    else:
        answer = runner.run_query(
            actor=actor, intent=found.intent, slots=found.slots, question=asked, translator=found.translator
        )
    answer.confidence = found.confidence
    answer.model_down = understood.model_down
    return answer


def _too_long(asked: str) -> Envelope:
    said = f"A question has at most {MAX_QUESTION:,} characters; this one has {len(asked):,}."
    return Envelope("invalid_slots", question=asked[:200], summary=said, errors={"question": said})


@unit.atomic
def _note(actor: Actor, answers: Sequence[Envelope]) -> None:
    """One row of history for each answer, and an audit entry for each query that ran. Never the rows."""
    for one in answers:
        row = Asked.objects.create(
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            question=one.question,
            intent=(one.intent or "")[:40],
            # What was refused is not kept: it never became typed values.
            slots=one.slots if one.status in EXECUTED else {},
            status=one.status,
            translator=one.translator,
            door=actor.door,
            row_count=len(one.rows),
            elapsed_ms=one.elapsed_ms,
        )
        if one.status in EXECUTED:
            audit.record(
                actor=actor,
                action="query.asked",
                subject=row,
                # Sealed under the asker's key: a key for each question would be as many keys as questions.
                about=User(pk=actor.user_id) if actor.user_id else None,
                changes={"slots": (None, one.slots)},
                details={
                    "intent": row.intent,
                    "status": row.status,
                    "door": row.door,
                    "rows": row.row_count,
                    "elapsed_ms": row.elapsed_ms,
                },
            )
