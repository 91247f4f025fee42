"""The notes of one merge: each step is done and written down together."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from crm_site.audit import services as audit
from crm_site.core.actor import Actor
from crm_site.core.models import Kept, Scoped
from crm_site.relations.models import Merge, MergeMove, MoveKind

#: Columns that say only that something happened to the row.
_PASSING = frozenset({"version", "created_at", "updated_at"})


class Ledger:
    """Does steps on behalf of a merge and keeps them in order; `close` stores them."""

    def __init__(self, actor: Actor, merge: Merge) -> None:
        self.actor, self.merge = actor, merge
        self.moves: list[MergeMove] = []

    def close(self) -> None:
        MergeMove.objects.bulk_create(self.moves, batch_size=500)

    def move(self, model: type[Scoped], ids: Iterable[int], column: str, old: Any, new: Any) -> None:
        """Set a column that holds `old` to `new`."""
        wanted = list(ids)
        if not wanted:
            return
        _rows(model).filter(pk__in=wanted).update(**{column: new}, **_touch(model))
        self._note(MoveKind.MOVED, model, wanted, column, old, new)

    def hide(self, model: type[Kept], ids: Iterable[int]) -> None:
        """Soft-delete rows that have a twin."""
        wanted = list(ids)
        _rows(model).filter(pk__in=wanted).update(
            deleted_at=timezone.now(),
            deleted_by_id=self.actor.user_id,
            deletion_key=self.merge.key,
            **_touch(model),
        )
        self._note(MoveKind.HIDDEN, model, wanted)

    def drop(self, row: Scoped) -> None:
        """Remove a link that has a twin; its columns are kept in the note."""
        self._note(MoveKind.DROPPED, type(row), [row.pk], "", columns(row))
        _rows(type(row)).filter(pk=row.pk).delete()

    def lean(self, twin: Scoped) -> None:
        """Note the row that stands for a hidden or dropped one: an earlier merge that moved it cannot go before this."""
        self._note(MoveKind.LEANED, type(twin), [twin.pk])

    def made(self, row: Scoped) -> None:
        """Note a row that the merge made, with its values: taking it back must not take what somebody made of it."""
        self._note(MoveKind.MADE, type(row), [row.pk], new=columns(row, without=_PASSING))

    def _note(
        self,
        kind: MoveKind,
        model: type[models.Model],
        ids: Iterable[int],
        column: str = "",
        old: Any = None,
        new: Any = None,
    ) -> None:
        self.moves += [
            MergeMove(
                organization_id=self.actor.organization_id,
                merge=self.merge,
                kind=kind,
                label=model._meta.label_lower,
                row_id=row_id,
                column=column,
                old=audit.storable(old),
                new=audit.storable(new),
            )
            for row_id in ids
        ]


def columns(row: models.Model, *, without: Container[str] = ()) -> dict[str, Any]:
    """A row's columns and their values."""
    names = (one.attname for one in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in without}


def _rows(model: type[Scoped]) -> Any:
    return model.all_objects if issubclass(model, Kept) else model.objects


def _touch(model: type[models.Model]) -> dict[str, Any]:
    """An editor who saw the row before must be told that it changed."""
    return {"version": F("version") + 1, "updated_at": timezone.now()} if issubclass(model, Kept) else {}
