"""What points at a record. Read from the models' own metadata, so that a table of tomorrow moves along by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import ManyToOneRel, UniqueConstraint

from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.core.models import Kept, Scoped
from crm_site.investors.models import Investor, InvestorGram

#: Pointers that stay with the absorbed record, each with its reason.
STAYS: dict[tuple[type[models.Model], str], str] = {
    (Investor, "merged_into"): "earlier merges redirect through it",
    (Contact, "merged_into"): "earlier merges redirect through it",
    (InvestorGram, "investor"): "an index over the record's own name, rebuilt by its noun",
    (ContactGram, "contact"): "an index over the record's own name, rebuilt by its noun",
}
#: Rows that say the same thing twice although no constraint forbids it: column names besides the pointer.
SAME: dict[type[models.Model], tuple[str, ...]] = {
    Affiliation: ("contact_id", "investor_id", "to_on"),
    ContactEmail: ("contact_id", "email"),
    ContactPhone: ("contact_id", "number"),
}


@dataclass(frozen=True)
class Pointer:
    """A foreign key to the merged table. twins: for each rule, the other columns by which two rows are the same."""

    model: type[Scoped]
    column: str
    twins: tuple[tuple[str, ...], ...]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def rows(self) -> Any:
        """Every row of the organization in scope, hidden ones too: they come along, and back."""
        manager: Any = self.model.all_objects if issubclass(self.model, Kept) else self.model.objects
        return manager.order_by("pk")


@lru_cache(maxsize=8)
def to(target: type[models.Model]) -> tuple[Pointer, ...]:
    """All pointers at a table that move when one of its rows is absorbed."""
    return tuple(_found(target))


def _found(target: type[models.Model]) -> Iterator[Pointer]:
    # Hidden ones too: most of our foreign keys have no reverse name.
    for relation in target._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or (relation.related_model, relation.field.name) in STAYS:
            continue
        model = relation.related_model
        if not issubclass(model, Scoped):
            raise TypeError(f"{model._meta.label} points at {target._meta.label} and has no organization.")
        column = relation.field.attname
        yield Pointer(model, column, _twins(model, column))


def _twins(model: type[Scoped], column: str) -> tuple[tuple[str, ...], ...]:
    rules = [_columns(model, rule) for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
    rules += [SAME[model]] if model in SAME else []
    return tuple(
        tuple(name for name in rule if name not in {column, "organization_id"})
        for rule in rules
        if column in rule
    )


def _columns(model: type[Scoped], rule: UniqueConstraint) -> tuple[str, ...]:
    return tuple(str(getattr(model._meta.get_field(name), "attname", name)) for name in rule.fields)
