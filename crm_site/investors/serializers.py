"""Investors, funds, stages and opportunities as JSON: what is shown, and what may be sent."""

from __future__ import annotations

from rest_framework import serializers

from crm_site.core.serializers import Amount, Choice, Given, KeyField, RowField, Shown, Versioned
from crm_site.investors.choices import InvestorType, StageCategory
from crm_site.investors.models import Fund, Investor, Stage

MEMBER = "The id of a member's user."


class InvestorShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a change.")
    name = serializers.CharField()
    type = Choice(InvestorType.choices)
    assigned_to = serializers.IntegerField(source="assigned_to_id", allow_null=True)
    assigned_to_name = serializers.CharField(source="assigned_to.name", allow_null=True, default=None)
    location = serializers.CharField()
    website = serializers.CharField()
    domain = serializers.CharField(help_text="From the website; matches e-mail addresses.")
    lead_source = serializers.CharField()
    notes = serializers.CharField()
    tags = serializers.SerializerMethodField()
    graveyard_at = serializers.DateTimeField(allow_null=True, help_text="Set while the investor is retired.")
    graveyard_reason = serializers.CharField()
    stage = serializers.CharField(
        source="stage.key", allow_null=True, default=None, help_text="Of its most advanced open opportunity."
    )
    stage_label = serializers.CharField(source="stage.label", allow_null=True, default=None)
    last_activity_on = serializers.DateField(allow_null=True)
    next_step_on = serializers.DateField(allow_null=True, help_text="Its earliest open reminder.")
    committed_total = Amount(help_text="In the organization's currency; open and won opportunities.")
    expected_total = Amount(help_text="Hoped for beyond what is committed.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_tags(self, investor: Investor) -> list[str]:
        return sorted(tag.name for tag in investor.tags.all())


class InvestorGiven(Given):
    name = serializers.CharField(max_length=200)
    type = Choice(InvestorType.choices, required=False)
    assigned_to = serializers.IntegerField(
        source="assigned_to_id",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text=MEMBER,
    )
    location = serializers.CharField(max_length=120, required=False, allow_blank=True)
    website = serializers.CharField(max_length=200, required=False, allow_blank=True)
    lead_source = serializers.CharField(max_length=80, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True, trim_whitespace=False)


class InvestorChange(InvestorGiven, Versioned):
    pass


class RetireGiven(Versioned):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReviveGiven(Versioned):
    pass


class TagsGiven(Given):
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=30)


class TagsShown(Shown):
    tags = serializers.ListField(child=serializers.CharField())


class AliasGiven(Given):
    name = serializers.CharField(max_length=200)


class AliasShown(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()


class StageShown(Shown):
    id = serializers.IntegerField()
    key = serializers.CharField(help_text="Never changes; opportunities name their stage by it.")
    label = serializers.CharField()  # type: ignore[assignment]  # the word is also a setting of every field
    position = serializers.IntegerField()
    category = Choice(StageCategory.choices)
    probability = serializers.IntegerField(help_text="In percent.")
    version = serializers.IntegerField()


class FundShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    target = Amount(allow_null=True)
    currency = serializers.CharField(help_text="ISO 4217; amounts of its opportunities are in it.")
    opens_on = serializers.DateField(allow_null=True)
    closes_on = serializers.DateField(allow_null=True)
    description = serializers.CharField()
    committed_sum = Amount(allow_null=True)
    expected_sum = Amount(allow_null=True)
    opportunity_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FundGiven(Given):
    name = serializers.CharField(max_length=120)
    target = Amount(required=False, allow_null=True)
    currency = serializers.CharField(
        min_length=3, max_length=3, required=False, help_text="The organization's when left out."
    )
    opens_on = serializers.DateField(required=False, allow_null=True)
    closes_on = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, trim_whitespace=False
    )


class FundChange(FundGiven, Versioned):
    pass


class OpportunityShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    investor = serializers.IntegerField(source="investor_id")
    investor_name = serializers.CharField(source="investor.name")
    fund = serializers.IntegerField(source="fund_id")
    fund_name = serializers.CharField(source="fund.name")
    currency = serializers.CharField(source="fund.currency")
    stage = serializers.CharField(source="stage.key")
    stage_label = serializers.CharField(source="stage.label")
    stage_since = serializers.DateTimeField(allow_null=True)
    expected = Amount(allow_null=True, help_text="Hoped for beyond what is committed.")
    committed = Amount(allow_null=True)
    probability = serializers.IntegerField(allow_null=True, help_text="In percent; null: the stage's.")
    close_on = serializers.DateField(allow_null=True)
    committed_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _Amounts(Given):
    expected = Amount(required=False, allow_null=True)
    committed = Amount(required=False, allow_null=True)
    probability = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=100)
    close_on = serializers.DateField(required=False, allow_null=True)
    committed_on = serializers.DateField(required=False, allow_null=True)


class OpportunityGiven(_Amounts):
    investor = RowField(Investor, help_text="The investor's id.")
    fund = RowField(Fund, help_text="The fund's id.")
    stage = KeyField(Stage, required=False, help_text="A stage's key; the first one when left out.")


class OpportunityChange(_Amounts, Versioned):
    pass


class MoveGiven(Versioned):
    stage = KeyField(Stage, help_text="The key of the stage to move to.")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
