"""Settings → Matrix rooms: who may, what is shown of each room, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from crm_site.accounts.models import MatrixIdentity
from crm_site.accounts.permissions import NotAllowed
from crm_site.audit.models import AuditEvent
from crm_site.core.errors import Invalid, NotFound
from crm_site.core.scope import scope
from crm_site.tests import cast
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.services import settings_of_rooms

PAGE = "/settings/matrix/rooms/"


@pytest.fixture
def bot_set_up(settings):
    settings.MATRIX = replace(settings.MATRIX, homeserver="http://127.0.0.1:1", user="@roundtable:h.example")


def make_room(organization, room_id="!intake:h.example", **values):
    return MatrixRoom.unscoped.create(organization=organization, room_id=room_id, **values)


def page(member) -> str:
    answer = cast.client_of(member).get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_what_rooms_are_for_and_that_no_bot_is_set_up(house, admin) -> None:
    shown = page(admin)
    assert "No rooms yet" in shown and "No bot is set up" in shown
    assert "matrix_bot --login" in shown


def test_the_page_tells_who_the_bot_is_and_how_it_comes(house, admin, bot_set_up) -> None:
    shown = page(admin)
    assert "/invite @roundtable:h.example" in shown
    assert "Nobody is linked yet" in shown and reverse("accounts:identities") in shown
    MatrixIdentity.objects.create(organization=house, user=admin.user, mxid="@adam:h.example")
    assert "1 Matrix id is linked" in page(admin)


@pytest.mark.parametrize("role", ["viewer", "associate", "partner", "bot"])
def test_only_those_who_may_change_settings_get_in(house, role) -> None:
    room = make_room(house)
    member = cast.make_member(house, role)
    client = cast.client_of(member)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"room_id": "!x:y", "purpose": "intake"}).status_code == 403
    assert client.post(reverse("rooms:change", args=[room.pk]), {}).status_code == 403
    with pytest.raises(NotAllowed):
        settings_of_rooms.add_room(actor=cast.actor_of(member), room_id="!x:y", purpose="intake")
    with pytest.raises(NotAllowed):
        settings_of_rooms.change_room(
            actor=cast.actor_of(member), room=room, purpose="query", posts_digest=True
        )
    assert MatrixRoom.objects.get().purpose == Purpose.NONE


@pytest.mark.parametrize(
    "room_id", ["!abc:h.example", "!abc:h.example:8448", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"]
)
def test_a_room_is_added_by_its_id(house, admin, room_id) -> None:
    answer = cast.client_of(admin).post(PAGE, {"room_id": f" {room_id} ", "purpose": "query"})
    assert answer.status_code == 302
    room = MatrixRoom.objects.get()
    assert (room.room_id, room.purpose, room.is_joined) == (room_id, "query", False)
    assert AuditEvent.objects.get(action="matrix_room.registered").user_id == admin.user_id
    assert "Not joined yet" in page(admin)


@pytest.mark.parametrize(
    "sent, said",
    [
        ({"room_id": "", "purpose": "intake"}, "This field is required."),
        ({"room_id": "#intake:h.example", "purpose": "intake"}, "This is an alias."),
        ({"room_id": "intake", "purpose": "intake"}, "Enter a room id such as"),
        ({"room_id": "!a b:h", "purpose": "intake"}, "Enter a room id such as"),
        ({"room_id": "!" + "x" * 255, "purpose": "intake"}, "at most 255"),
        ({"room_id": "!a:b", "purpose": "party"}, "Select a valid choice"),
    ],
)
def test_what_is_no_room_is_refused_at_its_field(house, admin, sent, said) -> None:
    shown = cast.client_of(admin).post(PAGE, sent).content.decode()
    assert said in shown and 'class="error"' in shown
    assert f'value="{sent["room_id"]}"' in shown or not sent["room_id"], "what was typed is kept"
    assert not MatrixRoom.objects.exists()


def test_a_room_is_added_once_and_never_taken_from_another_organization(house, admin, foreign) -> None:
    make_room(house, "!ours:h")
    make_room(foreign.organization, "!theirs:h")
    client = cast.client_of(admin)
    assert (
        "in the list already"
        in client.post(PAGE, {"room_id": "!ours:h", "purpose": "query"}).content.decode()
    )
    shown = client.post(PAGE, {"room_id": "!theirs:h", "purpose": "query"}).content.decode()
    assert "cannot be added here" in shown and "Elsewhere" not in shown
    with scope(foreign.organization):
        assert MatrixRoom.objects.get().purpose == Purpose.NONE
    assert MatrixRoom.objects.get().room_id == "!ours:h"


def change(member, room, **sent):
    named = {f"room{room.pk}-{name}": value for name, value in sent.items()}
    return cast.client_of(member).post(reverse("rooms:change", args=[room.pk]), named)


def test_purpose_and_digest_are_changed_and_noted(house, admin) -> None:
    room = make_room(house, is_joined=True)
    assert change(admin, room, purpose="intake", posts_digest="on").status_code == 302
    room.refresh_from_db()
    assert (room.purpose, room.posts_digest) == ("intake", True)
    assert AuditEvent.objects.filter(action="matrix_room.changed", subject_id=room.pk).count() == 2
    assert MatrixPost.objects.get().room_id == room.pk, "it says hello with its new use"
    change(admin, room, purpose="intake")
    room.refresh_from_db()
    assert not room.posts_digest
    events = AuditEvent.objects.count()
    change(admin, room, purpose="intake")
    assert AuditEvent.objects.count() == events, "nothing changed, so nothing is noted"


def test_a_refused_change_stands_at_the_room_it_is_about(house, admin) -> None:
    make_room(house, "!other:h")
    room = make_room(house)
    answer = change(admin, room, purpose="party")
    shown = answer.content.decode()
    assert shown.count("Select a valid choice") == 1
    assert (
        shown.index("!other:h") < shown.index(f"room{room.pk}-purpose") < shown.index("Select a valid choice")
    )


def test_a_replaced_room_is_shown_and_cannot_be_changed(house, admin) -> None:
    room = make_room(house, purpose="intake", replaced_by="!new:h.example")
    assert "!new:h.example" in page(admin)
    assert change(admin, room, purpose="query").status_code == 404
    with pytest.raises(Invalid, match="An upgrade has replaced this room"):
        settings_of_rooms.change_room(
            actor=cast.actor_of(admin), room=room, purpose="query", posts_digest=False
        )
    room.refresh_from_db()
    assert room.purpose == "intake"


def test_an_encrypted_room_says_what_to_do_unless_the_bot_can_read_it(house, admin, settings) -> None:
    make_room(house, is_joined=True, is_encrypted=True)
    shown = page(admin)
    assert "The bot cannot read here" in shown and "MATRIX_E2EE=1" in shown
    settings.MATRIX = replace(settings.MATRIX, e2ee=True)
    shown = page(admin)
    assert "Encrypted" in shown and "cannot read here" not in shown


def test_rooms_of_another_organization_are_not_there(house, admin, foreign) -> None:
    theirs = make_room(foreign.organization, "!theirs:h", name="Zanzibar room")
    assert "Zanzibar" not in page(admin)
    assert change(admin, theirs, purpose="query", posts_digest="on").status_code == 404
    with pytest.raises(NotFound):
        settings_of_rooms.change_room(
            actor=cast.actor_of(admin), room=theirs, purpose="query", posts_digest=True
        )
    theirs.refresh_from_db()
    assert (theirs.purpose, theirs.posts_digest) == (Purpose.NONE, False)


def test_the_number_of_queries_does_not_grow_with_rooms(house, admin, django_assert_max_num_queries) -> None:
    for number in range(12):
        make_room(house, f"!room{number}:h")
    client = cast.client_of(admin)
    client.get(PAGE)
    with django_assert_max_num_queries(11):
        client.get(PAGE)
