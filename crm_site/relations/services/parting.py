"""Taking a merge back, also after later edits: what was changed since stays, and is said."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import IntegrityError
from django.db.models import Exists, F, Field, ForeignKey, OuterRef, Q
from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, NotFound
from crm_site.core.models import Kept, Scoped
from crm_site.relations.merging import locking, nouns
from crm_site.relations.models import Merge, MergeMove, MoveKind
from crm_site.relations.services import distinguishing


class AlreadyUnmerged(Conflict):
    """The merge was taken back already."""

    code = "already_unmerged"


class LaterMergeFirst(Conflict):
    """A later merge builds on this one. `fields["merge"]`: its id, to be taken back first."""

    code = "later_merge_first"


class SurvivorDeleted(Conflict):
    """The survivor is in the trash, with rows that belong to both."""

    code = "survivor_deleted"


@unit.atomic
def unmerge(*, actor: Actor, merge: Merge) -> Merge:
    """Bring the absorbed record back with all that moved, and forbid the pair from then on.

    What somebody changed since stays where it is; `conflicts` of the result says each. Raises AlreadyUnmerged,
    LaterMergeFirst, SurvivorDeleted, NotFound when one of the two was purged.
    """
    permissions.require(actor, Verb.MERGE, on=[merge])
    model = nouns.model_of(merge.label)
    locking.one_at_a_time(actor.organization_id)
    _lock_moved(merge)
    pair = [merge.survivor_id, merge.absorbed_id]
    rows = model.all_objects.select_for_update(of=("self",)).filter(pk__in=pair).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise NotFound("One of the two was purged: there is nothing to take apart.")
    current = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    _refuse(current, found[merge.survivor_id])
    conflicts = _take_back(current)
    survivor = _fresh(model, merge.survivor_id)
    conflicts += nouns.put_back(actor=actor, row=survivor, fields=current.fields)
    _bring_back(model, merge.absorbed_id)
    absorbed = _fresh(model, merge.absorbed_id)
    Merge.objects.filter(pk=merge.pk).update(
        undone_at=timezone.now(), undone_by_id=actor.user_id, conflicts=conflicts
    )
    current.refresh_from_db()
    nouns.refresh(actor=actor, rows=[survivor, absorbed])
    distinguishing.keep_apart(actor=actor, first=survivor, second=absorbed)
    for subject, other in ((survivor, absorbed), (absorbed, survivor)):
        details = {"with": other.pk, "merge": current.pk, "conflicts": len(conflicts)}
        action = f"{subject._meta.model_name}.unmerged"
        audit.record(actor=actor, action=action, subject=subject, details=details)
    return current


@unit.atomic
def preview_unmerge(*, actor: Actor, merge: Merge) -> list[str]:
    """What would have to stay as it is if the merge were taken back now. Writes nothing: it is done and undone.

    Raises what `unmerge` raises.
    """
    try:
        with unit.savepoint():
            raise _Seen(unmerge(actor=actor, merge=merge).conflicts)
    except _Seen as seen:
        return seen.conflicts


class _Seen(Exception):
    """Rolls a preview back."""

    def __init__(self, conflicts: list[str]) -> None:
        super().__init__()
        self.conflicts = conflicts


def _lock_moved(merge: Merge) -> None:
    """What moved first, then the records: the order of whoever edits such a row."""
    moves = MergeMove.objects.filter(merge=merge)
    for label in moves.order_by("label").values_list("label", flat=True).distinct():
        ids = moves.filter(label=label).order_by().values("row_id")
        locking.hold(_rows(apps.get_model(label)).filter(pk__in=ids).order_by("pk"))


def _refuse(merge: Merge, survivor: Kept) -> None:
    if merge.undone_at is not None:
        raise AlreadyUnmerged("This merge was taken back already.")
    later = _later(merge)
    if later is not None:
        raise LaterMergeFirst(
            "A later merge builds on this one: take that back first.", fields={"merge": later.pk}
        )
    if survivor.is_deleted:
        raise SurvivorDeleted(f"{survivor} is in the trash: restore it first.")


def _later(merge: Merge) -> Merge | None:
    """The latest standing merge after this one that has the survivor in it, or has moved a row that this one moved."""
    after = Merge.objects.standing().filter(pk__gt=merge.pk)
    same = MergeMove.objects.filter(merge=merge, label=OuterRef("label"), row_id=OuterRef("row_id"))
    touching = MergeMove.objects.filter(merge__in=after.order_by()).filter(Exists(same.order_by()))
    ids = touching.order_by().values("merge_id")
    taking_part = Q(label=merge.label) & (Q(survivor_id=merge.survivor_id) | Q(absorbed_id=merge.survivor_id))
    return after.filter(taking_part | Q(pk__in=ids)).first()


def _fresh(model: type[Kept], record_id: int) -> Kept:
    return model.all_objects.get(pk=record_id)


def _take_back(merge: Merge) -> list[str]:
    moves = MergeMove.objects.filter(merge=merge).order_by("-id")
    said = (_UNDO[move.kind](_model(move), move, merge) for move in moves)
    return [conflict for conflict in said if conflict]


def _model(move: MergeMove) -> Any:
    return apps.get_model(move.label)


def _rows(model: type[Scoped]) -> Any:
    return model.all_objects if issubclass(model, Kept) else model.objects


def _touch(model: type[Scoped]) -> dict[str, Any]:
    return {"version": F("version") + 1, "updated_at": timezone.now()} if issubclass(model, Kept) else {}


def _unmove(model: type[Scoped], move: MergeMove, merge: Merge) -> str:
    column = _field(model, move.column)
    old, new = (_value(column, value) for value in (move.old, move.new))
    if not _is_there(column, old):
        return f"{_said(model, move)} stays: what it belonged to was purged"
    still = _rows(model).filter(pk=move.row_id, **{move.column: new})
    try:
        with unit.savepoint():
            if still.update(**{move.column: old}, **_touch(model)):
                return ""
    except IntegrityError:
        return f"{_said(model, move)} would stand twice now"
    return _changed_since(model, move)


def _unhide(model: type[Kept], move: MergeMove, merge: Merge) -> str:
    try:
        with unit.savepoint():
            hidden = model.all_objects.filter(pk=move.row_id, deletion_key=merge.key)
            if hidden.update(deleted_at=None, deleted_by_id=None, deletion_key=None, **_touch(model)):
                return ""
    except IntegrityError:
        return f"{_said(model, move)} has been replaced since"
    return _changed_since(model, move)


def _insert_again(model: type[Scoped], move: MergeMove, merge: Merge) -> str:
    values = {name: _value(_field(model, name), value) for name, value in dict(move.old or {}).items()}
    # Looked at beforehand: the database checks foreign keys only at the commit, and then all would be refused.
    if not all(_is_there(_field(model, name), value) for name, value in values.items()):
        return f"{_said(model, move)} was purged"
    try:
        with unit.savepoint():
            model.objects.bulk_create([model(**values)])
    except IntegrityError:
        return f"{_said(model, move)} is there again already"
    return ""


def _unmake(model: type[Kept], move: MergeMove, merge: Merge) -> str:
    made = {name: _value(_field(model, name), value) for name, value in dict(move.new or {}).items()}
    row = model.objects.filter(pk=move.row_id).first()
    if row is None:
        return ""
    if any(getattr(row, name) != value for name, value in made.items()):
        return _changed_since(model, move)
    model.objects.filter(pk=move.row_id).update(
        deleted_at=timezone.now(), deletion_key=merge.key, version=F("version") + 1
    )
    return ""


def _is_there(column: Field[Any, Any], value: Any) -> bool:
    """Whether a foreign key's target still exists, deleted or not. True for any other column."""
    target = column.related_model if isinstance(column, ForeignKey) else None
    if target is None or value is None:
        return True
    return bool(target._base_manager.filter(pk=value).exists())


