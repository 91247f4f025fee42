"""Draws the chart of an answer: SVG for a page, PNG for a room. Altair says what, vl-convert draws it in this process.

Importing this loads Altair and V8 (half a second, about 100 MB): only views and jobs that draw do, never the bot. Nothing
comes from the network, and all words on a chart are made by `points`, so no format or expression reads a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import altair as alt
import vl_convert
from altair.utils import schemapi

from nlquery.answers import Column
from nlquery.charts import points, scenes
from nlquery.charts.palettes import LIGHT, PAGE, Palette
from nlquery.charts.planning import Kind, Plan, tiles
from nlquery.charts.scenes import Scene

SCALE = 2
# Altair would check each part of each drawing against its schema: 25 ms of 40. The tests check the drawings instead.
schemapi.DEBUG_MODE = False
TITLE_SPACE = 38

Rows = Sequence[Mapping[str, Any]]


def svg(plan: Plan, rows: Rows, columns: Sequence[Column]) -> str:
    """The chart as an `<svg>` element to stand inside a page, with its title and text alternative in it.

    Empty when the plan is a table or names columns that the rows do not have.
    """
    scene = _scene(plan, rows, columns, PAGE)
    if scene is None:
        return ""
    drawn = vl_convert.vegalite_to_svg(_spec(scene, PAGE, top=0), allowed_base_urls=[])
    return _named(drawn, plan)


def png(plan: Plan, rows: Rows, columns: Sequence[Column]) -> bytes:
    """The chart as a light card with its title, at twice its size. Empty where `svg` is."""
    scene = _scene(plan, rows, columns, LIGHT)
    if scene is None:
        return b""
    titled = Scene(scene.width, scene.height, [*scene.layers, scenes.heading(plan.title, LIGHT)])
    spec = _spec(titled, LIGHT, top=TITLE_SPACE)
    return vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])


def _scene(plan: Plan, rows: Rows, columns: Sequence[Column], palette: Palette) -> Scene | None:
    by_key = {column.key: column for column in columns}
    x, y = by_key.get(plan.x), by_key.get(plan.y)
    if plan.type is Kind.TABLE or y is None:
        return None
    if plan.type is Kind.TILE:
        return scenes.tiles(tiles(rows, y, x), palette)
    if x is None:
        return None
    if plan.type is Kind.LINE:
        return scenes.line(points.series(rows, x, y, plan.currency), y, plan.currency, palette)
    if plan.type is Kind.TIMELINE:
        return scenes.timeline(points.moments(rows, x, columns), palette)
    most = points.MOST_STAGES if plan.type is Kind.PIPELINE else points.MOST_GROUPS
    bars = points.groups(rows, x, y, plan.currency, adds_up=plan.adds_up, most=most)
    return scenes.bars(bars.points, palette)


def _spec(scene: Scene, palette: Palette, *, top: int) -> dict[str, Any]:
    chart = alt.layer(*scene.layers).properties(
        width=scene.width,
        height=scene.height,
        # The scene leaves room for its words itself, so no font has to be measured.
        autosize="none",
        padding={"left": 12, "top": 12 + top, "right": 12, "bottom": 12} if top else 0,
        background=palette.paper,
    )
    # `aria`: the whole drawing has one text alternative; a name for each mark would only be noise.
    plain = chart.configure(font=palette.font, aria=False).configure_view(stroke=None)
    spec: dict[str, Any] = plain.to_dict(validate=False)
    return spec


def _named(drawn: str, plan: Plan) -> str:
    start = drawn.index("<svg")
    opening_ends = drawn.index(">", start)
    name, words = (escape(points.printable(one)) for one in (plan.title, plan.alt))
    attributes = drawn[start + 4 : opening_ends]
    return f'<svg role="img"{attributes}><title>{name}</title><desc>{words}</desc>{drawn[opening_ends + 1 :]}'
