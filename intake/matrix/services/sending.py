"""The sending half of the outbox: what waits to be sent, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_site.core import clock, text, unit
from crm_site.core.actor import Actor
from intake.matrix.choices import PostState
from intake.matrix.models import MatrixPost

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outgoing:
    """A waiting post as the sender needs it. not_before: when it was put off, until then."""

    post_id: int
    organization_id: int
    room_id: str
    event_type: str
    content: Mapping[str, Any]
    thread_root: str
    transaction_id: str
    has_picture: bool
    attempts: int
    not_before: datetime | None


def waiting() -> list[Outgoing]:
    """What is not sent yet, of all organizations, in the order in which it was said."""
    # Unscoped: one account speaks for every organization.
    posts = MatrixPost.unscoped.queued().select_related("room").defer("picture")
    with_picture = set(
        MatrixPost.unscoped.queued().filter(picture__isnull=False).values_list("pk", flat=True)[:MOST_AT_ONCE]
    )
    return [
        Outgoing(
            post_id=post.pk,
            organization_id=post.organization_id,
            room_id=post.room.room_id,
            event_type=post.event_type,
            content=post.content,
            thread_root=post.thread_root,
            transaction_id=post.transaction_id,
            has_picture=post.pk in with_picture,
            attempts=post.attempts,
            not_before=post.next_try_at,
        )
        for post in posts[:MOST_AT_ONCE]
    ]


def picture_of(post_id: int) -> bytes:
    """The PNG that goes with a post."""
    picture = MatrixPost.unscoped.filter(pk=post_id).values_list("picture", flat=True).first()
    return bytes(picture or b"")


@unit.atomic
def mark_sent(*, actor: Actor, post_id: int, event_id: str) -> None:
    """The homeserver has it, as `event_id`."""
    _queued(actor, post_id).update(
        state=PostState.SENT, event_id=event_id, sent_at=clock.now(), next_try_at=None, error=""
    )


@unit.atomic
def put_off(*, actor: Actor, post_id: int, pause: timedelta, why: str) -> None:
    """It could not be sent now; those after it in its room wait with it."""
    post = _queued(actor, post_id).first()
    if post is not None:
        _queued(actor, post_id).update(
            # A small number's worth is enough to tell; a server may be away for days.
            attempts=min(post.attempts + 1, 30_000),
            next_try_at=clock.now() + pause,
            error=text.shorten(why, 500),
        )


@unit.atomic
def give_up(*, actor: Actor, post_id: int, why: str) -> None:
    """It can never be sent: the room is closed to us, or the homeserver refuses what it says."""
    _queued(actor, post_id).update(state=PostState.FAILED, next_try_at=None, error=text.shorten(why, 500))


def _queued(actor: Actor, post_id: int) -> Any:
    return MatrixPost.unscoped.filter(
        pk=post_id, organization_id=actor.organization_id, state=PostState.QUEUED
    )
