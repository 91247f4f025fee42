"""Named ways to read the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from crm_site.audit.models import AuditEvent, SubjectKey  # noqa: F401


class SubjectKeyQuerySet(models.QuerySet["SubjectKey"]):
    """Keys under which personal values are sealed."""

    def of(self, owners: Iterable[tuple[str, int]]) -> SubjectKeyQuerySet:
        """Those of these subjects: one condition per label, because databases limit how many may be joined."""
        by_label: dict[str, list[int]] = {}
        for label, subject_id in owners:
            by_label.setdefault(label, []).append(subject_id)
        wanted = models.Q(pk__in=[])
        for label, ids in sorted(by_label.items()):
            wanted |= models.Q(label=label, subject_id__in=ids)
        return self.filter(wanted).order_by("id")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Entries of the log."""

    def newest_first(self) -> AuditEventQuerySet:
        """The latest entry first."""
        return self.order_by("-sequence")

    def in_chain_order(self) -> AuditEventQuerySet:
        """As they were chained."""
        return self.order_by("sequence")

    def about(self, label: str, subject_id: int) -> AuditEventQuerySet:
        """What was done to one record itself, latest first."""
        return self.filter(subject_label=label, subject_id=subject_id).order_by("-sequence")

    def around(self, label: str, subject_id: int) -> AuditEventQuerySet:
        """What was done to one record and to what hangs on it, latest first."""
        itself = models.Q(subject_label=label, subject_id=subject_id)
        below = models.Q(parent_label=label, parent_id=subject_id)
        return self.filter(itself | below).order_by("-sequence")
