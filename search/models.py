"""What the index must still learn, who is teaching it, and which collections there are (search.md 5c)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager


class TargetState(models.TextChoices):
    BUILDING = "building", "Being built"
    LIVE = "live", "Searched"
    RETIRED = "retired", "Retired"


class Stage(models.TextChoices):
    """What a rebuild does next."""

    BARRIER = "barrier", "Waiting for older writers"
    DIRTY = "dirty", "Listing every record"
    DRAIN = "drain", "Writing passages"
    VERIFY = "verify", "Comparing with the database"
    DONE = "done", "Done"


class Target(models.Model):
    """A collection of the index, of all organizations at once (each passage carries its own).

    fingerprint: all that shapes a vector in it; another one asks for a rebuild. avg_len: mean number of stems in a
    passage when it was built. stage: how far a rebuild has come, so that a killed one goes on from there. barrier: the
    number of a transaction after its registration, before which all others must be over (PostgreSQL). backlog: the last
    dirty row of the rebuild's own.
    """

    collection = models.CharField(max_length=80, unique=True)
    fingerprint = models.CharField(max_length=300)
    embedder = models.CharField(max_length=160, blank=True)
    dimension = models.PositiveIntegerField(null=True)
    avg_len = models.FloatField(default=0)
    state = models.CharField(max_length=8, choices=TargetState.choices, default=TargetState.BUILDING)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.BARRIER)
    barrier = models.BigIntegerField(null=True)
    backlog = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    served_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=TargetState.LIVE), name="search_one_live"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=TargetState.BUILDING), name="search_one_building"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection} ({self.get_state_display()})"


class Dirty(Scoped):
    """A record changed and a target has not learned of it yet. Written by triggers, in the writer's transaction.

    Only ever added to: many writers of one record never wait for each other, and what was read is deleted by its ids.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    noted_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ScopedManager()
    # Unscoped: one sync serves all organizations; each key is then read inside its own.
    unscoped: ClassVar = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["target", "key"], name="search_dirty_of")]

    def __str__(self) -> str:
        return self.key


class Claim(Scoped):
    """Who wrote a record to a target last: each claim takes the next version, and the index keeps only the highest.

    most_chunks: the most passages any claim ever set out to write, so that all beyond the present ones can be buried.
    busy_until: saves double work; that two work on one record at once does no harm.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    ver = models.PositiveBigIntegerField(default=1)
    most_chunks = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar = ScopedManager()
    unscoped: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "target", "key"], name="search_claim_once")
        ]
        indexes = [models.Index(fields=["target"], condition=Q(failures__gt=0), name="search_claims_failing")]

    def __str__(self) -> str:
        return f"{self.key} at {self.ver}"


class CachedVector(Scoped):
    """The dense vector of a text, so that what did not change is never embedded again. vector: float32 bytes."""

    embedder = models.CharField(max_length=160)
    hash = models.CharField(max_length=64)
    vector = models.BinaryField()
    used_at = models.DateTimeField()

    objects: ClassVar = ScopedManager()
    unscoped: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "embedder", "hash"], name="search_vector_once")
        ]
        indexes = [models.Index(fields=["used_at"], name="search_vectors_by_use")]

    def __str__(self) -> str:
        return self.hash[:12]
