"""Named ways to read what was asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from nlquery.models import Asked  # noqa: F401


class AskedQuerySet(models.QuerySet["Asked"]):
    """Questions."""

    def of(self, user_id: int) -> AskedQuerySet:
        """One member's, newest first."""
        return self.filter(user_id=user_id).order_by("-id")

    def asked_before(self, instant: datetime) -> AskedQuerySet:
        """Those older than that, oldest first."""
        return self.filter(asked_at__lt=instant).order_by("id")
