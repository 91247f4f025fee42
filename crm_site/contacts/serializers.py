"""People as JSON: what is shown, and what may be sent."""

from __future__ import annotations

from rest_framework import serializers

from crm_site.core.serializers import Given, RowField, Shown, Versioned
from crm_site.investors.models import Investor


class EmailShown(Shown):
    id = serializers.IntegerField()
    email = serializers.CharField()
    is_primary = serializers.BooleanField()


class PhoneShown(Shown):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="E.164 where it could be read as one.")
    written = serializers.CharField(help_text="As it was entered.")
    is_primary = serializers.BooleanField()


class AffiliationShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    investor = serializers.IntegerField(source="investor_id")
    investor_name = serializers.CharField(source="investor.name")
    title = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True, help_text="Null: there now.")
    is_primary = serializers.BooleanField()


class ContactShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a change.")
    name = serializers.CharField()
    linkedin = serializers.CharField()
    notes = serializers.CharField()
    emails = EmailShown(many=True)
    phones = PhoneShown(many=True)
    affiliations = AffiliationShown(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _Person(Given):
    name = serializers.CharField(max_length=160)
    linkedin = serializers.CharField(max_length=200, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True, trim_whitespace=False)


class ContactGiven(_Person):
    email = serializers.CharField(max_length=254, required=False, help_text="A first address.")
    phone = serializers.CharField(max_length=40, required=False, help_text="A first number.")


class ContactChange(_Person, Versioned):
    pass


class EmailGiven(Given):
    email = serializers.CharField(max_length=254)


class PhoneGiven(Given):
    phone = serializers.CharField(max_length=40)


class _Place(Given):
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    from_on = serializers.DateField(required=False, allow_null=True)
    to_on = serializers.DateField(required=False, allow_null=True)


class AffiliationGiven(_Place):
    investor = RowField(Investor, help_text="The investor's id.")


class AffiliationChange(_Place, Versioned):
    is_primary = serializers.BooleanField(required=False)
