"""Pairs of records that may be one, for a person, a rule or the model to decide."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager
from search.entities.choices import Advice, Kind, PairState, Tier
from search.entities.querysets import PairQuerySet


class Pair(Scoped):
    """Two records of one kind that the rules propose. Ids, not foreign keys: a merge must not move them.

    reasons, corroborators, doubts, vetoes: short English lines without names, addresses or numbers, so that erasing a person
    leaves nothing here. doubts forbid a rule to merge, vetoes also the model. tier UNLIKELY: strong evidence, and a veto against it. score: 0..1, comparable within one
    rule_version. The advice fields are what the model said, empty until it was asked: both_orders_agree tells whether
    it said so both ways round, and advice_digest is of the two records as it saw them.
    """

    kind = models.CharField(max_length=8, choices=Kind.choices)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    tier = models.CharField(max_length=8, choices=Tier.choices)
    score = models.FloatField()
    rule_version = models.CharField(max_length=40)
    reasons = models.JSONField(default=list)
    corroborators = models.JSONField(default=list)
    doubts = models.JSONField(default=list)
    vetoes = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    advice = models.CharField(max_length=9, choices=Advice.choices, blank=True)
    advice_reason = models.CharField(max_length=500, blank=True)
    both_orders_agree = models.BooleanField(null=True)
    advice_model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=20, blank=True)
    advice_digest = models.CharField(max_length=64, blank=True)
    advised_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(PairQuerySet)()
    unscoped: ClassVar = models.Manager.from_queryset(PairQuerySet)()

    class Meta:
        ordering = ["tier", "-score", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "left_id", "right_id"], name="entities_pair_once"
            ),
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="entities_pair_ordered"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "kind", "tier", "-score", "id"],
                condition=Q(state=PairState.OPEN),
                name="entities_open_best_first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.left_id} ~ {self.right_id}"


class Look(Scoped):
    """The last look for duplicates of a kind: how far it is, or what it found. One row an organization and kind.

    percent: of the work done, while it runs. counts: name → number, see `proposing.Outcome`. error: why it stopped.
    """

    kind = models.CharField(max_length=8, choices=Kind.choices)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    percent = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True)

    objects: ClassVar = ScopedManager()
    unscoped: ClassVar = models.Manager()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["organization", "kind"], name="entities_look_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.percent} %"
