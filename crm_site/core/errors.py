"""Errors a user can act on. Each door translates them once; each service defines its own beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class CrmError(Exception):
    """Something the user can understand and mend.

    code: stable, snake_case, part of the API. http_status: how the HTTP doors answer.
    fields: field name → message (or a structure that the field's error needs).
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400

    def __init__(self, message: str, *, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, Any] = dict(fields or {})


class Invalid(CrmError):
    """What was sent cannot be used; `fields` says where."""

    code = "invalid"


class NotFound(CrmError):
    """There is no such live row in this organization."""

    code = "not_found"
    http_status = 404


class Forbidden(CrmError):
    """The member's role does not allow it."""

    code = "forbidden"
    http_status = 403


class Conflict(CrmError):
    """It clashes with what is already there."""

    code = "conflict"
    http_status = 409


class StaleEdit(Conflict):
    """Somebody else changed the row since it was read. `fields`: name → {"yours", "theirs"}."""

    code = "stale_edit"


class Unavailable(CrmError):
    """Something we need does not answer; trying later may help."""

    code = "unavailable"
    http_status = 503
