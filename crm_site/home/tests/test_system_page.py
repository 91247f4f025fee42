"""The System page tells partners whether all is well, and lets admins retry what was given up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.accounts.models import Membership
from crm_site.core.scope import current_id
from crm_site.tests import cast
from crm_site.work import beats, doctor
from crm_site.work.models import Heartbeat, State, WorkItem
from intake.matrix import condition as matrix
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom, MatrixState


def given_up(organization_id: int | None = None) -> WorkItem:
    now = timezone.now()
    return WorkItem.unscoped.create(
        organization_id=organization_id or current_id(), kind="test.page", subject_id=7, cluster="fast", state=State.DEAD,
        attempts=5, last_error="<script>boom</script>", next_try_at=now, enqueued_at=now, touched_at=now, dead_at=now,
    )  # fmt: skip


def test_partner_sees_counts_chain_and_dead_work(partner: Membership) -> None:
    cast.make_investor()
    given_up()
    page = cast.client_of(partner).get("/system/").content.decode()
    assert "test.page" in page
    assert "&lt;script&gt;boom" in page
    assert "investor.created" in page
    assert "/retry/" not in page


def test_each_dependency_is_asked_in_a_fragment(partner: Membership) -> None:
    page = cast.client_of(partner).get("/system/checks/").content.decode()
    assert "Database" in page
    assert "never seen" in page


@pytest.mark.parametrize("path", ["/system/", "/system/checks/"])
def test_associates_do_not_see_it(associate: Membership, path: str) -> None:
    assert cast.client_of(associate).get(path).status_code == 403


def test_admin_retries_dead_work_and_partner_does_not(admin: Membership, partner: Membership) -> None:
    work = given_up()
    assert cast.client_of(partner).post(f"/system/work/{work.pk}/retry/").status_code == 403
    assert cast.client_of(admin).post(f"/system/work/{work.pk}/retry/").status_code == 302
    work.refresh_from_db()
    assert work.state == State.QUEUED


def test_another_organizations_work_is_not_there(admin: Membership, foreign: cast.Rows) -> None:
    work = given_up(foreign.organization.pk)
    client = cast.client_of(admin)
    assert "test.page" not in client.get("/system/").content.decode()
    assert client.post(f"/system/work/{work.pk}/retry/").status_code == 404


@pytest.fixture
def bot_set_up(settings) -> None:
    settings.MATRIX = replace(settings.MATRIX, homeserver="http://127.0.0.1:1", user="@roundtable:h.example")


def fill_outbox(organization, number: int, **values) -> None:
    room = MatrixRoom.unscoped.create(organization=organization, room_id=f"!r{organization.pk}:h")
    for count in range(number):
        MatrixPost.unscoped.create(organization=organization, room=room, key=f"k{count}", **values)
        MatrixEvent.unscoped.create(
            organization=organization, room=room, event_id=f"$e{count}", sender="@a:h", kind="message", raw=b"{}",
            sent_at=timezone.now(), state="failed" if count == 0 else "new",
        )  # fmt: skip


def bot_card(member: Membership) -> str:
    page = cast.client_of(member).get("/system/").content.decode()
    start = page.index('aria-labelledby="bot-title"')
    return " ".join(re.sub("<[^>]+>", " ", page[start : page.index("</section>", start)]).split())


def test_without_a_bot_there_is_no_word_of_it(partner: Membership) -> None:
    assert "Matrix bot" not in cast.client_of(partner).get("/system/").content.decode()


def test_a_bot_that_does_not_beat_is_not_running(partner: Membership, bot_set_up) -> None:
    assert "Not running" in bot_card(partner)
    MatrixState.objects.create(user_id="@roundtable:h.example", link="connected", synced_at=timezone.now())
    assert "Not running" in bot_card(partner), "what it noted last is no sign of life"
    beats.record(matrix.BEAT)
    assert "Connected" in bot_card(partner)
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert "Not running" in bot_card(partner)


def test_a_refused_log_in_is_told_though_the_bot_has_stopped(partner: Membership, bot_set_up) -> None:
    MatrixState.objects.create(user_id="@roundtable:h.example", link="refused", detail="M_UNKNOWN_TOKEN: bad")
    card = bot_card(partner)
    assert "Log-in refused" in card and "M_UNKNOWN_TOKEN: bad" in card


def test_what_the_bot_has_to_do_is_counted_for_this_organization_alone(
    partner: Membership, foreign: cast.Rows, bot_set_up
) -> None:
    fill_outbox(partner.organization, 3)
    fill_outbox(foreign.organization, 9)
    card = bot_card(partner)
    assert "To send 3, the oldest since just now" in card
    assert "To decide 2" in card and "Given up 1" in card


def test_rooms_of_other_organizations_are_not_named(
    partner: Membership, foreign: cast.Rows, bot_set_up
) -> None:
    MatrixRoom.unscoped.create(
        organization=foreign.organization, room_id="!theirs:h.example", purpose="intake"
    )
    MatrixState.objects.create(user_id="@roundtable:h.example", link="connected", synced_at=timezone.now())
    beats.record(matrix.BEAT)
    line = next(line for line in doctor.examine() if line.name == matrix.DOCTOR)
    assert "!theirs:h.example" in line.finding.text, "else the test shows nothing"
    for path in ("/system/", "/system/checks/"):
        assert "!theirs" not in cast.client_of(partner).get(path).content.decode()


def test_the_page_itself_takes_fewer_than_twelve_queries(partner: Membership, bot_set_up) -> None:
    client: Client = cast.client_of(partner)
    client.get("/system/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/system/")
    assert len(asked) < 12
