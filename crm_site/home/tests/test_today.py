"""Today shows what is due, what waits and what happened, and lets a reminder be ticked or put off in place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.models import Membership
from crm_site.communications.choices import ReminderState
from crm_site.communications.models import Reminder
from crm_site.core import clock
from crm_site.tests import cast

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def desk(associate: Membership) -> Client:
    return cast.client_of(associate)


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def reminder(member: Membership, text: str, *, days: int = 0) -> Reminder:
    return cast.make_reminder(
        cast.make_investor(),
        text=text,
        due_on=clock.today() + timedelta(days=days),
        assigned_to_id=member.user_id,
    )


def test_due_reminders_stand_by_how_pressing_they_are(desk: Client, associate: Membership) -> None:
    reminder(associate, "Three ahead", days=3)
    reminder(associate, "Two behind", days=-2)
    reminder(associate, "Right now")
    reminder(associate, "far off", days=30)
    page = shown(desk)
    assert (
        page.index("Overdue") < page.index("Two behind") < page.index("Right now") < page.index("Three ahead")
    )
    assert "far off" not in page


def test_mine_comes_first_and_everyones_on_request(desk: Client, partner: Membership) -> None:
    reminder(partner, "for Petra")
    assert "for Petra" not in shown(desk)
    assert "for Petra" in shown(desk, "?whose=all")


def test_a_tick_closes_it_in_place_and_offers_undo(desk: Client, associate: Membership) -> None:
    row = reminder(associate, "Call Priya")
    answer = desk.post(
        f"/today/reminders/{row.pk}/done/", {"version": row.version}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert 'id="reminders"' in answer.content.decode()
    assert "Call Priya" not in answer.content.decode()
    assert Reminder.objects.get(pk=row.pk).state == ReminderState.DONE
    desk.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], {"next": "/"})
    assert Reminder.objects.get(pk=row.pk).state == ReminderState.OPEN


def test_a_tick_works_without_script(desk: Client, associate: Membership) -> None:
    row = reminder(associate, "Call Priya")
    answer = desk.post(f"/today/reminders/{row.pk}/done/", {"version": row.version})
    assert answer.status_code == 302
    assert "Undo" in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("days", "ahead"), [("1", 1), ("3", 3), ("7", 7)])
def test_snoozing_puts_it_off_from_today_and_undo_back(
    desk: Client, associate: Membership, days: str, ahead: int
) -> None:
    row = reminder(associate, "Call Priya", days=-5)
    answer = desk.post(f"/today/reminders/{row.pk}/snooze/", {"days": days}, headers={"HX-Request": "true"})
    assert Reminder.objects.get(pk=row.pk).due_on == clock.today() + timedelta(days=ahead)
    desk.post(json.loads(answer["HX-Trigger"])["toast"]["undo"])
    assert Reminder.objects.get(pk=row.pk).due_on == clock.today() - timedelta(days=5)


@pytest.mark.parametrize("days", ["", "0", "9999", "x"])
def test_only_the_offered_delays_are_taken(desk: Client, associate: Membership, days: str) -> None:
    row = reminder(associate, "Call Priya")
    answer = desk.post(f"/today/reminders/{row.pk}/snooze/", {"days": days}, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert Reminder.objects.get(pk=row.pk).due_on == clock.today()


def test_a_tick_on_a_reminder_that_moved_on_is_refused(desk: Client, associate: Membership) -> None:
    row = reminder(associate, "Call Priya")
    Reminder.objects.filter(pk=row.pk).update(version=row.version + 1)
    answer = desk.post(
        f"/today/reminders/{row.pk}/done/", {"version": row.version}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert Reminder.objects.get(pk=row.pk).state == ReminderState.OPEN


def test_viewer_reads_but_does_not_tick(viewer: Membership) -> None:
    row = reminder(viewer, "Call Priya")
    client = cast.client_of(viewer)
    assert "/done/" not in shown(client)
    assert client.post(f"/today/reminders/{row.pk}/done/").status_code == 403


@pytest.mark.parametrize("act", ["done", "snooze", "reopen"])
def test_another_organizations_reminder_is_not_there(desk: Client, foreign: cast.Rows, act: str) -> None:
    assert desk.post(f"/today/reminders/{foreign.reminder.pk}/{act}/", {"days": "1"}).status_code == 404


def test_the_raise_adds_up_open_and_won_and_leaves_out_the_lost(desk: Client) -> None:
    fund = cast.make_fund("Growth Fund", target="1000000")
    cast.make_opportunity(fund=fund, stage="committed", committed="250000")
    cast.make_opportunity(fund=fund, stage="passed", expected="777000")
    page = shown(desk)
    assert "Growth Fund" in page
    assert "25%" in page
    assert "777k" not in page


def test_who_went_quiet_are_those_in_the_raise_nobody_spoke_to(desk: Client) -> None:
    for name, days, stage in (
        ("Silent", 40, "meeting"),
        ("Spoken", 3, "meeting"),
        ("Passed on us", 90, "passed"),
    ):
        investor = cast.make_investor(name)
        cast.make_opportunity(investor=investor, stage=stage)
        cast.make_communication(investor, occurred_on=clock.today() - timedelta(days=days))
    quiet = shown(desk).split('id="quiet-title"')[1]
    assert "Silent" in quiet
    assert "Spoken" not in quiet
    assert "Passed on us" not in quiet


def test_colleagues_entries_show_and_ones_own_do_not(
    desk: Client, associate: Membership, partner: Membership
) -> None:
    cast.make_communication(actor=cast.actor_of(partner), body="Petra met them")
    cast.make_communication(actor=cast.actor_of(associate), body="I called them")
    page = shown(desk)
    assert "Petra met them" in page
    assert "I called them" not in page


def test_planned_meetings_are_ahead_not_behind(desk: Client) -> None:
    for subject, days in (("Committee", 2), ("Old plan", -2)):
        day = clock.today() + timedelta(days=days)
        cast.make_communication(subject=subject, kind="meeting", state="planned", occurred_on=day)
    page = shown(desk)
    assert "Committee" in page
    assert "Old plan" not in page


def test_a_newcomer_is_told_how_to_begin(desk: Client) -> None:
    assert "Your raise starts with one investor" in shown(desk)
    cast.make_investor()
    assert "Your raise starts with one investor" not in shown(desk)


def test_hostile_text_is_shown_as_text(desk: Client, associate: Membership, partner: Membership) -> None:
    investor = cast.make_investor(HOSTILE)
    cast.make_reminder(investor, text=HOSTILE, due_on=clock.today(), assigned_to_id=associate.user_id)
    cast.make_communication(investor, actor=cast.actor_of(partner), body=HOSTILE)
    cast.make_fund(HOSTILE)
    assert "<script>alert" not in shown(desk)


def test_another_organizations_rows_are_not_on_today(desk: Client, foreign: cast.Rows) -> None:
    page = shown(desk, "?whose=all")
    assert foreign.investor.name not in page
    assert foreign.reminder.text not in page


def test_today_takes_fewer_than_twelve_queries_whatever_the_rows(desk: Client, associate: Membership) -> None:
    for number in range(12):
        reminder(associate, f"Call {number}")
        cast.make_opportunity(expected="5")
        cast.make_communication(actor=cast.actor_of(cast.make_member()))
    desk.get("/")
    with CaptureQueriesContext(connection) as asked:
        desk.get("/")
    assert len(asked) < 12
