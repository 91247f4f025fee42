"""A decision binds to the version its writer has seen, by word and by thumb."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.communications.models import Communication
from crm_site.core import unit
from crm_site.investors.models import Opportunity
from crm_site.tests import cast
from intake import services as intake
from intake.choices import ProposalState
from intake.matrix import conversation
from intake.matrix.models import MatrixEvent, MatrixPost
from intake.matrix.tests.room import TWO, proposals
from intake.tasks import expire_proposals

STALE = "It was edited since; look at the new one below and answer again. Nothing was written."


def edit_on_the_web(member) -> None:
    (proposal,) = proposals()
    intake.edit(
        actor=cast.actor_of(member), proposal=proposal, revision=proposal.revision, values={"amount": "4m"}
    )


@pytest.mark.parametrize("key", ["👍", "👍\ufe0f", "👍🏽", "✅", "✅\ufe0f"])
def test_a_thumb_on_the_proposal_writes_it(room, petra, key) -> None:
    root = room.capture(petra)
    room.react(petra, room.last_event(root), key)
    assert proposals()[0].state == ProposalState.COMMITTED
    assert room.last(root).startswith("Written: new investor Blue Heron Capital")


@pytest.mark.parametrize("key", ["👎", "👎🏿", "❌", "❌\ufe0f"])
def test_a_thumb_down_drops_it(room, petra, key) -> None:
    root = room.capture(petra)
    room.react(petra, room.last_event(root), key)
    assert proposals()[0].state == ProposalState.REJECTED


@pytest.mark.parametrize("key", ["🎉", "yes", "👍👎", "🫶"])
def test_any_other_reaction_decides_nothing(room, petra, key) -> None:
    root = room.capture(petra)
    room.react(petra, room.last_event(root), key)
    assert proposals()[0].state == ProposalState.PENDING


def test_a_thumb_decides_on_the_one_it_stands_on(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.react(petra, room.shown(root)[1].event_id)
    assert [one.state for one in proposals()] == [ProposalState.PENDING, ProposalState.COMMITTED]


def test_a_thumb_on_the_message_itself_decides_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.react(petra, root)
    assert proposals()[0].state == ProposalState.PENDING


def test_a_thumb_on_what_is_no_proposal_decides_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "help")
    room.react(petra, room.last_event(root))
    assert proposals()[0].state == ProposalState.PENDING


def test_a_thumb_on_an_older_version_asks_again(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m")
    room.react(petra, room.shown(root)[0].event_id)
    assert room.last(root) == STALE
    assert Communication.objects.count() == 0
    room.react(petra, room.shown(root)[1].event_id)
    assert Opportunity.objects.get().expected == 4_000_000


def test_a_yes_by_a_client_that_has_only_the_older_version_asks_again(room, petra, partner) -> None:
    root = room.capture(petra)
    seen = room.last_event(root)
    edit_on_the_web(partner)
    room.flush()
    room.reply(petra, root, "yes", last=seen)
    assert room.last(root) == STALE
    assert Communication.objects.count() == 0
    room.reply(petra, root, "yes")
    assert Communication.objects.count() == 1


def test_a_yes_after_ones_own_edit_but_before_the_new_version_asks_again(room, petra) -> None:
    root = room.capture(petra)
    edit = room.reply(petra, root, "edit amount=4m")
    room.reply(petra, root, "yes", last=edit)
    assert room.last(root) == STALE
    assert Communication.objects.count() == 0


def test_a_yes_after_talk_that_followed_the_newest_version_counts(room, petra, anna) -> None:
    root = room.capture(petra)
    talk = room.reply(anna, root, "looks right to me")
    room.reply(petra, root, "yes", last=talk)
    assert Communication.objects.count() == 1


def test_a_plain_reply_to_an_older_version_asks_again(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m")
    room.plain_reply(petra, room.shown(root)[0].event_id, "yes")
    assert room.last(root) == STALE
    assert Communication.objects.count() == 0


def test_a_yes_aimed_at_an_older_version_asks_again(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m")
    room.reply(petra, root, "yes", last=room.shown(root)[0].event_id, aimed=True)
    assert room.last(root) == STALE


def test_clients_that_always_point_at_the_root_can_approve_an_edited_one(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m", last=root)
    room.reply(petra, root, "yes", last=root)
    assert Opportunity.objects.get().expected == 4_000_000


def test_what_such_a_client_sent_before_the_edit_does_not_approve_it(room, petra, partner) -> None:
    root = room.capture(petra)
    edit_on_the_web(partner)
    room.flush()
    earlier = timezone.now() - timedelta(minutes=5)
    relation = {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": root},
    }
    room.deliver(
        {
            "type": "m.room.message",
            "event_id": "$while-the-bot-was-away",
            "sender": petra,
            "origin_server_ts": int(earlier.timestamp() * 1000),
            "content": {"msgtype": "m.text", "body": "yes", "m.relates_to": relation},
        }
    )
    assert room.last(root) == STALE
    assert Communication.objects.count() == 0


def test_what_may_be_about_a_post_on_its_way_is_handled_later(room, petra) -> None:
    root = room.capture(petra)
    (post,) = room.posts(root)
    known = post.event_id
    MatrixPost.objects.filter(pk=post.pk).update(event_id="", state="queued", sent_at=None)
    with pytest.raises(conversation.NotYet):
        room.react(petra, known)
    room.flush()
    event = MatrixEvent.objects.get(kind="reaction")
    with unit.atomic():
        conversation.handle(event=event, bot_id="@roundtable:home.test")
    assert proposals()[0].state == ProposalState.COMMITTED


def test_the_same_thumb_handled_twice_writes_and_says_once(room, petra) -> None:
    root = room.capture(petra)
    room.react(petra, room.last_event(root))
    before = room.texts(root)
    with unit.atomic():
        conversation.handle(event=MatrixEvent.objects.get(kind="reaction"), bot_id="@roundtable:home.test")
    assert room.texts(root) == before
    assert Communication.objects.count() == 1


def test_applause_after_the_write_is_answered_once_for_each_person(room, petra, anna) -> None:
    root = room.capture(petra)
    shown = room.last_event(root)
    room.reply(petra, root, "yes")
    room.react(petra, shown)
    assert room.last(root).startswith("Written")
    room.react(anna, shown)
    room.react(anna, shown, "✅")
    assert [text.startswith("This was written already") for text in room.texts(root)[2:]] == [True]


def test_a_yes_to_an_expired_one_says_that_it_expired(room, petra) -> None:
    root = room.capture(petra)
    (proposal,) = proposals()
    type(proposal).objects.filter(pk=proposal.pk).update(expires_at=timezone.now())
    expire_proposals()
    assert room.last(root).startswith("Nobody answered for 14 days")
    room.flush()
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("This expired on ")


def test_a_yes_to_a_rejected_one_says_by_whom(room, petra, anna) -> None:
    root = room.capture(petra)
    room.reply(anna, root, "no")
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("This was rejected already by Anna Associate on ")
    assert Communication.objects.count() == 0


def test_two_edits_in_a_row_both_count(room, petra) -> None:
    root = room.capture(petra)
    seen = room.last_event(root)
    room.reply(petra, root, "edit amount=4m", last=seen)
    room.reply(petra, root, 'edit note="A good talk"', last=seen)
    assert "4,000,000" in room.last(root) and "A good talk" in room.last(root)
