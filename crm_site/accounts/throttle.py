"""Log-in throttling: whom a failed attempt is counted for, and what somebody locked out is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm_site.core import naming, text


def username_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The e-mail somebody tries, in one form: neither case nor the API's other field name opens a fresh count."""
    given = credentials if credentials is not None else request.POST
    return naming.email_key(text.one_line(str(given.get("username") or given.get("email") or "")))[:254]


def address_of(request: HttpRequest) -> str | None:
    """Where the attempt comes from. Behind our own proxy its last entry counts: what stands before it may be made up."""
    if settings.BEHIND_TLS:
        passed_on = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if passed_on:
            return passed_on
    return request.META.get("REMOTE_ADDR")


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page for somebody locked out, with the minutes left. The same whether the account exists or not."""
    cool_off = get_cool_off(request)
    latest = (
        AccessAttempt.objects.filter(
            username=username_of(request, credentials), ip_address=address_of(request)
        )
        .order_by("-attempt_time")
        .first()
    )
    since = timezone.now() - latest.attempt_time if latest else None
    left_s = (cool_off - since).total_seconds() if since else cool_off.total_seconds()
    minutes = max(1, int(left_s // 60) + 1)
    answer = render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(max(1, int(left_s)))
    return answer
