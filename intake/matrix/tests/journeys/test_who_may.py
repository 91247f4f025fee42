"""Members approve; viewers and strangers are refused politely; a room belongs to one organization."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.choices import ProposalState
from intake.matrix.models import MatrixRoom
from intake.matrix.tests.journeys.scene import firm, investors, logged
from intake.models import InboundMessage

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


@pytest.fixture(scope="module")
def elsewhere(office: Office) -> Iterator[Office]:
    """Another organization, served by the same bot."""
    made = Office(
        office.homeserver,
        organization=cast.make_organization("Elsewhere Capital"),
        bot=office.bot_account,
    )
    yield made
    made.close()


def test_a_strangers_yes_changes_nothing(office, petra) -> None:
    sven = office.stranger()
    room = office.room(petra, sven)
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    said = thread.answer("yes", by=sven)
    assert said.content["msgtype"] == "m.notice"
    assert "Petra" not in said.body and acme.name not in said.body
    sven.react(room, thread.news[0].event_id, "✅")
    petra.wait_until_seen(sven.answer(room, thread.root, "yes all"))
    assert thread.states == [ProposalState.PENDING]
    assert investors(office, acme.name) == []
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]
    assert len(logged(office, acme.name)) == 1


def test_a_viewers_yes_is_refused_with_the_reason(office, petra) -> None:
    victor = office.member("viewer", "Victor Viewer")
    room = office.room(petra, victor)
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    assert "role" in thread.answer("yes", by=victor).body
    other = office.tell(petra, room, firm().met)
    assert "role" in other.react("👍", by=victor).body
    assert thread.states == other.states == [ProposalState.PENDING]
    assert investors(office, acme.name) == []


def test_a_strangers_message_is_not_taken_in(office, petra) -> None:
    sven = office.stranger()
    room = office.room(petra, sven)
    acme = firm()
    thread = office.thread(sven, room, sven.say(room, acme.met))
    office.wait(sven, "a refusal", lambda: thread.news or office.said(sven, room)[1:])
    assert not InboundMessage.unscoped.filter(external_id=thread.root).exists()
    petra_too = office.tell(petra, room, firm().met)
    assert petra_too.states == [ProposalState.PENDING]


def test_a_former_member_is_a_stranger(office, petra) -> None:
    gone = office.member("partner", "Greta Gone")
    room = office.room(petra, gone)
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    membership = office.membership(gone)
    type(membership).unscoped.filter(pk=membership.pk).update(is_active=False)
    thread.answer("yes", by=gone)
    assert thread.states == [ProposalState.PENDING]


def test_the_room_says_for_which_organization_a_person_speaks(office, elsewhere, petra) -> None:
    """Petra is a member of both; each room's proposals stay in its own organization."""
    user = office.membership(petra).user
    both = cast.make_member(elsewhere.organization, "partner", user=user)
    elsewhere.link(petra.mxid, both)
    here, there = office.room(petra), elsewhere.room(petra)
    acme, umbrella = firm(), firm()
    first, second = office.tell(petra, here, acme.met), elsewhere.tell(petra, there, umbrella.met)
    first.answer("yes")
    second.answer("yes")
    assert (len(logged(office, acme.name)), len(logged(office, umbrella.name))) == (1, 0)
    assert (len(logged(elsewhere, acme.name)), len(logged(elsewhere, umbrella.name))) == (0, 1)
    for made, organization in ((first, office), (second, elsewhere)):
        assert made.message.organization_id == organization.organization.pk


def test_a_member_of_another_organization_is_a_stranger_here(office, elsewhere, petra) -> None:
    eve = elsewhere.member("owner", "Eve Elsewhere")
    room = office.room(petra, eve)
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    thread.answer("yes", by=eve)
    assert thread.states == [ProposalState.PENDING]
    with scope(elsewhere.organization):
        assert not MatrixRoom.objects.filter(room_id=room).exists()
