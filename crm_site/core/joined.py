"""Names of related rows as one column, so that a page need not ask once more for them."""

from __future__ import annotations

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.db.models.sql.compiler import SQLCompiler


class Names(Aggregate):
    """The values of a group as a JSON list."""

    function = "JSONB_AGG"
    name = "Names"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)


def names(links: QuerySet[Any], by: str, name: str | JSONObject) -> Subquery:
    """A list of `name` (a field, or an object of several) over the links whose `by` is the row at hand."""
    mine = links.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Subquery(mine.annotate(gathered=Names(name)).values("gathered"), output_field=JSONField())


def listed(value: Any) -> list[str]:
    """The list of names, sorted."""
    return sorted(opened(value))


def opened(value: Any) -> list[Any]:
    """The list. Inside another JSON value SQLite hands it over as text."""
    found = json.loads(value) if isinstance(value, str) else value
    return list(found or [])
