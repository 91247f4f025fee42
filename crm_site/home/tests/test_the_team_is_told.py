"""The digest each working morning and timed reminders at their time: to the rooms that want them, once each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from crm_site.accounts.models import MatrixIdentity
from crm_site.communications import services as communications
from crm_site.core.scope import scope
from crm_site.home import tasks
from crm_site.home.digest import gathering, posting, wording
from crm_site.relations import services as relations
from crm_site.tests import cast
from crm_site.work.models import WorkItem
from crm_site.work.tests.drain import drain
from intake import services as intake
from intake.matrix.models import MatrixPost, MatrixRoom

#: A Monday. The organization lives in New York, five hours behind UTC then: 8:00 there is 13:00.
MONDAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def new_york(house, settings):
    house.time_zone = "America/New_York"
    house.save()
    settings.MATRIX = replace(settings.MATRIX, homeserver="http://127.0.0.1:1", user="@bot:h.example")
    settings.SITE_URL = "https://crm.example"


@pytest.fixture
def monday():
    with time_machine.travel(EIGHT, tick=False) as clock:
        yield clock


def room(organization, room_id="!team:h", **values):
    values = {"posts_digest": True, "is_joined": True, **values}
    return MatrixRoom.unscoped.create(organization=organization, room_id=room_id, **values)


def remind(member, text="Send the deck", due_on=MONDAY, **values):
    return cast.make_reminder(
        values.pop("investor", None), actor=cast.actor_of(member), text=text, due_on=due_on, **values
    )


def body() -> str:
    return MatrixPost.objects.get().content["body"]


def run(task) -> None:
    task()
    drain()


def test_the_digest_names_what_is_due_planned_waiting_and_quiet(house, associate, partner, monday) -> None:
    heron = cast.make_investor("Blue Heron Capital")
    remind(associate, "Send the deck", investor=heron)
    remind(associate, "Call back", due_time=time(15, 30))
    remind(partner, "Wire details", due_on=MONDAY - timedelta(days=4))
    remind(partner, "Later", due_on=MONDAY + timedelta(days=1))
    communications.close_reminder(
        actor=cast.actor_of(partner), reminder=remind(partner, "Done"), state="done"
    )
    cast.make_communication(
        heron, kind="meeting", state="planned", occurred_on=MONDAY, subject="Quarterly",
        occurred_at=datetime(2026, 11, 23, 19, 0, tzinfo=UTC),
    )  # fmt: skip
    intake.receive(actor=cast.actor_of(associate), source="web", body="Met Tom Reyes of Cedar Row Partners")
    drain()
    said = wording.digest(gathering.gather())
    assert said.plain.splitlines() == [
        "Monday, 23 November",
        "Anna Associate: 2 due today",
        "• Call back, at 15:30",
        f"• Send the deck · Blue Heron Capital (https://crm.example/investors/{heron.pk}/)",
        "Petra Partner: 1 overdue",
        "• Wire details, due since Thu 19 Nov",
        "Planned today",
        f"• 14:00 Meeting · Blue Heron Capital (https://crm.example/investors/{heron.pk}/): Quarterly",
        "1 proposal waits for a yes",
        said.plain.splitlines()[9],
    ]
    assert said.plain.splitlines()[9].startswith("• Cedar Row Partners · meeting (https://crm.example/inbox/")
    assert f'<a href="https://crm.example/investors/{heron.pk}/">Blue Heron Capital</a>' in said.html


def quiet_investor(name: str, days: int, stage: str = "prospect"):
    investor = cast.make_investor(name)
    cast.make_opportunity(investor=investor, stage=stage)
    cast.make_communication(investor, occurred_on=MONDAY - timedelta(days=days))
    return investor


def test_who_went_quiet_is_named_on_one_working_day_only(house, associate) -> None:
    with time_machine.travel(EIGHT, tick=False) as clock:
        quiet_investor("Thirty", 30)
        quiet_investor("Saturday", 31)
        quiet_investor("Friday", 33)
        quiet_investor("Spoken", 29)
        never = cast.make_investor("Never")
        cast.make_opportunity(investor=never, stage="prospect")
        quiet_investor("Lost", 30, stage="passed")
        named = {}
        for day in range(3):
            clock.move_to(EIGHT + timedelta(days=day))
            named[day] = {investor.name for investor in gathering.gather().quiet}
    # Since Friday's digest, whose day 33 was the last to be named: the weekend's two, and Monday's own.
    assert named == {0: {"Thirty", "Saturday"}, 1: {"Spoken"}, 2: set()}


def test_it_is_posted_at_eight_on_the_organizations_clock_once_per_room(house, associate, monday) -> None:
    room(house), room(house, "!second:h")
    remind(associate)
    monday.move_to(EIGHT - timedelta(minutes=1))
    run(tasks.ask_for_digests)
    assert not MatrixPost.objects.exists(), "7:59"
    monday.move_to(EIGHT)
    run(tasks.ask_for_digests)
    posts = list(MatrixPost.objects.order_by("id"))
    assert [post.room.room_id for post in posts] == ["!team:h", "!second:h"]
    assert [post.key for post in posts] == [f"digest-2026-11-23-{post.room_id}" for post in posts]
    for minutes in (0, 15, 60):
        monday.move_to(EIGHT + timedelta(minutes=minutes))
        run(tasks.ask_for_digests)
    assert MatrixPost.objects.count() == 2
    monday.move_to(EIGHT + timedelta(days=1))
    run(tasks.ask_for_digests)
    assert MatrixPost.objects.count() == 4


@pytest.mark.parametrize(
    "later",
    [timedelta(hours=4), timedelta(hours=10), timedelta(days=5), timedelta(days=6), timedelta(hours=-8)],
)
def test_it_is_not_posted_in_the_afternoon_at_night_or_at_the_weekend(
    house, associate, monday, later
) -> None:
    room(house)
    remind(associate)
    monday.move_to(EIGHT + later)
    run(tasks.ask_for_digests)
    assert not MatrixPost.objects.exists() and not WorkItem.objects.exists()


def test_after_an_outage_it_comes_later_in_the_morning(house, associate, monday) -> None:
    room(house)
    remind(associate)
    monday.move_to(EIGHT + timedelta(hours=3, minutes=59))
    run(tasks.ask_for_digests)
    assert MatrixPost.objects.count() == 1


def test_nothing_is_posted_when_there_is_nothing_to_say(house, associate, monday) -> None:
    room(house)
    remind(associate, due_on=MONDAY + timedelta(days=1))
    run(tasks.ask_for_digests)
    assert not MatrixPost.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"posts_digest": False}, {"is_joined": False}, {"replaced_by": "!new:h"}, {"is_encrypted": True}],
)
def test_rooms_that_do_not_want_it_or_cannot_have_it_get_none(house, associate, monday, values) -> None:
    room(house, **values)
    remind(associate)
    run(tasks.ask_for_digests)
    assert not MatrixPost.objects.exists()


def test_an_encrypted_room_gets_it_where_the_bot_can_encrypt(house, associate, monday, settings) -> None:
    settings.MATRIX = replace(settings.MATRIX, e2ee=True)
    room(house, is_encrypted=True)
    remind(associate)
    run(tasks.ask_for_digests)
    assert MatrixPost.objects.count() == 1


def test_without_a_bot_nothing_piles_up(house, associate, monday, settings) -> None:
    settings.MATRIX = replace(settings.MATRIX, homeserver="")
    room(house)
    remind(associate, due_time=time(8, 0))
    run(tasks.ask_for_digests)
    run(tasks.ask_for_reminders)
    assert not MatrixPost.objects.exists() and not WorkItem.objects.exists()


def test_each_organization_gets_its_own_at_its_own_time(house, associate, foreign, monday) -> None:
    room(house)
    room(foreign.organization, "!theirs:h")
    remind(associate, "Ours")
    with scope(foreign.organization):
        communications.edit_reminder(
            actor=cast.system(), reminder=foreign.reminder, values={"text": "Theirs", "due_on": MONDAY}
        )
    run(tasks.ask_for_digests)
    # It is eight in New York, and one in the afternoon in the other one's UTC.
    assert "Ours" in body()
    monday.move_to(EIGHT - timedelta(hours=5))
    run(tasks.ask_for_digests)
    with scope(foreign.organization):
        assert "Theirs" in body() and "Ours" not in body()
    assert MatrixPost.objects.count() == 1


def test_hostile_text_stays_text_and_pings_nobody(house, associate, monday) -> None:
    room(house)
    investor = cast.make_investor("<b>@room</b> & Sons")
    remind(associate, "<img src=x onerror=alert(1)> @room \u202etxet", investor=investor)
    run(tasks.ask_for_digests)
    content = MatrixPost.objects.get().content
    assert content["m.mentions"] == {}
    assert "<img" not in content["formatted_body"] and "<b>@room" not in content["formatted_body"]
    assert "\u202e" not in json.dumps(content, ensure_ascii=False)


def test_a_huge_backlog_fits_and_crowds_nobody_out(
    house, associate, partner, monday, django_assert_max_num_queries
) -> None:
    for number in range(40):
        remind(associate, f"{number} " + "x" * 280, due_on=MONDAY - timedelta(days=9))
    remind(partner, "The one thing")
    with django_assert_max_num_queries(9):
        found = gathering.gather()
    said = wording.digest(found)
    assert "Anna Associate: 40 overdue" in said.plain and "34 more" in said.plain
    assert "The one thing" in said.plain
    assert said.size < 25_000


# Timed reminders


def test_a_timed_reminder_is_posted_at_its_time_and_notifies_its_owner(house, associate, monday) -> None:
    room(house)
    MatrixIdentity.objects.create(organization=house, user=associate.user, mxid="@anna:h.example")
    investor = cast.make_investor("Cedar Row")
    reminder = remind(associate, "Call Tom", due_time=time(8, 30), investor=investor)
    remind(associate, "Some time today")
    run(tasks.ask_for_reminders)
    assert not MatrixPost.objects.exists(), "8:00"
    monday.move_to(EIGHT + timedelta(minutes=30))
    for _ in range(3):
        run(tasks.ask_for_reminders)
    post = MatrixPost.objects.get()
    assert post.key == f"reminder-{reminder.pk}-2026-11-23-0830-{post.room_id}"
    assert post.content["body"] == (
        f"08:30 Call Tom, for Anna Associate · Cedar Row (https://crm.example/investors/{investor.pk}/)"
    )
    assert post.content["msgtype"] == "m.text"
    assert post.content["m.mentions"] == {"user_ids": ["@anna:h.example"]}


def test_one_put_off_is_told_again_at_its_new_time(house, associate, monday) -> None:
    room(house)
    reminder = remind(associate, due_time=time(8, 0))
    run(tasks.ask_for_reminders)
    communications.edit_reminder(
        actor=cast.actor_of(associate), reminder=reminder, values={"due_on": MONDAY + timedelta(days=1)}
    )
    monday.move_to(EIGHT + timedelta(days=1))
    run(tasks.ask_for_reminders)
    assert MatrixPost.objects.count() == 2


def test_one_done_dropped_or_of_a_deleted_investor_is_not_told(house, associate, owner, monday) -> None:
    room(house)
    actor = cast.actor_of(owner)
    for state in ("done", "dropped"):
        communications.close_reminder(
            actor=actor, reminder=remind(associate, due_time=time(8, 0)), state=state
        )
    from_gone = cast.make_investor()
    remind(associate, due_time=time(8, 0), investor=from_gone)
    relations.delete_record(actor=actor, row=from_gone)
    run(tasks.ask_for_reminders)
    assert not MatrixPost.objects.exists()


def test_one_ticked_between_asking_and_posting_is_not_told(house, associate, monday) -> None:
    room(house)
    reminder = remind(associate, due_time=time(8, 0))
    tasks.ask_for_reminders()
    assert WorkItem.objects.count() == 1
    communications.close_reminder(actor=cast.actor_of(associate), reminder=reminder, state="done")
    drain()
    assert not MatrixPost.objects.exists()


def test_one_long_past_is_left_to_the_digest(house, associate, monday) -> None:
    room(house)
    remind(associate, due_time=time(8, 0))
    monday.move_to(EIGHT + timedelta(hours=2, minutes=1))
    run(tasks.ask_for_reminders)
    assert not MatrixPost.objects.exists()


def test_one_just_before_midnight_is_still_told_after_it(house, associate, monday) -> None:
    room(house)
    remind(associate, due_time=time(23, 59))
    monday.move_to(datetime(2026, 11, 24, 5, 1, tzinfo=UTC))
    run(tasks.ask_for_reminders)
    assert MatrixPost.objects.count() == 1


def test_a_former_member_is_not_notified(house, associate, monday) -> None:
    room(house)
    MatrixIdentity.objects.create(organization=house, user=associate.user, mxid="@anna:h.example")
    reminder = remind(associate, due_time=time(8, 0))
    associate.is_active = False
    associate.save()
    assert posting.post_reminder(actor=cast.system(), reminder=reminder) == 1
    assert MatrixPost.objects.get().content["m.mentions"] == {}


# The command


def sent(*arguments: str) -> str:
    out = StringIO()
    call_command("send_digest", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_without_posting(house, associate, monday, settings) -> None:
    settings.MATRIX = replace(settings.MATRIX, homeserver="")
    assert sent("--print") == "Harbor House:\nNothing to say today.\n"
    remind(associate)
    assert "• Send the deck" in sent("--print", "--org", house.slug)
    assert not MatrixPost.objects.exists()
    with pytest.raises(CommandError, match="MATRIX_HOMESERVER"):
        sent()


def test_the_command_posts_whatever_the_time_and_once(house, associate, foreign, monday) -> None:
    monday.move_to(EIGHT + timedelta(hours=9))
    remind(associate)
    assert "No room" in sent("--org", house.slug)
    room(house, name="Team")
    assert "Queued for Team." in sent("--org", house.slug)
    assert "Team has today's already." in sent("--org", house.slug)
    assert MatrixPost.objects.count() == 1
    with pytest.raises(CommandError, match="no organization"):
        sent("--org", "nobody")
