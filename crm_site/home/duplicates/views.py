"""Likely duplicates, two records side by side, and the merges that were made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.core import living
from crm_site.core.errors import CrmError, Forbidden, NotFound, StaleEdit
from crm_site.core.models import Kept
from crm_site.home import doors
from crm_site.home.duplicates import kinds, progress, reading, services
from crm_site.home.duplicates.forms import LEFT, MergeForm
from crm_site.home.duplicates.kinds import Kind
from crm_site.relations import services as relations
from crm_site.relations.models import Merge
from crm_site.relations.services import LaterMergeFirst
from search.entities import queue

PAGE_SIZE = 25


@doors.page
@require_GET
def pairs(request: MemberRequest) -> HttpResponse:
    """The queue, best first; the kind and whether doubtful pairs show are in the address."""
    permissions.require(request.actor, Verb.READ)
    kind = _asked(request)
    unlikely = request.GET.get("doubtful") == "1"
    page = Paginator(queue.open_pairs(kind.key, unlikely=unlikely), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": reading.pairs(kind, list(page.object_list)),
        "kind": kind,
        "tabs": kinds.ALL,
        "doubtful": unlikely,
        "progress": progress.of(kind),
    }
    return render(request, "home/duplicates/pairs.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def look(request: MemberRequest) -> HttpResponse:
    """Ask for a new look at all records; read, how far it is."""
    permissions.require(request.actor, Verb.READ)
    kind = _asked(request)
    if request.method == "POST":
        services.look_again(actor=request.actor)
        messages.info(request, "Looking through all records. You can leave this page.")
        return redirect(_queue(kind))
    now = progress.of(kind)
    if not now.is_waiting:
        # The list has changed: the whole page is read anew.
        return HttpResponseClientRefresh() if request.htmx else redirect(_queue(kind))
    return render(request, "home/duplicates/_look.html", {"progress": now, "kind": kind})


@doors.page
@require_http_methods(["GET", "POST"])
def compare(request: MemberRequest, left_id: int, right_id: int, *, kind: Kind) -> HttpResponse:
    """Two records side by side; sent on, they become one."""
    permissions.require(request.actor, Verb.READ)
    left, right = _two(kind, left_id, right_id)
    gone = [row for row in (left, right) if row.is_deleted]
    if gone:
        messages.info(request, living.gone(gone[0]).message)
        return redirect(_queue(kind))
    found = reading.compare(kind, left, right)
    if request.method == "GET":
        return _side_by_side(request, found, MergeForm(found))
    form = MergeForm(found, request.POST)
    if not form.is_valid():
        return _side_by_side(request, found, form, status=422)
    survivor, absorbed = (left, right) if form.cleaned_data["survivor"] == LEFT else (right, left)
    try:
        done = services.merge_two(
            actor=request.actor,
            survivor=survivor,
            absorbed=absorbed,
            chosen=form.chosen(),
            versions=form.versions(),
        )
    except (Forbidden, NotFound, living.Merged):
        raise
    except StaleEdit as error:
        now = reading.compare(kind, *_two(kind, left_id, right_id))
        form = MergeForm(now, request.POST).on_the_newest()
        return _side_by_side(request, now, form, error.message, status=409)
    except CrmError as error:
        return _side_by_side(request, found, form, error.message, status=409)
    undo = reverse("duplicates:unmerge", args=[done.pk])
    messages.success(request, f"{absorbed} is part of {survivor} now.", extra_tags=f"undo:{undo}")
    return redirect(_queue(kind) if found.pair else reverse(kind.page, args=[survivor.pk]))


@doors.page
@require_POST
def tell_apart(request: MemberRequest, left_id: int, right_id: int, *, kind: Kind) -> HttpResponse:
    """These two are not the same."""
    left, right = _two(kind, left_id, right_id)
    services.tell_apart(actor=request.actor, first=left, second=right)
    undo = reverse(f"duplicates:{kind.key}_allow", args=[left_id, right_id])
    messages.success(request, f"{left} and {right} stay two.", extra_tags=f"undo:{undo}")
    return redirect(_queue(kind))


@doors.page
@require_POST
def allow_again(request: MemberRequest, left_id: int, right_id: int, *, kind: Kind) -> HttpResponse:
    """Take back that two are not the same."""
    left, right = _two(kind, left_id, right_id)
    relations.allow_again(actor=request.actor, first=left, second=right)
    messages.success(request, f"{left} and {right} may be one again.")
    return redirect(reverse(f"duplicates:{kind.key}_compare", args=[left_id, right_id]))


@doors.page
@require_GET
def choose(request: MemberRequest, record_id: int, *, kind: Kind) -> HttpResponse:
    """Pick the record to compare this one with."""
    permissions.require(request.actor, Verb.MERGE)
    record = get_object_or_404(kind.model.objects.all(), pk=record_id)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = reading.search(kind, text, without=record.pk) if text else reading.likely_partners(kind, record)
    along = reading.beside(kind, found)
    context = {
        "record": record,
        "kind": kind,
        "text": text,
        "rows": [(row, along.get(row.pk, [])) for row in found],
        "address": f"duplicates:{kind.key}_compare",
    }
    return render(request, "home/duplicates/choose.html", context)


@doors.page
@require_GET
def merges(request: MemberRequest) -> HttpResponse:
    """Every merge, the latest first, also those that were taken back."""
    permissions.require(request.actor, Verb.READ)
    page = Paginator(
        Merge.objects.select_related("decided_by", "undone_by").order_by("-id"), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": reading.merges(list(page.object_list)),
        "tabs": kinds.ALL,
        "is_history": True,
    }
    return render(request, "home/duplicates/merges.html", context)


@doors.page
@require_GET
def merge(request: MemberRequest, merge_id: int) -> HttpResponse:
    """One merge: what moved, and what would have to stay if it were taken back now."""
    permissions.require(request.actor, Verb.READ)
    found = get_object_or_404(Merge.objects.select_related("decided_by", "undone_by"), pk=merge_id)
    context: dict[str, Any] = {"row": reading.merges([found])[0], "conflicts": found.conflicts}
    if found.undone_at is None and permissions.may(request.actor, Verb.MERGE):
        try:
            context["conflicts"] = relations.preview_unmerge(actor=request.actor, merge=found)
        except LaterMergeFirst as error:
            context |= {"refused": error.message, "later": error.fields["merge"]}
        except CrmError as error:
            context["refused"] = error.message
    return render(request, "home/duplicates/merge.html", context)


@doors.page
@require_POST
def unmerge(request: MemberRequest, merge_id: int) -> HttpResponse:
    """Make them two again."""
    found = get_object_or_404(Merge.objects.order_by("-id"), pk=merge_id)
    undone = relations.unmerge(actor=request.actor, merge=found)
    row = reading.merges([undone])[0]
    said = f"{row.absorbed} and {row.survivor} are two again."
    if undone.conflicts:
        messages.warning(request, f"{said} {len(undone.conflicts)} of their rows stay as they are.")
    else:
        messages.success(request, said)
    return redirect("duplicates:merge", undone.pk)


def _asked(request: MemberRequest) -> Kind:
    return kinds.CONTACT if request.GET.get("kind") == "contacts" else kinds.INVESTOR


def _two(kind: Kind, left_id: int, right_id: int) -> tuple[Any, Any]:
    rows: dict[int, Kept] = kind.model.all_objects.in_bulk([left_id, right_id])
    if len(rows) != 2:
        raise Http404("There are no such two records.")
    return rows[left_id], rows[right_id]


def _side_by_side(
    request: MemberRequest,
    found: reading.Comparison,
    form: MergeForm,
    refused: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"found": found, "kind": found.kind, "form": form, "rows": form.rows(), "refused": refused}
    names = {name: f"duplicates:{found.kind.key}_{name}" for name in ("compare", "apart", "allow")}
    context["names"] = names
    return render(request, "home/duplicates/compare.html", context, status=status)


def _queue(kind: Kind) -> str:
    query = "?kind=contacts" if kind is kinds.CONTACT else ""
    return reverse("duplicates:list") + query
