"""The pictures themselves: bars, a line, a list of moments, numbers. Each leaves room for its words.

Positions are pixels, worked out here, and every word is a text mark. So all renderers agree, and a drawing looks the same
whatever fonts a machine has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import altair as alt

from nlquery.answers import Column
from nlquery.charts import points
from nlquery.charts.palettes import Palette
from nlquery.charts.points import Instant, Moment, Point

WIDTH = 480
#: Left of bars: their names. Right of them: their numbers.
NAMES, NUMBERS = 158, 66
BAR, STEP = 18, 27
LINE_HEIGHT, LINE_LEFT, LINE_RIGHT, LINE_TOP, LINE_BOTTOM = 230, 58, 16, 10, 30
MOST_DOTS = 40
MOST_DATES = 5
SIZE, SMALL = 14, 13

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Scene:
    """width, height: in pixels. layers: what is drawn, the first one lowest."""

    width: int
    height: int
    layers: list[Any]


def heading(title: str, palette: Palette) -> Any:
    """The title above a picture that stands alone."""
    return _words([{"x": 0, "y": -22, "text": title}], palette.ink, size=17, weight="bold")


def bars(shown: Sequence[Point], palette: Palette) -> Scene | None:
    """Horizontal bars in the order given, each with its name on the left and its number at its end."""
    if not shown:
        return None
    low = min(0.0, *(point.value for point in shown))
    high = max(0.0, *(point.value for point in shown))
    if low == high:
        high = 1.0
    room = WIDTH - NAMES - NUMBERS

    def across(value: float) -> float:
        return NAMES + room * (value - low) / (high - low)

    rects, numbers, names = [], [], []
    for at, point in enumerate(shown):
        middle = at * STEP + STEP / 2
        ends = sorted((across(0.0), across(point.value)))
        # A small amount beside a large one is still something.
        far = max(ends[1], ends[0] + 1.5) if point.value else ends[1]
        rects.append(
            {
                "x": ends[0],
                "x2": far,
                "y": middle - BAR / 2,
                "y2": middle + BAR / 2,
                "fill": palette.tone(point.tone),
            }
        )
        numbers.append({"x": far + 6, "y": middle, "text": point.words})
        names.append({"x": NAMES - 10, "y": middle, "text": points.fit(point.label, points.LABEL_EMS)})
    axis = [{"x": across(0.0), "x2": across(0.0), "y": 0, "y2": len(shown) * STEP}]
    layers = [
        _rects(rects),
        _rules(axis, palette.line),
        _words(names, palette.ink, align="right"),
        _words(numbers, palette.muted),
    ]
    return Scene(WIDTH, len(shown) * STEP, layers)


def line(shown: Sequence[Instant], number: Column, code: str, palette: Palette) -> Scene | None:
    """Values over time above an axis of dates; the scale begins at nought."""
    if len(shown) < 2:
        return None
    ticks = _ticks(min(one.value for one in shown), max(one.value for one in shown))
    first, last = shown[0].on.toordinal(), shown[-1].on.toordinal()
    room, tall = WIDTH - LINE_LEFT - LINE_RIGHT, LINE_HEIGHT - LINE_TOP - LINE_BOTTOM

    def across(on: date) -> float:
        return LINE_LEFT + room * (on.toordinal() - first) / max(last - first, 1)

    def up(value: float) -> float:
        return LINE_TOP + tall * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))

    path = [{"x": across(one.on), "y": up(one.value), "order": at} for at, one in enumerate(shown)]
    grid = [{"x": LINE_LEFT, "x2": WIDTH - LINE_RIGHT, "y": up(tick), "y2": up(tick)} for tick in ticks]
    scale = [
        {"x": LINE_LEFT - 8, "y": up(tick), "text": points.words(Decimal(repr(tick)), number, code)}
        for tick in ticks
    ]
    layers = [
        _rules(grid, palette.line),
        _path(path, palette.accent),
        _words(scale, palette.muted, align="right", size=SMALL),
        *_dates(shown, across, palette),
    ]
    if len(shown) <= MOST_DOTS:
        layers.append(_dots(path, palette.accent, size=36))
    return Scene(WIDTH, LINE_HEIGHT, layers)


def timeline(shown: Sequence[Moment], palette: Palette) -> Scene | None:
    """Dates down the left, a dot for each, and what it was."""
    if not shown:
        return None
    left = 108
    rows = [at * STEP + STEP / 2 for at in range(len(shown))]
    dates = [{"x": left - 14, "y": y, "text": _day(one.on)} for y, one in zip(rows, shown, strict=True)]
    told = [
        {"x": left + 14, "y": y, "text": points.fit(one.label, points.MOMENT_EMS)}
        for y, one in zip(rows, shown, strict=True)
    ]
    layers = [
        _rules([{"x": left, "x2": left, "y": rows[0], "y2": rows[-1]}], palette.line),
        _dots([{"x": left, "y": y} for y in rows], palette.accent, size=60),
        _words(dates, palette.muted, align="right", size=SMALL),
        _words(told, palette.ink),
    ]
    return Scene(WIDTH, len(shown) * STEP, layers)


def tiles(shown: Sequence[Point], palette: Palette) -> Scene | None:
    """Big numbers, one under the other, each with its name."""
    if not shown:
        return None
    tall = 78
    values = [{"x": 0, "y": at * tall + 26, "text": one.words} for at, one in enumerate(shown)]
    names = [{"x": 1, "y": at * tall + 60, "text": one.label} for at, one in enumerate(shown)]
    layers = [
        _words(values, palette.accent, size=42, weight="bold"),
        _words(names, palette.muted),
    ]
    return Scene(WIDTH, len(shown) * tall - 4, layers)


def _dates(shown: Sequence[Instant], across: Any, palette: Palette) -> list[Any]:
    """A few dates under the line: the first and the last, and some between, each at a point of it."""
    count = min(MOST_DATES, len(shown))
    places = sorted({round(at * (len(shown) - 1) / (count - 1)) for at in range(count)})
    y = LINE_HEIGHT - LINE_BOTTOM / 2 + 4
    marks = [{"x": across(shown[at].on), "y": y, "text": _day(shown[at].on, shown)} for at in places]
    ends: dict[Align, Any] = {"left": marks[:1], "center": marks[1:-1], "right": marks[-1:]}
    return [
        _words(some, palette.muted, align=align, size=SMALL, dx=-6 if align == "left" else 0)
        for align, some in ends.items()
        if some
    ]


def _day(on: date, shown: Sequence[Instant] = ()) -> str:
    """`3 Nov 2026`; beside others of the same year, `3 Nov`."""
    same = bool(shown) and shown[0].on.year == shown[-1].on.year
    return f"{on.day} {on:%b}" if same else f"{on.day} {on:%b %Y}"


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers from nought (or below, for what is negative) to above the highest."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(at * step, 6) for at in range(first, last + 1)]


def _at(name: str) -> Any:
    """A pixel position, taken from the data as it is."""
    return {"field": name, "type": "quantitative", "scale": None, "axis": None}


def _data(values: Sequence[dict[str, Any]]) -> Any:
    return alt.InlineData(values=list(values))


def _rects(values: Sequence[dict[str, Any]]) -> Any:
    fill: dict[str, Any] = {"field": "fill", "type": "nominal", "scale": None, "legend": None}
    chart = alt.Chart(_data(values)).mark_rect(cornerRadius=2)
    return chart.encode(x=alt.X(**_at("x")), x2="x2", y=alt.Y(**_at("y")), y2="y2", fill=alt.Fill(**fill))


def _rules(values: Sequence[dict[str, Any]], colour: str) -> Any:
    chart = alt.Chart(_data(values)).mark_rule(color=colour, strokeWidth=1)
    return chart.encode(x=alt.X(**_at("x")), x2="x2", y=alt.Y(**_at("y")), y2="y2")


def _path(values: Sequence[dict[str, Any]], colour: str) -> Any:
    chart = alt.Chart(_data(values)).mark_line(color=colour, strokeWidth=2.5, strokeJoin="round")
    return chart.encode(x=alt.X(**_at("x")), y=alt.Y(**_at("y")), order="order:Q")


def _dots(values: Sequence[dict[str, Any]], colour: str, *, size: int) -> Any:
    chart = alt.Chart(_data(values)).mark_circle(color=colour, size=size, opacity=1)
    return chart.encode(x=alt.X(**_at("x")), y=alt.Y(**_at("y")))


def _words(
    values: Sequence[dict[str, Any]],
    colour: str,
    *,
    align: Align = "left",
    size: int = SIZE,
    weight: Literal["normal", "bold"] = "normal",
    dx: int = 0,
) -> Any:
    drawn = [{**one, "text": points.printable(one["text"])} for one in values]
    chart = alt.Chart(_data(drawn)).mark_text(
        color=colour, align=align, baseline="middle", fontSize=size, fontWeight=weight, dx=dx
    )
    return chart.encode(x=alt.X(**_at("x")), y=alt.Y(**_at("y")), text=alt.Text(field="text", type="nominal"))
