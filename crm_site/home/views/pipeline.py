"""The pipeline: a board for each fund, moved by hand, by key or by form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.core import fields
from crm_site.home import board, doors
from crm_site.home.grid import asked
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Opportunity, Stage


@doors.page
@require_GET
def pipeline(request: MemberRequest) -> HttpResponse:
    """The board of one fund: the one asked for, else the newest."""
    funds = board.funds()
    wanted = asked.read(request.GET).fund
    fund = next((one for one in funds if one.pk == wanted), funds[0] if funds and wanted is None else None)
    if fund is None and wanted is not None:
        raise Http404("There is no such fund.")
    context: dict[str, Any] = {"funds": funds, "fund": fund}
    if fund is not None:
        columns = board.read(fund, list(Stage.objects.in_order()))
        open_or_won = [column for column in columns if column.stage.category != "lost"]
        context |= _board(request, fund, columns) | {
            "committed": sum(column.committed for column in open_or_won),
            "expected": sum(column.expected for column in open_or_won),
        }
    return render(request, "home/pipeline.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def move(request: MemberRequest, opportunity_id: int) -> HttpResponse:
    """Move a card: the two columns it concerns for a script, a small page and a redirect without one."""
    opportunity = board.opportunity(opportunity_id)
    if opportunity is None:
        raise Http404("There is no such opportunity.")
    stages = list(Stage.objects.in_order())
    if request.method == "GET":
        permissions.require(request.actor, Verb.MOVE_STAGE)
        return render(request, "home/move.html", {"card": opportunity, "stages": stages})
    stage = next((one for one in stages if one.key == request.POST.get("stage")), None)
    if stage is None:
        fields.refuse("stage", "Choose one of the stages.")
    before = opportunity.stage
    _move(request, opportunity, stage)
    fund = Fund.objects.get(pk=opportunity.fund_id)
    if request.htmx:
        return _columns(request, fund, [before, stage])
    messages.success(request, f"{opportunity.investor.name} is in {stage.label} now.")
    return redirect(f"{reverse('home:pipeline')}?fund={fund.pk}")


def _move(request: MemberRequest, opportunity: Opportunity, stage: Stage) -> None:
    word = request.POST.get("version", "")
    investors.move_opportunity(
        actor=request.actor,
        opportunity=opportunity,
        stage=stage,
        note=request.POST.get("note", ""),
        version=int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else None,
    )


def _board(request: MemberRequest, fund: Fund, columns: list[board.BoardColumn]) -> dict[str, Any]:
    return {
        "fund": fund,
        "columns": columns,
        "may_move": permissions.may(request.actor, Verb.MOVE_STAGE),
    }


def _columns(request: MemberRequest, fund: Fund, stages: list[Stage]) -> HttpResponse:
    distinct = list({stage.pk: stage for stage in stages}.values())
    context = _board(request, fund, board.read(fund, distinct)) | {"oob": True}
    return render(request, "home/pipeline.html#columns", context)
