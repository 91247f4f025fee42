"""What is being raised, and how far it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.home import doors, sheet
from crm_site.home.funds import reading
from crm_site.home.funds.forms import FundForm
from crm_site.home.investor.opportunities import plain
from crm_site.home.sheet import Data, Sheet
from crm_site.investors import services as investors
from crm_site.investors.models import Fund

PAGE = 50


@doors.page
@require_GET
def funds(request: MemberRequest) -> HttpResponse:
    """All funds, the latest first."""
    permissions.require(request.actor, Verb.READ)
    page = Paginator(Fund.objects.with_progress().newest_first(), 20).get_page(request.GET.get("page"))
    context = {"page": page, "lines": reading.with_stages(page.object_list)}
    return render(request, "investors/fund_list.html", context)


@doors.page
@require_GET
def detail(request: MemberRequest, fund_id: int) -> HttpResponse:
    """One fund: its progress and its opportunities, the largest first or narrowed down to a stage."""
    permissions.require(request.actor, Verb.READ)
    fund = get_object_or_404(Fund.objects.with_progress().newest_first(), pk=fund_id)
    stage = request.GET.get("stage", "")
    page = Paginator(reading.opportunities(fund, stage=stage), PAGE).get_page(request.GET.get("page"))
    context = {"line": reading.with_stages([fund])[0], "fund": fund, "page": page, "stage": stage}
    return render(request, "investors/fund_detail.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """A new fund."""
    permissions.require(request.actor, Verb.MANAGE_FUNDS)

    def make(data: Data) -> Sheet:
        return FundForm(data, {"currency": request.organization.currency})

    def write(form: Sheet) -> HttpResponse:
        fund = investors.create_fund(actor=request.actor, **form.given())
        messages.success(request, f"{fund.name} is set up.")
        return redirect("investors:fund_detail", fund.pk)

    context = {"cancel": reverse("investors:funds")}
    return sheet.answer(request, "investors/fund_form.html", make=make, write=write, context=context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, fund_id: int) -> HttpResponse:
    """A fund's own fields."""
    permissions.require(request.actor, Verb.MANAGE_FUNDS)
    fund = get_object_or_404(Fund.objects.newest_first(), pk=fund_id)

    def make(data: Data) -> Sheet:
        return FundForm(data, _values(fund))

    def write(form: Sheet) -> HttpResponse:
        investors.edit_fund(actor=request.actor, fund=fund, values=form.given(), version=form.seen_version)
        messages.success(request, "Saved.")
        return redirect("investors:fund_detail", fund.pk)

    def current() -> dict[str, Any]:
        return _values(get_object_or_404(Fund.objects.newest_first(), pk=fund_id))

    context = {"fund": fund, "cancel": reverse("investors:fund_detail", args=[fund.pk])}
    return sheet.answer(
        request, "investors/fund_form.html", make=make, write=write, current=current, context=context
    )


def _values(fund: Fund) -> dict[str, Any]:
    names = ("name", "currency", "opens_on", "closes_on", "description", "version")
    return {name: getattr(fund, name) for name in names} | {"target": plain(fund.target)}
