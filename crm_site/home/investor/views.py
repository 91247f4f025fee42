"""The page of one investor: everything about it, and a box to log what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.communications import services as communications
from crm_site.communications.choices import State
from crm_site.communications.models import Fact
from crm_site.contacts.models import Contact
from crm_site.core import clock
from crm_site.home import doors, sheet
from crm_site.home.investor import history, putting_back
from crm_site.home.investor.forms import FactForm, InvestorForm, LogForm
from crm_site.home.sheet import Data, Sheet
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import matching
from crm_site.relations.overview import events, reading


@doors.page
@require_GET
def detail(request: MemberRequest, investor_id: int) -> HttpResponse:
    """The investor in three bands; for a click on a chip or on “older”, the timeline alone."""
    permissions.require(request.actor, Verb.READ)
    investor = get_object_or_404(reading.investors(), pk=investor_id)
    if request.htmx and request.htmx.target == "timeline":
        return render(request, "investors/investor_detail.html#timeline", _timeline(request, investor))
    return _page(request, investor)


@doors.page
@require_POST
def log(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Log what happened with the investor."""
    investor = get_object_or_404(reading.investors(), pk=investor_id)
    people = {contact.pk: contact for contact in Contact.objects.at(investor.pk)}
    form = LogForm(request.POST, None, {"contacts": [(pk, contact.name) for pk, contact in people.items()]})
    if form.is_valid():
        given = form.given()
        # A day that is still to come can only be a plan.
        state = State.PLANNED if given["occurred_on"] > clock.today() else State.HAPPENED
        chosen = [people[pk] for pk in given.pop("contacts")]
        communications.add_communication(
            actor=request.actor, investor=investor, state=state, contacts=chosen, **given
        )
        messages.success(request, "Planned." if state == State.PLANNED else "Logged.")
        return redirect("investors:detail", investor.pk)
    permissions.require(request.actor, Verb.LOG)
    return _page(request, investor, log_form=form, status=422)


