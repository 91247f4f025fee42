"""Rows that are still there to be written on: neither deleted nor merged into another."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from crm_site.core.errors import Conflict, NotFound
from crm_site.core.models import Kept

KeptT = TypeVar("KeptT", bound=Kept)


class Merged(Conflict):
    """The record was merged into another. `fields["merged_into"]`: the id of the one that stands for it now."""

    code = "merged"


def survivor_of(model: type[KeptT], record_id: int) -> KeptT | None:
    """The living record that `record_id` was merged into, over any number of merges. None when it was not, or is deleted.

    Looks in the organization in scope only.
    """
    if not hasattr(model, "merged_into"):
        return None
    rows: Any = model.all_objects
    seen: set[int] = set()
    row = rows.filter(pk=record_id).first()
    while row is not None and row.merged_into_id is not None and row.pk not in seen:
        seen.add(row.pk)
        row = rows.filter(pk=row.merged_into_id).first()
    return row if row is not None and row.pk != record_id and not row.is_deleted else None


def gone(row: Kept) -> Conflict | NotFound:
    """Why a row that is not living any more cannot be written on."""
    survivor = survivor_of(type(row), row.pk)
    if survivor is None:
        return NotFound(f"{row} was deleted meanwhile. It can be restored from the trash.")
    return Merged(f"{row} was merged into {survivor}.", fields={"merged_into": survivor.pk})


def hold(*rows: Model | None) -> None:
    """Keep these rows living until the end of the transaction, so that nothing new is hung on one that is gone.

    A caller has read its row some time ago. On PostgreSQL a merge of it waits for us, or we for the merge; the lock lets
    others point at the row all the same. Tables in the order given, rows by id: whoever holds several must agree on that.
    Raises Merged, NotFound.
    """
    for model in dict.fromkeys(type(row) for row in rows if row is not None):
        own = {row.pk: row for row in rows if isinstance(row, Kept) and type(row) is model}
        manager: Any = model._base_manager
        current = manager.filter(pk__in=own).order_by("pk").select_for_update(of=("self",), no_key=True)
        living = {pk for pk, deleted_at in current.values_list("pk", "deleted_at") if deleted_at is None}
        for pk, row in own.items():
            if pk not in living:
                raise gone(row)
