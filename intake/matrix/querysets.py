"""Named ways to read rooms, events and posts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from intake.matrix.choices import EventState, PostState, Purpose

if TYPE_CHECKING:
    from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom, RoomQuestion  # noqa: F401


class MatrixRoomQuerySet(models.QuerySet["MatrixRoom"]):
    """Rooms the bot knows."""

    def in_use(self) -> MatrixRoomQuerySet:
        """Those with a purpose that no upgrade has replaced."""
        return self.exclude(purpose=Purpose.NONE).filter(replaced_by="").order_by("id")


class MatrixEventQuerySet(models.QuerySet["MatrixEvent"]):
    """What came in."""

    def waiting(self, now: datetime) -> MatrixEventQuerySet:
        """Not worked off yet and due, oldest first."""
        due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=now)
        return self.filter(due, state=EventState.NEW).order_by("id")


class MatrixPostQuerySet(models.QuerySet["MatrixPost"]):
    """What goes out."""

    def queued(self) -> MatrixPostQuerySet:
        """Not sent yet, in the order in which they were said."""
        return self.filter(state=PostState.QUEUED).order_by("id")

    def sent_as(self, event_id: str) -> MatrixPostQuerySet:
        """The post behind an event of ours."""
        return self.filter(event_id=event_id).order_by("id")


class RoomQuestionQuerySet(models.QuerySet["RoomQuestion"]):
    """What was asked in rooms."""

    def unanswered(self) -> RoomQuestionQuerySet:
        """Those a worker has yet to answer."""
        return self.filter(answered_at__isnull=True)

    def in_thread(self, room: MatrixRoom, root: str) -> RoomQuestionQuerySet:
        """Those of one thread, newest first."""
        return self.filter(room=room, thread_root=root).order_by("-id")