@doors.page
@require_GET
def record_history(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Who changed what: a page, or for htmx the list."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    word = request.GET.get("before", "")
    before = int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else None
    context = {"investor": investor, "history": history.page(investor, before=before)}
    part = "#entries" if request.htmx else ""
    return render(request, f"investors/investor_history.html{part}", context)


@doors.page
@require_POST
def put_back(request: MemberRequest, investor_id: int, event_id: int, field: str) -> HttpResponse:
    """Write the old value of a change again."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    changed = putting_back.put_back(actor=request.actor, row=investor, event_id=event_id, field=field)
    name = history.label(field)
    messages.success(request, f"{name} put back." if changed else f"{name} has that value already.")
    return doors.back(request, reverse("investors:detail", args=[investor.pk]))


@doors.page
@require_http_methods(["GET", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """A new investor; one that looks like another is shown first."""
    permissions.require(request.actor, Verb.EDIT_INVESTOR)
    offers = {"assigned_to": sheet.team()}
    context: dict[str, Any] = {"cancel": reverse("home:grid")}
    form = InvestorForm(request.POST if request.method == "POST" else None, _blank(request), offers)
    if request.method == "POST" and form.is_valid() and "anyway" not in request.POST:
        context["alike"] = matching.match(investor=form.cleaned_data["name"]).candidates
        if context["alike"]:
            return render(request, "investors/investor_form.html", {**context, "form": form}, status=409)

    def write(form: Sheet) -> HttpResponse:
        investor = investors.create_investor(actor=request.actor, **form.given())
        messages.success(request, f"{investor.name} is in.")
        return redirect("investors:detail", investor.pk)

    def make(data: Data) -> Sheet:
        return InvestorForm(data, _blank(request), offers)

    return sheet.answer(request, "investors/investor_form.html", make=make, write=write, context=context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, investor_id: int) -> HttpResponse:
    """An investor's own fields, and the other names it goes by."""
    permissions.require(request.actor, Verb.EDIT_INVESTOR)
    investor = get_object_or_404(Investor.objects.with_people().by_name(), pk=investor_id)
    offers = {"assigned_to": sheet.team(investor.assigned_to)}

    def make(data: Data) -> Sheet:
        return InvestorForm(data, _values(investor), offers)

    def write(form: Sheet) -> HttpResponse:
        investors.edit_investor(
            actor=request.actor, investor=investor, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect("investors:detail", investor.pk)

    def current() -> dict[str, Any]:
        return _values(get_object_or_404(Investor.objects.by_name(), pk=investor_id))

    context = {
        "investor": investor,
        "aliases": investor.aliases.order_by("name", "id"),
        "cancel": reverse("investors:detail", args=[investor.pk]),
    }
    return sheet.answer(
        request, "investors/investor_form.html", make=make, write=write, current=current, context=context
    )


@doors.page
@require_POST
def add_alias(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Another name the investor goes by."""
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    alias = investors.add_alias(actor=request.actor, investor=investor, name=request.POST.get("name", ""))
    messages.success(request, f"Also known as {alias.name}.")
    return doors.back(request, reverse("investors:edit", args=[investor.pk]))


@doors.page
@require_POST
def set_tags(request: MemberRequest, investor_id: int) -> HttpResponse:
    """The investor's tags, written with commas between them."""
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    tags = request.POST.get("tags", "")[:2000].split(",")
    investors.set_tags(actor=request.actor, investor=investor, tags=tags)
    messages.success(request, "Tags saved.")
    return redirect("investors:detail", investor.pk)


@doors.page
@require_POST
def retire(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Into the graveyard."""
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    reason = request.POST.get("reason", "")
    investors.retire_investor(actor=request.actor, investor=investor, reason=reason)
    undo = reverse("investors:revive", args=[investor.pk])
    messages.success(request, f"{investor.name} is in the graveyard.", extra_tags=f"undo:{undo}")
    return redirect("investors:detail", investor.pk)


@doors.page
@require_POST
def revive(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Back from the graveyard."""
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    investors.revive_investor(actor=request.actor, investor=investor)
    messages.success(request, f"{investor.name} is back in the raise.")
    return redirect("investors:detail", investor.pk)


@doors.page
@require_POST
def add_fact(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Remember something about the investor."""
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    text, topic = request.POST.get("text", ""), request.POST.get("topic", "")
    communications.add_fact(actor=request.actor, investor=investor, text=text, topic=topic)
    messages.success(request, "Remembered.")
    return redirect("investors:detail", investor.pk)


@doors.page
@require_http_methods(["GET", "POST"])
def edit_fact(request: MemberRequest, fact_id: int) -> HttpResponse:
    """The wording of a fact."""
    permissions.require(request.actor, Verb.LOG)
    fact = get_object_or_404(Fact.objects.of_living().select_related("investor").newest_first(), pk=fact_id)

    def make(data: Data) -> Sheet:
        return FactForm(data, _fact(fact))

    def write(form: Sheet) -> HttpResponse:
        communications.edit_fact(
            actor=request.actor, fact=fact, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect("investors:detail", fact.investor_id)

    def current() -> dict[str, Any]:
        return _fact(get_object_or_404(Fact.objects.newest_first(), pk=fact_id))

    context = {"fact": fact, "investor": fact.investor, "heading": "Fact"}
    return sheet.answer(
        request, "investors/part_form.html", make=make, write=write, current=current, context=context
    )


def _page(
    request: MemberRequest, investor: Investor, *, log_form: LogForm | None = None, status: int = 200
) -> HttpResponse:
    context = _timeline(request, investor) | {
        "sides": reading.sides(investor),
        "log_form": log_form or LogForm(initial={"occurred_on": clock.today()}),
        "today": clock.today(),
    }
    return render(request, "investors/investor_detail.html", context, status=status)


def _timeline(request: MemberRequest, investor: Investor) -> dict[str, Any]:
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    page = events.page(investor, kind=kind, after=after)
    return {"investor": investor, "timeline": page, "chips": events.CHIPS}


def _blank(request: MemberRequest) -> dict[str, Any]:
    return {"assigned_to": request.actor.user_id, "name": request.GET.get("name", "")[:200]}


def _values(investor: Investor) -> dict[str, Any]:
    names = ("name", "type", "location", "website", "lead_source", "notes", "version")
    return {name: getattr(investor, name) for name in names} | {"assigned_to": investor.assigned_to_id}


def _fact(fact: Fact) -> dict[str, Any]:
    return {"text": fact.text, "topic": fact.topic, "version": fact.version}
