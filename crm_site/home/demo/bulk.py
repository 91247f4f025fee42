"""Writing very many rows at once, the fast way of each database, without holding them all in memory.

PostgreSQL gets whole columns by `unnest` (COPY would be refused once row-level security stands); SQLite gets executemany.
Ids are taken from the database beforehand, so that rows can point at each other before they are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 5000
Row = Sequence[Any]


class Table:
    """One model's table: the columns that each row gives, and what all rows share."""

    def __init__(self, model: type[models.Model], columns: str, shared: Mapping[str, Any]) -> None:
        self.model = model
        given = columns.split()
        by_name: dict[str, models.Field[Any, Any]] = {
            field.attname: field for field in model._meta.concrete_fields
        }
        self.fields = [by_name[name] for name in given]
        self.constant = [
            (field, shared[field.attname] if field.attname in shared else field.get_default())
            for field in by_name.values()
            if field.attname not in given and not field.primary_key
        ]
        self.converters = [_converter(field) for field in self.fields]

    def take_ids(self, count: int) -> list[int]:
        """Ids that nobody else will get. On SQLite that holds because the transaction is its only writer."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [f'"{table}"', count],
                )
                return [row[0] for row in cursor.fetchall()]
            # AUTOINCREMENT remembers ids of rows that are gone; they must not come back.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            standing = cursor.fetchone()
            first = (standing[0] if standing else 0) + 1
        return list(range(first, first + count))

    def insert(self, rows: Iterable[Row]) -> int:
        """Store the rows, CHUNK at a time; returns how many."""
        stored = 0
        source = iter(rows)
        while chunk := list(islice(source, CHUNK)):
            if connection.vendor == "postgresql":
                self._by_columns(chunk)
            else:
                self._by_rows(chunk)
            stored += len(chunk)
        return stored

    def _by_rows(self, chunk: list[Row]) -> None:
        names = [_column(field) for field in self.fields] + [_column(field) for field, _ in self.constant]
        shared = tuple(_plain(field, value) for field, value in self.constant)
        slots = ", ".join(["%s"] * len(names))
        converters = [(at, convert) for at, convert in enumerate(self.converters) if convert]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._name()} ({_listed(names)}) VALUES ({slots})",
                [_converted(row, converters) + shared for row in chunk],
            )

    def _by_columns(self, chunk: list[Row]) -> None:
        names = [_column(field) for field in self.fields]
        fixed = [_column(field) for field, _ in self.constant]
        arrays = ", ".join(f"%s::{_array_type(field)}[]" for field in self.fields)
        values = "".join(f", %s::{_array_type(field)}" for field, _ in self.constant)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._name()} ({_listed(names + fixed)}) "
                f"SELECT {_listed(f'c{at}' for at in range(len(names)))}{values} "
                f"FROM unnest({arrays}) AS rows({_listed(f'c{at}' for at in range(len(names)))})",
                [
                    *(value for _, value in self.constant),
                    *(list(column) for column in zip(*chunk, strict=True)),
                ],
            )

    def _name(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)


def gather_statistics(tables: Iterable[type[models.Model]]) -> None:
    """Let the planner know what has come in.

    Without it PostgreSQL would plan for empty tables, and SQLite would take the index on the organization, which all
    rows share, where one on the investor or the person finds a few: forty times slower.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _column(field: models.Field[Any, Any]) -> str:
    return field.column or field.attname


def _array_type(field: models.Field[Any, Any]) -> str:
    kind = str(field.db_type(connection)).split("(")[0]
    return "text" if kind == "varchar" else kind


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value becomes what SQLite stores; None where it is that already."""
    if isinstance(field, models.DateTimeField):
        return lambda value: None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    if isinstance(field, models.TimeField):
        return lambda value: None if value is None else value.isoformat()
    if isinstance(field, models.DecimalField):
        return lambda value: None if value is None else str(value)
    return None


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    convert = _converter(field)
    return convert(value) if convert else value


def _converted(row: Row, converters: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    cells = list(row)
    for at, convert in converters:
        cells[at] = convert(cells[at])
    return tuple(cells)
