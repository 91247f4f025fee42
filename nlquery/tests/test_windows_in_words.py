"""Stretches of time, sums and numbers as people say them."""

from __future__ import annotations

from datetime import date

import pytest

from nlquery import windows
from nlquery.translate import amounts, numbers, windows_in_words
from nlquery.translate.reading import read

TODAY = date(2026, 6, 17)  # a Wednesday


def said(text, today=TODAY):
    (found,) = windows_in_words.find(read(text).line, today)
    return found


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("yesterday", "yesterday"), ("last month", "last_month"), ("in the last month", "last_30_days"), ("this past month", "last_30_days"),
        ("past two weeks", "last_14_days"), ("the last couple of weeks", "last_14_days"), ("a fortnight", "last_14_days"),
        ("last 90 days", "last_90_days"), ("over the past six months", "last_180_days"), ("past 12 months", "last_365_days"),
        ("since August", "2025-08-01.."), ("since April", "2026-04-01.."), ("since last month", "2026-05-01.."),
        ("in March", "2026-03-01..2026-03-31"), ("in October", "2025-10-01..2025-10-31"), ("in October 2024", "2024-10-01..2024-10-31"),
        ("Q1", "2026-01-01..2026-03-31"), ("Q3", "2025-07-01..2025-09-30"), ("Q3 2024", "2024-07-01..2024-09-30"),
        ("year to date", "this_year"), ("so far this quarter", "this_quarter"), ("in 2025", "2025-01-01..2025-12-31"),
        ("between Jan 1 and Feb 15", "2026-01-01..2026-02-15"), ("from 1 March to 10 April", "2026-03-01..2026-04-10"),
        ("before May", "..2026-04-30"), ("on Monday", "2026-06-15..2026-06-15"), ("last Friday", "2026-06-12..2026-06-12"),
        ("since Monday", "2026-06-15.."), ("March 3rd", "2026-03-03..2026-03-03"), ("2026-01-01..2026-02-01", "2026-01-01..2026-02-01"),
        ("last_45_days", "last_45_days"), ("recently", "last_30_days"), ("the second half of 2025", "2025-07-01..2025-12-31"),
        ("the 3rd to the 9th of March", "2026-03-03..2026-03-09"), ("between 1 and 10 June", "2026-06-01..2026-06-10"), ("May 4 to 10", "2026-05-04..2026-05-10"),
        ("the month before last", "2026-04-01..2026-04-30"), ("the week of 4 May", "2026-05-04..2026-05-10"), ("the final quarter of 2024", "2024-10-01..2024-12-31"),
        ("the back half of last year", "2025-07-01..2025-12-31"), ("over the last quarter", "last_90_days"), ("in calendar 2024", "2024-01-01..2024-12-31"),
        ("October 2025 through February 2026", "2025-10-01..2026-02-28"), ("from the start of April until now", "2026-04-01..2026-06-17"), ("Monday, June 8", "2026-06-08..2026-06-08"),
        ("since 3 weeks ago", "last_21_days"), ("the day before yesterday", "2026-06-15..2026-06-15"), ("since the start of the year", "this_year"),
    ],
)  # fmt: skip
def test_looking_back(text, past):
    assert said(text).past == past
    windows.parse(past)


@pytest.mark.parametrize(
    ("text", "future"),
    [
        ("tomorrow", "tomorrow"), ("next month", "next_month"), ("in the next month", "next_30_days"), ("next 10 days", "next_10_days"),
        ("coming week", "next_7_days"), ("by Friday", "2026-06-17..2026-06-19"), ("in March", "2027-03-01..2027-03-31"),
        ("before the end of the year", "2026-06-17..2026-12-31"), ("by the end of this month", "2026-06-17..2026-06-30"),
        ("next Tuesday", "2026-06-23..2026-06-23"), ("on Wednesday", "2026-06-24..2026-06-24"), ("Q3", "2026-07-01..2026-09-30"),
        ("within 45 days", "next_45_days"), ("upcoming", "next_30_days"), ("this weekend", "2026-06-20..2026-06-21"),
    ],
)  # fmt: skip
def test_looking_ahead(text, future):
    assert said(text).future == future
    windows.parse(future)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("in 60 days", 60), ("for over three months", 90), ("in six weeks", 42), ("since Monday", 2), ("this month", 16), ("for a quarter", 90),
        ("half a year", 180), ("for more than ninety days", 90), ("since May 1", 47),
    ],
)  # fmt: skip
def test_silence_counts_days(text, days):
    assert said(text).days == days


@pytest.mark.parametrize(
    "text", ["on 31/31", "February 30", "last 0 days", "may", "march", "the second", "q5", "in 60"]
)
def test_what_is_no_time_is_none(text):
    assert not windows_in_words.find(read(text).line, TODAY)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
@pytest.mark.parametrize("text", ["since last month", "by the end of next quarter", "last March", "next February", "by year end", "before the end of this quarter", "between November and February"])  # fmt: skip
def test_the_edges_of_the_calendar_hold(text, today):
    found = said(text, today)
    windows.parse(found.past)
    windows.parse(found.future)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("over $2m", 2_000_000, None), ("between 1 and 5 million", 1_000_000, 5_000_000), ("at least 250k", 250_000, None),
        ("1-5m", 1_000_000, 5_000_000), ("under two million", None, 2_000_000), ("$500,000 or more", 500_000, None),
        ("> 1,000,000", 1_000_000, None), ("up to 750 thousand", None, 750_000), ("more than 2.5 million dollars", 2_500_000, None),
        ("between five hundred thousand and two million", 500_000, 2_000_000), ("5m+", 5_000_000, None),
    ],
)  # fmt: skip
def test_sums_are_limits(text, least, most):
    (found,) = amounts.find(read(text).line)
    assert (found.least, found.most) == (least, most)


@pytest.mark.parametrize("text", ["over 90 days", "in 2026", "top 5", "more than 20 calls"])
def test_what_is_no_money_is_no_sum(text):
    assert not amounts.find(read(text).line)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("twenty five", 25),
        ("a hundred and twenty", 120),
        ("two hundred", 200),
        ("a couple of", 2),
        ("several", 5),
        ("7", 7),
        ("x", None),
    ],
)
def test_numbers_in_words(word, value):
    assert numbers.value(word) == value
