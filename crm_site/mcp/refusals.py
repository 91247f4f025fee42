"""Errors as a model can act on them: a stable code, a sentence, and what belongs to it by field."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from pydantic import ValidationError

from crm_site.core import text
from crm_site.core.errors import CrmError
from nlquery.resolving import Unresolved

log = logging.getLogger(__name__)
MOST_FIELDS = 20
BROKEN = "Something went wrong on our side and is in the log. Nothing was written."
CLASH = "Something else took this place at the same moment. Look again, then repeat the call."
MISFIT = "Some arguments cannot be used as they are."


class Refused(Exception):
    """A call that cannot be done as it stands. code, message, fields: as they are told."""

    def __init__(self, code: str, message: str, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, dict(fields or {})


def told(error: Exception) -> dict[str, Any]:
    """The error as {"code", "message", "fields"}, JSON-ready. One that nobody foresaw is logged and told as ours."""
    if isinstance(error, CrmError | Refused):
        return said(error.code, error.message, error.fields)
    if isinstance(error, Unresolved):
        candidates = [{"key": one.key, "name": one.name} for one in error.candidates]
        return said(error.status, error.message, {error.slot: error.message, "candidates": candidates})
    if isinstance(error, IntegrityError):
        log.warning("A constraint refused a write over MCP.", exc_info=error)
        return said("conflict", CLASH)
    log.error("A call over MCP failed.", exc_info=error)
    return said("server_error", BROKEN)


def said(code: str, message: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The one shape. fields: made JSON-ready; what JSON does not know becomes text."""
    return {
        "code": code,
        "message": message,
        "fields": json.loads(json.dumps(dict(fields or {}), default=str)),
    }


def misfit(error: ValidationError) -> Refused:
    """What to raise for arguments that do not fit: place → what would. What was sent is not repeated: it may be long."""
    found = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False)[:MOST_FIELDS]:
        place = ".".join(str(part) for part in one["loc"]) or "arguments"
        found[text.shorten(place, 100)] = text.shorten(str(one["msg"]), 300)
    return Refused("invalid", MISFIT, found)
