"""What spans the nouns and needs a row of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from crm_site.relations.querysets import DeletionQuerySet


class Deletion(Scoped):
    """One act of deleting: the record it was about and all that went with it, so that it comes back as one.

    key: stands on each hidden row. counts: what went, by plural name. title is kept while the record can come back.
    """

    key = models.UUIDField()
    label = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    counts = models.JSONField(default=dict)
    deleted_at = models.DateTimeField()
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    restored_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(DeletionQuerySet)()
    unscoped = models.Manager.from_queryset(DeletionQuerySet)()

    class Meta:
        ordering = ["-deleted_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="relations_deletion_once")
        ]
        indexes = [models.Index(fields=["organization", "-deleted_at"], name="deletions_by_time")]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"
