"""Which chart an answer gets, what is drawn of it, and that nothing in its rows can break out of the drawing."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import date
from typing import Any
from xml.etree import ElementTree

import hypothesis
import pytest
from hypothesis import strategies as st
from PIL import Image

from nlquery.answers import Answer, Column, Type
from nlquery.charts import drawing, planning, points
from nlquery.charts.planning import Kind, Plan

NAME, COUNT = Column("name", "Name"), Column("count", "Investors", Type.INT)
SUM = Column("sum", "Committed", Type.MONEY)
STAGE, WEEK = Column("stage", "Stage"), Column("week", "Week", Type.DATE)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]><!--",
    "${datum.x} {{7*7}}",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "\x00\x1b\ud800\uffff\x7f\x85",
    "\u202egnp.exe",
]


def answer(columns: list[Column], rows: list[dict[str, Any]], **shape: Any) -> Answer:
    return Answer(columns, rows, "A sentence.", **shape)


def groups(*values: Any, number: Column = COUNT, currency: str = "USD", **shape: Any) -> Answer:
    rows = [
        {"name": f"Group {at}", number.key: value, "currency": currency} for at, value in enumerate(values)
    ]
    return answer([NAME, number], rows, group="name", number=number.key, **shape)


def planned(given: Answer) -> Plan:
    found = planning.plan(given)
    assert found is not None
    return found


def words_on(drawn: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def svg(given: Answer) -> str:
    return drawing.svg(planned(given), given.rows, given.columns)


LINE = answer(
    [WEEK, COUNT],
    [{"week": "2026-03-02", "count": 4}, {"week": "2026-03-16", "count": 2}],
    time="week",
    number="count",
)
STAGES = answer(
    [STAGE, SUM],
    [
        {"stage": "Meeting", "sum": "10.00", "currency": "USD", "category": "open"},
        {"stage": "Closed", "sum": "30.00", "currency": "USD", "category": "won"},
        {"stage": "Passed", "sum": "20.00", "currency": "USD", "category": "lost"},
    ],
    group="stage",
    number="sum",
)
MOMENTS = answer(
    [WEEK, NAME, COUNT], [{"week": "2026-03-02", "name": "Blue Heron", "count": 1}] * 2, time="week"
)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (answer([COUNT], [{"count": 7}], number="count"), Kind.TILE),
        (groups(7), Kind.TILE),
        (groups(7, 8), Kind.BAR),
        (LINE, Kind.LINE),
        (STAGES, Kind.PIPELINE),
        (MOMENTS, Kind.TIMELINE),
        (answer([NAME, COUNT], [{"name": "a", "count": 1}] * 2), Kind.TABLE),
        (answer([NAME], [{"name": "a"}] * 2, group="name", number="name"), Kind.TABLE),
        (answer([COUNT], [{"count": 1}] * 5, number="count"), Kind.TABLE),
        (answer([COUNT], [{"count": None}], number="count"), Kind.TABLE),
        (groups(None, None), Kind.TABLE),
        (answer([WEEK, COUNT], [{"week": "soon", "count": 1}] * 3, time="week", number="count"), Kind.TABLE),
        (answer([WEEK, NAME], [{"week": None, "name": "a"}], time="week"), Kind.TABLE),
    ],
)
def test_the_shape_of_the_rows_decides(given: Answer, kind: Kind) -> None:
    assert planned(given).type == kind
    assert bool(svg(given)) is (kind is not Kind.TABLE)
    assert bool(drawing.png(planned(given), given.rows, given.columns)) is (kind is not Kind.TABLE)


def test_no_rows_no_chart() -> None:
    assert planning.plan(answer([NAME, COUNT], [], group="name", number="count")) is None


@pytest.mark.parametrize("given", [groups(1, 2), LINE, STAGES, MOMENTS, groups(7)])
def test_a_plan_comes_back_from_json(given: Answer) -> None:
    plan = planned(given)
    stored = plan.as_json()
    assert Plan.read({**stored, "something": "newer"}) == plan
    assert {"type", "title", "x", "y", "alt"} <= stored.keys() and type(stored["type"]) is str
    with pytest.raises(ValueError, match="chart"):
        Plan.read({"title": "x"})
    with pytest.raises(ValueError, match="pie"):
        Plan.read({"type": "pie"})


def test_bars_keep_the_order_and_tell_their_numbers() -> None:
    given = groups("2500000", "960000.50", "0", number=SUM)
    assert planned(given).alt == (
        "Bar chart. Committed by name (USD): Group 0 $2.5m, Group 1 $960k, Group 2 $0."
    )
    assert set(words_on(svg(given))) == {"Group 0", "Group 1", "Group 2", "$2.5m", "$960k", "$0"}


def test_many_groups_become_a_dozen_and_other() -> None:
    given = groups(*range(1, 21))
    bars = points.groups(given.rows, NAME, COUNT, "", adds_up=True)
    assert [point.value for point in bars.points] == [*range(9, 21), sum(range(1, 9))]
    assert (bars.points[-1].label, bars.points[-1].tone) == ("other (8)", "rest")
    assert "other (8)" in words_on(svg(given)) and "Group 0" not in words_on(svg(given))


@pytest.mark.parametrize(
    "given",
    [
        groups(*range(20), truncated=True),
        groups(*range(20), number=Column("days", "Days", Type.INT)),
        groups(*range(20), number=Column("percent", "Raised", Type.PERCENT)),
    ],
)
def test_what_does_not_add_up_is_not_added(given: Answer) -> None:
    assert "8 more in the table." in planned(given).alt and "other" not in planned(given).alt


def test_currencies_are_never_on_one_axis() -> None:
    rows = [
        {"name": "a", "sum": "5", "currency": "EUR"},
        {"name": "b", "sum": "6", "currency": "USD"},
        {"name": "c", "sum": "7", "currency": "EUR"},
    ]
    given = answer([NAME, SUM], rows, group="name", number="sum")
    plan = planned(given)
    assert (plan.currency, plan.title) == ("EUR", "Committed by name (EUR)")
    assert plan.alt.endswith("a €5, c €7. Amounts in USD are in the table.")
    assert set(words_on(svg(given))) == {"a", "c", "€5", "€7"}


def test_a_tile_for_each_currency() -> None:
    rows = [{"sum": "12500000", "currency": "USD"}, {"sum": "3000", "currency": "EUR"}]
    given = answer([SUM], rows, number="sum")
    assert set(words_on(svg(given))) == {"$12.5m", "€3k", "Committed"}


def test_a_week_without_any_counts_as_nought() -> None:
    shown = points.series(LINE.rows, WEEK, COUNT, "")
    assert [(one.on, one.value) for one in shown] == [
        (date(2026, 3, 2), 4),
        (date(2026, 3, 9), 0),
        (date(2026, 3, 16), 2),
    ]
    assert planned(LINE).alt == (
        "Line chart. Investors per week: from 4 on 2026-03-02 to 2 on 2026-03-16; highest 4 on 2026-03-02."
    )


def test_months_follow_each_other_over_the_new_year() -> None:
    month = Column("month", "Month", Type.DATE)
    rows = [{"month": "2025-11-01", "count": 1}, {"month": "2026-02-01", "count": 1}]
    assert [one.on.month for one in points.series(rows, month, COUNT, "")] == [11, 12, 1, 2]


@pytest.mark.parametrize(
    "values", [(0, 0), (-5, 5), (-5, -1), (10**17, 1), (0.0001, 3), (None, 4), ("NaN", 2), ("Infinity", 2)]
)
@pytest.mark.parametrize("number", [COUNT, SUM])
def test_noughts_negatives_giants_and_gaps_are_drawn(values: tuple, number: Column) -> None:
    for given in (
        groups(*values, 1, number=number),
        answer(
            [WEEK, number],
            [
                {"week": f"2026-03-0{at + 1}", number.key: value, "currency": ""}
                for at, value in enumerate((*values, 1))
            ],
            time="week",
            number=number.key,
        ),
    ):
        drawn = svg(given)
        ElementTree.fromstring(drawn)
        assert "NaN" not in drawn and "Infinity" not in drawn and "null" not in drawn


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_only_text(label: str) -> None:
    rows = [
        {"week": "2026-03-02", "name": label, "stage": label, "count": 3, "sum": "3", "currency": label[:3]}
    ] * 2
    for given in (
        answer([NAME, COUNT], rows, group="name", number="count"),
        answer([STAGE, SUM], rows, group="stage", number="sum"),
        answer([WEEK, NAME], rows, time="week"),
        answer(
            [Column("name", label), Column("count", label, Type.INT)], rows[:1], group="name", number="count"
        ),
    ):
        drawn = svg(given)
        root = ElementTree.fromstring(drawn)
        assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "g",
            "path",
            "text",
            "line",
        }
        for node in root.iter():
            assert not [key for key in node.attrib if key.lower().startswith("on") or "href" in key]
        assert Image.open(io.BytesIO(drawing.png(planned(given), given.rows, given.columns))).width > 900


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(label=st.text(min_size=1, max_size=12))
def test_no_name_ends_the_process(label: str) -> None:
    """The drawing library aborts on what XML cannot hold, and takes the web server's process along."""
    rows = [{"name": label, "count": at} for at in (1, 2)]
    ElementTree.fromstring(svg(answer([NAME, COUNT], rows, group="name", number="count")))


