"""How the bot is doing, for the System page, `doctor` and monitoring: facts only, over all organizations, no texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from crm_site.core import clock
from crm_site.work import beats
from intake.choices import MessageState, Source
from intake.matrix.choices import EventState, Link, PostState
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom, MatrixState
from intake.models import InboundMessage

#: The name of the bot's heartbeat.
BEAT = "matrix bot"
#: The name of the bot's line in `doctor`, which names rooms of every organization.
DOCTOR = "matrix bot"
#: The bot beats every 15 s.
FRESH = timedelta(seconds=90)
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class Condition:
    """link: what the bot noted last; is_alive: whether it beats. connected_at: since when; synced_at: the last sync that
    brought something or began.

    posts_waiting, oldest_post_at: not sent yet; posts_failed, events_failed: given up. events_waiting: not decided yet.
    encrypted: rooms in use that the bot cannot read. absent: rooms in use it is not in.
    """

    user_id: str
    link: Link
    detail: str
    is_alive: bool
    connected_at: datetime | None
    synced_at: datetime | None
    posts_waiting: int
    oldest_post_at: datetime | None
    posts_failed: int
    events_waiting: int
    events_failed: int
    encrypted: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def is_connected(self) -> bool:
        return self.is_alive and self.link == Link.CONNECTED

    @property
    def is_late(self) -> bool:
        """Something has waited to be sent for longer than a homeserver's hiccup."""
        return self.oldest_post_at is not None and clock.now() - self.oldest_post_at > LATE


def is_configured() -> bool:
    """Whether there is a bot at all."""
    return bool(settings.MATRIX.homeserver)


def now() -> Condition:
    """The present state of the configured account."""
    row = MatrixState.objects.filter(user_id=settings.MATRIX.user).first()
    beat_at = beats.last(BEAT)
    # Unscoped: one bot serves all organizations; only numbers leave here, and rooms by their ids.
    posts, events = MatrixPost.unscoped, MatrixEvent.unscoped
    queued = posts.queued()
    in_use = list(MatrixRoom.unscoped.in_use())
    return Condition(
        user_id=settings.MATRIX.user,
        link=Link(row.link) if row else Link.STOPPED,
        detail=row.detail if row else "",
        is_alive=beat_at is not None and clock.now() - beat_at <= FRESH,
        connected_at=row.connected_at if row else None,
        synced_at=row.synced_at if row else None,
        posts_waiting=queued.count(),
        oldest_post_at=queued.values_list("created_at", flat=True).first(),
        posts_failed=posts.filter(state=PostState.FAILED).count(),
        events_waiting=events.filter(state=EventState.NEW).count(),
        events_failed=events.filter(state=EventState.FAILED).count(),
        encrypted=tuple(room.room_id for room in in_use if room.is_encrypted and not settings.MATRIX.e2ee),
        absent=tuple(room.room_id for room in in_use if not room.is_joined),
    )


def is_anything_open() -> bool:
    """Whether an event or a post waits, or a message from a room is at the parser."""
    reading = Q(source=Source.MATRIX, state=MessageState.RECEIVED)
    return (
        MatrixPost.unscoped.queued().exists()
        or MatrixEvent.unscoped.filter(state=EventState.NEW).exists()
        or InboundMessage.unscoped.filter(reading).exists()
    )
