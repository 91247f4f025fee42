"""What every page of this room does at the door: let members in, and tell an error in the words of the asker."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from crm_site.accounts.doors import MemberRequest
from crm_site.core.errors import CrmError
from crm_site.home import forwarding

View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """Let only members in; an error a member can act on becomes a message, a page, or JSON for a script."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member = cast(MemberRequest, request)
        if getattr(member, "actor", None) is None:
            return _show_the_way_in(request)
        try:
            return view(member, *args, **kwargs)
        except (Http404, CrmError) as error:
            led = forwarding.lead(member, kwargs, error)
            if led is not None:
                return led
            if isinstance(error, Http404):
                raise
            return refuse(member, error)

    return entered


def refuse(request: MemberRequest, error: CrmError) -> HttpResponse:
    """The answer to a request that was refused: nothing was written."""
    if request.htmx:
        body = {"error": {"code": error.code, "message": error.message, "fields": error.fields}}
        return JsonResponse(body, status=error.http_status)
    if error.http_status == 404:
        raise Http404(error.message) from error
    if error.http_status == 403:
        raise PermissionDenied(error.message) from error
    messages.error(request, error.message)
    return back(request)


def back(request: MemberRequest, otherwise: str = "home:today") -> HttpResponse:
    """To the page the form names in `next`, else to the one the member came from."""
    for address in (request.POST.get("next"), request.headers.get("referer")):
        if address and is_ours(request, address):
            return redirect(address)
    return redirect(otherwise)


def is_ours(request: HttpRequest, address: str) -> bool:
    """Tell whether an address stays on this site: an open redirect would lend our name to a stranger's page."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def with_toast(answer: HttpResponse, text: str, *, kind: str = "success", undo: str = "") -> HttpResponse:
    """The answer to an htmx request, with words for the corner of the page and, when given, a way back."""
    detail = {"text": text, "kind": kind} | ({"undo": undo} if undo else {})
    answer["HX-Trigger"] = json.dumps({"toast": detail})
    return answer


def _show_the_way_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        raise PermissionDenied("You are no member of an organization.")
    asked: HtmxDetails | None = getattr(request, "htmx", None)
    if asked:
        return HttpResponseClientRedirect(redirect_to_login(asked.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path())
