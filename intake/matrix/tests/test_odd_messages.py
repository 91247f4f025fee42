"""What a person may paste, by accident or on purpose."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from crm_site.investors.models import Investor
from crm_site.tests import cast
from intake import services as intake
from intake.choices import ProposalState
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom
from intake.matrix.tests.room import BOT, Room, proposals
from intake.models import InboundMessage, Proposal


def test_a_message_of_64_kb_is_refused_kindly(room, petra) -> None:
    root = room.say(petra, "x" * 64_000)
    assert room.last(root).startswith(
        "The message has 64,000 characters; at most 20,000 can be read. Nothing was kept"
    )
    assert InboundMessage.objects.count() == 0


def test_html_in_a_message_stays_text(room, petra) -> None:
    root = room.capture(petra, "Called <b onclick=x>Cedar</b> Row Capital, note <script>alert(1)</script>")
    for post in room.posts(root):
        assert "<script" not in post.content["formatted_body"]
        assert "<b onclick" not in post.content["formatted_body"]


def test_a_name_that_calls_everybody_notifies_nobody_else(room, petra) -> None:
    root = room.capture(petra, "Met Dana of @room Capital, tell @anna:home.test and @room")
    assert all(post.content["m.mentions"] in ({}, {"user_ids": [petra]}) for post in room.posts(root))


def test_direction_marks_and_nul_do_not_reach_the_room(room, petra) -> None:
    root = room.capture(petra, "Called Cedar\u202e\x00 Row Capital, left a \u2066voicemail\u2069 for Tom")
    body = room.last(root)
    assert "Cedar Row Capital" in body
    assert not {"\u202e", "\x00", "\u2066", "\u2069"} & set(body)


@pytest.mark.parametrize("body", ["", "   ", "\x00", "\ud800"])
def test_a_message_of_nothing_is_left_in_peace(room, petra, body) -> None:
    room.say(petra, body)
    assert room.posts() == [] and InboundMessage.objects.count() == 0


def test_a_proposal_too_long_for_the_room_is_cut_with_a_link(room, petra, settings) -> None:
    root = room.capture(petra, "Called Cedar Row, " + "\U0001f600 " * 4500)
    (proposal,) = proposals()
    (post,) = room.posts(root)
    assert len(json.dumps(post.content, ensure_ascii=False).encode()) < 26_000
    assert f"{settings.SITE_URL}/inbox/{proposal.pk}/" in post.content["body"]
    room.reply(petra, root, "yes")
    assert proposals()[0].state == ProposalState.COMMITTED


def test_the_same_event_again_is_one_message_and_one_proposal(room, petra) -> None:
    root = room.capture(petra)
    raw = json.loads(bytes(MatrixEvent.objects.get(event_id=root).raw))
    room.deliver(raw)
    room.work_off()
    assert InboundMessage.objects.count() == 1
    assert Proposal.objects.count() == MatrixPost.objects.filter(revision__isnull=False).count() == 1


@pytest.mark.parametrize(
    "relation",
    [
        "a string",
        {"rel_type": "m.thread"},
        {"rel_type": "m.thread", "event_id": "$nowhere"},
        {"rel_type": "m.replace", "event_id": "$nowhere"},
        {"m.in_reply_to": "$x"},
        {"rel_type": ["m.thread"], "event_id": {"a": 1}},
    ],
)
def test_a_broken_relation_stops_nothing(room, petra, relation) -> None:
    content = {"msgtype": "m.text", "body": "yes", "m.relates_to": relation, "m.mentions": "x"}
    room.send(petra, {**content, "m.new_content": {"msgtype": "m.text", "body": "yes"}})
    root = room.capture(petra, "Called Cedar Row, left a voicemail for Tom")
    assert "Cedar Row" in room.last(root)


def test_in_a_room_without_a_use_nothing_is_kept_or_said(house, petra) -> None:
    unused = Room(Purpose.NONE)
    unused.say(petra, "Called Cedar Row, left a voicemail for Tom")
    assert unused.posts() == [] and InboundMessage.objects.count() == 0


def test_an_answer_after_a_room_upgrade_goes_to_the_new_room(room, petra) -> None:
    root = room.say(petra, "Called Cedar Row, left a voicemail for Tom")
    successor = MatrixRoom.objects.create(
        organization_id=room.row.organization_id, room_id="!new:home.test", purpose="intake"
    )
    MatrixRoom.objects.filter(pk=room.row.pk).update(replaced_by=successor.room_id)
    room.work_off()
    post = MatrixPost.objects.get(room=successor, revision__isnull=False)
    assert post.thread_root == "" and root not in post.content["body"]


def test_an_answer_of_another_bot_counts_for_nothing(room, petra) -> None:
    root = room.capture(petra)
    relation = {"rel_type": "m.thread", "event_id": root}
    room.send(petra, {"msgtype": "m.notice", "body": "yes", "m.relates_to": relation})
    assert proposals()[0].state == ProposalState.PENDING


def test_our_own_words_are_no_answer(room, petra) -> None:
    root = room.capture(petra)
    room.reply(BOT, root, "yes")
    assert Investor.objects.count() == 0


def greeted(room: Room) -> MatrixPost:
    room.say(BOT, "what brings the first batch")
    return room.row.posts.get(key__startswith="hello")


def test_a_plain_reply_to_our_hello_is_a_message(room, petra) -> None:
    hello = greeted(room)
    answered = room.plain_reply(petra, hello.event_id, "Called Cedar Row, left a voicemail for Tom")
    room.work_off()
    assert "New investor: Cedar Row" in room.last(answered)


def test_a_message_in_the_thread_of_our_hello_is_shown_the_way_once(room, petra) -> None:
    hello = greeted(room)
    for _ in range(2):
        room.reply(petra, hello.event_id, "Called Cedar Row, left a voicemail for Tom")
    assert room.texts(hello.event_id) == [
        "I read what is said in the room itself. Please send it there as a message of its own."
    ]


def test_what_an_edit_is_told_hangs_on_what_it_edits(room, petra) -> None:
    room.capture(petra)
    bare = room.say(petra, "hm?")
    room.edit(petra, bare, "yes")
    stranger = "@sven:elsewhere.test"
    theirs = room.say(stranger, "Called Cedar Row")
    MatrixPost.objects.filter(thread_root=theirs).update(key="forgotten")
    room.edit(stranger, theirs, "Called Cedar Row twice")
    edits = set(MatrixEvent.objects.filter(kind="edit").values_list("event_id", flat=True))
    assert len(room.posts(theirs)) == 2
    assert not edits & {post.thread_root for post in room.posts()}


def test_a_picture_in_a_thread_is_decided_in_that_thread(room, petra, partner) -> None:
    chatter = room.say(petra, "thanks both, great work today")
    content = {
        "msgtype": "m.image",
        "body": "card.png",
        "url": "mxc://home.test/abc",
        "m.relates_to": {"rel_type": "m.thread", "event_id": chatter},
    }
    picture = MatrixEvent.objects.create(
        organization_id=partner.organization_id,
        room=room.row,
        event_id="$picture",
        sender=petra,
        kind="picture",
        thread_root=chatter,
        raw=json.dumps({"content": content}).encode(),
        sent_at=timezone.now(),
        state="done",
    )
    InboundMessage.objects.filter(external_id=chatter).update(external_id="$other")
    intake.receive(
        actor=cast.actor_of(partner),
        source="matrix",
        body="Called Cedar Row, left a voicemail for Tom",
        external_id=picture.event_id,
    )
    room.work_off()
    (post,) = room.shown(chatter)
    room.reply(petra, chatter, "yes")
    assert post.proposal.message.external_id == "$picture"
    assert proposals()[0].state == ProposalState.COMMITTED
