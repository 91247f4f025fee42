"""The chart of an answer as it stands in a page, in the API's JSON when somebody asks for the picture, or in a room."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe

from nlquery.answers import Envelope
from nlquery.charts.planning import Plan

logger = logging.getLogger(__name__)

# With the first chart, not with the first import: it loads V8, and the addresses of the site are read by every command.
_drawing: Any = SimpleLazyObject(lambda: import_module("nlquery.charts.drawing"))


def svg(answer: Envelope) -> SafeString:
    """The chart as an `<svg>` element, its words escaped by the drawing library; empty where the table says it all."""
    if not answer.chart or not answer.rows:
        return mark_safe("")
    try:
        plan = Plan.read(answer.chart)
        return mark_safe(_drawing.svg(plan, answer.rows, answer.columns) if plan.is_picture else "")
    except Exception:
        # The table is the answer: a drawing that fails on some odd value must not take it away.
        logger.exception("nlquery: the chart of %s could not be drawn", answer.intent)
        return mark_safe("")


@dataclass(frozen=True, slots=True)
class Picture:
    """alt: what it shows, in words."""

    png: bytes
    alt: str


def picture(answer: Envelope) -> Picture | None:
    """The chart as a PNG; None where the table says it all."""
    if not answer.chart or not answer.rows:
        return None
    try:
        plan = Plan.read(answer.chart)
        png = _drawing.png(plan, answer.rows, answer.columns) if plan.is_picture else b""
    except Exception:
        logger.exception("nlquery: the chart of %s could not be drawn", answer.intent)
        return None
    return Picture(png, plan.alt or plan.title) if png else None
