"""Shapes of what the settings of Matrix rooms take in."""

from __future__ import annotations

from django import forms

from intake.matrix.choices import Purpose


class RoomForm(forms.Form):
    """One more room. What a room id looks like is judged by the service."""

    room_id = forms.CharField(
        label="Room id",
        max_length=255,
        help_text="In Element: Room settings, Advanced, Internal room ID. It begins with an exclamation mark.",
    )
    purpose = forms.ChoiceField(label="Used for", choices=Purpose.choices, initial=Purpose.INTAKE)


class UseForm(forms.Form):
    """What a room is used for."""

    purpose = forms.ChoiceField(label="Used for", choices=Purpose.choices)
    posts_digest = forms.BooleanField(
        label="Post the daily digest here",
        required=False,
        help_text="Each working day at 8:00, and each reminder that has a time at its time.",
    )
