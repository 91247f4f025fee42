"""Named ways to read investors, funds, stages and opportunities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q, Sum

from crm_site.core import clock
from crm_site.core.querysets import KeptQuerySet
from crm_site.investors.choices import StageCategory

if TYPE_CHECKING:
    from crm_site.investors.models import Fund, Investor, Opportunity, Stage, StageChange, Tag  # noqa: F401


class StageQuerySet(KeptQuerySet["Stage"]):
    """The pipeline."""

    def in_order(self) -> StageQuerySet:
        """First step first."""
        return self.order_by("position", "id")

    def open(self) -> StageQuerySet:
        """Neither won nor lost."""
        return self.filter(category=StageCategory.OPEN).order_by("position", "id")


class FundQuerySet(KeptQuerySet["Fund"]):
    """What is being raised."""

    def newest_first(self) -> FundQuerySet:
        """The one opened last comes first."""
        return self.order_by(F("opens_on").desc(nulls_last=True), "name", "id")

    def being_raised(self) -> FundQuerySet:
        """Open today: begun (or without a date for it) and not yet closed."""
        today = clock.today()
        begun = Q(opens_on__isnull=True) | Q(opens_on__lte=today)
        return self.filter(begun, Q(closes_on__isnull=True) | Q(closes_on__gte=today)).newest_first()

    def with_progress(self) -> FundQuerySet:
        """Adds committed_sum, expected_sum (live opportunities that are open or won) and opportunity_count."""
        counted = Q(opportunities__deleted_at__isnull=True, opportunities__investor__deleted_at__isnull=True)
        alive = counted & ~Q(opportunities__stage__category=StageCategory.LOST)
        return self.annotate(
            committed_sum=Sum("opportunities__committed", filter=alive),
            # What was hoped for from somebody retired is hoped for no longer; what they committed still counts.
            expected_sum=Sum(
                "opportunities__expected",
                filter=alive & Q(opportunities__investor__graveyard_at__isnull=True),
            ),
            opportunity_count=models.Count("opportunities", filter=alive),
        )


class TagQuerySet(KeptQuerySet["Tag"]):
    """Words that group investors."""

    def by_name(self) -> TagQuerySet:
        """In alphabetical order."""
        return self.order_by("name", "id")


class InvestorQuerySet(KeptQuerySet["Investor"]):
    """Investors. Through joins nothing is hidden, so every count of children names the living itself."""

    def live(self) -> InvestorQuerySet:
        """Neither deleted nor in the graveyard."""
        return self.filter(deleted_at__isnull=True, graveyard_at__isnull=True)

    def in_graveyard(self) -> InvestorQuerySet:
        """Retired on purpose, the latest first."""
        return self.filter(deleted_at__isnull=True, graveyard_at__isnull=False).order_by(
            "-graveyard_at", "id"
        )

    def by_name(self) -> InvestorQuerySet:
        """In alphabetical order."""
        return self.order_by("name", "id")

    def assigned_to(self, user_id: int) -> InvestorQuerySet:
        """Those a member owns."""
        return self.filter(assigned_to_id=user_id)

    def tagged(self, tag_key: str) -> InvestorQuerySet:
        """Those that carry the tag."""
        return self.filter(tags__key=tag_key, tags__deleted_at__isnull=True)

    def stale_for(self, days: int) -> InvestorQuerySet:
        """No communication for at least `days` days, or never; the longest silence first."""
        before: date = clock.today() - timedelta(days=days)
        quiet = Q(last_activity_on__isnull=True) | Q(last_activity_on__lte=before)
        return self.live().filter(quiet).order_by(F("last_activity_on").asc(nulls_first=True), "id")

    def with_people(self) -> InvestorQuerySet:
        """Joins what a row of a list shows: the owner and the stage."""
        return self.select_related("assigned_to", "stage")


class OpportunityQuerySet(KeptQuerySet["Opportunity"]):
    """Investors × funds."""

    def of_living(self) -> OpportunityQuerySet:
        """Those whose investor and fund are not deleted."""
        return self.filter(investor__deleted_at__isnull=True, fund__deleted_at__isnull=True)

    def of_live_investors(self) -> OpportunityQuerySet:
        """Those of investors that are neither deleted nor in the graveyard."""
        return self.of_living().filter(investor__graveyard_at__isnull=True)

    def open(self) -> OpportunityQuerySet:
        """Neither won nor lost."""
        return self.filter(stage__category=StageCategory.OPEN)

    def counted(self) -> OpportunityQuerySet:
        """Open or won: those whose amounts count."""
        return self.exclude(stage__category=StageCategory.LOST)

    def most_advanced_first(self) -> OpportunityQuerySet:
        """The order in which an investor's own stage is chosen: open ones by position, else the latest."""
        is_open = models.Case(
            models.When(stage__category=StageCategory.OPEN, then=F("stage__position")), default=-1
        )
        return self.order_by(is_open.desc(), F("stage_since").desc(nulls_last=True), "-id")

    def with_names(self) -> OpportunityQuerySet:
        """Joins investor, fund and stage."""
        return self.select_related("investor", "fund", "stage")


class StageChangeQuerySet(models.QuerySet["StageChange"]):
    """The history of moves."""

    def newest_first(self) -> StageChangeQuerySet:
        """The latest move first."""
        return self.order_by("-changed_at", "-id")
