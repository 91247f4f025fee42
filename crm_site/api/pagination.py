"""Pages of lists by cursor: a deep page costs no more than the first, and none is skipped or doubled under writes.

A cursor holds the sort value and the id of the row it stands at. Rows without a value come last in both directions, on
both databases; the framework's own cursor pages skip them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.encoding import force_str
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from crm_site.audit import services as audit
from crm_site.core import fields
from crm_site.core.serializers import LARGEST_ID

SIZE, MAX_SIZE = 50, 200
MAX_CURSOR = 1000
CURSOR, PAGE_SIZE, ORDERING = "cursor", "page_size", "ordering"


@dataclass(frozen=True)
class Order:
    """A column to sort by, as a path of field names; ids break ties. nullable: some rows have no value."""

    path: str
    nullable: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a page starts. backwards: it ends there instead."""

    value: Any
    pk: int
    backwards: bool


class CursorPages:
    """One request's page: which order, where from, how many."""

    def __init__(self, request: Request, orders: Mapping[str, Order], default: str) -> None:
        self.address = request.build_absolute_uri()
        given = request.query_params.get(ORDERING, default)
        self.ordering = given
        self.descending = given.startswith("-")
        name = given.removeprefix("-")
        if name not in orders:
            fields.refuse(ORDERING, f"Choose one of {', '.join(orders)}; a minus in front turns it round.")
        self.order = orders[name]
        self.size = _size(request.query_params.get(PAGE_SIZE))
        self.cursor = request.query_params.get(CURSOR)

    def page(self, rows: models.QuerySet[Any]) -> tuple[list[Any], str | None, str | None]:
        """The rows of this page, and the addresses of the next and the previous one."""
        place = self._place(rows.model) if self.cursor else None
        back = bool(place and place.backwards)
        if place:
            rows = rows.filter(self._beyond(place))
        found = list(rows.order_by(*self._sorting(back))[: self.size + 1])
        more = len(found) > self.size
        found = found[: self.size]
        if back:
            found.reverse()
        further = more if not back else True
        earlier = more if back else place is not None
        return (
            found,
            self._link(found[-1], backwards=False) if found and further else None,
            self._link(found[0], backwards=True) if found and earlier else None,
        )

    def _sorting(self, back: bool) -> list[Any]:
        falling = self.descending != back
        column = F(self.order.path)
        if not self.order.nullable:
            first = column.desc() if falling else column.asc()
        elif back:
            first = column.desc(nulls_first=True) if falling else column.asc(nulls_first=True)
        else:
            first = column.desc(nulls_last=True) if falling else column.asc(nulls_last=True)
        return [first, "-pk" if falling else "pk"]

    def _beyond(self, place: _Place) -> Q:
        """What comes after the place in the direction of travel."""
        path, falling = self.order.path, self.descending != place.backwards
        later = "lt" if falling else "gt"
        same = Q(**{f"pk__{later}": place.pk})
        if place.value is None:
            unset = Q(**{f"{path}__isnull": True})
            return (unset & same) | ~unset if place.backwards else unset & same
        # The redundant bound on the outside lets the index seek; the OR alone would make it scan.
        bound = Q(**{f"{path}__{later}e": place.value})
        found = bound & (Q(**{f"{path}__{later}": place.value}) | same)
        if self.order.nullable and not place.backwards:
            found |= Q(**{f"{path}__isnull": True})
        return found

    def _link(self, row: models.Model, *, backwards: bool) -> str:
        value: Any = row
        for name in self.order.path.split("__"):
            value = getattr(value, name) if value is not None else None
        token = json.dumps([self.ordering, int(backwards), audit.storable(value), row.pk])
        cursor = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
        return replace_query_param(remove_query_param(self.address, CURSOR), CURSOR, cursor)

    def _place(self, model: type[models.Model]) -> _Place:
        try:
            ordering, backwards, value, pk = _read(force_str(self.cursor))
            if ordering != self.ordering:
                fields.refuse(CURSOR, "This cursor belongs to another ordering.")
            if type(pk) is not int or not -LARGEST_ID <= pk <= LARGEST_ID:
                raise ValueError("pk")
            found = None if value is None else _column(model, self.order.path).to_python(value)
        except (ValueError, TypeError, ValidationError, binascii.Error, OverflowError, RecursionError):
            fields.refuse(CURSOR, "This cursor cannot be read; start from the first page.")
        if found is None and not self.order.nullable:
            fields.refuse(CURSOR, "This cursor cannot be read; start from the first page.")
        return _Place(found, pk, bool(backwards))


def _size(given: str | None) -> int:
    if given is None:
        return SIZE
    if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) < 1:
        fields.refuse(PAGE_SIZE, f"A whole number from 1 to {MAX_SIZE}.")
    return min(int(given), MAX_SIZE)


def _read(cursor: str) -> tuple[Any, Any, Any, Any]:
    if len(cursor) > MAX_CURSOR or not cursor.isascii():
        raise ValueError("cursor")
    raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    ordering, backwards, value, pk = json.loads(raw)
    if not (value is None or isinstance(value, str | int)) or (isinstance(value, str) and "\x00" in value):
        raise ValueError("value")
    if isinstance(value, int) and abs(value) > LARGEST_ID:
        raise ValueError("value")
    return ordering, backwards, value, pk


def _column(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    found: Any = model
    for name in path.split("__"):
        column = found._meta.pk if name == "pk" else found._meta.get_field(name)
        found = column.related_model
    last: models.Field[Any, Any] = column
    return last
