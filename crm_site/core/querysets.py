"""Managers and querysets that every table shares: scoped, live, and never removing rows by accident."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from crm_site.core import scope

M = TypeVar("M", bound=models.Model, covariant=True)


class ScopedManager(models.Manager[M]):
    """Rows of the organization in scope, deleted ones too. Raises OutsideScope without one."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organization_id=scope.current_id())


class LiveManager(ScopedManager[M]):
    """Rows of the organization in scope that are not deleted."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(deleted_at__isnull=True)


class KeptQuerySet(models.QuerySet[M]):
    """Rows that are hidden, not removed."""

    def delete(self) -> Any:
        raise TypeError("Rows are hidden by the delete service of their noun, never removed in bulk.")

    def purge(self) -> int:
        """Remove the rows for good. Only `relations.services.purge` may call it; it audits what goes."""
        return self._raw_delete(self.db)
