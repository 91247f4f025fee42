"""Removing rows for good, in an order that the database's foreign keys accept."""

from __future__ import annotations

from django.apps import apps
from django.db import models, transaction
from django.db.models.fields.files import FieldFile

from crm_site.communications.models import Attachment
from crm_site.core.models import Kept, Scoped
from crm_site.relations import hanging
from crm_site.relations.models import Deletion


def model_of(deletion: Deletion) -> type[Kept]:
    """The table that the deletion is about."""
    model = apps.get_model(deletion.label)
    if not issubclass(model, Kept):
        raise LookupError(f"{deletion.label} cannot be deleted, so it cannot come back.")
    return model


def remove(ids: hanging.Ids) -> None:
    """Remove the rows, what links to them, and their files. The caller holds the transaction and has checked the right."""
    _drop_files(ids.get(Attachment, set()))
    for model, own in ids.items():
        _cut_links(model, own)
    for model in _children_first(ids):
        model.all_objects.filter(pk__in=ids[model]).purge()


def _cut_links(model: type[Kept], own: set[int]) -> None:
    """Rows that cannot be restored by themselves go along; a nullable pointer of a row that stays is emptied."""
    # Hidden ones too: most of our foreign keys have no reverse name.
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or not issubclass(relation.related_model, Scoped):
            continue
        other, name = relation.related_model, relation.field.name
        pointing = other._base_manager.filter(**{f"{name}_id__in": own})
        if issubclass(other, Kept) and name in other.HANGS_ON:
            continue
        if relation.field.null:
            pointing.update(**{name: None})
        else:
            pointing._raw_delete(pointing.db)


def _children_first(ids: hanging.Ids) -> list[type[Kept]]:
    """Tables ordered so that no row is removed before those that point at it."""
    left = [model for model, own in ids.items() if own]
    ordered: list[type[Kept]] = []
    while left:
        free = [
            model
            for model in left
            if not any(_points_at(other, model) for other in left if other is not model)
        ]
        if not free:
            raise RuntimeError("Tables hang on each other in a circle: a model declares HANGS_ON wrongly.")
        ordered += free
        left = [model for model in left if model not in free]
    return ordered


def _points_at(child: type[Kept], parent: type[Kept]) -> bool:
    return any(
        isinstance(field, models.ForeignKey) and field.related_model is parent for field in child._meta.fields
    )


def _drop_files(attachment_ids: set[int]) -> None:
    files: list[FieldFile] = [row.file for row in Attachment.all_objects.filter(pk__in=attachment_ids)]
    for file in files:
        # Only after the commit: a rollback must find the files still there. A crash in between leaves a stray file.
        transaction.on_commit(lambda file=file: file.storage.delete(file.name))  # type: ignore[misc]
