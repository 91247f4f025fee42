"""Shapes of what is typed on the pages of an investor."""

from __future__ import annotations

from django import forms

from crm_site.communications.choices import Kind
from crm_site.communications.models import BODY_LIMIT
from crm_site.home.sheet import Choice, Day, Sheet
from crm_site.investors.choices import InvestorType

PROSE = forms.Textarea(attrs={"rows": 4})


class InvestorForm(Sheet):
    """An investor's own fields."""

    KEYS = {"assigned_to": "assigned_to_id"}

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    type = forms.ChoiceField(choices=InvestorType.choices, initial=InvestorType.FAMILY_OFFICE)
    assigned_to = Choice(label="Owner", required=False, nothing="Nobody yet")
    location = forms.CharField(max_length=120, required=False)
    website = forms.CharField(max_length=200, required=False)
    lead_source = forms.CharField(label="Where the lead came from", max_length=80, required=False)
    notes = forms.CharField(max_length=10_000, required=False, widget=PROSE)


class LogForm(Sheet):
    """What happened, in the box above the timeline."""

    kind = forms.ChoiceField(choices=Kind.choices, initial=Kind.NOTE)
    occurred_on = Day(label="Date")
    body = forms.CharField(
        label="What happened", max_length=BODY_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )
    contacts = forms.TypedMultipleChoiceField(label="With", coerce=int, required=False)


class FactForm(Sheet):
    """Something to remember."""

    text = forms.CharField(max_length=500)
    topic = forms.CharField(max_length=60, required=False)


class OpportunityForm(Sheet):
    """Amounts and dates. Amounts stay text here: the service reads “2,500,000” and says what is wrong."""

    expected = forms.CharField(
        label="Hoped for beyond that",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    committed = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    probability = forms.IntegerField(
        label="Probability, %",
        required=False,
        min_value=0,
        max_value=100,
        help_text="Empty: that of the stage.",
    )
    close_on = Day(label="Close date", required=False)
    committed_on = Day(label="Committed on", required=False)

    field_order = ("fund", "stage", "committed", "expected", "probability", "close_on", "committed_on")


class NewOpportunityForm(OpportunityForm):
    """An opportunity in one of the funds that the investor has none in."""

    fund = Choice(required=True)
    stage = Choice(required=False, nothing="The first stage")
