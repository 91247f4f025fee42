"""Deleting hides a record with all that hangs on it; restoring brings the same rows back; purging removes them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Model
from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications import services as communications
from crm_site.core import living, text, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, NotFound
from crm_site.core.models import Kept
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Stage
from crm_site.relations import hanging, purging
from crm_site.relations.merging import absorbed
from crm_site.relations.models import Deletion

_VERBS: dict[type[Model], Verb] = {Stage: Verb.MANAGE_STAGES, Fund: Verb.MANAGE_FUNDS}


class RestoreClash(Conflict):
    """Something living has taken the record's place (its name, or the same investor and fund)."""

    code = "restore_clash"


class ParentDeleted(Conflict):
    """What the record belongs to is deleted itself and must come back first."""

    code = "parent_deleted"


class NotInTrash(NotFound):
    """It was restored or purged already."""

    code = "not_in_trash"


@unit.atomic
def delete_record(*, actor: Actor, row: Kept, version: int | None = None) -> Deletion:
    """Hide a record and what hangs on it. The deletion says what went, and `restore_deletion` takes it back."""
    permissions.require(actor, _VERBS.get(type(row), Verb.DELETE), on=[row])
    _refuse_gone(row, version)
    if isinstance(row, Stage):
        _refuse_stage_in_use(row)
    ids = hanging.gather(row)
    deletion = Deletion.objects.create(
        organization_id=actor.organization_id,
        key=uuid.uuid4(),
        label=row._meta.label_lower,
        subject_id=row.pk,
        title=text.shorten(str(row), 200),
        counts=hanging.counts(ids, row),
        deleted_at=timezone.now(),
        deleted_by_id=actor.user_id,
    )
    touched = _investors_of(ids)
    # The record itself last: whoever edits a row under it locks that first and the record after it, and so does a merge.
    for model in sorted(ids, key=lambda one: (one is type(row), one._meta.label)):
        hidden = model.objects.filter(pk__in=ids[model]).update(
            deleted_at=deletion.deleted_at,
            deleted_by_id=actor.user_id,
            deletion_key=deletion.key,
            version=F("version") + 1,
        )
    if not hidden:
        # Deleted or merged by somebody else since we looked: what hung on it is theirs by now.
        raise living.gone(row)
    row.refresh_from_db()
    audit.record(
        actor=actor,
        action=f"{row._meta.model_name}.deleted",
        subject=row,
        parent=_parent(row),
        details={"with": deletion.counts} if deletion.counts else None,
    )
    _refresh(actor, touched)
    return deletion


@unit.atomic
def restore_deletion(*, actor: Actor, deletion: Deletion) -> Kept:
    """Bring a record back with all that went with it. Raises NotInTrash, ParentDeleted, RestoreClash."""
    model = purging.model_of(deletion)
    permissions.require(actor, Verb.RESTORE, on=[deletion])
    if model in _VERBS:
        permissions.require(actor, _VERBS[model])
    root = model.all_objects.filter(pk=deletion.subject_id, deletion_key=deletion.key).first()
    open_ones = Deletion.objects.filter(pk=deletion.pk, restored_at__isnull=True, purged_at__isnull=True)
    if root is None or not open_ones.update(restored_at=timezone.now()):
        raise NotInTrash("It is not in the trash any more.")
    _refuse_orphan(root)
    ids: hanging.Ids = {}
    try:
        with unit.savepoint():
            for kind in hanging.all_kept():
                gone = kind.all_objects.filter(deletion_key=deletion.key)
                ids[kind] = set(gone.values_list("pk", flat=True))
                if ids[kind]:
                    gone.update(
                        deleted_at=None, deleted_by_id=None, deletion_key=None, version=F("version") + 1
                    )
    except IntegrityError:
        raise RestoreClash(
            f"{deletion.title} cannot come back: something else has taken its place. Rename or delete that first."
        ) from None
    root.refresh_from_db()
    audit.record(
        actor=actor,
        action=f"{root._meta.model_name}.restored",
        subject=root,
        parent=_parent(root),
        details={"with": deletion.counts} if deletion.counts else None,
    )
    _refresh(actor, _investors_of(ids))
    return root


