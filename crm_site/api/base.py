"""The mechanics every resource shares: fetch in the scope, one service call, serialise.

A row of another organization is not in the scope, so it is not found: no handler has to think of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from crm_site.api import filters, pagination
from crm_site.api.filters import Filter
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.api.shapes import DeletionShown, Nothing
from crm_site.core import fields, living
from crm_site.core.actor import Actor
from crm_site.core.errors import NotFound
from crm_site.core.models import Kept
from crm_site.relations import services as relations

#: Ids in addresses: 18 digits always fit into a bigint; a longer one is no address of ours, so 404.
ID = "[0-9]{1,18}"
_IF_MATCH = re.compile(r'^(?:W/)?"?([0-9]{1,9})"?$')
Values = dict[str, Any]


class Door(viewsets.ViewSet):
    """One resource's operations."""

    lookup_field = "id"
    lookup_value_regex = ID
    tag: ClassVar[str]
    noun: ClassVar[str]

    @property
    def actor(self) -> Actor:
        found: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return found

    def given(self, shape: type[Serializer[Any]], *, partial: bool = False) -> Values:
        """The body in that shape. Raises ValidationError, which names each field."""
        body = shape(data=self.request.data, partial=partial)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def version(self, values: Values) -> int | None:
        """The version the caller saw, from the body or `If-Match`; taken out of `values`."""
        header = self.request.headers.get("If-Match")
        said: int | None = values.pop("version", None)
        if said is not None or header is None:
            return said
        match = _IF_MATCH.match(header.strip())
        if match is None:
            fields.refuse("If-Match", 'Give the version you have read, such as "7".')
        return int(match[1])

    def required_version(self, values: Values) -> int:
        """As `version`, for changes: without one the last writer would win unseen."""
        found = self.version(values)
        if found is None:
            fields.refuse("version", "Send the version you have read, here or as If-Match.")
        return found

    def paged(
        self,
        rows: QuerySet[Any],
        shape: type[Serializer[Any]],
        orders: Mapping[str, Order],
        default: str,
        read: Callable[[Iterable[Any]], Sequence[Any]] = tuple,
    ) -> Response:
        """One page of rows. read: how rows become what `shape` shows, all at once."""
        found, following, previous = pagination.CursorPages(self.request, orders, default).page(rows)
        results = shape(read(found), many=True).data
        return Response({"next": following, "previous": previous, "results": results})


class Records(Door):
    """List and read. `rows()` is everything that may be read; filters narrow the list."""

    shown: ClassVar[type[Serializer[Any]]]
    filters: ClassVar[Mapping[str, Filter]] = {}
    orders: ClassVar[Mapping[str, Order]]
    default_order: ClassVar[str]

    def rows(self) -> QuerySet[Any]:
        """All rows of the organization that can be read, with what `shown` needs."""
        raise LookupError(f"{type(self).__name__} does not say its rows.")

    def listed(self) -> QuerySet[Any]:
        """The rows of the list, when no filter is given."""
        return self.rows()

    def row(self, pk: str | int) -> Any:
        """One row. Raises NotFound, and Merged when another stands for it now: reading is then led there."""
        rows = self.rows()
        found = rows.filter(pk=int(pk)).first()
        if found is not None:
            return found
        survivor = living.survivor_of(rows.model, int(pk))
        if survivor is None:
            raise NotFound("There is no such record.")
        raise living.Merged(f"It was merged into {survivor}.", fields={"merged_into": survivor.pk})

    def answer(self, pk: int, status: int = 200) -> Response:
        """The row as it is now, read afresh: services keep derived columns that the instance does not have."""
        row = self.row(pk)
        headers = {"ETag": f'"{row.version}"'} if hasattr(row, "version") else None
        return Response(self.shown(row).data, status=status, headers=headers)

    @operation("List: {noun}", gives="shown", many=True)
    def list(self, request: Request) -> Response:
        rows = filters.narrowed(self.listed(), request, self.filters)
        return self.paged(rows, self.shown, self.orders, self.default_order)

    @operation("Read: {noun}", gives="shown")
    def retrieve(self, request: Request, id: str) -> Response:
        return self.answer(int(id))


class Creates(Records):
    """… and create."""

    draft: ClassVar[type[Serializer[Any]]]

    def add(self, values: Values) -> models.Model:
        """Call the service that creates."""
        raise LookupError(f"{type(self).__name__} does not say how to create.")

    @operation("Create: {noun}", takes="draft", gives="shown", status=201, errors=(409,), once=True)
    def create(self, request: Request) -> Response:
        return self.answer(self.add(self.given(self.draft)).pk, status=201)


class Changes(Creates):
    """… and change, delete, restore."""

    model: ClassVar[type[Kept]]
    change: ClassVar[type[Serializer[Any]]]

    def edit(self, row: Any, values: Values, version: int) -> None:
        """Call the service that edits."""
        raise LookupError(f"{type(self).__name__} does not say how to edit.")

    @operation("Change: {noun}", takes="change", gives="shown", errors=(409,))
    def partial_update(self, request: Request, id: str) -> Response:
        """Only the fields sent change. A version that is not the current one is refused with both values."""
        row = self.row(id)
        values = self.given(self.change, partial=True)
        version = self.required_version(values)
        self.edit(row, values, version)
        return self.answer(row.pk)

    @operation("Delete: {noun}", gives=DeletionShown, errors=(400, 409))
    def destroy(self, request: Request, id: str) -> Response:
        """Hide the record with all that hangs on it. Nothing is removed; restoring brings it all back."""
        row = self.row(id)
        gone = relations.delete_record(actor=self.actor, row=row, version=self.version({}))
        return Response(DeletionShown(gone).data)

    @operation("Restore: {noun}", takes=Nothing, gives="shown", errors=(409,), once=True)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Bring back a deleted record with all that went with it."""
        self.given(Nothing)
        row = self.model.all_objects.filter(pk=int(id)).first()
        if row is None:
            raise NotFound("There is no such record.")
        relations.restore_record(actor=self.actor, row=row)
        return self.answer(row.pk)
