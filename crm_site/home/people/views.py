"""Contacts: the list, the page of one, adding and changing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.contacts import services
from crm_site.contacts.models import Contact
from crm_site.home import doors, sheet
from crm_site.home.investor import history, putting_back
from crm_site.home.people import adding, reading
from crm_site.home.people.forms import ContactForm, NewContactForm
from crm_site.home.sheet import Data, Sheet
from crm_site.investors.models import Investor

PAGE = 50


@doors.page
@require_GET
def contacts(request: MemberRequest) -> HttpResponse:
    """People by name; what was looked for and the investor are in the address."""
    permissions.require(request.actor, Verb.READ)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    investor = _investor(request.GET.get("investor", ""))
    rows = reading.listed(text=text, investor_id=investor.pk if investor else None)
    # Counting without the columns of the rows: each of them is a query of its own to the database.
    pages = Paginator(rows, PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"page": page, "text": text, "investor": investor}
    part = "#rows" if request.htmx and request.htmx.target == "rows" else ""
    return render(request, f"contacts/contact_list.html{part}", context)


@doors.page
@require_GET
def detail(request: MemberRequest, contact_id: int) -> HttpResponse:
    """One person."""
    permissions.require(request.actor, Verb.READ)
    contact = _contact(contact_id)
    context = {"contact": contact, "around": reading.around(contact)}
    return render(request, "contacts/contact_detail.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """A new person; at an investor when the address or the form names one."""
    permissions.require(request.actor, Verb.EDIT_CONTACT)
    asked = request.POST.get("investor") or request.GET.get("investor") or ""
    investor = _investor(asked) if asked else None

    def make(data: Data) -> Sheet:
        form = NewContactForm(data)
        if investor is None:
            del form.fields["title"]
        return form

    def write(form: Sheet) -> HttpResponse:
        contact = adding.add_contact(actor=request.actor, investor=investor, values=form.given())
        messages.success(request, f"{contact.name} is in.")
        return redirect(_home(investor, contact))

    context = {"investor": investor, "cancel": _home(investor, None)}
    return sheet.answer(request, "contacts/contact_form.html", make=make, write=write, context=context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, contact_id: int) -> HttpResponse:
    """A person's own fields."""
    permissions.require(request.actor, Verb.EDIT_CONTACT)
    contact = _contact(contact_id)

    def make(data: Data) -> Sheet:
        return ContactForm(data, _values(contact))

    def write(form: Sheet) -> HttpResponse:
        services.edit_contact(
            actor=request.actor, contact=contact, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect("contacts:detail", contact.pk)

    def current() -> dict[str, Any]:
        return _values(_contact(contact_id))

    context = {"contact": contact, "cancel": reverse("contacts:detail", args=[contact.pk])}
    return sheet.answer(
        request, "contacts/contact_form.html", make=make, write=write, current=current, context=context
    )


@doors.page
@require_GET
def record_history(request: MemberRequest, contact_id: int) -> HttpResponse:
    """Who changed what: a page, or for htmx the list."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    contact = _contact(contact_id)
    word = request.GET.get("before", "")
    before = int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else None
    context = {"contact": contact, "history": history.page(contact, before=before)}
    part = "#entries" if request.htmx else ""
    return render(request, f"contacts/contact_history.html{part}", context)


@doors.page
@require_POST
def put_back(request: MemberRequest, contact_id: int, event_id: int, field: str) -> HttpResponse:
    """Write the old value of a change again."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    contact = _contact(contact_id)
    changed = putting_back.put_back(actor=request.actor, row=contact, event_id=event_id, field=field)
    name = history.label(field)
    messages.success(request, f"{name} put back." if changed else f"{name} has that value already.")
    return doors.back(request, reverse("contacts:detail", args=[contact.pk]))


def _contact(contact_id: int) -> Contact:
    return get_object_or_404(Contact.objects.by_name(), pk=contact_id)


def _investor(word: str) -> Investor | None:
    if not word:
        return None
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else 0
    return get_object_or_404(Investor.objects.by_name(), pk=number)


def _home(investor: Investor | None, contact: Contact | None) -> str:
    if investor is not None:
        return reverse("investors:detail", args=[investor.pk])
    return reverse("contacts:detail", args=[contact.pk]) if contact else reverse("contacts:list")


def _values(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in ("name", "linkedin", "notes", "version")}
