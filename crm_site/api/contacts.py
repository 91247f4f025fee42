"""`/api/v1/contacts/`, with their addresses, numbers and places of work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.api import filters
from crm_site.api.base import ID, Changes, Values
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.api.shapes import DeletionShown, Nothing
from crm_site.contacts import serializers as shapes
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core import naming
from crm_site.core.errors import NotFound
from crm_site.core.models import Kept
from crm_site.relations import services as relations


def _at(rows: QuerySet[Any], investor_id: int) -> QuerySet[Any]:
    there = Affiliation.objects.of_living().filter(investor_id=investor_id)
    return rows.filter(pk__in=there.values("contact_id"))


def _with_email(rows: QuerySet[Any], address: str) -> QuerySet[Any]:
    return rows.filter(pk__in=ContactEmail.objects.filter(email=address).values("contact_id"))


class Contacts(Changes):
    """People. Names, e-mails and phones are not unique: doubles are found and merged, not forbidden."""

    tag, noun, model = "contacts", "contacts", Contact
    shown, draft, change = shapes.ContactShown, shapes.ContactGiven, shapes.ContactChange
    orders = {"name": Order("name"), "created_at": Order("created_at"), "id": Order("pk")}
    default_order = "name"
    filters = {
        "name": filters.by_text("name_key__contains", "Part of the name, folded.", naming.fold),
        "investor": filters.through_id(_at, "People at this investor."),
        "email": filters.through_text(_with_email, "People with this address.", naming.email_key),
    }

    def rows(self) -> QuerySet[Any]:
        return Contact.objects.with_details()

    def add(self, values: Values) -> Contact:
        return contacts.create_contact(actor=self.actor, **values)

    def edit(self, row: Contact, values: Values, version: int) -> None:
        contacts.edit_contact(actor=self.actor, contact=row, values=values, version=version)

    @action(detail=True, methods=["post"])
    @operation("Add an e-mail address", takes=shapes.EmailGiven, gives="shown", status=201, once=True)
    def emails(self, request: Request, id: str) -> Response:
        """The first is the main one; one the person has already stays as it is."""
        row, values = self.row(id), self.given(shapes.EmailGiven)
        contacts.add_email(actor=self.actor, contact=row, email=values["email"])
        return self.answer(row.pk, status=201)

    @action(detail=True, methods=["delete"], url_path=f"emails/(?P<row_id>{ID})")
    @operation("Remove an e-mail address", gives=DeletionShown, errors=(409,))
    def remove_email(self, request: Request, id: str, row_id: str) -> Response:
        """It can be restored from the trash."""
        return self._remove(ContactEmail, id, row_id)

    @action(detail=True, methods=["post"], url_path=f"emails/(?P<row_id>{ID})/primary")
    @operation("Make an e-mail address the main one", takes=Nothing, gives="shown", once=True)
    def primary_email(self, request: Request, id: str, row_id: str) -> Response:
        """The one before stays, as a further one."""
        return self._make_primary(ContactEmail, id, row_id)

    @action(detail=True, methods=["post"])
    @operation("Add a phone number", takes=shapes.PhoneGiven, gives="shown", status=201, once=True)
    def phones(self, request: Request, id: str) -> Response:
        """The first is the main one; one the person has already stays as it is."""
        row, values = self.row(id), self.given(shapes.PhoneGiven)
        contacts.add_phone(actor=self.actor, contact=row, phone=values["phone"])
        return self.answer(row.pk, status=201)

    @action(detail=True, methods=["delete"], url_path=f"phones/(?P<row_id>{ID})")
    @operation("Remove a phone number", gives=DeletionShown, errors=(409,))
    def remove_phone(self, request: Request, id: str, row_id: str) -> Response:
        """It can be restored from the trash."""
        return self._remove(ContactPhone, id, row_id)

    @action(detail=True, methods=["post"], url_path=f"phones/(?P<row_id>{ID})/primary")
    @operation("Make a phone number the main one", takes=Nothing, gives="shown", once=True)
    def primary_phone(self, request: Request, id: str, row_id: str) -> Response:
        """The one before stays, as a further one."""
        return self._make_primary(ContactPhone, id, row_id)

    @action(detail=True, methods=["post"])
    @operation(
        "Add a place of work",
        takes=shapes.AffiliationGiven,
        gives="shown",
        status=201,
        errors=(409,),
        once=True,
    )
    def affiliations(self, request: Request, id: str) -> Response:
        """At an investor, with a title, for a time; an open end means: there now."""
        row, values = self.row(id), self.given(shapes.AffiliationGiven)
        contacts.affiliate(actor=self.actor, contact=row, **values)
        return self.answer(row.pk, status=201)

    @action(detail=True, methods=["patch"], url_path=f"affiliations/(?P<row_id>{ID})")
    @operation("Change a place of work", takes=shapes.AffiliationChange, gives="shown", errors=(409,))
    def change_affiliation(self, request: Request, id: str, row_id: str) -> Response:
        """Title, dates, or whether it is the main one."""
        place, values = self._own(Affiliation, id, row_id), self.given(shapes.AffiliationChange, partial=True)
        version = self.required_version(values)
        contacts.edit_affiliation(actor=self.actor, affiliation=place, values=values, version=version)
        return self.answer(int(id))

    @change_affiliation.mapping.delete
    @operation("Remove a place of work", gives=DeletionShown, errors=(409,))
    def remove_affiliation(self, request: Request, id: str, row_id: str) -> Response:
        """For one entered by mistake; somebody who left gets an end date instead."""
        return self._remove(Affiliation, id, row_id)

    def _own(self, model: type[Kept], id: str, row_id: str) -> Any:
        rows: QuerySet[Any] = model.objects.all()
        row = rows.filter(contact=self.row(id), pk=int(row_id)).first()
        if row is None:
            raise NotFound("There is no such record.")
        return row

    def _make_primary(self, model: type[Kept], id: str, row_id: str) -> Response:
        row = self._own(model, id, row_id)
        self.given(Nothing)
        contacts.make_primary(actor=self.actor, row=row)
        return self.answer(int(id))

    def _remove(self, model: type[Kept], id: str, row_id: str) -> Response:
        row = self._own(model, id, row_id)
        gone = relations.delete_record(actor=self.actor, row=row, version=self.version({}))
        return Response(DeletionShown(gone).data)
