"""The history of what members asked. Rows of answers are never kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from nlquery.querysets import AskedQuerySet


class Asked(Scoped):
    """One question of one member: how it was understood and how it went."""

    PERSONAL = frozenset({"slots"})  # names and e-mails: sealed in the audit log

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    question = models.CharField(max_length=2000)
    intent = models.CharField(max_length=40, blank=True)
    slots = models.JSONField(default=dict)
    status = models.CharField(max_length=20)
    translator = models.CharField(max_length=8)
    door = models.CharField(max_length=16)
    row_count = models.PositiveIntegerField(default=0)
    elapsed_ms = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(AskedQuerySet)()
    unscoped = models.Manager.from_queryset(AskedQuerySet)()

    class Meta:
        verbose_name_plural = "asked"
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "user", "-id"], name="nlquery_asked_by")]

    def __str__(self) -> str:
        return self.question[:80]
