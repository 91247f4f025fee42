"""The writer edits or takes back the message after the bot has read it."""

from __future__ import annotations

import pytest

from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.choices import MessageState, ProposalState
from intake.matrix.models import MatrixEvent
from intake.matrix.tests.journeys.scene import firm, investors, logged

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


@pytest.fixture(scope="module")
def anna(office: Office) -> Person:
    return office.member("associate", "Anna Associate")


@pytest.fixture(scope="module")
def room(office: Office, petra: Person, anna: Person) -> str:
    return office.room(petra, anna)


def test_an_edited_message_is_read_again(office, petra, room) -> None:
    wrong, right = firm(), firm()
    thread = office.tell(petra, room, wrong.met)
    petra.edit(room, thread.root, right.met)
    shown = thread.wait_for_posts(2)
    assert right.name in shown.body
    thread.answer("yes")
    assert ProposalState.COMMITTED in thread.states
    assert (len(investors(office, wrong.name)), len(investors(office, right.name))) == (0, 1)
    assert thread.states.count(ProposalState.COMMITTED) == 1


def test_a_yes_to_what_the_edit_replaced_writes_nothing(office, petra, anna, room) -> None:
    wrong, right = firm(), firm()
    thread = office.tell(petra, room, wrong.met)
    old = thread.news[0].event_id
    petra.edit(room, thread.root, right.met)
    thread.wait_for_posts(2)
    thread.react("👍", by=anna, to=old)
    assert investors(office, wrong.name) == investors(office, right.name) == []


def test_an_edit_after_the_yes_changes_nothing_and_says_so(office, petra, room) -> None:
    first, other = firm(), firm()
    thread = office.tell(petra, room, first.met)
    thread.answer("yes")
    before = len(thread.news)
    petra.edit(room, thread.root, other.met)
    thread.wait_for_posts(before + 1)
    assert thread.states == [ProposalState.COMMITTED]
    assert len(logged(office, first.name)) == 1
    assert investors(office, other.name) == []


def test_only_the_writer_edits_their_message(office, petra, anna, room) -> None:
    """The server lets anybody send a replacement for anybody's message."""
    mine, forged = firm(), firm()
    thread = office.tell(petra, room, mine.met)
    event = anna.edit(room, thread.root, forged.met)
    office.wait(petra, "the forgery arrives", lambda: MatrixEvent.unscoped.filter(event_id=event).exists())
    thread.answer("yes")
    assert len(investors(office, mine.name)) == 1
    assert investors(office, forged.name) == []
    assert thread.message.text == mine.met


def test_a_message_taken_back_takes_its_proposal_with_it(office, petra, room) -> None:
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    petra.redact(room, thread.root)
    office.wait(petra, "withdrawn", lambda: thread.states == [ProposalState.WITHDRAWN])
    assert thread.message.state == MessageState.WITHDRAWN
    before = len(thread.news)
    petra.answer(room, thread.root, "yes")
    thread.wait_for_posts(before + 1)
    assert thread.states == [ProposalState.WITHDRAWN]
    assert investors(office, acme.name) == []


def test_a_message_taken_back_after_the_yes_leaves_the_record(office, petra, room) -> None:
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    thread.answer("yes")
    before = len(thread.news)
    petra.redact(room, thread.root)
    thread.wait_for_posts(before + 1)
    assert thread.states == [ProposalState.COMMITTED]
    assert len(logged(office, acme.name)) == 1


def test_a_yes_taken_back_after_the_write_undoes_nothing(office, petra, room) -> None:
    acme = firm()
    thread = office.tell(petra, room, acme.met)
    liked = petra.react(room, thread.news[0].event_id, "✅")
    thread.wait_for_posts(2)
    petra.redact(room, liked)
    follow_up = office.tell(petra, room, firm().met)
    assert follow_up.states == [ProposalState.PENDING]
    assert thread.states == [ProposalState.COMMITTED]
    assert len(logged(office, acme.name)) == 1
