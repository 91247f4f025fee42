"""Opportunities of an investor: opened, changed, moved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.home import doors, sheet
from crm_site.home.investor.forms import NewOpportunityForm, OpportunityForm
from crm_site.home.sheet import Data, Sheet
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity, Stage

MOST_FUNDS = 200


@doors.page
@require_http_methods(["GET", "POST"])
def create(request: MemberRequest, investor_id: int) -> HttpResponse:
    """Open an opportunity in a fund that the investor has none in."""
    permissions.require(request.actor, Verb.EDIT_OPPORTUNITY)
    investor = get_object_or_404(Investor.objects.by_name(), pk=investor_id)
    taken = Opportunity.objects.filter(investor=investor).values("fund_id")
    funds = {fund.pk: fund for fund in Fund.objects.exclude(pk__in=taken).newest_first()[:MOST_FUNDS]}
    stages = {stage.pk: stage for stage in Stage.objects.in_order()}
    may_move = permissions.may(request.actor, Verb.MOVE_STAGE)

    def make(data: Data) -> Sheet:
        offers = {
            "fund": [(pk, fund.name) for pk, fund in funds.items()],
            "stage": [(pk, stage.label) for pk, stage in stages.items()] if may_move else [],
        }
        form = NewOpportunityForm(data, {"fund": next(iter(funds), None)}, offers)
        if not may_move:
            del form.fields["stage"]
        return form

    def write(form: Sheet) -> HttpResponse:
        given = form.given()
        fund, stage = funds[given.pop("fund")], stages.get(given.pop("stage", None))
        investors.create_opportunity(actor=request.actor, investor=investor, fund=fund, stage=stage, **given)
        messages.success(request, f"{investor.name} is in the raise of {fund.name}.")
        return redirect("investors:detail", investor.pk)

    context = {"investor": investor, "heading": "New opportunity", "no_funds": not funds}
    return sheet.answer(request, "investors/opportunity_form.html", make=make, write=write, context=context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, opportunity_id: int) -> HttpResponse:
    """Amounts and dates; partners can move it here, too."""
    permissions.require(request.actor, Verb.EDIT_OPPORTUNITY)
    opportunity = _opportunity(opportunity_id)

    def make(data: Data) -> Sheet:
        return OpportunityForm(data, _values(opportunity))

    def write(form: Sheet) -> HttpResponse:
        investors.edit_opportunity(
            actor=request.actor, opportunity=opportunity, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return doors.back(request, reverse("investors:detail", args=[opportunity.investor_id]))

    def current() -> dict[str, Any]:
        return _values(_opportunity(opportunity_id))

    context = {
        "opportunity": opportunity,
        "investor": opportunity.investor,
        "heading": opportunity.fund.name,
        "stages": Stage.objects.in_order(),
    }
    return sheet.answer(
        request, "investors/opportunity_form.html", make=make, write=write, current=current, context=context
    )


@doors.page
@require_GET
def mover(request: MemberRequest, opportunity_id: int) -> HttpResponse:
    """The select with which a line's stage is moved: fetched when it is wanted, so that no page pays for it."""
    permissions.require(request.actor, Verb.MOVE_STAGE)
    if not request.htmx:
        return redirect("investors:opportunity_edit", opportunity_id)
    context = {"opportunity": _opportunity(opportunity_id), "stages": Stage.objects.in_order()}
    return render(request, "investors/_mover.html", context)


@doors.page
@require_POST
def move(request: MemberRequest, opportunity_id: int) -> HttpResponse:
    """Move to a stage."""
    opportunity = _opportunity(opportunity_id)
    stage = get_object_or_404(Stage.objects.in_order(), key=request.POST.get("stage", ""))
    word = request.POST.get("version", "")
    version = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else None
    note = request.POST.get("note", "")
    investors.move_opportunity(
        actor=request.actor, opportunity=opportunity, stage=stage, note=note, version=version
    )
    messages.success(request, f"{opportunity.investor.name} moved to {stage.label}.")
    return doors.back(request, reverse("investors:detail", args=[opportunity.investor_id]))


def _opportunity(opportunity_id: int) -> Opportunity:
    return get_object_or_404(Opportunity.objects.of_living().with_names().order_by("id"), pk=opportunity_id)


def _values(opportunity: Opportunity) -> dict[str, Any]:
    names = ("probability", "close_on", "committed_on", "version")
    amounts = {name: plain(getattr(opportunity, name)) for name in ("expected", "committed")}
    return {name: getattr(opportunity, name) for name in names} | amounts


def plain(amount: Decimal | None) -> str:
    """An amount as one types it: no cents where there are none."""
    return "" if amount is None else f"{amount:f}".removesuffix(".00")
