"""What came in, how it was read, and what it proposes to write."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crm_site.communications.models import Communication
from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from crm_site.investors.models import Investor
from intake.choices import MessageState, ProposalState, Source
from intake.querysets import InboundMessageQuerySet, ProposalQuerySet


class InboundMessage(Scoped):
    """What a channel delivered, stored before anything is done with it, once per (source, external id).

    raw: the bytes as they came, also where no database text could hold them. text: cleaned. sent_at: the writer's clock,
    against which "tomorrow" is read. revision: goes up when the writer edits the message at its source. has_picture: it
    came with one (`MessagePicture`); until that has been read, text holds only what was written under it.
    """

    source = models.CharField(max_length=16, choices=Source.choices)
    external_id = models.CharField(max_length=255)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sender_label = models.CharField(max_length=120, blank=True)
    raw = models.BinaryField()
    text = models.TextField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.RECEIVED)
    revision = models.PositiveIntegerField(default=1)
    has_picture = models.BooleanField(default=False)

    objects = ScopedManager.from_queryset(InboundMessageQuerySet)()
    unscoped = models.Manager.from_queryset(InboundMessageQuerySet)()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "external_id"], name="intake_message_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "state", "-id"], name="intake_messages_by_state")]

    def __str__(self) -> str:
        return self.text[:80]


class MessagePicture(Scoped):
    """The picture a message consists of, as we drew it anew: decoded, turned upright, made smaller, without metadata.

    data: a JPEG or PNG file. width, height: pixels. sha256: of data, in hex. problem: why no text came of it, else empty.
    """

    # No index of its own: the unique constraint below serves every look-up.
    message = models.ForeignKey(
        InboundMessage, on_delete=models.PROTECT, related_name="pictures", db_index=False
    )
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "message"], name="intake_picture_once_per_message"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Proposal(Scoped):
    """The writes that one message (or one of the investors it names) would cause, waiting for a person.

    parsed: a ParsedMessage (intake.md). match: {"investor", "score", "how", "candidates"}. result: what was written.
    Changed only by conditional update on state and revision, so that two answers cannot both count.
    """

    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="proposals")
    ordinal = models.PositiveSmallIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.PENDING)
    parsed = models.JSONField()
    match = models.JSONField(default=dict)
    new_investor = models.BooleanField(default=False)
    notes = models.JSONField(default=list)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_via = models.CharField(max_length=16, blank=True)
    investor = models.ForeignKey(Investor, on_delete=models.SET_NULL, null=True, related_name="+")
    communication = models.ForeignKey(Communication, on_delete=models.SET_NULL, null=True, related_name="+")
    result = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(ProposalQuerySet)()
    unscoped = models.Manager.from_queryset(ProposalQuerySet)()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "message", "ordinal", "revision"], name="intake_proposal_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "message", "ordinal"],
                condition=models.Q(state__in=[ProposalState.PENDING, ProposalState.COMMITTED]),
                name="intake_proposal_one_alive",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-id"], name="intake_proposals_by_state"),
            models.Index(fields=["state", "expires_at"], name="intake_proposals_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.pk} ({self.get_state_display()})"

    @property
    def is_pending(self) -> bool:
        return self.state == ProposalState.PENDING


class IntakeRun(Scoped):
    """One reading of a message by the pipeline, kept to be looked at, replayed and measured."""

    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="runs")
    message_revision = models.PositiveIntegerField()
    parser = models.CharField(max_length=8)
    outcome = models.CharField(max_length=12)
    degraded = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "message", "message_revision"], name="intake_run_once_per_revision"
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} of message {self.message_id}"


class StepResult(Scoped):
    """One step of a run: what went in and came out (JSON), how sure it is (0..1), and its duration."""

    run = models.ForeignKey(IntakeRun, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=16)
    taken = models.JSONField(default=dict)
    given = models.JSONField(default=dict)
    confidence = models.FloatField(null=True)
    duration_ms = models.FloatField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "run", "position"], name="intake_step_once"),
        ]

    def __str__(self) -> str:
        return self.name