@unit.atomic
def restore_record(*, actor: Actor, row: Kept) -> Kept:
    """Bring back a record by itself being named, not its deletion: for doors that know only the row.

    Raises what `restore_deletion` does, and Merged for one that was not deleted but merged into another.
    """
    permissions.require(actor, Verb.RESTORE, on=[row])
    deletion = Deletion.objects.in_trash().filter(key=row.deletion_key).first() if row.deletion_key else None
    if deletion is None:
        survivor = living.survivor_of(type(row), row.pk)
        if survivor is not None:
            said = f"It was merged into {survivor}: take the merge back instead."
            raise living.Merged(said, fields={"merged_into": survivor.pk})
        raise NotInTrash("It is not in the trash.")
    if (deletion.label, deletion.subject_id) != (row._meta.label_lower, row.pk):
        raise ParentDeleted(f"It went together with {deletion.title}: restore that.")
    return restore_deletion(actor=actor, deletion=deletion)


@unit.atomic
def purge(*, actor: Actor, deletion: Deletion) -> dict[str, int]:
    """Remove a deleted record and all that hangs on it for good, with its files and the keys to its audit entries.

    What was merged into it goes too: it is the same person or firm, and nothing else leads there any more.
    """
    permissions.require(actor, Verb.PURGE, on=[deletion])
    model = purging.model_of(deletion)
    root = model.all_objects.filter(pk=deletion.subject_id, deletion_key=deletion.key).first()
    if root is None or deletion.purged_at is not None or deletion.restored_at is not None:
        raise NotInTrash("It is not in the trash any more.")
    if isinstance(root, Stage) and root.has_history():
        raise investors.StageInUse("The history of opportunities names this stage, so it stays in the trash.")
    ids = absorbed.gather(root)
    removed = hanging.counts(ids, root)
    audit.record(
        actor=actor,
        action=f"{root._meta.model_name}.purged",
        subject=root,
        details={"with": removed} if removed else None,
    )
    touched = _investors_of(ids)
    purging.remove(ids)
    absorbed.forget(actor=actor, label=root._meta.label_lower, record_ids=ids[type(root)])
    for kind, own in ids.items():
        audit.erase(actor=actor, label=kind._meta.label_lower, subject_ids=own)
    Deletion.objects.filter(pk=deletion.pk).update(purged_at=timezone.now(), title="(purged)")
    _refresh(actor, touched)
    return removed


def _refuse_gone(row: Kept, version: int | None) -> None:
    current = type(row).objects.filter(pk=row.pk).first()
    if current is None:
        raise living.gone(row)
    if version is not None and current.version != version:
        raise Conflict("Somebody changed this meanwhile. Look at it once more before deleting it.")


def _refuse_stage_in_use(stage: Stage) -> None:
    if stage.opportunities.exists():
        raise investors.StageInUse(f"Opportunities stand in {stage.label}: move them first.")
    if Stage.objects.count() == 1:
        raise investors.StageInUse("The last stage has to stay.")


def _refuse_orphan(root: Kept) -> None:
    for name in root.HANGS_ON:
        above = getattr(root, name)
        if above is not None and above.deleted_at is not None:
            raise ParentDeleted(f"It belongs to {above}, which is deleted: restore that first.")


def _parent(row: Kept) -> Model | None:
    return getattr(row, row.HANGS_ON[0]) if row.HANGS_ON else None


def _investors_of(ids: hanging.Ids) -> set[int]:
    """The investors whose derived columns depend on these rows."""
    found: set[int] = set(ids.get(Investor, set()))
    for model, own in ids.items():
        if own and any(name == "investor" for name in model.HANGS_ON):
            manager: Any = model.all_objects
            rows = manager.filter(pk__in=own, investor__isnull=False)
            found |= set(rows.order_by().values_list("investor_id", flat=True).distinct())
    return found


def _refresh(actor: Actor, investor_ids: set[int]) -> None:
    if investor_ids:
        investors.refresh_pipeline(actor=actor, investor_ids=investor_ids)
        communications.refresh_activity(actor=actor, investor_ids=investor_ids)
