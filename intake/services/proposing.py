"""Storing what the pipeline read: the run with its steps, and the proposals."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from crm_site.audit import services as audit
from crm_site.core import unit
from crm_site.core.actor import Actor
from intake import answering
from intake.choices import MessageState, ProposalState
from intake.drafts import Draft
from intake.models import InboundMessage, IntakeRun, Proposal, StepResult
from intake.pipeline.reading import Reading

EXPIRES_AFTER = timedelta(days=14)
_STATES = {"question": MessageState.QUESTION, "ignore": MessageState.IGNORED}


@unit.atomic
def store_reading(*, actor: Actor, message: InboundMessage, reading: Reading) -> list[Proposal]:
    """Keep the run and make the proposals. A reading of text that was edited or withdrawn meanwhile is dropped.

    So is a repeated call: the first one has moved the message on, and behind that the run is unique per revision.
    """
    current = InboundMessage.objects.select_for_update().filter(pk=message.pk).first()
    if current is None or current.revision != message.revision or current.state != MessageState.RECEIVED:
        return []
    _store_run(actor, current, reading)
    _supersede(actor, current)
    proposals = [
        _propose(actor, current, ordinal, draft) for ordinal, draft in enumerate(reading.drafts, start=1)
    ]
    state = MessageState.PROPOSED if proposals else _STATES.get(reading.intent, MessageState.IGNORED)
    InboundMessage.objects.filter(pk=current.pk).update(state=state)
    made = [proposal for proposal in proposals if proposal is not None]
    answering.read(actor=actor, message=current, proposals=made, reading=reading)
    return made


def _store_run(actor: Actor, message: InboundMessage, reading: Reading) -> None:
    run = IntakeRun.objects.create(
        organization_id=actor.organization_id,
        message=message,
        message_revision=message.revision,
        parser=reading.parser,
        outcome=reading.intent,
        degraded=reading.degraded[:200],
        started_at=reading.started_at,
        duration_ms=reading.duration_ms,
    )
    StepResult.objects.bulk_create(
        StepResult(
            organization_id=actor.organization_id,
            run=run,
            position=position,
            name=step.name,
            taken=step.taken,
            given=step.given,
            confidence=step.confidence,
            duration_ms=step.duration_ms,
        )
        for position, step in enumerate(reading.steps, start=1)
    )


def _supersede(actor: Actor, message: InboundMessage) -> None:
    Proposal.objects.pending().filter(message=message).update(
        state=ProposalState.SUPERSEDED, decided_at=timezone.now(), decided_via=actor.door
    )


def _propose(actor: Actor, message: InboundMessage, ordinal: int, draft: Draft) -> Proposal | None:
    earlier = Proposal.objects.filter(message=message, ordinal=ordinal)
    if earlier.filter(state=ProposalState.COMMITTED).exists():
        # Written already from the unedited message: an edit afterwards changes nothing.
        return None
    last = earlier.aggregate(last=Max("revision"))["last"] or 0
    proposal = Proposal.objects.create(
        organization_id=actor.organization_id,
        message=message,
        ordinal=ordinal,
        revision=last + 1,
        parsed=draft.parsed.to_json(),
        match=draft.match.to_json(),
        new_investor=draft.new_investor,
        notes=draft.notes,
        expires_at=message.received_at + EXPIRES_AFTER,
    )
    audit.record(
        actor=actor,
        action="proposal.created",
        subject=proposal,
        details={"message": message.pk, "intent": draft.parsed.intent, "parser": draft.parsed.parser},
    )
    return proposal
