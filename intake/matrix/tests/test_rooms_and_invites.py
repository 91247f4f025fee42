"""Whose rooms there are: by settings, by invite, by upgrade."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from django.conf import settings as django_settings

from crm_site.accounts.models import MatrixIdentity
from crm_site.audit.models import AuditEvent
from crm_site.core.scope import no_scope, scope
from crm_site.tests import cast
from intake.matrix.bot import joining, registering
from intake.matrix.bot.account import NotConfigured
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.services import rooms
from intake.matrix.tests.room import identify
from intake.matrix.wire import Invite, RoomFacts

ANNA = "@anna:home.test"


def welcome(room_id: str, inviter: str) -> bool:
    with no_scope():
        return joining.welcome(Invite(room_id, inviter, "Deals"))


def test_a_members_invite_makes_a_room_of_the_organization_without_a_purpose(associate) -> None:
    identify(associate, ANNA)
    assert welcome("!new:home.test", ANNA)
    room = MatrixRoom.objects.get()
    assert (room.purpose, room.name, room.is_joined) == (Purpose.NONE, "Deals", False)


@pytest.mark.parametrize("inviter", ["@sven:elsewhere.test", ""])
def test_a_strangers_invite_is_declined(house, inviter) -> None:
    assert not welcome("!new:home.test", inviter)
    assert not MatrixRoom.unscoped.exists()


def test_a_former_members_invite_is_declined(associate) -> None:
    identify(associate, ANNA)
    associate.is_active = False
    associate.save(update_fields=["is_active"])
    assert not welcome("!new:home.test", ANNA)


def test_an_invite_by_somebody_in_two_organizations_is_declined_for_a_new_room_only(
    associate, foreign
) -> None:
    identify(associate, ANNA)
    cast.make_member(foreign.organization, user=associate.user)
    MatrixIdentity.unscoped.create(organization=foreign.organization, mxid=ANNA, user=associate.user)
    assert not welcome("!new:home.test", ANNA)
    rooms.register(actor=cast.system(), room_id="!known:home.test", purpose=Purpose.INTAKE)
    assert welcome("!known:home.test", ANNA)


def test_a_known_room_follows_only_members_of_its_organization(associate, foreign) -> None:
    identify(associate, ANNA)
    with scope(foreign.organization):
        rooms.register(actor=cast.system(), room_id="!theirs:home.test", purpose=Purpose.INTAKE)
    assert not welcome("!theirs:home.test", ANNA)


def test_the_bot_says_hello_once_however_often_it_comes_in(house) -> None:
    room = rooms.register(actor=cast.system(), room_id="!a:home.test", purpose=Purpose.INTAKE)
    for _ in range(2):
        rooms.note_joined(actor=cast.system(), room=room)
        rooms.note_left(actor=cast.system(), room=room)
    assert MatrixPost.objects.filter(key__startswith="hello").count() == 1
    assert MatrixRoom.objects.get().greeted_at is not None


def test_registering_again_changes_the_purpose_and_nothing_else(house) -> None:
    first = rooms.register(actor=cast.system(), room_id="!a:home.test", purpose=Purpose.INTAKE, name="One")
    again = rooms.register(actor=cast.system(), room_id="!a:home.test", purpose=Purpose.QUERY, name="Two")
    kept = rooms.register(actor=cast.system(), room_id="!a:home.test")
    assert first.pk == again.pk == kept.pk and (kept.purpose, kept.name) == (Purpose.QUERY, "One")
    actions = (
        AuditEvent.objects.filter(action__startswith="matrix_room")
        .order_by("id")
        .values_list("action", flat=True)
    )
    assert list(actions) == ["matrix_room.registered", "matrix_room.changed"]


def test_an_upgrade_hands_organization_purpose_and_digest_to_the_new_room(house) -> None:
    old = rooms.register(actor=cast.system(), room_id="!old:home.test", purpose=Purpose.INTAKE, name="Deals")
    MatrixRoom.objects.filter(pk=old.pk).update(posts_digest=True)
    old.refresh_from_db()
    rooms.note_facts(actor=cast.system(), room=old, facts=RoomFacts(replaced_by="!new:home.test"))
    new = MatrixRoom.objects.get(room_id="!new:home.test")
    assert (new.purpose, new.posts_digest, new.name) == (Purpose.INTAKE, True, "Deals")
    assert [room.room_id for room in MatrixRoom.objects.in_use()] == ["!new:home.test"]


def test_an_upgrade_told_again_leaves_what_an_admin_made_of_the_new_room(house) -> None:
    old = rooms.register(actor=cast.system(), room_id="!old:home.test", purpose=Purpose.INTAKE)
    new = rooms.note_replaced(actor=cast.system(), room=old, new_room_id="!new:home.test")
    assert new is not None
    rooms.set_purpose(actor=cast.system(), room=new, purpose=Purpose.QUERY)
    old.refresh_from_db()
    rooms.note_replaced(actor=cast.system(), room=old, new_room_id="!new:home.test")
    new.refresh_from_db()
    assert new.purpose == Purpose.QUERY


def test_an_upgrade_takes_no_room_of_another_organization(house, foreign) -> None:
    with scope(foreign.organization):
        theirs = rooms.register(actor=cast.system(), room_id="!theirs:home.test")
    old = rooms.register(actor=cast.system(), room_id="!old:home.test", purpose=Purpose.INTAKE)
    assert rooms.note_replaced(actor=cast.system(), room=old, new_room_id="!theirs:home.test") is None
    theirs.refresh_from_db()
    old.refresh_from_db()
    assert (theirs.purpose, old.replaced_by) == (Purpose.NONE, "")


class Directory:
    """A client that only knows aliases."""

    async def resolve(self, alias: str) -> str:
        return {"#deals:home.test": "!deals:home.test"}[alias]


def configure(settings, **values: str) -> None:
    settings.MATRIX = replace(django_settings.MATRIX, **values)


@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_the_rooms_of_the_settings_become_those_of_the_first_organization(house, foreign, settings) -> None:
    configure(settings, intake_room="#deals:home.test", query_room="!ask:home.test")
    for _ in range(2):
        asyncio.run(registering.configured_rooms(Directory()))
    found = MatrixRoom.unscoped.order_by("id").values_list("room_id", "purpose", "organization_id")
    assert list(found) == [
        ("!deals:home.test", Purpose.INTAKE, house.pk),
        ("!ask:home.test", Purpose.QUERY, house.pk),
    ]


@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_a_room_of_another_organization_is_not_taken_by_the_settings(house, foreign, settings) -> None:
    with scope(foreign.organization):
        rooms.register(actor=cast.system(), room_id="!theirs:home.test", purpose=Purpose.QUERY)
    configure(settings, intake_room="!theirs:home.test", query_room="")
    asyncio.run(registering.configured_rooms(Directory()))
    room = MatrixRoom.unscoped.get()
    assert (room.organization_id, room.purpose) == (foreign.organization.pk, Purpose.QUERY)


@pytest.mark.usefixtures("bots_thread")
@pytest.mark.django_db(transaction=True)
def test_one_room_for_both_uses_is_refused_and_no_organization_too(db, settings) -> None:
    configure(settings, intake_room="!one:home.test", query_room="!one:home.test")
    with pytest.raises(NotConfigured, match="the same room"):
        asyncio.run(registering.configured_rooms(Directory()))
    configure(settings, intake_room="!one:home.test", query_room="")
    with pytest.raises(NotConfigured, match="bootstrap"):
        asyncio.run(registering.configured_rooms(Directory()))
