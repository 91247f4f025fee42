"""Who invests, in what, and how far each has come."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from crm_site.core.models import Kept, Scoped
from crm_site.core.querysets import LiveManager, ScopedManager
from crm_site.investors.choices import InvestorType, StageCategory
from crm_site.investors.querysets import (
    FundQuerySet,
    InvestorQuerySet,
    OpportunityQuerySet,
    StageChangeQuerySet,
    StageQuerySet,
    TagQuerySet,
)

LIVING = models.Q(deleted_at__isnull=True)
AMOUNT = {"max_digits": 17, "decimal_places": 2}


class Stage(Kept):
    """A step of the organization's pipeline. The key never changes; label, position and category may."""

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=8, choices=StageCategory.choices, default=StageCategory.OPEN)
    probability = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])

    objects = LiveManager.from_queryset(StageQuerySet)()
    all_objects = ScopedManager.from_queryset(StageQuerySet)()
    unscoped = models.Manager.from_queryset(StageQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"], condition=LIVING, name="investors_stage_key"
            ),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="investors_stage_probability"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def has_history(self) -> bool:
        """Tell whether any move or any opportunity, deleted ones too, names the stage."""
        moves = StageChange.objects.filter(models.Q(from_stage=self) | models.Q(to_stage=self))
        return moves.exists() or Opportunity.all_objects.filter(stage=self).exists()


class Fund(Kept):
    """A vehicle or deal being raised. Amounts of its opportunities are in its currency."""

    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=200, editable=False)
    target = models.DecimalField(max_digits=17, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    description = models.TextField(max_length=4000, blank=True)

    objects = LiveManager.from_queryset(FundQuerySet)()
    all_objects = ScopedManager.from_queryset(FundQuerySet)()
    unscoped = models.Manager.from_queryset(FundQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["-opens_on", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name_key"], condition=LIVING, name="investors_fund_name"
            ),
            models.CheckConstraint(
                condition=models.Q(target__isnull=True) | models.Q(target__gte=0),
                name="investors_fund_target",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(Kept):
    """A word that groups investors."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=60, editable=False)

    objects = LiveManager.from_queryset(TagQuerySet)()
    all_objects = ScopedManager.from_queryset(TagQuerySet)()
    unscoped = models.Manager.from_queryset(TagQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"], condition=LIVING, name="investors_tag_key"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Investor(Kept):
    """A firm or person that invests. Live unless deleted or in the graveyard; it has no status of its own.

    The last group of fields is derived (services keep it true, `doctor` checks it): it exists so that the grid can sort
    and filter fifty thousand rows by an index. Totals are in the organization's currency only.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "notes", "website"})

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    type = models.CharField(max_length=16, choices=InvestorType.choices, default=InvestorType.OTHER)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    location = models.CharField(max_length=120, blank=True)
    website = models.CharField(max_length=200, blank=True)
    domain = models.CharField(max_length=120, blank=True, editable=False)
    lead_source = models.CharField(max_length=80, blank=True)
    notes = models.TextField(max_length=10_000, blank=True)
    tags = models.ManyToManyField(Tag, through="InvestorTag", related_name="investors")

    graveyard_at = models.DateTimeField(null=True, blank=True, editable=False)
    graveyard_reason = models.CharField(max_length=300, blank=True, editable=False)
    graveyard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    last_activity_on = models.DateField(null=True, blank=True, editable=False)
    next_step_on = models.DateField(null=True, blank=True, editable=False)
    committed_total = models.DecimalField(max_digits=17, decimal_places=2, default=0, editable=False)
    expected_total = models.DecimalField(max_digits=17, decimal_places=2, default=0, editable=False)

    objects = LiveManager.from_queryset(InvestorQuerySet)()
    all_objects = ScopedManager.from_queryset(InvestorQuerySet)()
    unscoped = models.Manager.from_queryset(InvestorQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["organization", "name_key"], name="investors_by_key"),
            models.Index(fields=["organization", "domain"], name="investors_by_domain"),
            models.Index(
                # The two dates are always empty here; with them in it the index alone can count the live ones. With the
                # rest it alone can look through all names for a few letters (`search.palette`).
                fields=[
                    "organization",
                    "name",
                    "id",
                    "deleted_at",
                    "graveyard_at",
                    "name_key",
                    "last_activity_on",
                    "type",
                    "location",
                ],
                condition=models.Q(deleted_at__isnull=True, graveyard_at__isnull=True),
                name="investors_live_by_name",
            ),
            models.Index(fields=["organization", "last_activity_on", "id"], name="investors_by_activity"),
            models.Index(fields=["organization", "next_step_on", "id"], name="investors_by_next_step"),
            models.Index(fields=["organization", "stage", "name", "id"], name="investors_by_stage"),
            models.Index(fields=["organization", "assigned_to", "name", "id"], name="investors_by_owner"),
            models.Index(fields=["organization", "type", "name", "id"], name="investors_by_type"),
            models.Index(fields=["organization", "committed_total", "id"], name="investors_by_committed"),
            models.Index(fields=["organization", "expected_total", "id"], name="investors_by_expected"),
            models.Index(fields=["organization", "created_at"], name="investors_by_creation"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None and self.graveyard_at is None


class InvestorTag(Scoped):
    """An investor carries a tag."""

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "investor", "tag"], name="investors_tag_once")
        ]
        indexes = [models.Index(fields=["organization", "tag", "investor"], name="investors_by_tag")]

    def __str__(self) -> str:
        return f"{self.investor_id}: {self.tag_id}"


class InvestorAlias(Kept):
    """Another name the investor goes by."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name"})
    HANGS_ON: ClassVar[tuple[str, ...]] = ("investor",)

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)

    class Meta(Kept.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name_key"], condition=LIVING, name="investors_alias_key"
            )
        ]

    def __str__(self) -> str:
        return self.name


class InvestorGram(Scoped):
    """A three-letter piece of an investor's name or alias: the block in which fuzzy look-ups search."""

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="+", db_index=False)
    gram = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "gram", "investor"], name="investors_gram_once")
        ]
        indexes = [models.Index(fields=["investor"], name="investors_grams_of")]

    def __str__(self) -> str:
        return self.gram


