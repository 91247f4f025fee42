"""`/api/v1/communications/`, with the canonical write, `…/reminders/` and `…/facts/`"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.api import filters
from crm_site.api.base import Changes, Values
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.communications import serializers as shapes
from crm_site.communications import services as communications
from crm_site.communications.choices import Direction, Kind, ReminderState, State
from crm_site.communications.entry import Entry, FactEntry, PersonEntry, ReminderEntry
from crm_site.communications.models import Communication, CommunicationContact, Fact, Reminder
from crm_site.core import fields
from crm_site.relations import services as relations


def _with_contact(rows: QuerySet[Any], contact_id: int) -> QuerySet[Any]:
    named = CommunicationContact.objects.filter(contact_id=contact_id)
    return rows.filter(pk__in=named.values("communication_id"))


def entry_of(values: Values) -> Entry:
    """A checked body as the shape that the canonical write takes."""
    people = tuple(PersonEntry(**person) for person in values.pop("people", ()))
    facts = tuple(FactEntry(**fact) for fact in values.pop("facts", ()))
    for fact in facts:
        if fact.person is not None and fact.person >= len(people):
            fields.refuse("facts", "`person` is a place in `people`, counted from 0.")
    reminder = values.pop("reminder", None)
    member_ids = tuple(values.pop("member_ids", ()))
    return Entry(
        **values,
        people=people,
        facts=facts,
        reminder=ReminderEntry(**reminder) if reminder else None,
        member_ids=member_ids,
    )


class Communications(Changes):
    """What happened with investors, and what is planned."""

    tag, noun, model = "communications", "communications", Communication
    shown, draft, change = shapes.CommunicationShown, shapes.CommunicationGiven, shapes.CommunicationChange
    orders = {
        "occurred_on": Order("occurred_on"),
        "created_at": Order("created_at"),
        "id": Order("pk"),
    }
    default_order = "-occurred_on"
    filters = {
        "investor": filters.by_id("investor_id", "The investor's id."),
        "contact": filters.through_id(_with_contact, "Those that name this contact."),
        "opportunity": filters.by_id("opportunity_id", "The opportunity's id."),
        "kind": filters.by_choice("kind", Kind.values, "The kind."),
        "state": filters.by_choice("state", State.values, "Happened, or planned."),
        "direction": filters.by_choice("direction", Direction.values, "From the investor, or from us."),
        "since": filters.by_day("occurred_on__gte", "On or after this local date."),
        "until": filters.by_day("occurred_on__lte", "On or before this local date."),
    }

    def rows(self) -> QuerySet[Any]:
        return Communication.objects.of_living().with_people()

    def add(self, values: Values) -> Communication:
        return communications.add_communication(actor=self.actor, **values)

    def edit(self, row: Communication, values: Values, version: int) -> None:
        communications.edit_communication(actor=self.actor, communication=row, values=values, version=version)

    @action(detail=False, methods=["post"])
    @operation(
        "Log by name: the canonical write",
        takes=shapes.LogGiven,
        gives=shapes.LogShown,
        status=201,
        errors=(409,),
        once=True,
    )
    def log(self, request: Request) -> Response:
        """Creates the investor if nothing is like it, adds or completes the people, adds the communication, and what is
        asked for of amounts, stage, reminder and facts: all or nothing. Filled fields are never overwritten. When
        several investors could be meant: 409 `ambiguous_investor` with the candidates; send one's id, or
        `new_investor`."""
        values = self.given(shapes.LogGiven)
        new = values.pop("new_investor", False)
        result = relations.log_by_name(actor=self.actor, entry=entry_of(values), new_investor=new)
        return Response(result.as_json(), status=201)


class Reminders(Changes):
    """Follow-ups. An investor's next step is its earliest open one."""

    tag, noun, model = "reminders", "reminders", Reminder
    shown, draft, change = shapes.ReminderShown, shapes.ReminderGiven, shapes.ReminderChange
    orders = {"due_on": Order("due_on"), "created_at": Order("created_at"), "id": Order("pk")}
    default_order = "due_on"
    filters = {
        "state": filters.by_choice("state", ReminderState.values, "Open, done or dropped."),
        "assigned_to": filters.by_id("assigned_to_id", "The user id of who does it."),
        "investor": filters.by_id("investor_id", "The investor's id."),
        "opportunity": filters.by_id("opportunity_id", "The opportunity's id."),
        "due_by": filters.by_day("due_on__lte", "Due on or before this local date."),
        "due_from": filters.by_day("due_on__gte", "Due on or after this local date."),
    }

    def rows(self) -> QuerySet[Any]:
        return Reminder.objects.of_living().with_people()

    def add(self, values: Values) -> Reminder:
        return communications.add_reminder(actor=self.actor, **values)

    def edit(self, row: Reminder, values: Values, version: int) -> None:
        communications.edit_reminder(actor=self.actor, reminder=row, values=values, version=version)

    @action(detail=True, methods=["post"])
    @operation("Tick off", takes=shapes.CloseGiven, gives="shown", errors=(409,), once=True)
    def done(self, request: Request, id: str) -> Response:
        """Done."""
        return self._close(id, ReminderState.DONE)

    @action(detail=True, methods=["post"])
    @operation("Drop", takes=shapes.CloseGiven, gives="shown", errors=(409,), once=True)
    def drop(self, request: Request, id: str) -> Response:
        """Not to be done any more."""
        return self._close(id, ReminderState.DROPPED)

    @action(detail=True, methods=["post"])
    @operation("Put off", takes=shapes.SnoozeGiven, gives="shown", errors=(409,), once=True)
    def snooze(self, request: Request, id: str) -> Response:
        """To another day; a time of day that was set goes."""
        row, values = self.row(id), self.given(shapes.SnoozeGiven)
        communications.snooze_reminder(
            actor=self.actor, reminder=row, due_on=values["due_on"], version=self.version(values)
        )
        return self.answer(row.pk)

    @action(detail=True, methods=["post"])
    @operation("Reopen", takes=shapes.CloseGiven, gives="shown", errors=(409,), once=True)
    def reopen(self, request: Request, id: str) -> Response:
        """Takes the tick back."""
        row, values = self.row(id), self.given(shapes.CloseGiven)
        communications.reopen_reminder(actor=self.actor, reminder=row, version=self.version(values))
        return self.answer(row.pk)

    def _close(self, id: str, state: str) -> Response:
        row, values = self.row(id), self.given(shapes.CloseGiven)
        version = self.version(values)
        communications.close_reminder(actor=self.actor, reminder=row, state=state, version=version)
        return self.answer(row.pk)


class Facts(Changes):
    """What is remembered about investors and people, with how sure it is."""

    tag, noun, model = "facts", "facts", Fact
    shown, draft, change = shapes.FactShown, shapes.FactGiven, shapes.FactChange
    orders = {"id": Order("pk"), "created_at": Order("created_at"), "confidence": Order("confidence")}
    default_order = "-id"
    filters = {
        "investor": filters.by_id("investor_id", "The investor's id."),
        "contact": filters.by_id("contact_id", "The contact's id."),
        "communication": filters.by_id("communication_id", "The communication it comes from."),
        "topic": filters.by_text("topic__iexact", "The topic."),
    }

    def rows(self) -> QuerySet[Any]:
        return Fact.objects.of_living().select_related("investor")

    def add(self, values: Values) -> Fact:
        return communications.add_fact(actor=self.actor, **values)

    def edit(self, row: Fact, values: Values, version: int) -> None:
        communications.edit_fact(actor=self.actor, fact=row, values=values, version=version)
