"""How to reach a person, and where they are: small forms on the contact's page."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.contacts import services
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core import fields
from crm_site.home import doors, sheet
from crm_site.home.people.forms import AffiliationForm
from crm_site.home.sheet import Data, Sheet
from crm_site.investors.models import Investor
from crm_site.relations import matching

_KINDS: dict[str, type[ContactEmail] | type[ContactPhone]] = {"email": ContactEmail, "phone": ContactPhone}


@doors.page
@require_POST
def add_email(request: MemberRequest, contact_id: int) -> HttpResponse:
    """One more address."""
    contact = _contact(contact_id)
    row = services.add_email(actor=request.actor, contact=contact, email=request.POST.get("email", ""))
    messages.success(request, f"Added {row.email}.")
    return redirect("contacts:detail", contact.pk)


@doors.page
@require_POST
def add_phone(request: MemberRequest, contact_id: int) -> HttpResponse:
    """One more number."""
    contact = _contact(contact_id)
    row = services.add_phone(actor=request.actor, contact=contact, phone=request.POST.get("phone", ""))
    messages.success(request, f"Added {row.written}.")
    return redirect("contacts:detail", contact.pk)


@doors.page
@require_POST
def make_primary(request: MemberRequest, contact_id: int, kind: str, row_id: int) -> HttpResponse:
    """The address or number to use first."""
    if kind not in _KINDS:
        fields.refuse("kind", "Choose an address or a number.")
    model = _KINDS[kind]
    row = cast(
        "ContactEmail | ContactPhone",
        get_object_or_404(model.objects.select_related("contact"), pk=row_id, contact_id=contact_id),
    )
    services.make_primary(actor=request.actor, row=row)
    messages.success(request, f"{row} comes first now.")
    return redirect("contacts:detail", contact_id)


@doors.page
@require_POST
def affiliate(request: MemberRequest, contact_id: int) -> HttpResponse:
    """Put the person at an investor, by its name."""
    contact = _contact(contact_id)
    permissions.require(request.actor, Verb.EDIT_CONTACT)
    investor = _named(request.POST.get("investor", ""))
    services.affiliate(
        actor=request.actor, contact=contact, investor=investor, title=request.POST.get("title", "")
    )
    messages.success(request, f"{contact.name} is at {investor.name}.")
    return redirect("contacts:detail", contact.pk)


@doors.page
@require_http_methods(["GET", "POST"])
def edit_affiliation(request: MemberRequest, affiliation_id: int) -> HttpResponse:
    """Title and time at an investor."""
    permissions.require(request.actor, Verb.EDIT_CONTACT)
    affiliation = _affiliation(affiliation_id)

    def make(data: Data) -> Sheet:
        return AffiliationForm(data, _values(affiliation))

    def write(form: Sheet) -> HttpResponse:
        services.edit_affiliation(
            actor=request.actor, affiliation=affiliation, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect("contacts:detail", affiliation.contact_id)

    def current() -> dict[str, Any]:
        return _values(_affiliation(affiliation_id))

    context = {
        "affiliation": affiliation,
        "contact": affiliation.contact,
        "cancel": reverse("contacts:detail", args=[affiliation.contact_id]),
    }
    return sheet.answer(
        request, "contacts/affiliation_form.html", make=make, write=write, current=current, context=context
    )


def _named(name: str) -> Investor:
    """The investor of that name. Several or none are for a person to sort out."""
    found = matching.match(investor=name)
    if found.best is None or not found.certain:
        close = ", ".join(candidate.investor.name for candidate in found.candidates[:3])
        hint = f" Did you mean {close}?" if close else ""
        fields.refuse("investor", f"There is no investor “{name[:80]}”.{hint}")
    return found.best.investor


def _contact(contact_id: int) -> Contact:
    return get_object_or_404(Contact.objects.by_name(), pk=contact_id)


def _affiliation(affiliation_id: int) -> Affiliation:
    rows = Affiliation.objects.of_living().select_related("contact", "investor").main_first()
    return get_object_or_404(rows, pk=affiliation_id)


def _values(affiliation: Affiliation) -> dict[str, Any]:
    return {
        name: getattr(affiliation, name) for name in ("title", "from_on", "to_on", "is_primary", "version")
    }
