"""Taking a message in: stored first, once, with the job that reads it in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import spark, text, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Invalid
from crm_site.work import services as work
from intake import answering
from intake.choices import MessageState, ProposalState
from intake.models import InboundMessage, Proposal
from intake.pictures import queueing
from intake.pipeline.reading import Reading
from intake.services import proposing

PARSE_FAST, PARSE_LLM = READING = ("intake.parse", "intake.parse_llm")
MAX_CHARACTERS = 20_000


class TooLong(Invalid):
    """The message is longer than anybody would approve unread."""

    code = "too_long"


@dataclass(frozen=True)
class Received:
    """The stored message, and whether this call stored it (False: a repeated delivery)."""

    message: InboundMessage
    is_new: bool


@unit.atomic
def receive(
    *,
    actor: Actor,
    source: str,
    body: str,
    raw: bytes | None = None,
    external_id: str = "",
    sent_at: datetime | None = None,
    sender_id: int | None = None,
    sender_label: str = "",
) -> Received:
    """Store a message and enqueue its reading. The same (source, external_id) again changes nothing.

    raw: the bytes as they came (default: `body` in UTF-8). sender_id: the member who wrote it, if not the actor.
    Raises Invalid for an empty message, TooLong beyond 20,000 characters.
    """
    permissions.require(actor, Verb.RECEIVE)
    message = InboundMessage(
        organization_id=actor.organization_id,
        source=source,
        external_id=text.one_line(external_id)[:255] or uuid.uuid4().hex,
        sender_id=sender_id if sender_id is not None else actor.user_id,
        sender_label=text.shorten(sender_label or actor.label, 120),
        raw=raw if raw is not None else body.encode("utf-8", "surrogatepass"),
        text=_checked(body),
        sent_at=sent_at or timezone.now(),
    )
    kept = keep(actor=actor, message=message)
    if kept.is_new:
        enqueue_reading(actor=actor, message=message)
    return kept


@unit.atomic
def hand_in(*, actor: Actor, source: str, body: str, reading: Reading) -> Proposal:
    """Store a message together with what it proposes, for a writer who fills in fields: there is nothing left to read.

    body: the fields in words, which is what the approver sees as the message. reading: `pipeline.reading.fill`.
    Raises Invalid for an empty message, TooLong beyond 20,000 characters.
    """
    permissions.require(actor, Verb.RECEIVE)
    message = InboundMessage(
        organization_id=actor.organization_id,
        source=source,
        external_id=uuid.uuid4().hex,
        sender_id=actor.user_id,
        sender_label=text.shorten(actor.label, 120),
        raw=body.encode("utf-8", "surrogatepass"),
        text=_checked(body),
        sent_at=timezone.now(),
    )
    keep(actor=actor, message=message)
    proposal, *_ = proposing.store_reading(actor=actor, message=message, reading=reading)
    return proposal


@unit.atomic
def keep(*, actor: Actor, message: InboundMessage, details: Mapping[str, Any] | None = None) -> Received:
    """Store a new message, unless its (source, external id) is known. The caller has checked the right, and enqueues."""
    try:
        with unit.savepoint():
            InboundMessage.objects.bulk_create([message])
    except IntegrityError:
        known = InboundMessage.objects.get(source=message.source, external_id=message.external_id)
        return Received(known, is_new=False)
    audit.record(
        actor=actor,
        action="message.received",
        subject=message,
        details={"source": message.source, "characters": len(message.text), **(details or {})},
    )
    return Received(message, is_new=True)


@unit.atomic
def revise(*, actor: Actor, message: InboundMessage, body: str) -> InboundMessage:
    """The writer edited the message at its source: read it again. Written proposals stay as they are.

    body: what was written; of a picture, what stands under it.
    """
    permissions.require(actor, Verb.RECEIVE, on=[message])
    cleaned = _checked(body)
    InboundMessage.objects.filter(pk=message.pk).update(
        text=cleaned,
        raw=body.encode("utf-8", "surrogatepass"),
        state=MessageState.RECEIVED,
        revision=F("revision") + 1,
    )
    # At once, not when it has been read: a yes meanwhile would write what the message no longer says.
    Proposal.objects.pending().filter(message=message).update(
        state=ProposalState.SUPERSEDED, decided_at=timezone.now(), decided_via=actor.door
    )
    message.refresh_from_db()
    audit.record(
        actor=actor, action="message.revised", subject=message, details={"revision": message.revision}
    )
    if message.has_picture:
        queueing.ask_for_reading(organization_id=actor.organization_id, message_id=message.pk)
    else:
        enqueue_reading(actor=actor, message=message)
    return message


@unit.atomic
def withdraw(*, actor: Actor, message: InboundMessage) -> int:
    """The writer took the message back: its waiting proposals go. Returns how many there were."""
    permissions.require(actor, Verb.RECEIVE, on=[message])
    waiting = Proposal.objects.pending().filter(message=message)
    gone = waiting.update(
        state=ProposalState.WITHDRAWN,
        decided_by_id=actor.user_id,
        decided_at=timezone.now(),
        decided_via=actor.door,
    )
    InboundMessage.objects.filter(pk=message.pk).update(state=MessageState.WITHDRAWN)
    audit.record(actor=actor, action="message.withdrawn", subject=message, details={"proposals": gone})
    answering.withdrawn(actor=actor, message=message, waiting=gone)
    return gone


def enqueue_reading(*, actor: Actor, message: InboundMessage) -> None:
    """Have the message read by a worker: by the slow cluster when a model does it, so that it never blocks capture."""
    work.enqueue(
        organization_id=actor.organization_id,
        kind=PARSE_LLM if spark.configured() else PARSE_FAST,
        subject_id=message.pk,
    )


def _checked(body: str) -> str:
    cleaned = text.clean(body).strip()
    if not cleaned:
        raise Invalid("The message is empty.", fields={"text": "Type what happened."})
    if len(cleaned) > MAX_CHARACTERS:
        raise TooLong(
            f"The message has {len(cleaned):,} characters; at most {MAX_CHARACTERS:,} can be read.",
            fields={"text": f"At most {MAX_CHARACTERS:,} characters: keep what matters."},
        )
    return cleaned
