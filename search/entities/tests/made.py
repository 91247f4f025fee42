"""Plain records for the tests of the rules, and the answer the rules give to two of them."""

from __future__ import annotations

from itertools import count
from typing import Any

from search.entities.finding import Finder
from search.entities.record import Record
from search.entities.tiers import Comparison

_number = count(1)


def firm(name: str, *others: str, **values: Any) -> Record:
    return Record(id=next(_number), kind="investor", names=(name, *others), **values)


def person(name: str, **values: Any) -> Record:
    return Record(id=next(_number), kind="contact", names=(name,), **values)


def compared(one: Record, other: Record, *among: Record) -> Comparison:
    """What the rules say of two records; `among`: others of the same set."""
    return Finder([one, other, *among]).compare(one.id, other.id)
