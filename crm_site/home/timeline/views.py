"""Communications: the list over all investors, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.communications import services
from crm_site.communications.choices import Kind
from crm_site.communications.models import Communication
from crm_site.contacts.models import Contact
from crm_site.home import doors, sheet
from crm_site.home.sheet import Data, Sheet
from crm_site.home.timeline import listing
from crm_site.home.timeline.forms import CommunicationForm


@doors.page
@require_GET
def communications(request: MemberRequest) -> HttpResponse:
    """Everything that happened, the latest first; each filter is in the address."""
    permissions.require(request.actor, Verb.READ)
    asked = listing.Asked.read(request.GET)
    context = {
        "asked": asked,
        "page": listing.page(asked),
        "kinds": Kind.choices,
        "team": sheet.team(),
        "investor": listing.investor(asked),
    }
    return render(request, "communications/communication_list.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, communication_id: int) -> HttpResponse:
    """One entry with all of its text and files. Those who may, change it here."""
    permissions.require(request.actor, Verb.READ)
    communication = _communication(communication_id)
    people = _people(communication)

    def make(data: Data) -> Sheet:
        offers = {"contacts": [(pk, contact.name) for pk, contact in people.items()]}
        return CommunicationForm(data, _values(communication), offers)

    def write(form: Sheet) -> HttpResponse:
        given = form.given()
        if "contacts" in given:
            given["contacts"] = [people[pk] for pk in given["contacts"]]
        services.edit_communication(
            actor=request.actor, communication=communication, values=given, version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect("investors:detail", communication.investor_id)

    def current() -> dict[str, Any]:
        return _values(_communication(communication_id))

    context = {
        "communication": communication,
        "investor": communication.investor,
        "attachments": communication.attachments.order_by("id"),
    }
    if not permissions.may(request.actor, Verb.LOG):
        permissions.require(request.actor, *([Verb.LOG] if request.method == "POST" else []))
        return render(request, "communications/communication_form.html", context)
    return sheet.answer(
        request,
        "communications/communication_form.html",
        make=make,
        write=write,
        current=current,
        context=context,
    )


def _communication(communication_id: int) -> Communication:
    rows = Communication.objects.of_living().with_people().newest_first()
    return get_object_or_404(rows, pk=communication_id)


def _people(communication: Communication) -> dict[int, Contact]:
    """Those at the investor, and those named in the entry although they are not there any more."""
    there = Contact.objects.at(communication.investor_id)
    named = Contact.objects.filter(communications=communication)
    found = Contact.objects.filter(Q(pk__in=there.values("pk")) | Q(pk__in=named.values("pk"))).by_name()
    return {contact.pk: contact for contact in found[:200]}


def _values(communication: Communication) -> dict[str, Any]:
    names = ("kind", "state", "direction", "occurred_on", "subject", "body", "version")
    values = {name: getattr(communication, name) for name in names}
    return values | {"contacts": [str(contact.pk) for contact in communication.contacts.all()]}
