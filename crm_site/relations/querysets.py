"""Named ways to read deletions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from crm_site.relations.models import Deletion, Merge  # noqa: F401


class DeletionQuerySet(models.QuerySet["Deletion"]):
    """Acts of deleting."""

    def in_trash(self) -> DeletionQuerySet:
        """Neither restored nor purged, the latest first."""
        return (
            self.filter(restored_at__isnull=True, purged_at__isnull=True)
            .select_related("deleted_by")
            .order_by("-deleted_at", "-id")
        )


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges."""

    def standing(self) -> MergeQuerySet:
        """Those that were not undone, the latest first."""
        return self.filter(undone_at__isnull=True).order_by("-id")

    def of(self, label: str, record_id: int) -> MergeQuerySet:
        """Those in which a record took part, on either side."""
        part = models.Q(survivor_id=record_id) | models.Q(absorbed_id=record_id)
        return self.filter(part, label=label)
