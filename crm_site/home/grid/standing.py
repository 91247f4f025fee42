"""What stands in a cell: the value one would type, and which record and version it belongs to."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.relations.vocabulary import Vocabulary


class Standing(NamedTuple):
    """version: None when there is no one record yet. subject: the record when it is not the investor's own row."""

    value: str
    version: int | None
    subject: str = ""


def of(row: Row, column: Column, words: Vocabulary, fund: int | None) -> Standing:
    """What the cell holds now. fund: the one the grid is narrowed down to."""
    name, about = column.field, column.fund or fund
    if name == "stage":
        return _stage(row, words, about)
    if name in {"committed", "expected"}:
        deal = row.deal_with_amounts(about)
        if deal is None:
            return Standing("", None, "deals")
        return Standing(plain(getattr(deal, name)), deal.version, f"deal:{deal.id}")
    if name in {"step", "due"}:
        return _step(row, name)
    if name == "owner":
        return Standing(str(row.owner_id or ""), row.version)
    return Standing(str(getattr(row, name)), row.version)


def plain(value: Decimal | None) -> str:
    """An amount as one types it: no cents that are nought."""
    return "" if value is None else f"{value:f}".removesuffix(".00")


def _stage(row: Row, words: Vocabulary, fund: int | None) -> Standing:
    deal = row.deal_in(fund)
    if deal is not None:
        stage = words.stage_by_id.get(deal.stage_id)
        return Standing(stage.key if stage else "", deal.version, f"deal:{deal.id}")
    # Of several opportunities the investor's own stage is shown; the editor asks which one is to move.
    stage = words.stage_by_id.get(row.stage_id) if row.stage_id and fund is None else None
    return Standing(stage.key if stage else "", None, "deals")


def _step(row: Row, name: str) -> Standing:
    if row.step is None:
        return Standing("", None, "step")
    value = row.step.text if name == "step" else row.step.due_on.isoformat()
    return Standing(value, row.step.version, f"step:{row.step.id}")
