"""The dates in the grid follow each communication and reminder, however it is written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_site.communications import services as communications
from crm_site.core import clock
from crm_site.investors.models import Investor
from crm_site.tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def investor(house) -> Investor:
    return cast.make_investor("Harbor Point")


def dates_of(investor: Investor) -> tuple[date | None, date | None]:
    investor.refresh_from_db()
    noted = investor.last_activity_on, investor.next_step_on
    communications.refresh_activity(actor=cast.system(), investor_ids=[investor.pk])
    investor.refresh_from_db()
    assert (investor.last_activity_on, investor.next_step_on) == noted
    return noted


def talk(investor: Investor, day: date, **values: str) -> None:
    communications.add_communication(
        actor=cast.system(), investor=investor, body="x", occurred_on=day, **values
    )


def remind(investor: Investor, day: date, member) -> None:
    communications.add_reminder(
        actor=cast.system(), investor=investor, text="x", due_on=day, assigned_to_id=member.user_id
    )


def test_the_latest_communication_counts_whatever_the_order_of_writing(investor: Investor) -> None:
    today = clock.today()
    talk(investor, today - timedelta(days=9))
    assert dates_of(investor)[0] == today - timedelta(days=9)
    talk(investor, today - timedelta(days=2))
    talk(investor, today - timedelta(days=5))
    assert dates_of(investor)[0] == today - timedelta(days=2)


def test_a_planned_communication_is_no_activity(investor: Investor) -> None:
    talk(investor, clock.today() + timedelta(days=3), state="planned")
    assert dates_of(investor)[0] is None


def test_the_earliest_open_reminder_is_the_next_step(investor: Investor, partner) -> None:
    today = clock.today()
    remind(investor, today + timedelta(days=8), partner)
    assert dates_of(investor)[1] == today + timedelta(days=8)
    remind(investor, today + timedelta(days=3), partner)
    remind(investor, today + timedelta(days=20), partner)
    assert dates_of(investor)[1] == today + timedelta(days=3)


def test_other_investors_keep_their_dates(investor: Investor, partner) -> None:
    other = cast.make_investor("Blue Heron")
    talk(investor, clock.today())
    remind(investor, clock.today(), partner)
    assert dates_of(other) == (None, None)
