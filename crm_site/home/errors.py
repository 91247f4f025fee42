"""Pages for what went wrong. Django's own handlers show 400, 403, 404 and 500 from `templates/`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return render(request, "403.html", {"csrf": True}, status=403)
