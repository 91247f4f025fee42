"""Tables of the bot: whose room it is, what came in, what goes out, and how far the bot has read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from intake.matrix.choices import EventState, Kind, Link, PostState, Purpose
from intake.matrix.querysets import (
    MatrixEventQuerySet,
    MatrixPostQuerySet,
    MatrixRoomQuerySet,
    RoomQuestionQuerySet,
)
from intake.models import InboundMessage, Proposal


class MatrixState(models.Model):
    """Where the bot's account stands: one row per account, of no organization (an account serves all of them).

    next_batch: up to where everything is stored; written in one transaction with what it covers.
    """

    user_id = models.CharField(max_length=255, unique=True)
    device_id = models.CharField(max_length=255, blank=True)
    next_batch = models.TextField(blank=True)
    link = models.CharField(max_length=12, choices=Link.choices, default=Link.STOPPED)
    detail = models.CharField(max_length=500, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_link_display()}"


class MatrixRoom(Scoped):
    """Whose room it is and what for, so that a person in two organizations is never in doubt.

    replaced_by: the room that an upgrade made of it. encryption_told_at: when we said that we cannot read here.
    """

    room_id = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.NONE)
    posts_digest = models.BooleanField(default=False)
    is_joined = models.BooleanField(default=False)
    is_encrypted = models.BooleanField(default=False)
    encryption_told_at = models.DateTimeField(null=True, blank=True)
    greeted_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ScopedManager.from_queryset(MatrixRoomQuerySet)()
    # Unscoped: the room is what tells the bot which organization to enter.
    unscoped: ClassVar = models.Manager.from_queryset(MatrixRoomQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="matrix_room_purpose")
        ]

    def __str__(self) -> str:
        return self.name or self.room_id


class MatrixEvent(Scoped):
    """What a room delivered, as it came, once per event id. Rows are worked off in the order of their ids.

    raw: the event as JSON bytes, decrypted if it was encrypted. thread_root: the event its thread hangs on, else empty.
    relates_to: the event it answers, reacts to, replaces or redacts.
    """

    room = models.ForeignKey(MatrixRoom, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=255)
    sender = models.CharField(max_length=255)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    thread_root = models.CharField(max_length=255, blank=True)
    relates_to = models.CharField(max_length=255, blank=True)
    raw = models.BinaryField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects: ClassVar = ScopedManager.from_queryset(MatrixEventQuerySet)()
    unscoped: ClassVar = models.Manager.from_queryset(MatrixEventQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "event_id"], name="matrix_event_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=EventState.NEW), name="matrix_events_waiting"),
            models.Index(fields=["organization", "relates_to"], name="matrix_events_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class MatrixPost(Scoped):
    """The outbox: what the bot says, stored with what it is about, sent after the commit, each exactly once.

    key: what it says, so that saying it twice is one row; the transaction id is made from the row's own id. content: the
    event's content without its relation. thread_root: the event it answers in a thread, empty for the room itself.
    picture: PNG bytes to upload first. proposal, revision: what a reaction or a `yes` to this post decides on.
    """

    room = models.ForeignKey(MatrixRoom, on_delete=models.PROTECT, related_name="posts")
    key = models.CharField(max_length=120)
    event_type = models.CharField(max_length=40, default="m.room.message")
    content = models.JSONField(default=dict)
    picture = models.BinaryField(null=True, blank=True)
    thread_root = models.CharField(max_length=255, blank=True)
    message = models.ForeignKey(
        InboundMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=PostState.choices, default=PostState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    event_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ScopedManager.from_queryset(MatrixPostQuerySet)()
    unscoped: ClassVar = models.Manager.from_queryset(MatrixPostQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="matrix_post_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=PostState.QUEUED), name="matrix_posts_waiting"),
            models.Index(fields=["organization", "event_id"], name="matrix_posts_by_event"),
            models.Index(fields=["organization", "message"], name="matrix_posts_about"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def transaction_id(self) -> str:
        """The same for every attempt at this row, so that the homeserver makes one event of them.

        With the moment, because a database put back to an earlier day gives the same ids to other posts.
        """
        return f"roundtable-{self.pk}-{int(self.created_at.timestamp() * 1000)}"


class RoomQuestion(Scoped):
    """A question of a member in a room, until a worker has answered it; and what there is to choose from since then.

    event_id: of the event that asks, with the revision of the message it was found in. intent, slots: what to run, where
    somebody picked; without them the text is to be understood. offer: of an answer that was not certain whom a name means,
    `{"intent", "slots", "slot", "keys"}`; `pick 2` runs the intent with the second key in the slot.
    """

    room = models.ForeignKey(MatrixRoom, on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=300)
    thread_root = models.CharField(max_length=255, blank=True)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    intent = models.CharField(max_length=40, blank=True)
    slots = models.JSONField(default=dict)
    offer = models.JSONField(null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(RoomQuestionQuerySet)()
    unscoped: ClassVar = models.Manager.from_queryset(RoomQuestionQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "event_id"], name="matrix_question_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "thread_root"], name="matrix_questions_in_thread"),
            models.Index(fields=["organization", "asked_at"], name="matrix_questions_by_age"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
