"""What spans the nouns and needs a row of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from crm_site.relations.querysets import DeletionQuerySet, MergeQuerySet


class MergedBy(models.TextChoices):
    RULE = "rule", "A rule"
    MODEL = "model", "The model, with a corroborator"
    PERSON = "person", "A person"


class MoveKind(models.TextChoices):
    MOVED = "moved", "Moved"
    HIDDEN = "hidden", "Hidden"
    DROPPED = "dropped", "Dropped"
    MADE = "made", "Made"
    LEANED = "leaned", "Leaned on"


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


class Merge(Scoped):
    """Two records of one thing made one: `absorbed` is hidden and points at `survivor`. Kept also when it is undone.

    label: of the table. fields: name → [value before, value given to the survivor]. decided_by: null when a rule decided.
    how: "rule", "model" or "person". score, features, rule_version: what a rule or a model saw. conflicts: what an undo
    had to leave as it was.
    """

    label = models.CharField(max_length=64)
    survivor_id = models.BigIntegerField()
    absorbed_id = models.BigIntegerField()
    key = models.UUIDField()
    how = models.CharField(max_length=8, choices=MergedBy.choices, default=MergedBy.PERSON)
    rule_version = models.CharField(max_length=40, blank=True)
    score = models.FloatField(null=True)
    features = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    conflicts = models.JSONField(default=list)

    objects = ScopedManager.from_queryset(MergeQuerySet)()
    unscoped = models.Manager.from_queryset(MergeQuerySet)()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "label", "absorbed_id"],
                condition=models.Q(undone_at__isnull=True),
                name="relations_absorbed_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(survivor_id=models.F("absorbed_id")), name="relations_merge_of_two"
            ),
        ]
        indexes = [models.Index(fields=["organization", "label", "survivor_id"], name="merges_into")]

    def __str__(self) -> str:
        return f"{self.label} {self.absorbed_id} → {self.survivor_id}"


class MergeMove(Scoped):
    """One thing that a merge did to one row, in order, so that it can be taken back exactly.

    moved: a column went from old to new. hidden: the row had a twin at the survivor and was soft-deleted. dropped: a link
    row had a twin and was removed; old holds its columns. made: the merge made the row; new holds its columns.
    leaned: nothing was done to this row, but it is the twin that stands for a hidden or dropped one.
    """

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    label = models.CharField(max_length=64)
    row_id = models.BigIntegerField()
    column = models.CharField(max_length=64, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["organization", "merge"], name="merge_moves_of"),
            models.Index(fields=["merge", "label", "row_id"], name="merge_moves_by_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label} {self.row_id}"


class DistinctPair(Scoped):
    """Two records that a person said are not the same. Nobody merges them as long as this stands."""

    label = models.CharField(max_length=64)
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "label", "low_id", "high_id"], name="relations_distinct_once"
            ),
            models.CheckConstraint(
                condition=models.Q(low_id__lt=models.F("high_id")), name="relations_distinct_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.low_id} ≠ {self.high_id}"
