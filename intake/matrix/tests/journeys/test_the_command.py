"""`manage.py matrix_bot` as a process, against a real homeserver: logging in, setting up, checking, and what it costs."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from crm_site.accounts.roles import Role
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.crashing.harness import wait_for
from crm_site.tests.synapse.homeserver import PASSWORD, Account, Homeserver
from crm_site.tests.synapse.office import Bot, Office
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixEvent, MatrixRoom, MatrixState
from intake.matrix.services import rooms
from intake.matrix.tests.room import identify

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def place(homeserver: Homeserver, lasting_database: None) -> Iterator[Office]:
    made = Office(homeserver)
    yield made
    made.close()


def command(
    homeserver: Homeserver, account: Account, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    bot = Bot(homeserver, account, *arguments, more=more)
    return subprocess.run(
        bot.argv, env=bot.environment, cwd=Path(settings.BASE_DIR), capture_output=True, text=True, timeout=90
    )


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    """Not that of the test run: what is stored in it is looked at."""
    return tmp_path


def test_it_logs_in_once_keeps_token_and_device_and_runs_with_them(place, homeserver, var_dir) -> None:
    account = homeserver.newcomer("roundtable")
    bare = {"MATRIX_ACCESS_TOKEN": "", "MATRIX_DEVICE_ID": "", "VAR_DIR": str(var_dir)}
    refused = command(homeserver, account, **bare)
    assert refused.returncode == 78 and "--login" in refused.stderr
    done = command(homeserver, account, "--login", MATRIX_PASSWORD=PASSWORD, **bare)
    assert done.returncode == 0, done.stderr
    kept = var_dir / "matrix" / "session.json"
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    assert PASSWORD not in kept.read_text() + done.stdout + done.stderr
    device = MatrixState.objects.filter(user_id=account.mxid)
    with Bot(homeserver, account, more=bare):
        assert device.get().device_id in kept.read_text()


def test_a_password_alone_is_enough_to_run(place, homeserver, var_dir) -> None:
    account = homeserver.newcomer("roundtable")
    bare = {"MATRIX_ACCESS_TOKEN": "", "MATRIX_DEVICE_ID": "", "VAR_DIR": str(var_dir)}
    with Bot(homeserver, account, more={**bare, "MATRIX_PASSWORD": PASSWORD}):
        first = MatrixState.objects.get(user_id=account.mxid).device_id
    # The next start takes what was stored: no password, no new device.
    with Bot(homeserver, account, more=bare):
        assert MatrixState.objects.get(user_id=account.mxid).device_id == first


def test_a_wrong_password_is_said_and_stores_nothing(place, homeserver, var_dir) -> None:
    account = homeserver.newcomer("roundtable")
    bare = {"MATRIX_ACCESS_TOKEN": "", "MATRIX_DEVICE_ID": "", "VAR_DIR": str(var_dir)}
    done = command(homeserver, account, "--login", MATRIX_PASSWORD="wrong", **bare)
    assert done.returncode == 1 and "M_FORBIDDEN" in done.stderr
    assert not (var_dir / "matrix" / "session.json").exists()


def test_somebody_elses_token_is_a_matter_of_configuration(place, homeserver) -> None:
    account, other = homeserver.newcomer("roundtable"), homeserver.newcomer("other")
    done = command(homeserver, account, MATRIX_ACCESS_TOKEN=other.token)
    assert done.returncode == 78 and other.mxid in done.stderr


def test_a_second_bot_says_so_and_ends(place, homeserver) -> None:
    with place.bot():
        done = command(homeserver, place.bot_account)
    assert done.returncode == 1 and "only one may" in done.stderr


def test_setting_up_makes_two_plain_rooms_once_and_asks_the_members_in(place, homeserver, people) -> None:
    anna = people("anna")
    with scope(place.organization):
        identify(cast.make_member(place.organization, Role.ASSOCIATE), anna.mxid)
    MatrixRoom.unscoped.exclude(purpose=Purpose.NONE).update(purpose=Purpose.NONE)
    account = homeserver.newcomer("roundtable")
    done = command(homeserver, account, "--setup")
    assert done.returncode == 0, done.stderr
    made = {room.purpose: room for room in MatrixRoom.unscoped.in_use()}
    assert set(made) == {Purpose.INTAKE, Purpose.QUERY}
    for room in made.values():
        assert room.room_id in done.stdout and room.organization_id == place.organization.pk
        anna.wait_for("the invite", lambda room=room: room.room_id in anna.invites)
        anna.join(room.room_id)
        where = f"/_matrix/client/v3/rooms/{room.room_id}/state"
        state = {event["type"]: event for event in homeserver.call("GET", where, token=account.token)}
        assert "m.room.encryption" not in state
        assert state["m.room.join_rules"]["content"]["join_rule"] == "invite"
    # What is said before the bot's first start is taken in when it starts.
    early = anna.say(made[Purpose.INTAKE].room_id, "Met Dana Whitfield of Blue Heron Capital")
    again = command(homeserver, account, "--setup")
    assert again.returncode == 0 and again.stdout.count("is kept") == 2
    assert MatrixRoom.unscoped.in_use().count() == 2
    checked = command(homeserver, account, "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("joined") == 2
    with Bot(homeserver, account):
        wait_for(
            "the early message", lambda: MatrixEvent.unscoped.filter(event_id=early).exists(), timeout_s=30
        )


def test_the_check_names_what_is_wrong_and_ends_with_one(place, homeserver, people) -> None:
    petra = people("petra")
    with scope(place.organization):
        identify(cast.make_member(place.organization, Role.PARTNER), petra.mxid)
    MatrixRoom.unscoped.exclude(purpose=Purpose.NONE).update(purpose=Purpose.NONE)
    account = homeserver.newcomer("roundtable")
    none = command(homeserver, account, "--check")
    assert none.returncode == 1 and "no room is in use" in none.stdout
    absent, secret, mute = (
        petra.create_room("Absent"),
        petra.create_room("Secret", encrypted=True),
        petra.create_room("Mute"),
    )
    for room_id in (secret, mute):
        petra.invite(room_id, account.mxid)
        homeserver.call("POST", f"/_matrix/client/v3/join/{room_id}", {}, token=account.token)
    levels = f"/_matrix/client/v3/rooms/{mute}/state/m.room.power_levels"
    now = homeserver.call("GET", levels, token=petra.account.token)
    homeserver.call("PUT", levels, {**now, "events_default": 50}, token=petra.account.token)
    with scope(place.organization):
        for room_id in (absent, secret, mute):
            rooms.register(actor=cast.system(), room_id=room_id, purpose=Purpose.INTAKE)
    done = command(homeserver, account, "--check")
    assert done.returncode == 1
    down = [line for line in done.stdout.splitlines() if line.startswith("down")]
    assert [("not joined" in line, "encrypted" in line, "may not send" in line) for line in down] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