def test_long_names_are_cut_on_the_picture_and_whole_in_its_words() -> None:
    long = "Wolverhampton Municipal Retirement Fund"
    given = answer(
        [NAME, COUNT],
        [{"name": long, "count": 1}, {"name": "W" * 300, "count": 2}],
        group="name",
        number="count",
    )
    assert long in planned(given).alt
    shown = words_on(svg(given))
    assert all(len(word) < 30 for word in shown) and any(
        word.startswith("Wolver") and word.endswith("…") for word in shown
    )


def test_two_groups_of_one_name_keep_a_bar_each() -> None:
    given = answer(
        [NAME, COUNT],
        [{"name": "Harbor", "count": 1}, {"name": "Harbor", "count": 2}],
        group="name",
        number="count",
    )
    assert words_on(svg(given)).count("Harbor") == 2


def test_the_drawing_takes_the_colours_of_its_page_and_says_what_it_is() -> None:
    drawn = svg(STAGES)
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "Committed by stage (USD)" and "Meeting $10, Closed $30, Passed $20" in (
        root[1].text or ""
    )
    assert "var(--accent, " in drawn and "var(--good, " in drawn and "var(--danger, " in drawn
    assert (
        "<style" not in drawn
        and "style=" not in drawn
        and "http" not in drawn.replace("http://www.w3.org/", "")
    )


