"""What every request carries: an id for the log, and the organization whose rows it may see."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm_site.accounts import sessions
from crm_site.core.scope import no_scope, scope

Handler = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives the request an id that the audit log, the error page and the answer share."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class OrganizationMiddleware:
    """Enters the organization of the logged-in member for the time of the request.

    Sets `request.membership`, `request.organization` and `request.actor` (None for a visitor).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = sessions.membership_of(request)
        sessions.attach(request, membership)
        if membership is None:
            # A view below may enter a scope itself (API keys, tokens); it must not outlive the request.
            with no_scope():
                return self.get_response(request)
        with scope(membership.organization):
            return self.get_response(request)
