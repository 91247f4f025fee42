"""What people and broken clients send: very long, hostile, malformed, all at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_site.tests.synapse.homeserver import Refused
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.choices import MessageState, ProposalState
from intake.matrix.choices import EventState
from intake.matrix.models import MatrixEvent
from intake.matrix.tests.journeys.scene import firm, investors, logged
from intake.models import InboundMessage

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]

EVENT_LIMIT = 65_536


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


@pytest.fixture(scope="module")
def room(office: Office, petra: Person) -> str:
    return office.room(petra)


def test_a_long_message_is_proposed_and_the_post_is_cut(office, petra, room) -> None:
    """As long as the CRM takes: twenty thousand characters, all of them kept, not all of them shown."""
    acme = firm()
    text = f"{acme.met}. " + "They like the strategy & asked for the <data room> again. " * 400
    text = text[:19_900]
    thread = office.tell(petra, room, text)
    post = thread.news[0]
    assert acme.name in post.body
    assert len(json.dumps(post.source).encode()) < EVENT_LIMIT / 2
    assert "`yes`" in post.body
    assert thread.message.text == text.strip()
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]


def test_one_longer_than_anybody_would_approve_unread_is_declined(office, petra, room) -> None:
    acme = firm()
    text = (f"{acme.met}. " + "They like the strategy and asked for the data room again. " * 1_080)[:63_500]
    thread = office.tell(petra, room, text)
    assert "20,000" in thread.news[0].body
    assert thread.proposals == []
    assert investors(office, acme.name) == []


def test_one_that_is_longer_the_server_itself_refuses(petra, room) -> None:
    with pytest.raises(Refused) as refused:
        petra.say(room, "x" * 70_000)
    assert refused.value.errcode == "M_TOO_LARGE"


def test_markup_and_room_pings_come_back_as_plain_text(office, petra, room) -> None:
    text = "Met Bo <img src=x onerror=alert(1)> Tables of <b>Zinnia</b> & Sons Capital, @room should know, bo@zinnia.example"
    thread = office.tell(petra, room, text)
    for post in thread.news:
        assert "<img" not in post.html and "<b>Zinnia</b>" not in post.html
        assert "@room" not in json.dumps(post.content.get("m.mentions"))
        assert "room" not in post.content["m.mentions"]


def test_turned_text_and_nul_are_read_as_if_they_were_not_there(office, petra, room) -> None:
    acme = firm()
    turned = acme.met.replace(acme.name, f"\u202e{acme.name}\u202c\u200f")
    thread = office.tell(petra, room, turned + " \u0000\ufeff")
    assert acme.name in thread.news[0].body
    assert not set("\u202e\u202c\u200f\u0000") & set(thread.news[0].body + thread.news[0].html)
    thread.answer("yes")
    assert len(logged(office, acme.name)) == 1


def test_malformed_events_stop_nothing(office, petra, room) -> None:
    root = petra.say(room, firm().met)
    relation = {"rel_type": "m.thread", "event_id": root}
    junk: list[dict[str, Any]] = [
        {"msgtype": "m.text", "body": "x", "m.relates_to": "a string"},
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"m.in_reply_to": "a string"}},
        {"msgtype": "m.image", "body": "no address"},
        {"msgtype": "m.image", "body": "no picture", "url": "mxc://test.localhost/none"},
        {"msgtype": "m.text", "body": "* x", "m.relates_to": {"rel_type": "m.replace", "event_id": root}},
        {"msgtype": "m.unheard.of", "body": "yes", "m.relates_to": relation},
        {"msgtype": "m.text", "body": "", "format": "org.matrix.custom.html", "formatted_body": "<p>hi"},
        {"body": "yes", "m.relates_to": relation},
        {},
    ]
    taken = [_sent(petra, room, content) for content in junk]
    assert sum(taken) >= 5, f"the homeserver itself refused most of it: {taken}"
    for kind in ("m.reaction", "m.room.encrypted", "org.example.event"):
        petra.send(room, {"m.relates_to": {"key": "👍"}, "unheard": "of"}, kind=kind)
    thread = office.tell(petra, room, firm().met)
    assert thread.states == [ProposalState.PENDING]
    assert office.thread(petra, room, root).states == [ProposalState.PENDING]
    assert not MatrixEvent.unscoped.filter(state=EventState.FAILED).exists()


def _sent(person: Person, room: str, content: dict[str, Any]) -> bool:
    try:
        person.send(room, content)
    except Refused:
        return False
    return True


def test_chatter_gets_no_proposal_and_no_noise(office, petra, room) -> None:
    root = petra.say(room, "thanks both, great work today")
    office.wait(
        petra,
        "read",
        lambda: InboundMessage.unscoped.filter(external_id=root, state=MessageState.IGNORED).exists(),
    )
    thread = office.tell(petra, room, firm().met)
    assert thread.states == [ProposalState.PENDING]
    assert office.thread(petra, room, root).posts == []


def test_two_hundred_messages_pasted_at_once_all_get_their_proposal(office, petra, room) -> None:
    firms = [firm() for _ in range(200)]
    roots = petra.send_all(room, [one.met for one in firms])
    threads = [office.thread(petra, room, root) for root in roots]
    office.wait(petra, "a proposal for each", lambda: all(thread.news for thread in threads), timeout_s=240)
    assert [len(thread.news) for thread in threads] == [1] * 200
    assert all(one.name in thread.news[0].body for one, thread in zip(firms, threads, strict=True))
    # That it takes long is said once, not two hundred times.
    assert sum(len(thread.posts) - len(thread.news) for thread in threads) <= 1
    last = threads[-1]
    last.answer("yes")
    assert last.states == [ProposalState.COMMITTED]
