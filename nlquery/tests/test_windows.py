"""Windows of time: which days each means, in which zone, and what is none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm_site.core import scope
from crm_site.tests import cast
from nlquery import windows
from nlquery.tests import world as worlds

WEDNESDAY = date(2026, 3, 18)


def days(text: str, today: date = WEDNESDAY) -> tuple[str, str]:
    span = windows.parse(text).span(today)
    return str(span.first), str(span.last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-03-18", "2026-03-18"),
        ("yesterday", "2026-03-17", "2026-03-17"),
        ("tomorrow", "2026-03-19", "2026-03-19"),
        ("this_week", "2026-03-16", "2026-03-22"),
        ("last_week", "2026-03-09", "2026-03-15"),
        ("next_week", "2026-03-23", "2026-03-29"),
        ("this_month", "2026-03-01", "2026-03-31"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("next_month", "2026-04-01", "2026-04-30"),
        ("this_quarter", "2026-01-01", "2026-03-31"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
        ("next_quarter", "2026-04-01", "2026-06-30"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_7_days", "2026-03-11", "2026-03-18"),
        ("next_1_days", "2026-03-18", "2026-03-19"),
        ("last_3650_days", "2016-03-20", "2026-03-18"),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31"),
        ("2026-01-01 .. 2026-01-01", "2026-01-01", "2026-01-01"),
        ("2026-01-01..", "2026-01-01", "None"),
        ("..2026-01-01", "None", "2026-01-01"),
        (" This_Week ", "2026-03-16", "2026-03-22"),
    ],
)
def test_a_window_means_these_days(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


def test_weeks_begin_on_monday_and_months_cross_the_year() -> None:
    assert days("this_week", date(2026, 3, 22)) == ("2026-03-16", "2026-03-22")
    assert days("this_week", date(2026, 3, 23)) == ("2026-03-23", "2026-03-29")
    assert days("last_month", date(2026, 1, 31)) == ("2025-12-01", "2025-12-31")
    assert days("next_month", date(2025, 12, 31)) == ("2026-01-01", "2026-01-31")
    assert days("next_quarter", date(2025, 12, 31)) == ("2026-01-01", "2026-03-31")
    assert days("last_month", date(2028, 3, 1)) == ("2028-02-01", "2028-02-29")


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "next_year", "last_0_days", "last_3651_days", "last_99999_days", "last_-1_days", "last_٧_days", "last_days",
        "2026-13-01..", "2026-02-29..", "2026-03-02..2026-03-01", "2026-03-01", "2026-3-1..", "20260301..20260302",
        "2026-03-01..2026-03-02..2026-03-03", "today; drop table", "a" * 2_000_000, "last_7_days\x00", "٢٠٢٦-٠١-٠١..",
        "2026-W01-1..", "\ud800",
    ],
)  # fmt: skip
def test_anything_else_is_no_window(text: str) -> None:
    with pytest.raises(windows.BadWindow):
        windows.parse(text)


@pytest.mark.parametrize(
    ("zone", "text", "start", "end"),
    [
        # New York: the clocks go forward on 8 March 2026 and back on 1 November.
        ("America/New_York", "2026-03-08..2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"),
        ("America/New_York", "2026-11-01..2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
        ("America/New_York", "this_month", "2026-03-01T05:00", "2026-04-01T04:00"),
        ("Asia/Kolkata", "2026-03-18..2026-03-18", "2026-03-17T18:30", "2026-03-18T18:30"),
        ("Pacific/Kiritimati", "today", "2026-03-17T10:00", "2026-03-18T10:00"),
    ],
)
def test_instants_run_from_local_midnight_to_local_midnight(
    db, zone: str, text: str, start: str, end: str
) -> None:
    with scope.scope(cast.make_organization(time_zone=zone, stages=False)):
        span = windows.parse(text).span(WEDNESDAY)
        assert span.start is not None and span.end is not None
        assert span.start.astimezone(UTC) == datetime.fromisoformat(start).replace(tzinfo=UTC)
        assert span.end.astimezone(UTC) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_ends_of_the_calendar_are_open_ends(house) -> None:
    span = windows.parse("0001-01-01..9999-12-31").span(WEDNESDAY)
    assert (span.start, span.end) == (None, None)
    assert str(span.first) == "0001-01-01"


def test_today_is_the_day_of_the_organization_not_of_utc(world) -> None:
    with worlds.at("2026-03-17T23:30"):
        assert world.names("investor_new", window="tomorrow") == ["Dune Lake Trust"]
        assert world.names("investor_new", window="today") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("this_week", "this week"),
        ("last_7_days", "in the last 7 days"),
        ("next_1_days", "in the next day"),
        ("2026-01-01..2026-03-31", "from 1 Jan 2026 to 31 Mar 2026"),
        ("2026-01-01..2026-01-01", "on 1 Jan 2026"),
        ("2026-01-01..", "since 1 Jan 2026"),
        ("..2026-01-01", "until 1 Jan 2026"),
    ],
)
def test_a_window_has_words_for_a_sentence(text: str, words: str) -> None:
    assert windows.parse(text).words == words
