"""Shape of what is typed about a fund."""

from __future__ import annotations

from django import forms

from crm_site.home.sheet import Day, Sheet


class FundForm(Sheet):
    """A fund's own fields."""

    name = forms.CharField(max_length=120)
    target = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    currency = forms.CharField(
        max_length=3, min_length=3, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    opens_on = Day(label="Opens", required=False)
    closes_on = Day(label="Closes", required=False)
    description = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
