"""The append-only log of every change, one keyed hash chain per organization.

Nothing here has a foreign key to what it describes, so history outlives its subject. Update and delete are refused by
triggers on both databases (`audit/triggers.py`).
"""

from __future__ import annotations

from django.db import models

from crm_site.audit.querysets import AuditEventQuerySet, SubjectKeyQuerySet
from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager


class AuditEvent(Scoped):
    """One thing that was done. `text` is the canonical JSON that the chain covers; the columns repeat it for queries."""

    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    door = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    parent_label = models.CharField(max_length=64, blank=True)
    parent_id = models.BigIntegerField(null=True)
    captured_via = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    text = models.TextField()
    mac = models.CharField(max_length=64)

    objects = ScopedManager.from_queryset(AuditEventQuerySet)()
    unscoped = models.Manager.from_queryset(AuditEventQuerySet)()

    class Meta:
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="audit_event_sequence")
        ]
        indexes = [
            models.Index(
                fields=["organization", "subject_label", "subject_id", "-sequence"], name="audit_by_subject"
            ),
            models.Index(
                fields=["organization", "parent_label", "parent_id", "-sequence"], name="audit_by_parent"
            ),
            models.Index(fields=["organization", "-at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}:{self.subject_id}"


class AuditHead(Scoped):
    """The end of an organization's chain. Locked, last of all, by each transaction that appends."""

    sequence = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="audit_head_once")]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.sequence}"


class SubjectKey(Scoped):
    """The key under which one subject's personal values are sealed. Erase the row and they are gone for good."""

    label = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    wrapped = models.BinaryField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(SubjectKeyQuerySet)()
    unscoped = models.Manager.from_queryset(SubjectKeyQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "label", "subject_id"], name="audit_subject_key_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}:{self.subject_id}"
