"""Communications, reminders, facts and the canonical entry as JSON: what is shown, and what may be sent."""

from __future__ import annotations

from rest_framework import serializers

from crm_site.communications.choices import Direction, Kind, ReminderState, State
from crm_site.communications.models import BODY_LIMIT, Communication
from crm_site.contacts.models import Contact
from crm_site.core.serializers import (
    LARGEST_ID,
    Amount,
    Choice,
    Given,
    Instant,
    KeyField,
    RowField,
    RowsField,
    Shown,
    Versioned,
)
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Investor, Opportunity, Stage


class Named(Shown):
    """A row and what it is called."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class CommunicationShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a change.")
    investor = serializers.IntegerField(source="investor_id")
    investor_name = serializers.CharField(source="investor.name")
    opportunity = serializers.IntegerField(source="opportunity_id", allow_null=True)
    kind = Choice(Kind.choices)
    state = Choice(State.choices)
    direction = Choice(Direction.choices, allow_null=True)
    occurred_on = serializers.DateField(help_text="The local date.")
    occurred_at = serializers.DateTimeField(allow_null=True, help_text="The instant, when it is known.")
    subject = serializers.CharField()
    body = serializers.CharField()
    captured_via = serializers.CharField()
    contacts = Named(many=True)
    members = Named(many=True)
    created_by_name = serializers.CharField(source="created_by.name", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _Happening(Given):
    kind = Choice(Kind.choices, required=False)
    state = Choice(State.choices, required=False)
    direction = Choice(Direction.choices, required=False, allow_null=True)
    occurred_on = serializers.DateField(required=False, help_text="Today when left out.")
    occurred_at = Instant(required=False, allow_null=True)
    subject = serializers.CharField(max_length=200, required=False, allow_blank=True)
    body = serializers.CharField(
        max_length=BODY_LIMIT, required=False, allow_blank=True, trim_whitespace=False
    )


class CommunicationGiven(_Happening):
    investor = RowField(Investor, help_text="The investor's id.")
    opportunity = RowField(Opportunity, required=False, allow_null=True, help_text="The opportunity's id.")
    contacts = RowsField(Contact, required=False, help_text="Ids of the people who took part.")
    members = serializers.ListField(
        source="member_ids",
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        max_length=50,
        required=False,
        help_text="User ids of our own people who took part; you are added.",
    )


class CommunicationChange(_Happening, Versioned):
    contacts = RowsField(Contact, required=False, help_text="Replaces the people who took part.")


class ReminderShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a change.")
    text = serializers.CharField()
    due_on = serializers.DateField()
    due_time = serializers.TimeField(allow_null=True)
    state = Choice(ReminderState.choices)
    assigned_to = serializers.IntegerField(source="assigned_to_id")
    assigned_to_name = serializers.CharField(source="assigned_to.name")
    investor = serializers.IntegerField(source="investor_id", allow_null=True)
    investor_name = serializers.CharField(source="investor.name", allow_null=True, default=None)
    opportunity = serializers.IntegerField(source="opportunity_id", allow_null=True)
    communication = serializers.IntegerField(source="communication_id", allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _FollowUp(Given):
    due_on = serializers.DateField(required=False, help_text="In three working days when left out.")
    due_time = serializers.TimeField(required=False, allow_null=True)
    assigned_to = serializers.IntegerField(
        source="assigned_to_id", required=False, min_value=1, max_value=LARGEST_ID, help_text="A user's id."
    )


class ReminderGiven(_FollowUp):
    text = serializers.CharField(max_length=300)
    investor = RowField(Investor, required=False, allow_null=True)
    opportunity = RowField(Opportunity, required=False, allow_null=True)
    communication = RowField(Communication, required=False, allow_null=True)


class ReminderChange(_FollowUp, Versioned):
    text = serializers.CharField(max_length=300, required=False)


class SnoozeGiven(Versioned):
    due_on = serializers.DateField()


class CloseGiven(Versioned):
    pass


class FactShown(Shown):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a change.")
    investor = serializers.IntegerField(source="investor_id")
    investor_name = serializers.CharField(source="investor.name")
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    communication = serializers.IntegerField(source="communication_id", allow_null=True)
    text = serializers.CharField()
    topic = serializers.CharField()
    confidence = serializers.DecimalField(max_digits=3, decimal_places=2, help_text="0..1")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _Remembered(Given):
    text = serializers.CharField(max_length=500)
    topic = serializers.CharField(max_length=60, required=False, allow_blank=True)


class FactGiven(_Remembered):
    investor = RowField(Investor)
    contact = RowField(Contact, required=False, allow_null=True)
    communication = RowField(Communication, required=False, allow_null=True)
    confidence = serializers.FloatField(required=False, min_value=0, max_value=1)


class FactChange(_Remembered, Versioned):
    pass


class PersonEntryGiven(Given):
    name = serializers.CharField(max_length=160)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact = RowField(Contact, required=False, allow_null=True, help_text="Who it is, when you know.")


class ReminderEntryGiven(_FollowUp):
    text = serializers.CharField(max_length=300)


class FactEntryGiven(_Remembered):
    confidence = serializers.FloatField(required=False, min_value=0, max_value=1)
    person = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=19, help_text="Place in `people`, from 0."
    )


class LogGiven(_Happening):
    """The canonical write by name. Either `investor` (an id) or `investor_name` says whom it is about."""

    investor = RowField(Investor, required=False, allow_null=True, help_text="The investor's id.")
    investor_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    investor_type = Choice(InvestorType.choices, required=False)
    new_investor = serializers.BooleanField(
        required=False, default=False, help_text="Make a new investor whatever is alike."
    )
    people = serializers.ListField(child=PersonEntryGiven(), required=False, max_length=20)
    fund = RowField(Fund, required=False, allow_null=True, help_text="The fund's id, when there are several.")
    stage = KeyField(Stage, required=False, allow_null=True, help_text="The stage's key, when it moved.")
    expected = Amount(required=False, allow_null=True)
    committed = Amount(required=False, allow_null=True)
    reminder = ReminderEntryGiven(required=False, allow_null=True)
    facts = serializers.ListField(child=FactEntryGiven(), required=False, max_length=20)
    members = serializers.ListField(
        source="member_ids",
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        max_length=50,
        required=False,
    )


class _Record(Shown):
    type = serializers.CharField()
    id = serializers.IntegerField()


class _ChangedField(_Record):
    field = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class _KeptField(_Record):
    field = serializers.CharField()
    kept = serializers.CharField()
    offered = serializers.CharField()


class LogShown(Shown):
    """What an entry led to."""

    investor_id = serializers.IntegerField()
    investor_name = serializers.CharField()
    contact_ids = serializers.ListField(child=serializers.IntegerField())
    communication_id = serializers.IntegerField(allow_null=True)
    reminder_id = serializers.IntegerField(allow_null=True)
    opportunity_id = serializers.IntegerField(allow_null=True)
    fact_ids = serializers.ListField(child=serializers.IntegerField())
    created = _Record(many=True, help_text="New records.")
    changed = _ChangedField(many=True)
    left_alone = _KeptField(many=True, help_text="Filled fields that were kept; a person should decide.")
