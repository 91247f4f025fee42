"""A sentence in the room becomes a proposal in its thread, and a yes writes it."""

from __future__ import annotations

from crm_site.audit.models import AuditEvent
from crm_site.communications.models import Communication
from crm_site.investors.models import Investor
from crm_site.tests import cast
from intake.choices import ProposalState
from intake.matrix.tests.room import TWO, proposals
from intake.models import InboundMessage


def test_a_message_is_answered_by_a_proposal_in_its_thread(room, petra, partner) -> None:
    root = room.capture(petra)
    (post,) = room.posts()
    assert post.thread_root == root
    body = post.content["body"]
    assert "New investor: Blue Heron Capital" in body
    assert "New contact: Dana Whitfield (COO, dana@blueheron.com)" in body
    assert "Expected in Fund II: 2,500,000 USD" in body
    assert "Answer `yes` to write it" in body
    message = InboundMessage.objects.get()
    assert (message.source, message.external_id, message.sender_id) == ("matrix", root, partner.user_id)


def test_a_proposal_notifies_its_author_and_nobody_else(room, petra) -> None:
    root = room.capture(petra)
    (post,) = room.posts(root)
    assert post.content["msgtype"] == "m.text"
    assert post.content["m.mentions"] == {"user_ids": [petra]}


def test_what_is_no_proposal_notifies_nobody(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    written = room.posts(root)[-1]
    assert written.content["msgtype"] == "m.notice"
    assert written.content["m.mentions"] == {}


def test_it_shows_what_is_changed_from_what_to_what(room, petra) -> None:
    investor = cast.make_investor("Blue Heron Capital")
    fund = cast.make_fund("Fund III")
    cast.make_opportunity(investor=investor, fund=fund, expected="500000")
    root = room.capture(petra, "Called Blue Heron Capital, thinking 2m in Fund III")
    assert "Expected in Fund III: 500,000 USD → 2,000,000 USD" in room.last(root)


def test_it_says_who_was_matched_how_and_how_surely(room, petra) -> None:
    cast.make_investor("Blue Heron Capital")
    root = room.capture(petra, "Called Blue Heron Capital about the deck")
    assert "Investor: Blue Heron Capital (matched by its name, 100% sure)" in room.last(root)


def test_a_yes_writes_and_names_what_was_written(room, petra, settings) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    investor = Investor.objects.get(name="Blue Heron Capital")
    said = room.posts(root)[-1]
    body = said.content["body"]
    assert body.startswith("Written: new investor Blue Heron Capital by Petra Partner")
    assert "New contact: Dana Whitfield" in body and "Reminder:" in body
    assert f"{settings.SITE_URL}/investors/{investor.pk}/" in body
    assert f'href="{settings.SITE_URL}/investors/{investor.pk}/"' in said.content["formatted_body"]
    assert Communication.objects.get().investor == investor


def test_the_write_carries_the_member_and_how_it_was_captured(room, petra, partner) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    assert Communication.objects.get().captured_via == "matrix_intake"
    for action in ("proposal.approved", "communication.logged"):
        entry = AuditEvent.objects.filter(action=action).get()
        assert (entry.door, entry.user_id, entry.captured_via) == ("matrix", partner.user_id, "matrix_intake")


def test_a_second_yes_is_told_who_was_first(room, petra, anna) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    room.reply(anna, root, "ok")
    assert room.last(root).startswith("This was written already by Petra Partner on ")
    assert Communication.objects.count() == 1


def test_a_no_writes_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "n")
    assert Investor.objects.count() == 0
    assert proposals()[0].state == ProposalState.REJECTED
    assert room.last(root).startswith("Dropped by Petra Partner: Blue Heron Capital")


def test_several_investors_are_several_proposals_in_one_thread(room, petra) -> None:
    root = room.capture(petra, TWO)
    first, second = room.shown(root)
    assert first.content["body"].startswith("1 of 2: Cedar Row")
    assert second.content["body"].startswith("2 of 2: Lakeshore Endowment")
    assert "`yes 2`" in second.content["body"] and "`yes all`" in second.content["body"]


def test_a_bare_yes_among_several_asks_which(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("Several wait here: 1, 2. Which one?")
    assert Communication.objects.count() == 0


def test_a_numbered_yes_writes_that_one(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "yes 2")
    assert [one.state for one in proposals()] == [ProposalState.PENDING, ProposalState.COMMITTED]


def test_a_bare_yes_means_the_one_that_is_left(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "no 1")
    room.reply(petra, root, "yes")
    assert [one.state for one in proposals()] == [ProposalState.REJECTED, ProposalState.COMMITTED]


def test_yes_all_writes_each_and_says_each(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "yes all")
    assert [one.state for one in proposals()] == [ProposalState.COMMITTED] * 2
    assert sum(text.startswith("Written:") for text in room.texts(root)) == 2


def test_a_number_nobody_has_is_said(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "yes 3")
    assert room.last(root) == "There is no proposal 3 here; there are numbers 1 to 2."


def test_a_message_of_chatter_is_left_in_peace(room, petra) -> None:
    room.capture(petra, "thanks both, great work today")
    assert room.posts() == []
    assert InboundMessage.objects.get().state == "ignored"


def test_two_hundred_messages_at_once_have_a_thread_each(room, petra) -> None:
    roots = [room.say(petra, f"Called Cedar Row {number}, left a voicemail") for number in range(200)]
    room.work_off()
    assert sorted(post.thread_root for post in room.posts()) == sorted(roots)