class Opportunity(Kept):
    """One investor × one fund. `expected` is what is hoped for beyond `committed`, both in the fund's currency."""

    HANGS_ON: ClassVar[tuple[str, ...]] = (
        "investor",
        "fund",
    )

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="opportunities")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="opportunities")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="opportunities")
    expected = models.DecimalField(max_digits=17, decimal_places=2, null=True, blank=True)
    committed = models.DecimalField(max_digits=17, decimal_places=2, null=True, blank=True)
    probability = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    close_on = models.DateField(null=True, blank=True)
    committed_on = models.DateField(null=True, blank=True)
    stage_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LiveManager.from_queryset(OpportunityQuerySet)()
    all_objects = ScopedManager.from_queryset(OpportunityQuerySet)()
    unscoped = models.Manager.from_queryset(OpportunityQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["-id"]
        verbose_name_plural = "opportunities"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "investor", "fund"],
                condition=LIVING,
                name="investors_opportunity_once",
            ),
            models.CheckConstraint(
                condition=(models.Q(expected__isnull=True) | models.Q(expected__gte=0))
                & (models.Q(committed__isnull=True) | models.Q(committed__gte=0)),
                name="investors_opportunity_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(probability__isnull=True) | models.Q(probability__lte=100),
                name="investors_opportunity_probability",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "investor"], name="opportunities_of_investor"),
            models.Index(fields=["organization", "fund", "stage"], name="opportunities_of_fund"),
            models.Index(fields=["organization", "committed_on"], name="opportunities_by_commitment"),
        ]

    def __str__(self) -> str:
        return f"{self.investor} · {self.fund}"


class StageChange(Scoped):
    """An opportunity moved from one stage to another. Never changed afterwards."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="stage_changes")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="+")
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    objects = ScopedManager.from_queryset(StageChangeQuerySet)()
    unscoped = models.Manager.from_queryset(StageChangeQuerySet)()

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["organization", "-changed_at"], name="stage_changes_by_time")]

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.from_stage_id} → {self.to_stage_id}"
