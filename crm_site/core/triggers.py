"""Our database triggers: one list in code, dropped before migrations and put back after them.

SQLite drops a table's triggers when a migration remakes the table, and a migration fails while another table's trigger
reads it; so `migrate` takes all of ours down first and puts all back at its end (the one use of the migrate signals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True)
class Trigger:
    """One trigger. sqlite: what follows CREATE TRIGGER name. postgresql: statements that make its function and itself.

    An empty text means that this database has no such event.
    """

    name: str
    table: str
    sqlite: str
    postgresql: str


def after_each_row(
    name: str, table: str, event: str, *, sqlite: str, postgresql: str, when: str = ""
) -> Trigger:
    """A trigger that runs statements after an event (`INSERT`, `UPDATE OF name`) of each row of a table.

    sqlite, postgresql: the statements, with NEW and OLD, each ended by a semicolon. when: a condition for both, without its
    word; `IS DISTINCT FROM` becomes what SQLite calls it.
    """
    condition = f"WHEN ({when}) " if when else ""
    head = f"AFTER {event} ON {table} FOR EACH ROW {condition}"
    return Trigger(
        name=name,
        table=table,
        sqlite=f"{head.replace('IS DISTINCT FROM', 'IS NOT')}BEGIN {sqlite} END",
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {name}_note() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {postgresql} RETURN NULL; END $$; "
            f"CREATE TRIGGER {name} {head}EXECUTE FUNCTION {name}_note();"
        ),
    )


_registered: dict[str, Trigger] = {}


def register(*triggers: Trigger) -> None:
    """Add to the list. Called once by each app that has triggers, from its AppConfig."""
    _registered.update({trigger.name: trigger for trigger in triggers})


def connect(sender: AppConfig) -> None:
    """Follow `migrate`. One app is named as sender, so that it happens once at its start and once at its end."""
    pre_migrate.connect(_drop_before, sender=sender, dispatch_uid="drop our triggers")
    post_migrate.connect(_install_after, sender=sender, dispatch_uid="install our triggers")
    checks.register(missing_triggers, checks.Tags.database)


def drop_all(connection: BaseDatabaseWrapper) -> None:
    """Take down all of ours that stand."""
    with connection.cursor() as cursor:
        for trigger in _standing(connection):
            suffix = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{suffix}")


def install_all(connection: BaseDatabaseWrapper) -> None:
    """Put up all of ours whose table exists."""
    tables = set(connection.introspection.table_names())
    standing = {trigger.name for trigger in _standing(connection)}
    with connection.cursor() as cursor:
        for trigger in _registered.values():
            if _belongs(trigger, connection, tables) and trigger.name not in standing:
                cursor.execute(_statement(trigger, connection.vendor))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of those that should stand and do not."""
    tables = set(connection.introspection.table_names())
    standing = {trigger.name for trigger in _standing(connection)}
    return [
        name
        for name, trigger in _registered.items()
        if _belongs(trigger, connection, tables) and name not in standing
    ]


def missing_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """System check: name any trigger that is gone.

    Not on a database that is behind: `migrate` makes this check before it puts new ones up, and would bar its own way.
    """
    return [
        checks.Error(
            f"The database trigger {name} is missing.", hint="Run manage.py migrate.", id="roundtable.E001"
        )
        for alias in databases or []
        for name in ([] if _is_behind(connections[alias]) else missing(connections[alias]))
    ]


def _is_behind(connection: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _belongs(trigger: Trigger, connection: BaseDatabaseWrapper, tables: set[str]) -> bool:
    return trigger.table in tables and bool(getattr(trigger, connection.vendor))


def _standing(connection: BaseDatabaseWrapper) -> list[Trigger]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = {row[0] for row in cursor.fetchall()}
    return [trigger for trigger in _registered.values() if trigger.name in names]


def _statement(trigger: Trigger, vendor: str) -> str:
    return trigger.postgresql if vendor == "postgresql" else f"CREATE TRIGGER {trigger.name} {trigger.sqlite}"


def _drop_before(*, using: str, **_: Any) -> None:
    drop_all(connections[using])


def _install_after(*, using: str, **_: Any) -> None:
    install_all(connections[using])
