"""Abstract rows: every table of an organization is one of these. No tables of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from crm_site.core.querysets import KeptQuerySet, LiveManager, ScopedManager


class HardDelete(TypeError):
    """Rows are hidden by a service, never removed by `.delete()`. A programming error."""


class Scoped(models.Model):
    """A row of exactly one organization.

    `objects` needs a scope and sees only its rows; `unscoped` is the one hatch, and each use says why.
    """

    # No index of its own: every composite one begins with it, and a planner without statistics would prefer this one.
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        abstract = True


class Kept(Scoped):
    """A row that can be deleted and brought back, and that refuses an edit made on an older version.

    deletion_key: shared by all rows that went in one deletion, so that they come back together.
    """

    #: Fields whose values are sealed in the audit log under the key of the person or firm they are about.
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    #: Foreign keys by which the row goes, and comes back, together with what it points at.
    HANGS_ON: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    deletion_key = models.UUIDField(null=True, blank=True, editable=False, db_index=True)

    objects = LiveManager.from_queryset(KeptQuerySet)()
    all_objects = ScopedManager.from_queryset(KeptQuerySet)()
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        abstract = True

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise HardDelete(
            f"Use the delete service of {self._meta.app_label}; purging is relations.services.purge."
        )
