"""Edits and redactions: of the message, of an answer, of a thumb."""

from __future__ import annotations

import pytest

from crm_site.accounts import services as accounts
from crm_site.communications.models import Communication
from crm_site.investors.models import Opportunity
from crm_site.tests import cast
from intake import services as intake
from intake.choices import MessageState, ProposalState
from intake.matrix.tests.room import SENTENCE, TWO, proposals
from intake.models import InboundMessage

FOUR = SENTENCE.replace("2-3m", "4m")


def test_an_edit_of_the_message_is_read_again(room, petra) -> None:
    root = room.capture(petra)
    room.edit(petra, root, FOUR)
    room.work_off()
    old, new = proposals()
    assert (old.state, new.state) == (ProposalState.SUPERSEDED, ProposalState.PENDING)
    assert "4,000,000" in room.last(root)
    room.reply(petra, root, "yes")
    assert Opportunity.objects.get().expected == 4_000_000


def test_a_yes_while_the_edit_is_being_read_writes_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.edit(petra, root, FOUR)
    room.reply(petra, root, "yes")
    assert room.last(root) == "I am still reading this. Answer when the proposal is here."
    assert Communication.objects.count() == 0


def test_the_web_cannot_approve_what_the_message_no_longer_says(room, petra, partner) -> None:
    root = room.capture(petra)
    (proposal,) = proposals()
    room.edit(petra, root, FOUR)
    with pytest.raises(intake.AlreadyDecided):
        intake.approve(actor=cast.actor_of(partner), proposal=proposal, revision=proposal.revision)


def test_a_thumb_on_the_proposal_before_the_edit_asks_again(room, petra) -> None:
    root = room.capture(petra)
    old = room.last_event(root)
    room.edit(petra, root, FOUR)
    room.work_off()
    room.react(petra, old)
    assert room.last(root).startswith("It was edited since")
    assert Communication.objects.count() == 0


def test_an_edit_by_somebody_else_changes_nothing(room, petra, anna) -> None:
    root = room.capture(petra)
    room.edit(anna, root, FOUR)
    room.work_off()
    assert InboundMessage.objects.get().text == SENTENCE
    assert len(proposals()) == 1


def test_an_edit_after_the_write_changes_nothing_and_says_so(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    room.edit(petra, root, FOUR)
    room.work_off()
    assert room.last(root).startswith("This was written already and stays as it is.")
    assert Opportunity.objects.get().expected == 2_500_000
    assert len(proposals()) == 1


def test_an_edit_that_leaves_the_words_alone_is_not_read_again(room, petra) -> None:
    root = room.capture(petra)
    room.edit(petra, root, f" {SENTENCE} ")
    assert InboundMessage.objects.get().revision == 1


def test_an_edit_into_chatter_drops_the_proposal_and_says_so(room, petra) -> None:
    root = room.capture(petra)
    room.edit(petra, root, "thanks both, great work today")
    room.work_off()
    assert (
        room.last(root) == "After your edit there is nothing to write in this; the proposal above is dropped."
    )
    assert proposals()[0].state == ProposalState.SUPERSEDED


def test_with_one_of_two_written_an_edit_renews_the_other_only(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "yes 1")
    room.edit(petra, root, TWO.replace("Maria Silva", "Marta Silva"))
    room.work_off()
    states = [(one.ordinal, one.state) for one in proposals()]
    assert states == [(1, "committed"), (2, "superseded"), (2, "pending")]
    assert "Marta Silva" in room.last(root) and room.last(root).startswith("2 of 2")
    assert any(text.startswith("This was written already") for text in room.texts(root))


def test_an_edit_of_what_was_too_long_is_taken_in(room, petra) -> None:
    root = room.say(petra, "Called Cedar Row. " * 2000)
    room.edit(petra, root, "Called Cedar Row, left a voicemail")
    room.work_off()
    assert "Cedar Row" in room.shown(root)[-1].content["body"]


def test_redacting_the_message_withdraws_the_proposal(room, petra) -> None:
    root = room.capture(petra)
    room.redact(petra, root)
    assert proposals()[0].state == ProposalState.WITHDRAWN
    assert InboundMessage.objects.get().state == MessageState.WITHDRAWN
    assert room.last(root) == "The message was removed, so nothing is written."
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("This was withdrawn by Petra Partner")
    assert Communication.objects.count() == 0


def test_redacting_before_it_is_read_leaves_no_proposal(room, petra) -> None:
    root = room.say(petra, SENTENCE)
    room.redact(petra, root)
    room.work_off()
    assert proposals() == [] and room.posts() == []


def test_redacting_after_the_write_leaves_the_record_and_says_so(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    room.redact(petra, root)
    assert room.last(root).startswith("The message was removed, but it was written already and that stays.")
    assert proposals()[0].state == ProposalState.COMMITTED


def test_redacting_an_answer_changes_nothing(room, petra) -> None:
    root = room.capture(petra)
    answer = room.reply(petra, root, "yes")
    before = room.texts(root)
    room.redact(petra, answer)
    assert room.texts(root) == before
    assert proposals()[0].state == ProposalState.COMMITTED


def test_a_stranger_with_the_power_to_redact_withdraws_nothing(room, petra) -> None:
    root = room.capture(petra)
    room.redact("@moderator:home.test", root)
    assert proposals()[0].state == ProposalState.PENDING
    assert room.last(root).startswith("Sorry, I don't know you yet")


def test_a_former_member_may_still_take_back_the_own_words(room, petra, partner, owner) -> None:
    root = room.capture(petra)
    accounts.deactivate_member(actor=cast.actor_of(owner), membership=partner)
    room.redact(petra, root)
    assert proposals()[0].state == ProposalState.WITHDRAWN


def test_taking_the_thumb_back_after_the_write_changes_nothing_and_says_so_once(room, petra) -> None:
    root = room.capture(petra)
    shown = room.last_event(root)
    thumb = room.react(petra, shown)
    room.redact(petra, thumb)
    assert room.last(root).startswith("This was written already and stays as it is.")
    again = room.react(petra, shown)
    before = room.texts(root)
    room.redact(petra, again)
    assert room.texts(root) == before
    assert Communication.objects.count() == 1


def test_editing_an_answer_changes_nothing_and_says_so_once(room, petra) -> None:
    root = room.capture(petra)
    answer = room.reply(petra, root, "maybe")
    room.edit(petra, answer, "yes")
    room.edit(petra, answer, "no")
    said = room.texts(root)
    assert said[-1] == "I don't read an answer again when it is edited. Please answer anew."
    assert said.count(said[-1]) == 1
    assert proposals()[0].state == ProposalState.PENDING
