"""Which chart an answer gets, from the shape of its rows, and what it says to those who cannot see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nlquery.answers import Answer, Column, Type
from nlquery.charts import points

NUMBERS = frozenset({Type.INT, Type.MONEY, Type.PERCENT})
#: A tile shows one number, or one for each currency.
MOST_TILES = 3
STAGES = frozenset({"stage", "to_stage"})


class Kind(StrEnum):
    """How rows are shown."""

    TILE = "tile"
    BAR = "bar"
    LINE = "line"
    PIPELINE = "pipeline"
    TIMELINE = "timeline"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Plan:
    """x, y: keys of the columns along the axes, empty where there is none. alt: the chart in words.

    currency: of the amounts that are drawn. adds_up: groups may be summed as “other”.
    """

    type: Kind
    title: str
    x: str = ""
    y: str = ""
    alt: str = ""
    currency: str = ""
    adds_up: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it stands in an envelope; boards store it."""
        return {**dataclasses.asdict(self), "type": self.type.value}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Plan:
        """Back from JSON; what it does not know is left out, so that an older board still shows. Raises ValueError."""
        known = {one.name for one in dataclasses.fields(cls)}
        kept = {name: value for name, value in stored.items() if name in known}
        if "type" not in kept:
            raise ValueError("A chart has a type.")
        return cls(**{"title": "", **kept, "type": Kind(kept["type"])})

    @property
    def is_picture(self) -> bool:
        return self.type is not Kind.TABLE


def plan(answer: Answer) -> Plan | None:
    """Choose the chart; None when there is nothing to show.

    One number = tile; group and number = bar; time and number = line; stages = pipeline; time and text = timeline; else
    table.
    """
    if not answer.rows:
        return None
    by_key = {column.key: column for column in answer.columns}
    number = by_key.get(answer.number or "")
    group, time = by_key.get(answer.group or ""), by_key.get(answer.time or "")
    if number is not None and number.type not in NUMBERS:
        number = None
    chosen = _of_numbers(answer, number, group, time) if number else _of_moments(answer, time)
    return chosen or Plan(Kind.TABLE, "", alt=answer.summary)


def _of_numbers(answer: Answer, number: Column, group: Column | None, time: Column | None) -> Plan | None:
    code = points.currency(answer.rows) if number.type is Type.MONEY else ""
    if len(answer.rows) == 1 or not (group or time):
        return _tile(answer, number, group)
    if time is not None and group is None:
        return _line(answer, time, number, code)
    if group is None:
        return None
    return _bars(answer, group, number, code)


def _tile(answer: Answer, number: Column, group: Column | None) -> Plan | None:
    shown = tiles(answer.rows, number, group)
    if not shown or len(answer.rows) > MOST_TILES:
        return None
    said = "; ".join(f"{one.label}: {one.words}" for one in shown)
    return Plan(Kind.TILE, number.label, x=group.key if group else "", y=number.key, alt=f"{said}.")


def tiles(rows: Sequence[points.Row], number: Column, group: Column | None) -> list[points.Point]:
    """One number for each row, each in its own currency."""
    found = []
    for row in rows:
        value, code = points.amount(row.get(number.key)), str(row.get("currency") or "")
        if value is not None:
            name = points.label(row.get(group.key)) if group else number.label
            found.append(points.Point(name, float(value), points.words(value, number, code)))
    return found


def _line(answer: Answer, time: Column, number: Column, code: str) -> Plan | None:
    drawn = points.series(answer.rows, time, number, code)
    if len(drawn) < 2:
        return None
    per = f"per {time.label.lower()}" if time.key in points.PERIODS else "over time"
    title = _titled(f"{number.label} {per}", code)
    high = max(drawn, key=lambda one: one.value)
    alt = (
        f"Line chart. {title}: from {drawn[0].words} on {drawn[0].on} to {drawn[-1].words} on {drawn[-1].on}; "
        f"highest {high.words} on {high.on}.{_elsewhere(answer, number, code)}"
    )
    return Plan(Kind.LINE, title, time.key, number.key, alt, code)


def _bars(answer: Answer, group: Column, number: Column, code: str) -> Plan | None:
    is_stages = group.key in STAGES
    # The rows are not all there are, so neither would their sum be.
    adds_up = not answer.truncated and (number.type is Type.MONEY or number.key == "count")
    most = points.MOST_STAGES if is_stages else points.MOST_GROUPS
    bars = points.groups(answer.rows, group, number, code, adds_up=adds_up, most=most)
    if not bars.points:
        return None
    kind = Kind.PIPELINE if is_stages else Kind.BAR
    title = _titled(f"{number.label} by {group.label.lower()}", code)
    said = ", ".join(f"{one.label} {one.words}" for one in bars.points)
    left = f" {bars.left} more in the table." if bars.left else ""
    alt = f"{'Pipeline' if is_stages else 'Bar chart'}. {title}: {said}.{left}{_elsewhere(answer, number, code)}"
    return Plan(kind, title, group.key, number.key, alt, code, adds_up)


def _of_moments(answer: Answer, time: Column | None) -> Plan | None:
    told = next((one for one in answer.columns if one.type in {Type.LINK, Type.TEXT}), None)
    if time is None or told is None:
        return None
    shown = points.moments(answer.rows, time, answer.columns)
    if not shown:
        return None
    said = "; ".join(f"{one.on} {one.label}" for one in shown)
    more = len(answer.rows) - len(shown)
    left = f" {more} more in the table." if more else ""
    return Plan(Kind.TIMELINE, "Timeline", time.key, told.key, f"Timeline. {said}.{left}")


def _titled(title: str, code: str) -> str:
    return f"{title} ({code})" if code else title


def _elsewhere(answer: Answer, number: Column, code: str) -> str:
    """Which currencies the chart leaves to the table."""
    others = sorted({str(row.get("currency") or "") for row in answer.rows} - {code, ""})
    return (
        f" Amounts in {', '.join(others)} are in the table." if number.type is Type.MONEY and others else ""
    )
