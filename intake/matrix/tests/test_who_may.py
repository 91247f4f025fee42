"""Only members with the right decide; the others are told politely, once, and change nothing."""

from __future__ import annotations

import pytest

from crm_site.accounts import services as accounts
from crm_site.accounts.roles import Role
from crm_site.communications.models import Communication
from crm_site.core import scope
from crm_site.investors.models import Investor
from crm_site.tests import cast
from intake.choices import ProposalState
from intake.matrix.tests.room import Room, identify, proposals
from intake.models import InboundMessage

STRANGER = "@sven:elsewhere.test"


@pytest.mark.parametrize("act", ["yes", "no", "edit amount=1", "pick 1", "new"])
def test_a_stranger_decides_nothing(room, petra, act) -> None:
    root = room.capture(petra)
    room.reply(STRANGER, root, act)
    assert room.last(root).startswith("Sorry, I don't know you yet, so nothing was done.")
    (proposal,) = proposals()
    assert (proposal.state, proposal.revision) == (ProposalState.PENDING, 1)


def test_a_strangers_thumb_decides_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.react(STRANGER, room.last_event(root))
    assert room.last(root).startswith("Sorry, I don't know you yet")
    assert proposals()[0].state == ProposalState.PENDING


def test_a_stranger_is_refused_once_in_a_thread(room, petra) -> None:
    root = room.capture(petra)
    for _ in range(3):
        room.reply(STRANGER, root, "yes")
    room.react(STRANGER, room.shown(root)[0].event_id)
    assert len(room.texts(root)) == 2


def test_each_stranger_is_told(room, petra) -> None:
    root = room.capture(petra)
    room.reply(STRANGER, root, "yes")
    room.reply("@olga:elsewhere.test", root, "yes")
    assert len(room.texts(root)) == 3


def test_a_strangers_talk_in_the_thread_is_left_in_peace(room, petra) -> None:
    root = room.capture(petra)
    room.reply(STRANGER, root, "interesting")
    assert len(room.texts(root)) == 1


def test_a_strangers_message_is_not_kept(room) -> None:
    root = room.say(STRANGER, "Met Dana at Blue Heron Capital")
    assert InboundMessage.objects.count() == 0
    assert room.last(root).startswith("Sorry, I don't know you yet")


def test_a_stranger_who_goes_on_is_refused_once_a_day(room) -> None:
    for _ in range(5):
        room.say(STRANGER, "Met Dana at Blue Heron Capital")
    assert len(room.posts()) == 1


def test_a_former_member_is_a_stranger(room, petra, partner, owner, anna) -> None:
    root = room.capture(anna)
    accounts.deactivate_member(actor=cast.actor_of(owner), membership=partner)
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("Sorry, I don't know you yet")
    assert proposals()[0].state == ProposalState.PENDING


def test_a_viewer_is_refused_with_who_could(room, petra, victor) -> None:
    root = room.capture(petra)
    room.reply(victor, root, "yes")
    assert room.last(root).startswith("Sorry, nothing was done. Your role may not decide on proposals.")
    assert Communication.objects.count() == 0


def test_a_viewers_message_is_refused(room, victor) -> None:
    root = room.say(victor, "Met Dana at Blue Heron Capital")
    assert "Your role may not hand in messages" in room.last(root)
    assert InboundMessage.objects.count() == 0


def test_an_approver_who_lacks_a_right_is_told_which_and_who_could(room, petra, anna) -> None:
    root = room.capture(petra, "Northgate just signed for 1.5mm in Fund II!!")
    room.reply(anna, root, "yes")
    assert room.last(root) == "Your role may not move stages. Petra Partner could."
    assert Investor.objects.count() == 0
    room.reply(petra, root, "yes")
    assert Investor.objects.get().name == "Northgate"


def test_the_rooms_organization_decides_for_a_person_in_two(room, petra, partner, foreign) -> None:
    cast.make_member(foreign.organization, Role.VIEWER, user=partner.user)
    with scope.scope(foreign.organization):
        elsewhere = cast.Membership.objects.get(user=partner.user)
        identify(elsewhere, petra)
        theirs = Room()
        refused = theirs.say(petra, "Called Cedar Row")
        assert "Your role may not hand in messages" in theirs.last(refused)
        assert InboundMessage.objects.count() == 0
    room.capture(petra)
    assert proposals()[0].organization_id == partner.organization_id


def test_an_identity_of_another_organization_counts_for_nothing_here(room, petra, stranger) -> None:
    with scope.scope(stranger.organization):
        theirs = identify(stranger)
    root = room.capture(petra)
    room.reply(theirs, root, "yes")
    assert proposals()[0].state == ProposalState.PENDING


def test_an_answer_in_another_room_reaches_no_proposal(room, petra) -> None:
    root = room.capture(petra)
    other = Room()
    other.reply(petra, root, "yes", last=room.last_event(root))
    other.react(petra, room.last_event(root))
    assert proposals()[0].state == ProposalState.PENDING
