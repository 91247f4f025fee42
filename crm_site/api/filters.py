"""Filters of lists, declared once: they read the query string, narrow the rows, and describe themselves in the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from crm_site.api import pagination
from crm_site.core import fields, text
from crm_site.core.errors import Invalid
from crm_site.core.serializers import LARGEST_ID

Rows = QuerySet[Any]
#: Names in the query string that are no filters.
OTHER_NAMES = frozenset({pagination.CURSOR, pagination.PAGE_SIZE, pagination.ORDERING})


@dataclass(frozen=True)
class Filter:
    """One name in the query string. read: text → value, or raises Invalid. narrow: rows and value → fewer rows."""

    says: str
    read: Callable[[str, str], Any]
    narrow: Callable[[Rows, Any], Rows]
    kind: Any = OpenApiTypes.STR
    options: tuple[str, ...] = field(default=())

    def parameter(self, name: str) -> OpenApiParameter:
        return OpenApiParameter(
            name, self.kind, description=self.says, enum=list(self.options) or None, required=False
        )


def narrowed(rows: Rows, request: Request, filters: Mapping[str, Filter]) -> Rows:
    """The rows that pass every filter given. A name that is none is refused: ignoring it would show too much."""
    given = request.query_params
    unknown = sorted(set(given) - filters.keys() - OTHER_NAMES)
    if unknown:
        raise Invalid(
            "There is no such filter.", fields={name[:80]: "No such filter." for name in unknown[:20]}
        )
    for name, one in filters.items():
        if name in given:
            rows = one.narrow(rows, one.read(text.clean(given[name])[:1000], name))
    return rows


def by_id(column: str, says: str) -> Filter:
    """Rows that point at one record. One of another organization matches nothing."""
    return through_id(lambda rows, value: rows.filter(**{column: value}), says)


def through_id(narrow: Callable[[Rows, int], Rows], says: str) -> Filter:
    """Rows that have to do with one record."""
    return Filter(says, _id, narrow, OpenApiTypes.INT)


def through_text(
    narrow: Callable[[Rows, str], Rows], says: str, key: Callable[[str], str] = text.one_line
) -> Filter:
    """Rows that have to do with a text."""
    return Filter(says, lambda given, name: key(given), narrow)


def by_choice(column: str, options: list[str], says: str) -> Filter:
    """Rows with one of a few words."""

    def read(given: str, name: str) -> str | None:
        return fields.choice(given, field=name, options=options)

    return Filter(says, read, lambda rows, value: rows.filter(**{column: value}), options=tuple(options))


def by_text(lookup: str, says: str, key: Callable[[str], str] = text.one_line) -> Filter:
    """Rows that contain, or are, a text; `key` folds it as the column is folded."""

    def narrow(rows: Rows, value: str) -> Rows:
        return rows.filter(**{lookup: value}) if value else rows.none()

    return through_text(narrow, says, key)


def by_day(lookup: str, says: str) -> Filter:
    """Rows before or after a local date."""

    def read(given: str, name: str) -> Any:
        return fields.day(given, field=name, required=True)

    return Filter(says, read, lambda rows, value: rows.filter(**{lookup: value}), OpenApiTypes.DATE)


def by_flag(says: str, narrow: Callable[[Rows, bool], Rows]) -> Filter:
    """Rows for yes or no."""
    return Filter(says, _flag, narrow, OpenApiTypes.BOOL)


def _id(given: str, name: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 19 or int(given) > LARGEST_ID:
        fields.refuse(name, "Give an id, a whole number.")
    return int(given)


def _flag(given: str, name: str) -> bool:
    if given not in ("true", "false"):
        fields.refuse(name, "Give true or false.")
    return given == "true"
