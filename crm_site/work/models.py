"""Tables of background work: what is to be done, who is alive, which requests were answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from crm_site.work.querysets import HeartbeatQuerySet, WorkQuerySet


class State(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DEAD = "dead", "Given up"


UNFINISHED = Q(state__in=[State.QUEUED, State.RUNNING])


class WorkItem(Scoped):
    """One unit of background work. It holds ids only, and outlives every process.

    organization: None for work of the house itself. attempts: counted and committed before the work starts.
    interrupted: those of the attempts that ended without a result, because the worker died.
    asked_again: enqueued once more while unfinished; a running attempt may have read too early, so it runs again.
    claimed_by: the token of the attempt under way; a finished attempt must still hold it.
    queue_id: the queue's row that will deliver it. No foreign key: the queue belongs to django-q2.
    """

    organization = models.ForeignKey(  # the one table that may have none
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    dedupe = models.CharField(max_length=64, default="", blank=True)
    cluster = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    interrupted = models.PositiveIntegerField(default=0)
    asked_again = models.BooleanField(default=False)
    queue_id = models.BigIntegerField(null=True, blank=True)
    claimed_by = models.CharField(max_length=120, default="", blank=True)
    last_error = models.TextField(default="", blank=True)
    next_try_at = models.DateTimeField()
    enqueued_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ScopedManager.from_queryset(WorkQuerySet)()
    # The sweeper, the supervisor and a worker that has only an id see every organization's work.
    unscoped: ClassVar = models.Manager.from_queryset(WorkQuerySet)()

    class Meta:
        verbose_name = "work item"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "subject_id", "dedupe"],
                condition=UNFINISHED,
                name="work_one_unfinished",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "dedupe"],
                condition=UNFINISHED & Q(organization__isnull=True),
                name="work_one_unfinished_of_the_house",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="work_state_known"),
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="work_due"),
            models.Index(fields=["cluster", "touched_at"], name="work_progress"),
            models.Index(fields=["organization", "state"], name="work_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} ({self.state})"


class Heartbeat(models.Model):
    """When something last proved to be alive: a cluster by finishing a task, a schedule by having run.

    detail: empty when all is well, else what went wrong.
    """

    name = models.CharField(max_length=100, unique=True)
    beat_at = models.DateTimeField()
    detail = models.TextField(default="", blank=True)

    objects = models.Manager.from_queryset(HeartbeatQuerySet)()

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(Scoped):
    """A request that was answered, and the answer, so that a repeated one gets the same bytes and no second effect."""

    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, default="application/json")
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="work_idempotency_key")]
        indexes = [models.Index(fields=["created_at"], name="work_idempotency_age")]

    def __str__(self) -> str:
        return self.key
