"""Everything that points at one record goes to the other; what both have already becomes one, level by level."""

from __future__ import annotations

from typing import Any

from crm_site.contacts.models import Affiliation, ContactEmail, ContactPhone
from crm_site.core.models import Kept, Scoped
from crm_site.investors.models import Opportunity
from crm_site.relations.merging import pointers
from crm_site.relations.merging.ledger import Ledger
from crm_site.relations.merging.pointers import Pointer

#: Tables in which one row per person is the main one.
_MAIN_PER_PERSON: frozenset[type[Scoped]] = frozenset({Affiliation, ContactEmail, ContactPhone})


def absorb(ledger: Ledger, survivor: Scoped, absorbed: Scoped) -> dict[str, int]:
    """Re-point all rows from `absorbed` to `survivor`; return how many of each kind moved, by plural name."""
    moved: dict[str, int] = {}
    for pointer in pointers.to(type(absorbed)):
        count = _take_over(ledger, pointer, survivor, absorbed)
        if count:
            name = str(pointer.model._meta.verbose_name_plural)
            moved[name] = moved.get(name, 0) + count
    return moved


def _take_over(ledger: Ledger, pointer: Pointer, survivor: Scoped, absorbed: Scoped) -> int:
    rows = list(pointer.rows().filter(**{pointer.column: absorbed.pk}))
    if not rows:
        return 0
    standing = [row for row in pointer.rows().filter(**{pointer.column: survivor.pk}) if not _is_hidden(row)]
    moving = []
    for row in rows:
        twin = None if _is_hidden(row) else _twin(pointer, row, standing)
        if twin is None:
            moving.append(row)
        else:
            _settle(ledger, twin, row, standing)
    _keep_one_main(ledger, pointer, moving, standing)
    ledger.move(pointer.model, [row.pk for row in moving], pointer.column, absorbed.pk, survivor.pk)
    return len(moving)


def _twin(pointer: Pointer, row: Scoped, standing: list[Any]) -> Any | None:
    for columns in pointer.twins:
        wanted = [getattr(row, name) for name in columns]
        for other in standing:
            if [getattr(other, name) for name in columns] == wanted:
                return other
    return None


def _settle(ledger: Ledger, twin: Any, row: Any, standing: list[Any]) -> None:
    """Two rows say the same: what hangs on the one goes to the other, which gets the best of both."""
    ledger.lean(twin)
    if not isinstance(row, Kept):
        ledger.drop(row)
        return
    if isinstance(row, Opportunity):
        _better_deal(ledger, twin, row)
    if getattr(row, "is_primary", False) and not any(one.is_primary for one in standing):
        ledger.move(type(twin), [twin.pk], "is_primary", False, True)
        twin.is_primary = True
    absorb(ledger, twin, row)
    ledger.hide(type(row), [row.pk])


def _better_deal(ledger: Ledger, twin: Opportunity, row: Opportunity) -> None:
    """The larger amounts (the same interest was noted twice, not two interests), the later stage, and what is missing."""
    better: dict[str, Any] = {}
    for name in ("expected", "committed"):
        ours, theirs = getattr(twin, name), getattr(row, name)
        if theirs is not None and (ours is None or theirs > ours):
            better[name] = theirs
    for name in ("probability", "close_on", "committed_on"):
        if getattr(twin, name) is None and getattr(row, name) is not None:
            better[name] = getattr(row, name)
    if row.stage_since and (twin.stage_since is None or row.stage_since > twin.stage_since):
        better |= {"stage_id": row.stage_id, "stage_since": row.stage_since}
    for name, new in better.items():
        old = getattr(twin, name)
        if old != new:
            ledger.move(Opportunity, [twin.pk], name, old, new)
            setattr(twin, name, new)


def _keep_one_main(ledger: Ledger, pointer: Pointer, moving: list[Any], standing: list[Any]) -> None:
    if pointer.model not in _MAIN_PER_PERSON or pointer.column != "contact_id":
        return
    if any(row.is_primary for row in standing):
        second = [row.pk for row in moving if row.is_primary and not _is_hidden(row)]
        ledger.move(pointer.model, second, "is_primary", True, False)


def _is_hidden(row: Any) -> bool:
    return getattr(row, "deleted_at", None) is not None
