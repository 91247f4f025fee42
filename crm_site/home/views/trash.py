"""Deleting, the trash, bringing back, and removing for good."""

from __future__ import annotations

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.core.models import Kept
from crm_site.home import doors
from crm_site.relations import hanging
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion

PAGE_SIZE = 50


@doors.page
@require_GET
def trash(request: MemberRequest) -> HttpResponse:
    """What was deleted, the latest first."""
    pages = Paginator(Deletion.objects.in_trash(), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    rows = [(deletion, _kind(deletion)) for deletion in page.object_list]
    return render(request, "home/trash.html", {"page": page, "rows": rows})


@doors.page
@require_POST
def restore(request: MemberRequest, deletion_id: int) -> HttpResponse:
    """Bring a record back with all that went with it."""
    deletion = get_object_or_404(Deletion.objects.all(), pk=deletion_id)
    relations.restore_deletion(actor=request.actor, deletion=deletion)
    said = f"{deletion.title} is back."
    if request.htmx:
        return doors.with_toast(HttpResponse(), said)
    messages.success(request, said)
    return doors.back(request, "home:trash")


@doors.page
@require_http_methods(["GET", "POST"])
def purge(request: MemberRequest, deletion_id: int) -> HttpResponse:
    """Remove for good: the one act that asks first, because nothing brings it back."""
    deletion = get_object_or_404(Deletion.objects.in_trash(), pk=deletion_id)
    permissions.require(request.actor, Verb.PURGE, on=[deletion])
    if request.method == "GET":
        return render(request, "home/purge.html", {"deletion": deletion, "kind": _kind(deletion)})
    title = deletion.title
    relations.purge(actor=request.actor, deletion=deletion)
    messages.success(request, f"{title} is gone for good.")
    return redirect("home:trash")


@doors.page
@require_POST
def delete(request: MemberRequest, label: str, record_id: int) -> HttpResponse:
    """Delete any record, and offer to take it back. For all pages; `next` says where to go afterwards."""
    row = get_object_or_404(_model(label).objects.all(), pk=record_id)
    word = request.POST.get("version", "")
    version = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else None
    deletion = relations.delete_record(actor=request.actor, row=row, version=version)
    undo = reverse("home:restore", args=[deletion.pk])
    said = f"Deleted {deletion.title}{_together(deletion)}."
    following = request.POST.get("next", "")
    if request.htmx and not following:
        return doors.with_toast(HttpResponse(), said, undo=undo)
    messages.success(request, said, extra_tags=f"undo:{undo}")
    if request.htmx and doors.is_ours(request, following):
        return HttpResponseClientRedirect(following)
    return doors.back(request)


def _model(label: str) -> type[Kept]:
    """`investor` or `investors.investor`: the table whose row is meant."""
    word = label.lower()
    for model in hanging.all_kept():
        if word in (model._meta.model_name, model._meta.label_lower):
            return model
    raise Http404("Nothing of that kind can be deleted.")


def _kind(deletion: Deletion) -> str:
    return str(apps.get_model(deletion.label)._meta.verbose_name)


def _together(deletion: Deletion) -> str:
    parts = [f"{number} {name}" for name, number in deletion.counts.items()]
    return f" with {', '.join(parts)}" if parts else ""
