"""All rows of the organization in scope, to compare before and after."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from crm_site.core.models import Scoped
from crm_site.relations.models import MergeMove, MoveKind

#: What a merge and its undoing add on purpose, and columns that say only that something happened.
_LEFT_OUT = {"audit", "work"}
_OWN = {"relations.Merge", "relations.MergeMove", "relations.DistinctPair"}
_PASSING = {"version", "updated_at"}
#: Rebuilt from names, so numbered anew.
_REBUILT = {"investorgram", "contactgram"}


def everything() -> dict[str, list[str]]:
    """Table → its rows, without what merges made and taking them back has hidden."""
    made = MergeMove.objects.filter(kind=MoveKind.MADE).order_by()
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if not issubclass(model, Scoped) or model._meta.app_label in _LEFT_OUT or model._meta.label in _OWN:
            continue
        names = [one.attname for one in model._meta.concrete_fields if one.attname not in _PASSING]
        if model._meta.model_name in _REBUILT:
            names.remove("id")
        manager: Any = getattr(model, "all_objects", model.objects)
        rows = manager.order_by()
        if hasattr(model, "all_objects"):
            own = made.filter(label=model._meta.label_lower).values("row_id")
            rows = rows.exclude(pk__in=own, deleted_at__isnull=False)
        found[model._meta.label] = sorted(map(repr, rows.values_list(*names)))
    return found


def difference(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, tuple[Any, Any]]:
    """Table → rows that are only before, rows that are only after."""
    return {
        name: (sorted(set(before[name]) - set(after[name])), sorted(set(after[name]) - set(before[name])))
        for name in before
        if before[name] != after[name]
    }
