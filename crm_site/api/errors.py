"""Errors to HTTP, once: every answer that is no success has the shape {"error": {"code", "message", "fields"}}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from crm_site.core.errors import CrmError


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Anything unknown stays unhandled: Django logs it and answers 500."""
    if isinstance(error, CrmError):
        set_rollback()
        return body(error.http_status, error.code, error.message, error.fields)
    if isinstance(error, Http404):
        return body(404, "not_found", "There is no such record.")
    if isinstance(error, PermissionDenied):
        return body(403, "forbidden", "You may not do this.")
    if isinstance(error, exceptions.APIException):
        set_rollback()
        return _from_framework(error)
    return None


def body(status: int, code: str, message: str, fields: Any = None, headers: dict[str, str] | None = None) -> Response:
    """The one error shape."""
    return Response(
        {"error": {"code": code, "message": message, "fields": fields or {}}}, status=status, headers=headers
    )


def _from_framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    if isinstance(error, exceptions.ValidationError):
        return body(400, "invalid", "Some fields cannot be used as they are.", _fields(error.detail))
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    detail = error.detail.get("detail", "") if isinstance(error.detail, dict) else error.detail
    return body(error.status_code, code, str(detail), headers=headers)


def _fields(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {name: _message(part) for name, part in detail.items()}
    return {"non_field_errors": _message(detail)}


def _message(part: Any) -> Any:
    if isinstance(part, dict):
        return _fields(part)
    if isinstance(part, list):
        return " ".join(str(item) for item in part) if all(isinstance(item, str) for item in part) else part
    return str(part)
