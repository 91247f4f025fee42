"""The worker's part: what a picture says goes through the same pipeline as a typed message, as a note."""

from __future__ import annotations

import time
from dataclasses import replace

from django.utils import timezone

from crm_site.core import text
from crm_site.core.actor import Actor
from crm_site.work import kinds
from intake.choices import MessageState
from intake.models import InboundMessage, MessagePicture
from intake.parsed import ParsedMessage
from intake.pictures import eyes, services
from intake.pipeline import reading
from intake.services.receiving import MAX_CHARACTERS
from intake.shapes import LIMITS

#: What writes a communication, which the picture can then hang on.
HAPPENED = frozenset({"log", "stage"})


def read_picture(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Read one message's picture outside a transaction; return what stores the result."""
    message = InboundMessage.objects.filter(pk=subject_id, state=MessageState.RECEIVED).first()
    picture = MessagePicture.objects.filter(message_id=subject_id).first()
    if organization_id is None or message is None or picture is None:
        return None
    began = time.monotonic()
    seen = eyes.read(bytes(picture.data), picture.content_type)
    looking = reading.Step(
        "see",
        {"pixels": [picture.width, picture.height], "bytes": len(picture.data)},
        {"reader": seen.reader, "characters": len(seen.text), "problem": seen.problem},
        None,
        round((time.monotonic() - began) * 1000, 2),
    )
    caption = message.text
    body = "\n".join(part for part in (caption, seen.text) if part)[:MAX_CHARACTERS]
    found = understand(body, caption, seen.problem, message)
    found.steps.insert(0, looking)
    found.duration_ms += round(looking.duration_ms)
    actor = Actor.system(organization_id=organization_id)
    return lambda: services.store_picture_reading(
        actor=actor, message=message, body=body, problem=seen.problem, reading=found
    )


def understand(body: str, caption: str, problem: str, message: InboundMessage) -> reading.Reading:
    """The drafts of a picture's text; none when there is nothing to read."""
    if not body:
        return reading.Reading(started_at=timezone.now())
    found = reading.read(body, sent_at=message.sent_at)
    for draft in found.drafts:
        draft.parsed = _as_note(draft.parsed, caption, body)
        if problem:
            draft.notes.append(problem)
    return found


def _as_note(parsed: ParsedMessage, caption: str, body: str) -> ParsedMessage:
    """A picture is a note, unless what the sender wrote under it tells of a call or a meeting."""
    told = parsed.evidence.get("kind")
    kind = parsed.kind if told is not None and told[1] <= len(caption) else "note"
    intent = parsed.intent if parsed.intent in HAPPENED else "log"
    note = parsed.note or text.clean(body)[: LIMITS["note"]]
    direction = parsed.direction if kind != "note" else None
    return replace(parsed, kind=kind, intent=intent, note=note, direction=direction)
