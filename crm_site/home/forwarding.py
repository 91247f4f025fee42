"""An address of a record that was merged leads to the one that stands for it, as long as the merge stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from crm_site.accounts.doors import MemberRequest
from crm_site.contacts.models import Contact
from crm_site.core import living
from crm_site.core.errors import CrmError
from crm_site.core.models import Kept
from crm_site.investors.models import Investor

#: Name of an address's part → its table and the page of one.
_PARTS: dict[str, tuple[type[Kept], str]] = {
    "investor_id": (Investor, "investors:detail"),
    "contact_id": (Contact, "contacts:detail"),
}
#: What a form sends that nobody has typed.
_NOT_TYPED = ("csrfmiddlewaretoken", "version", "next")
_LONGEST_SHOWN = 20_000


def lead(request: MemberRequest, parts: Mapping[str, Any], error: Http404 | CrmError) -> HttpResponse | None:
    """The answer when what the address names was merged; None when it was not.

    Reading is led to the same page of the survivor: not for good, because a merge can be taken back. Writing is refused,
    and what was typed is shown, so that it can be written there.
    """
    if isinstance(error, CrmError) and error.http_status != 404 and not isinstance(error, living.Merged):
        return None
    for name, (model, page) in _PARTS.items():
        if name in parts:
            survivor = living.survivor_of(model, parts[name])
            if survivor is None:
                return None
            absorbed: Any = model.all_objects
            was = absorbed.get(pk=parts[name])
            return _led(
                request, {**parts, name: survivor.pk}, was, survivor, reverse(page, args=[survivor.pk])
            )
    return None


def _led(
    request: MemberRequest, parts: Mapping[str, Any], was: Kept, survivor: Kept, home: str
) -> HttpResponse:
    said = f"{was} was merged into {survivor}."
    match = request.resolver_match
    is_own_page = match is not None and match.app_name in ("investors", "contacts")
    if request.method in ("GET", "HEAD") and match is not None and is_own_page:
        if not request.htmx:
            messages.info(request, said)
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse(match.view_name, kwargs=dict(parts)) + query)
    if request.htmx:
        body = {
            "code": "merged",
            "message": f"{said} Nothing was written.",
            "fields": {"merged_into": survivor.pk},
        }
        return JsonResponse({"error": body}, status=409)
    context = {"said": said, "survivor": survivor, "home": home, "typed": _typed(request)}
    return render(request, "home/merged.html", context, status=409)


def _typed(request: MemberRequest) -> list[tuple[str, str]]:
    return [
        (name.replace("_", " ").capitalize(), value[:_LONGEST_SHOWN])
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and not name.startswith("initial-")
        for value in values
        if value.strip()
    ]
