"""Settings: the stages of the pipeline."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.permissions import Verb
from crm_site.core.errors import CrmError, StaleEdit
from crm_site.home.stage_forms import StageForm
from crm_site.investors import services as investors
from crm_site.investors.models import Stage
from crm_site.relations import services as relations

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
manage_stages = member(Verb.MANAGE_STAGES)


@read_or_write
@manage_stages
def stages(request: MemberRequest) -> HttpResponse:
    """All stages in order, and a form for one more."""
    form = StageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = investors.create_stage(
                actor=request.actor,
                label=given["label"],
                category=given["category"],
                probability=given["probability"],
            )
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{made.label} is the last stage now.")
            return redirect("stages:list")
    used = Count("opportunities", filter=Q(opportunities__deleted_at__isnull=True))
    rows = Stage.objects.in_order().annotate(used=used)
    return render(request, "accounts/stages.html", {"tab": "stages", "form": form, "rows": rows})


@read_or_write
@manage_stages
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change one stage. Its key stays: filters, imports and the API go by it."""
    row = get_object_or_404(Stage.objects.all(), pk=pk)
    standing = {
        "label": row.label,
        "category": row.category,
        "probability": row.probability,
        "version": row.version,
    }
    form = StageForm(request.POST or None, initial=standing)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version") or row.version
        try:
            investors.edit_stage(actor=request.actor, stage=row, values=values, version=version)
        except StaleEdit as error:
            theirs = {
                name: f"Somebody set this to “{both['theirs']}”." for name, both in error.fields.items()
            }
            error.fields = theirs
            show_refusal(form, error)
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("stages:list")
    return render(request, "accounts/stage_edit.html", {"tab": "stages", "form": form, "row": row})


@require_POST
@manage_stages
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    order = list(Stage.objects.in_order().values_list("pk", flat=True))
    get_object_or_404(Stage.objects.all(), pk=pk)
    place = order.index(pk)
    other = place - 1 if request.POST.get("to") == "up" else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        try:
            investors.reorder_stages(actor=request.actor, stage_ids=order)
        except CrmError as error:
            messages.error(request, error.message)
    return redirect("stages:list")


@require_POST
@manage_stages
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a stage away in which no opportunity stands."""
    row = get_object_or_404(Stage.objects.all(), pk=pk)
    try:
        relations.delete_record(actor=request.actor, row=row)
    except CrmError as error:
        if error.http_status in (403, 404):
            raise
        messages.error(request, error.message)
    else:
        messages.success(request, f"{row.label} is deleted. It can come back from the trash.")
    return redirect("stages:list")
