"""The locks of a merge and of taking it back, in one order with everybody else's."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from crm_site.accounts.models import Organization
from crm_site.core import living
from crm_site.core.errors import Invalid, NotFound
from crm_site.core.models import Kept
from crm_site.relations.merging import nouns, pointers


def both(first: Kept, second: Kept) -> tuple[Any, Any]:
    """Both as they are now, locked, and every row that hangs on them.

    What hangs on them first, as whoever edits such a row has it locked before the record; then the two in the order of
    their ids. Raises Invalid, NotFound.
    """
    nouns.of(first)
    if type(first) is not type(second) or first.pk == second.pk:
        raise Invalid("Choose two different records of one kind.")
    one_at_a_time(first.organization_id)
    pair = [first.pk, second.pk]
    for pointer in sorted(pointers.to(type(first)), key=lambda one: (one.label, one.column)):
        hold(pointer.rows().filter(**{f"{pointer.column}__in": pair}))
    roots = type(first).all_objects.select_for_update(of=("self",)).filter(pk__in=pair).order_by("pk")
    found = {row.pk: row for row in roots}
    if len(found) != 2:
        raise NotFound("There is no such record.")
    return found[first.pk], found[second.pk]


def refuse_gone(*rows: Kept) -> None:
    """Raises Merged, NotFound."""
    for row in rows:
        if row.is_deleted:
            raise living.gone(row)


def one_at_a_time(organization_id: int) -> None:
    """Let no other merge of the organization run until the end of the transaction.

    A merge gives its record rows that another one has not locked yet: two that share a record would wait in a ring.
    """
    list(Organization.objects.filter(pk=organization_id).select_for_update(no_key=True).values_list("pk"))


def hold(rows: QuerySet[Any]) -> None:
    """Lock rows in the order they come. SQLite has one writer at a time, so nothing is asked there."""
    if connection.features.has_select_for_update:
        list(rows.select_for_update(of=("self",)).values_list("pk"))
