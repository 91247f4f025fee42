"""Shapes of what is typed about communications and reminders."""

from __future__ import annotations

from django import forms

from crm_site.communications.choices import Direction, Kind, State
from crm_site.communications.models import BODY_LIMIT
from crm_site.home.sheet import Choice, Day, Sheet


class CommunicationForm(Sheet):
    """One entry of the timeline."""

    kind = forms.ChoiceField(choices=Kind.choices)
    state = forms.ChoiceField(choices=State.choices)
    direction = forms.ChoiceField(choices=[("", "–"), *Direction.choices], required=False)
    occurred_on = Day(label="Date")
    subject = forms.CharField(max_length=200, required=False)
    body = forms.CharField(
        label="Text", max_length=BODY_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    contacts = forms.TypedMultipleChoiceField(
        label="With", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )


class ReminderForm(Sheet):
    """A follow-up."""

    KEYS = {"assigned_to": "assigned_to_id"}

    text = forms.CharField(
        label="What to do", max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    due_on = Day(label="Due", required=False, help_text="Empty: in three working days.")
    due_time = forms.CharField(
        label="Time", required=False, max_length=5, widget=forms.TextInput(attrs={"type": "time"})
    )
    assigned_to = Choice(label="Who", required=True)
