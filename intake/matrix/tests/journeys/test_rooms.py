"""Invites, greetings, questions, upgrades, encryption, being thrown out."""

from __future__ import annotations

import pytest

from crm_site.core.scope import scope
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.choices import ProposalState
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixRoom
from intake.matrix.tests.journeys.scene import firm
from intake.models import Proposal

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


def known(office: Office, room: str) -> MatrixRoom | None:
    with scope(office.organization):
        return MatrixRoom.objects.filter(room_id=room).first()


def test_it_joins_when_a_member_invites_and_says_hello_once(office, petra) -> None:
    room = petra.create_room("A new room", invite=[office.bot_id])
    office.wait(petra, "it joins", lambda: office.is_in(petra, room))
    found = office.wait(petra, "the room is known", lambda: known(office, room))
    assert found.purpose == Purpose.NONE
    office.wait(petra, "hello", lambda: office.said(petra, room))
    # Thrown out and asked in again, it does not introduce itself a second time.
    petra.kick(room, office.bot_id)
    office.wait(petra, "it notices", lambda: not known(office, room).is_joined)
    petra.invite(room, office.bot_id)
    office.wait(petra, "it is back", lambda: known(office, room).is_joined)
    with scope(office.organization):
        MatrixRoom.objects.filter(room_id=room).update(purpose=Purpose.INTAKE)
    thread = office.tell(petra, room, firm().met)
    assert thread.states == [ProposalState.PENDING]
    assert len(office.said(petra, room)) == 1


def test_it_does_not_follow_a_stranger(office, petra) -> None:
    sven = office.stranger()
    room = sven.create_room("Come in", invite=[office.bot_id])
    # An invite that came later has been followed: the stranger's was seen, and left alone.
    office.room(petra)
    assert not office.is_in(sven, room)
    assert known(office, room) is None


def test_what_was_said_before_it_came_is_none_of_its_business(office, petra) -> None:
    room = petra.create_room("Older than the bot")
    office.own(room)
    early = office.thread(petra, room, petra.say(room, firm().met))
    petra.invite(room, office.bot_id)
    office.wait(petra, "it joins", lambda: office.is_in(petra, room))
    later = office.tell(petra, room, firm().met)
    assert later.states == [ProposalState.PENDING]
    assert early.news == [] and early.proposals == []


@pytest.mark.parametrize("text", ["? who haven't we talked to since August", "@bot how much is in Fund II?"])
def test_a_question_in_the_intake_room_is_answered_and_proposes_nothing(office, petra, text: str) -> None:
    room = office.room(petra)
    thread = office.thread(petra, room, petra.say(room, text))
    assert thread.wait_for_posts(1).body
    assert thread.proposals == []


def test_in_the_query_room_every_message_is_a_question(office, petra) -> None:
    room = office.room(petra, purpose=Purpose.QUERY)
    thread = office.thread(petra, room, petra.say(room, firm().met))
    assert thread.wait_for_posts(1).body
    assert thread.proposals == []


def test_a_mention_of_the_bot_makes_a_question(office, petra) -> None:
    room = office.room(petra)
    mentions = {"m.mentions": {"user_ids": [office.bot_id]}}
    thread = office.thread(petra, room, petra.say(room, "who is our largest investor", **mentions))
    assert thread.wait_for_posts(1).body
    assert thread.proposals == []


def test_an_upgraded_room_goes_on_in_the_new_one(office, petra) -> None:
    old = office.room(petra, version="10")
    thread = office.tell(petra, old, firm().met)
    new = petra.upgrade(old, "11")
    office.wait(petra, "the old one is replaced", lambda: known(office, old).replaced_by == new)
    found = office.wait(petra, "the new one is known", lambda: known(office, new))
    assert found.purpose == Purpose.INTAKE
    petra.invite(new, office.bot_id)
    office.wait(petra, "it follows", lambda: office.is_in(petra, new))
    later = office.tell(petra, new, firm().met)
    later.answer("yes")
    assert later.states == [ProposalState.COMMITTED]
    assert thread.states == [ProposalState.PENDING]


def test_in_an_encrypted_room_it_says_once_that_it_cannot_read(office, petra) -> None:
    """This bot runs without MATRIX_E2EE."""
    room = office.room(petra, encrypted=True)
    said = office.wait(
        petra,
        "it says so",
        lambda: [post for post in office.said(petra, room) if "encrypt" in post.body.lower()],
    )
    scrambled = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkLmt6q", "session_id": "x"}
    for _ in range(2):
        petra.wait_until_seen(petra.send(room, scrambled, kind="m.room.encrypted"))
    other = office.room(petra)
    office.tell(petra, other, firm().met)
    again = [post for post in office.said(petra, room) if "encrypt" in post.body.lower()]
    assert len(said) == len(again) == 1
    assert known(office, room).is_encrypted


def test_it_lives_on_after_being_thrown_out(office, petra) -> None:
    room, other = office.room(petra), office.room(petra)
    office.tell(petra, room, firm().met)
    petra.kick(room, office.bot_id)
    office.wait(petra, "it notices", lambda: not known(office, room).is_joined)
    before = Proposal.unscoped.count()
    petra.say(room, firm().met)
    assert office.tell(petra, other, firm().met).states == [ProposalState.PENDING]
    assert Proposal.unscoped.count() == before + 1
