"""Named ways to read investors, funds, stages and opportunities."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, JSONObject

from crm_site.core import clock, joined, naming
from crm_site.core.querysets import KeptQuerySet
from crm_site.investors.choices import StageCategory

if TYPE_CHECKING:
    from crm_site.investors.models import Fund, Investor, Opportunity, Stage, StageChange, Tag  # noqa: F401

_AMOUNT: models.DecimalField[object, object] = models.DecimalField(max_digits=17, decimal_places=2)
ZERO = Value(0, output_field=_AMOUNT)
HUNDRED = Value(100, output_field=_AMOUNT)


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

    def with_live_progress(self) -> FundQuerySet:
        """Adds committed_sum and expected_sum of live investors, open or won, and retired_sum: what investors in the
        graveyard had committed."""
        counted = Q(opportunities__deleted_at__isnull=True, opportunities__investor__deleted_at__isnull=True)
        alive = counted & ~Q(opportunities__stage__category=StageCategory.LOST)
        live = alive & Q(opportunities__investor__graveyard_at__isnull=True)
        retired = alive & Q(opportunities__investor__graveyard_at__isnull=False)
        return self.annotate(
            committed_sum=Sum("opportunities__committed", filter=live),
            expected_sum=Sum("opportunities__expected", filter=live),
            retired_sum=Sum("opportunities__committed", filter=retired),
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

    def gone(self) -> InvestorQuerySet:
        """Deleted or in the graveyard. From `all_objects`: they are few, so leaving their rows out costs less than a join."""
        return self.filter(Q(deleted_at__isnull=False) | Q(graveyard_at__isnull=False))

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

    def carrying(self, tag: str) -> InvestorQuerySet:
        """Those with a tag of this name, whatever its spelling. By id: a join would repeat an investor."""
        links = apps.get_model("investors", "InvestorTag").objects
        named = links.filter(tag__key=naming.fold(tag), tag__deleted_at__isnull=True)
        return self.filter(pk__in=named.values("investor_id"))

    def in_fund(self, fund_id: int, *, stage_id: int | None = None) -> InvestorQuerySet:
        """Those with an opportunity in the fund (of that stage, when one is given)."""
        there = apps.get_model("investors", "Opportunity").objects.filter(fund_id=fund_id)
        if stage_id is not None:
            there = there.filter(stage_id=stage_id)
        return self.filter(pk__in=there.values("investor_id"))

    def with_amount(self) -> InvestorQuerySet:
        """Adds amount: committed and expected together, of what is open or won, in the organization's currency."""
        return self.amounting(None, None)

    def amounting(self, low: Decimal | None, high: Decimal | None) -> InvestorQuerySet:
        """Those whose amount (`with_amount`) is in low..high; None is an open end."""
        found = self.annotate(amount=F("committed_total") + F("expected_total"))
        if low is not None:
            found = found.filter(amount__gte=low)
        return found if high is None else found.filter(amount__lte=high)

    def with_amounts_elsewhere(self, currency: str) -> InvestorQuerySet:
        """Adds elsewhere: a list of {currency, committed, expected} (texts), one for each opportunity that is open or won
        and whose fund has another currency. `joined.opened` reads it."""
        there = apps.get_model("investors", "Opportunity").objects.of_living().counted()
        row = JSONObject(
            currency="fund__currency", committed=_written("committed"), expected=_written("expected")
        )
        others = there.exclude(fund__currency=currency)
        return self.annotate(elsewhere=joined.names(others, "investor", row))

    def with_people(self) -> InvestorQuerySet:
        """Joins what a row of a list shows: the owner and the stage."""
        return self.select_related("assigned_to", "stage")


def _written(name: str) -> Cast:
    # As text: a float would lose cents of large amounts.
    return Cast(F(name), models.CharField(max_length=40))


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

    def with_amount(self) -> OpportunityQuerySet:
        """Adds amount: committed and expected together."""
        return self.annotate(amount=Coalesce(F("committed"), ZERO) + Coalesce(F("expected"), ZERO))

    def with_weighted(self) -> OpportunityQuerySet:
        """Adds weighted: what is committed, and what is expected times its probability (its own, else the stage's)."""
        chance = Coalesce(F("probability"), F("stage__probability"), output_field=_AMOUNT)
        sure, hoped = Coalesce(F("committed"), ZERO), Coalesce(F("expected"), ZERO)
        likely = models.ExpressionWrapper(sure + hoped * chance / HUNDRED, output_field=_AMOUNT)
        lost = models.When(stage__category=StageCategory.LOST, then=ZERO)
        return self.annotate(weighted=models.Case(lost, default=likely, output_field=_AMOUNT))

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

    def of_live_investors(self) -> StageChangeQuerySet:
        """Those of opportunities that are not deleted, of live investors, in funds that are not deleted."""
        return self.filter(
            opportunity__deleted_at__isnull=True,
            opportunity__investor__deleted_at__isnull=True,
            opportunity__investor__graveyard_at__isnull=True,
            opportunity__fund__deleted_at__isnull=True,
        )

    def moves(self, first_stage_id: int | None) -> StageChangeQuerySet:
        """All but openings in the first stage; an opportunity that was opened further on did move there."""
        return self.exclude(from_stage__isnull=True, to_stage_id=first_stage_id)
