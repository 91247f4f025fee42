"""Editing a row that somebody else may have changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from crm_site.core import living
from crm_site.core.errors import NotFound, StaleEdit
from crm_site.core.models import Kept

Changes = dict[str, tuple[Any, Any]]
KeptT = TypeVar("KeptT", bound=Kept)


def update(
    row: KeptT, values: Mapping[str, Any], *, version: int | None = None, touched: bool = False
) -> Changes:
    """Write `values` (field name → new value) onto `row`; return what really changed, old → new.

    version: the version that the editor saw; None means "whatever is there now" and is for code that has just read the
    row in this transaction. touched: something beside the columns changes with it (who took part), so the version goes
    up in any case. Raises StaleEdit with both values when the row moved on, NotFound when it is gone, Merged.
    """
    seen = row.version if version is None else version
    changes = difference(row, values)
    if not changes and not touched and seen == row.version:
        return {}
    names = {_column(row, name): new for name, (_, new) in changes.items()}
    manager = type(row)._base_manager
    live = manager.filter(pk=row.pk, organization_id=row.organization_id, deleted_at__isnull=True)
    done = live.filter(version=seen).update(
        **names, version=models.F("version") + 1, updated_at=timezone.now()
    )
    if not done:
        _refuse(manager.filter(pk=row.pk, organization_id=row.organization_id).first(), values)
    for name, (_, new) in changes.items():
        setattr(row, name, new)
    row.version = seen + 1
    return changes


def difference(row: models.Model, values: Mapping[str, Any]) -> Changes:
    """The values that differ from the row's, old → new. Related rows compare by id."""
    found: Changes = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            found[name] = (old, new)
    return found


def _column(row: models.Model, name: str) -> str:
    return row._meta.get_field(name).name


def _refuse(current: Kept | None, values: Mapping[str, Any]) -> None:
    if current is None:
        raise NotFound("It was removed for good meanwhile.")
    if current.is_deleted:
        raise living.gone(current)
    clashes = {
        name: {"yours": readable(yours), "theirs": readable(getattr(current, name))}
        for name, yours in values.items()
        if getattr(current, name) != yours
    }
    raise StaleEdit("Somebody changed this while you were editing.", fields=clashes)


def readable(value: Any) -> Any:
    """A value as the other editor would read it: related rows by their name, the rest as text."""
    return "" if value is None else str(value)
