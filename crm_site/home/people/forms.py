"""Shapes of what is typed about people."""

from __future__ import annotations

from django import forms

from crm_site.home.sheet import Day, Sheet


class ContactForm(Sheet):
    """A person's own fields."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    linkedin = forms.CharField(label="LinkedIn", max_length=200, required=False)
    notes = forms.CharField(max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class NewContactForm(ContactForm):
    """A person with a first address and number, and where they are."""

    title = forms.CharField(label="Title there", max_length=120, required=False)
    email = forms.CharField(
        label="E-mail", max_length=254, required=False, widget=forms.TextInput(attrs={"type": "email"})
    )
    phone = forms.CharField(max_length=50, required=False, widget=forms.TextInput(attrs={"type": "tel"}))

    field_order = ("name", "title", "email", "phone", "linkedin", "notes")


class AffiliationForm(Sheet):
    """Title and time of a person at an investor."""

    title = forms.CharField(max_length=120, required=False)
    from_on = Day(label="Since", required=False)
    to_on = Day(label="Until", required=False, help_text="Empty: still there.")
    is_primary = forms.BooleanField(label="Their main place", required=False)
