"""Errors to HTTP, once: every answer that is no success has the shape {"error": {"code", "message", "fields"}}."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import set_rollback

from crm_site.core.errors import CrmError, StaleEdit
from crm_site.core.living import Merged

PREFIX = "/api/"
_log = logging.getLogger(__name__)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Anything unknown stays unhandled: Django logs it and answers 500."""
    if isinstance(error, CrmError):
        set_rollback()
        fields = _as_sent(error.fields) if isinstance(error, StaleEdit) else error.fields
        wait_s = getattr(error, "retry_after_s", None)
        headers = {"Retry-After": str(wait_s)} if wait_s else None
        elsewhere = _elsewhere(error, context)
        if elsewhere:
            return body(307, error.code, error.message, fields, {"Location": elsewhere})
        return body(error.http_status, error.code, error.message, fields, headers)
    if isinstance(error, Http404):
        return body(404, "not_found", "There is no such record.")
    if isinstance(error, PermissionDenied):
        return body(403, "forbidden", "You may not do this.")
    if isinstance(error, SuspiciousOperation):
        return body(400, "invalid", "This request cannot be read.")
    if isinstance(error, IntegrityError):
        # Two callers took the same place at the same moment and a constraint let one in: the other's clash, not our fault.
        _log.warning("A constraint refused a write by the API.", exc_info=error)
        set_rollback()
        return body(409, "conflict", "Something else took this place at the same moment. Look again.")
    if isinstance(error, exceptions.APIException):
        set_rollback()
        return _from_framework(error)
    return None


def _elsewhere(error: CrmError, context: dict[str, Any]) -> str:
    """Where to read instead: the same address of the one that the record was merged into. Empty when nothing is read.

    Not for good (no 301): the merge can be taken back. A write is not led on, because its version is another record's.
    """
    request, match = context["request"], context["request"].resolver_match
    if not isinstance(error, Merged) or request.method not in SAFE_METHODS or "id" not in match.kwargs:
        return ""
    there = reverse(match.view_name, kwargs={**match.kwargs, "id": error.fields["merged_into"]})
    query = request.META.get("QUERY_STRING", "")
    return f"{there}?{query}" if query else there


def body(
    status: int, code: str, message: str, fields: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """The one error shape."""
    return Response(_shape(code, message, fields), status=status, headers=headers)


def no_such_address(request: HttpRequest, path: str = "") -> HttpResponse:
    """Whatever stands below the API's root and is no address of it, also one that lacks its last slash."""
    return _plain(404, "not_found", "There is no such address. See /api/v1/docs/.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if request.path.startswith(PREFIX):
        return _plain(400, "invalid", "This request cannot be read.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if request.path.startswith(PREFIX):
        return _plain(403, "forbidden", "You may not do this.")
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    if request.path.startswith(PREFIX):
        return no_such_address(request)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. The request's id, which the answer carries, finds the trace in the log."""
    if request.path.startswith(PREFIX):
        return _plain(500, "server_error", "Something went wrong on our side. It is in the log.")
    return defaults.server_error(request)


def _plain(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse(_shape(code, message), status=status)


def _shape(code: str, message: str, fields: Any = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def _as_sent(fields: dict[str, Any]) -> dict[str, Any]:
    """Columns that hold a row's id go by the name the caller used: `assigned_to`, not `assigned_to_id`."""
    return {name.removesuffix("_id"): clash for name, clash in fields.items()}


def _from_framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    if isinstance(error, exceptions.ValidationError):
        return body(400, "invalid", "Some fields cannot be used as they are.", _fields(error.detail))
    code: Any = error.get_codes()
    message: Any = error.detail
    if isinstance(message, dict):
        # simplejwt puts its code and its sentence into a dict.
        code, message = message.get("code", "invalid"), message.get("detail", "")
    return body(
        error.status_code, str(code) if isinstance(code, str) else "invalid", str(message), headers=headers
    )


def _fields(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {str(name): _message(part) for name, part in detail.items()}
    return {"non_field_errors": _message(detail)}


def _message(part: Any) -> Any:
    if isinstance(part, dict):
        return _fields(part)
    if isinstance(part, list):
        if all(isinstance(item, str) for item in part):
            return " ".join(str(item) for item in part)
        return [_message(item) for item in part]
    return str(part)
