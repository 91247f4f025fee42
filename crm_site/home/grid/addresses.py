"""Addresses that stand in each cell. Working one out for every cell anew would cost more than all else in it."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse


def investor(investor_id: int) -> str:
    """The investor's page."""
    return _investor().format(investor_id)


def cell(investor_id: int, key: str, fund: int | None) -> str:
    """Where a cell is edited. fund: the one the grid is narrowed down to, whose amounts its cells show."""
    return _cell().format(investor_id, key) + (f"?fund={fund}" if fund else "")


def move(opportunity_id: int) -> str:
    """Where a card of the board is moved."""
    return _move().format(opportunity_id)


@lru_cache(maxsize=1)
def _move() -> str:
    return reverse("home:move", args=[1]).replace("1", "{}")


@lru_cache(maxsize=1)
def _investor() -> str:
    return reverse("investors:detail", args=[1]).replace("1", "{}")


@lru_cache(maxsize=1)
def _cell() -> str:
    return reverse("home:cell", args=[1, "key"]).replace("1/key", "{}/{}")
