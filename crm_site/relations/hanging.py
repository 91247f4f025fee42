"""What hangs on a record: the rows that go, and come back, together with it. Read from the models' own declarations."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from crm_site.core.models import Kept

Ids = dict[type[Kept], set[int]]


def all_kept() -> list[type[Kept]]:
    """Every table whose rows can be deleted and restored."""
    return [model for model in apps.get_models() if issubclass(model, Kept)]


@lru_cache(maxsize=1)
def children() -> dict[type[Model], list[tuple[type[Kept], str]]]:
    """Parent table → (child table, its foreign key) for each `HANGS_ON`."""
    found: dict[type[Model], list[tuple[type[Kept], str]]] = {}
    for child in all_kept():
        for name in child.HANGS_ON:
            parent: Any = child._meta.get_field(name).related_model
            found.setdefault(parent, []).append((child, name))
    return found


def gather(root: Kept, *, deleted_too: bool = False) -> Ids:
    """The record and all that hangs on it, level by level: one query per kind of child and level.

    deleted_too: also rows that were deleted earlier by themselves (a purge must not leave them behind).
    """
    found: Ids = {type(root): {root.pk}}
    fresh: Ids = {type(root): {root.pk}}
    while fresh:
        next_level: Ids = {}
        for parent, ids in fresh.items():
            for child, name in children().get(parent, []):
                manager = child.all_objects if deleted_too else child.objects
                below = set(manager.filter(**{f"{name}_id__in": ids}).values_list("pk", flat=True))
                new = below - found.get(child, set())
                if new:
                    found.setdefault(child, set()).update(new)
                    next_level.setdefault(child, set()).update(new)
        fresh = next_level
    return found


def counts(ids: Ids, root: Kept) -> dict[str, int]:
    """How many rows of each kind hang on the record (itself left out), by plural name."""
    return {
        str(model._meta.verbose_name_plural): len(own)
        for model, own in ids.items()
        if own and model is not type(root)
    }
