"""Named ways to read deletions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from crm_site.relations.models import Deletion  # noqa: F401


class DeletionQuerySet(models.QuerySet["Deletion"]):
    """Acts of deleting."""

    def in_trash(self) -> DeletionQuerySet:
        """Neither restored nor purged, the latest first."""
        return (
            self.filter(restored_at__isnull=True, purged_at__isnull=True)
            .select_related("deleted_by")
            .order_by("-deleted_at", "-id")
        )