def test_the_picture_for_a_room_is_a_light_card_with_its_title() -> None:
    picture = Image.open(io.BytesIO(drawing.png(planned(STAGES), STAGES.rows, STAGES.columns)))
    assert picture.format == "PNG"
    assert picture.size == (2 * (480 + 24), 2 * (3 * 27 + 24 + drawing.TITLE_SPACE))
    assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_a_stored_chart_whose_columns_are_gone_draws_nothing() -> None:
    plan = Plan(Kind.BAR, "Old", x="gone", y="count")
    assert drawing.svg(plan, [{"count": 1}], [COUNT]) == ""
    assert drawing.png(Plan(Kind.TILE, "Old", y="gone"), [], []) == b""


def test_planning_does_not_load_what_draws() -> None:
    """The bot plans nothing and draws nothing; a page that only plans must not pay half a second for V8 either."""
    code = "import sys; from nlquery.charts import planning; print('altair' in sys.modules or 'vl_convert' in sys.modules)"
    setup = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'crm_site.settings'; django.setup(); "
    done = subprocess.run([sys.executable, "-c", setup + code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_label_fits_in_the_broadest_plain_font():
    # In DejaVu Sans this is 9.7 ems wide; two letters more and the first is cut off at the edge of the picture.
    assert points.fit("Cedar Bluff University Endowment", points.LABEL_EMS) == "Cedar Bluff Unive…"
