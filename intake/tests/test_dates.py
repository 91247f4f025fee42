from __future__ import annotations

from datetime import date

import pytest

from intake.parser import dates
from intake.tests.reading import ANCHOR, FRIDAY, read


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("next Tuesday", date(2026, 11, 24)),
        ("on Monday", date(2026, 11, 23)),
        ("by Friday", date(2026, 11, 27)),
        ("tomorrow 3pm", date(2026, 11, 21)),
        ("in two weeks", date(2026, 12, 4)),
        ("by end of month", date(2026, 11, 30)),
        ("EOM", date(2026, 11, 30)),
        ("eow", FRIDAY),
        ("COB", FRIDAY),
        ("by EOD tomorrow", date(2026, 11, 21)),
        ("next week", date(2026, 11, 23)),
        ("next month", date(2026, 12, 1)),
        ("Dec 3", date(2026, 12, 3)),
        ("3rd of December", date(2026, 12, 3)),
        ("January 5, 2027", date(2027, 1, 5)),
        ("2026-12-24", date(2026, 12, 24)),
        ("12/1", date(2026, 12, 1)),
        ("in Q1", date(2027, 1, 1)),
        ("end of January", date(2027, 1, 31)),
        ("the 15th", date(2026, 12, 15)),
        ("a week from Tuesday", date(2026, 12, 1)),
        ("in 3 working days", date(2026, 11, 25)),
    ],
)
def test_dates_to_come(text, day):
    assert [m.future for m in dates.find(text, ANCHOR)] == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("yesterday", date(2026, 11, 19)),
        ("on Monday", date(2026, 11, 16)),
        ("last Thursday", date(2026, 11, 19)),
        ("two days ago", date(2026, 11, 18)),
        ("this morning", FRIDAY),
        ("Nov 3", date(2026, 11, 3)),
        ("11/3", date(2026, 11, 3)),
        ("a week ago", date(2026, 11, 13)),
        ("last night", date(2026, 11, 19)),
        ("the day before yesterday", date(2026, 11, 18)),
        ("Wed, 18 Nov 2026", date(2026, 11, 18)),
    ],
)
def test_dates_that_lie_behind(text, day):
    assert [m.past for m in dates.find(text, ANCHOR)] == [day]


def test_numeric_dates_follow_the_house():
    assert dates.parse("5/3/2026", dates.Anchor(FRIDAY, month_first=True), past=True) == date(2026, 5, 3)
    assert dates.parse("5/3/2026", dates.Anchor(FRIDAY, month_first=False), past=True) == date(2026, 3, 5)


def test_a_recent_reading_of_a_bare_numeric_date_wins_for_the_past():
    assert dates.find("on 3/11", ANCHOR)[0].past == date(2026, 11, 3)


@pytest.mark.parametrize(
    "text", ["2-3m", "24/7", "Fund II", "they may sign", "we sat down", "50/50 split", "the second fund"]
)
def test_what_is_no_date(text):
    assert dates.find(text, ANCHOR) == []


@pytest.mark.parametrize(
    "text",
    [
        "Met Cedar Row on Dec 24",
        "Met Cedar Row tomorrow",
        "Called Cedar Row on 12/12/2030",
        "Met Cedar Row. IC meets Dec 10",
    ],
)
def test_what_happened_is_never_in_the_future(text):
    assert read(text).occurred_on <= FRIDAY


@pytest.mark.parametrize("text", ["02/30/2026", "Feb 30", "99/99", "in 999 years", "0000-00-00"])
def test_impossible_dates_do_not_raise(text):
    dates.find(text, ANCHOR)
    dates.parse(text, ANCHOR)


def test_the_zone_of_the_organization_decides_the_day():
    message = read("Met Cedar Row today")
    assert message.occurred_on == FRIDAY
