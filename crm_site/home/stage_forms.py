"""Shapes of what the stage settings take in."""

from __future__ import annotations

from django import forms

from crm_site.investors.choices import StageCategory


class StageForm(forms.Form):
    """A stage. version: the one the editor saw; empty for a new stage."""

    label = forms.CharField(label="Name", max_length=60)
    category = forms.ChoiceField(label="Means", choices=StageCategory.choices, initial=StageCategory.OPEN)
    probability = forms.IntegerField(label="Probability, %", min_value=0, max_value=100, initial=0)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