def _changed_since(model: type[Scoped], move: MergeMove) -> str:
    is_there = _rows(model).filter(pk=move.row_id).exists()
    return f"{_said(model, move)} {'was changed since' if is_there else 'was purged'}"


def _bring_back(model: Any, record_id: int) -> None:
    model.all_objects.filter(pk=record_id).update(
        deleted_at=None, deleted_by_id=None, deletion_key=None, merged_into_id=None, version=F("version") + 1
    )


def _field(model: type[Scoped], column: str) -> Field[Any, Any]:
    return next(one for one in model._meta.concrete_fields if one.attname == column)


def _value(column: Field[Any, Any], stored: Any) -> Any:
    """What JSON kept, as the column's own type."""
    return None if stored is None else getattr(column, "target_field", column).to_python(stored)


def _said(model: type[Scoped], move: MergeMove) -> str:
    row = _rows(model).filter(pk=move.row_id).first()
    name = str(model._meta.verbose_name).capitalize()
    return f"{name} “{row}”" if row is not None else f"{name} {move.row_id}"


_UNDO: dict[str, Any] = {
    MoveKind.MOVED: _unmove,
    MoveKind.HIDDEN: _unhide,
    MoveKind.DROPPED: _insert_again,
    MoveKind.MADE: _unmake,
    MoveKind.LEANED: lambda model, move, merge: "",
}
