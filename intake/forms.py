"""Shapes of what the inbox posts."""

from __future__ import annotations

from django import forms

from intake.services.receiving import MAX_CHARACTERS


class MessageForm(forms.Form):
    """The box. Length and emptiness are judged by the service, whose words the person reads."""

    text = forms.CharField(required=False, strip=False, max_length=MAX_CHARACTERS * 10, widget=forms.Textarea)


class DecisionForm(forms.Form):
    """The revision the person saw, and the candidate picked."""

    revision = forms.IntegerField(min_value=1)
    number = forms.IntegerField(min_value=1, max_value=50, required=False)
    reason = forms.CharField(max_length=200, required=False)
