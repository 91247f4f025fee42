"""A query whose text is made once per process.

Django writes the SQL of a union of five tables anew for each page, which costs three times as much as the database takes to
answer it. The text does not depend on the investor, so it is written for a stand-in and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from crm_site.core import scope
from crm_site.investors.models import Investor

Make = Callable[[Investor], QuerySet[Any]]

#: Ids that no row has: where they stand in the parameters, those of the page are put.
_ORGANIZATION, _INVESTOR = -7_000_001, -7_000_002


@dataclass
class _StandIn:
    """An organization with the clock of the real one."""

    id: int
    name: str
    time_zone: str
    currency: str


@dataclass(frozen=True)
class _Prepared:
    sql: str
    params: tuple[Any, ...]
    convert: Callable[[list[Any]], Iterable[Any]]


def rows(make: Make, investor: Investor) -> Iterable[Any]:
    """The rows of `make(investor)`, in the organization in scope. make: a function of a module, the same each time."""
    tenant = scope.current()
    prepared = _prepare(make, connection.vendor, tenant.time_zone, tenant.currency)
    real = {_ORGANIZATION: scope.current_id(), _INVESTOR: investor.pk}
    params = [real.get(value, value) if type(value) is int else value for value in prepared.params]
    with connection.cursor() as cursor:
        cursor.execute(prepared.sql, params)
        return prepared.convert(cursor.fetchall())


@lru_cache(maxsize=64)
def _prepare(make: Make, vendor: str, time_zone: str, currency: str) -> _Prepared:
    with scope.scope(_StandIn(_ORGANIZATION, "", time_zone, currency)):
        compiler = make(Investor(pk=_INVESTOR)).query.get_compiler(using="default")
        sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])

    def convert(found: list[Any]) -> Iterable[Any]:
        return compiler.apply_converters(found, converters) if converters else found

    return _Prepared(sql, tuple(params), convert)
