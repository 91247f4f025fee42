"""Database triggers that note, in the writer's own transaction, which records the index must look at again.

They see what no call in a service could: bulk writes, raw SQL, data fixes, merges. A row that belongs to another record's
text (an alias, an e-mail address) makes that record dirty; a name that stands in the text of others makes those dirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm_site.core.triggers import Trigger, after_each_row

_INTO = "INSERT INTO search_dirty (organization_id, target_id, key, noted_at)"
_TARGETS = "search_target.state IN ('building', 'live')"


@dataclass(frozen=True)
class Watch:
    """A table, and the records that a change of its row makes dirty.

    keys: SQL of record keys, with `ROW` for the row's old or new state. columns: an update of others makes nothing dirty
    (empty: any does). through: for each, a table and a condition whose rows are dirty too when `renames` changes.
    """

    table: str
    keys: tuple[str, ...]
    columns: tuple[str, ...] = ()
    renames: tuple[str, ...] = ()
    through: tuple[tuple[str, str, str], ...] = ()


_PLACE = ("name", "graveyard_at", "assigned_to_id", "deleted_at")
WATCHED = (
    Watch(
        "investors_investor",
        ("'investor:' || ROW.id",),
        (
            *("name", "type", "assigned_to_id", "location", "website", "lead_source", "notes"),
            *("deleted_at", "graveyard_at", "graveyard_reason"),
        ),
        renames=_PLACE,
        through=(
            ("'contact:' || t.contact_id", "contacts_affiliation", "t.investor_id = ROW.id"),
            ("'communication:' || t.id", "communications_communication", "t.investor_id = ROW.id"),
            ("'fact:' || t.id", "communications_fact", "t.investor_id = ROW.id"),
            ("'opportunity:' || t.id", "investors_opportunity", "t.investor_id = ROW.id"),
        ),
    ),
    Watch("investors_investoralias", ("'investor:' || ROW.investor_id",)),
    Watch("investors_investortag", ("'investor:' || ROW.investor_id",)),
    Watch(
        "investors_tag",
        (),
        renames=("name", "deleted_at"),
        through=(("'investor:' || t.investor_id", "investors_investortag", "t.tag_id = ROW.id"),),
    ),
    Watch(
        "contacts_contact",
        ("'contact:' || ROW.id",),
        ("name", "linkedin", "notes", "deleted_at"),
        renames=("name", "deleted_at"),
        through=(
            (
                "'communication:' || t.communication_id",
                "communications_communicationcontact",
                "t.contact_id = ROW.id",
            ),
        ),
    ),
    Watch("contacts_contactemail", ("'contact:' || ROW.contact_id",)),
    Watch("contacts_contactphone", ("'contact:' || ROW.contact_id",)),
    Watch("contacts_affiliation", ("'contact:' || ROW.contact_id",)),
    Watch("communications_communication", ("'communication:' || ROW.id",)),
    Watch("communications_communicationcontact", ("'communication:' || ROW.communication_id",)),
    Watch("communications_fact", ("'fact:' || ROW.id",)),
    Watch(
        "investors_opportunity",
        ("'opportunity:' || ROW.id",),
    ),
    Watch(
        "investors_stage",
        (),
        renames=("label",),
        through=(("'opportunity:' || t.id", "investors_opportunity", "t.stage_id = ROW.id"),),
    ),
    Watch(
        "investors_fund",
        ("'fund:' || ROW.id",),
        renames=("name", "currency", "deleted_at"),
        through=(("'opportunity:' || t.id", "investors_opportunity", "t.fund_id = ROW.id"),),
    ),
)


def make(watches: Iterable[Watch] = WATCHED) -> list[Trigger]:
    """The triggers of all watched tables, for both databases."""
    return [trigger for watch in watches for trigger in _of(watch)]


def _of(watch: Watch) -> Iterator[Trigger]:
    name = f"search_{watch.table}"
    if watch.keys:
        yield _trigger(f"{name}_insert", watch, "INSERT", _own(watch, "NEW"))
        yield _trigger(f"{name}_delete", watch, "DELETE", _own(watch, "OLD"))
        update = f"UPDATE OF {', '.join(watch.columns)}" if watch.columns else "UPDATE"
        yield _trigger(f"{name}_update", watch, update, [*_own(watch, "NEW"), *_left(watch)])
    if watch.through:
        renamed = f"UPDATE OF {', '.join(watch.renames)}"
        yield _trigger(f"{name}_rename", watch, renamed, _others(watch))


def _own(watch: Watch, state: str) -> list[str]:
    return [
        f"{_INTO} SELECT {state}.organization_id, search_target.id, {key.replace('ROW', state)}, "
        f"CURRENT_TIMESTAMP FROM search_target WHERE {_TARGETS};"
        for key in watch.keys
    ]


def _left(watch: Watch) -> list[str]:
    """A row that moved from one record to another changes the one it left, too."""
    moved = [key for key in watch.keys if not key.endswith("ROW.id")]
    return [
        statement.removesuffix(";") + f" AND {key.replace('ROW', 'OLD')} <> {key.replace('ROW', 'NEW')};"
        for key, statement in zip(moved, _own(watch, "OLD"), strict=False)
    ]


def _others(watch: Watch) -> list[str]:
    return [
        f"{_INTO} SELECT t.organization_id, search_target.id, {key}, CURRENT_TIMESTAMP FROM {table} t, search_target "
        f"WHERE {condition.replace('ROW', 'NEW')} AND {_TARGETS};"
        for key, table, condition in watch.through
    ]


def _trigger(name: str, watch: Watch, event: str, statements: list[str]) -> Trigger:
    body = " ".join(dict.fromkeys(statements))
    return after_each_row(name, watch.table, event, sqlite=body, postgresql=body)


TRIGGERS = make()
