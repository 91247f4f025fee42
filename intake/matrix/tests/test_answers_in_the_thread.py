"""What can be answered besides yes and no, and what is said to what is not understood."""

from __future__ import annotations

import pytest

from crm_site.communications.models import Communication
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity
from crm_site.tests import cast
from intake import services as intake
from intake.choices import ProposalState
from intake.drafts import UnknownFund
from intake.matrix.tests.room import SENTENCE, TWO, proposals


def test_an_edit_shows_the_proposal_anew(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m")
    first, second = room.shown(root)
    assert (first.revision, second.revision) == (1, 2)
    assert "4,000,000" in second.content["body"] and "(changed by Petra Partner)" in second.content["body"]
    room.reply(petra, root, "yes")
    assert Opportunity.objects.get().expected == 4_000_000


def test_an_edit_of_a_field_that_does_not_exist_says_which_do(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit colour=red")
    assert "investor contact email title phone kind date note fund amount" in room.last(root)
    assert proposals()[0].revision == 1


def test_an_edit_without_a_field_says_how(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit the amount please")
    assert "Write field=value" in room.last(root)


def test_one_of_several_is_edited_by_its_number(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "2 edit contact=Mary")
    assert room.shown(root)[-1].content["body"].startswith("2 of 2")
    assert "Mary" in room.last(root)


def test_an_edit_among_several_asks_which(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "edit contact=Mary")
    assert room.last(root).startswith("Several wait here")


def test_other_candidates_are_numbered_and_picked(room, petra) -> None:
    cast.make_investor("Blue Heron Partners")
    chosen = cast.make_investor("Blue Heron Ventures")
    root = room.capture(petra, "Called Blue Heron Capital about the deck")
    number = next(n for n in (1, 2) if f"`pick {n}`: Blue Heron Ventures" in room.last(root))
    room.reply(petra, root, f"pick {number}")
    assert "Investor: Blue Heron Ventures (picked)" in room.last(root)
    room.reply(petra, root, "yes")
    assert Communication.objects.get().investor == chosen


def test_a_pick_of_nobody_says_so(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "pick 7")
    assert room.last(root).startswith("There are no other candidates.")


def test_a_pick_without_a_number_asks_for_it(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "pick")
    assert room.last(root) == "Say which one, for example `pick 2`."


def test_new_makes_a_new_investor_instead_of_the_match(room, petra) -> None:
    cast.make_investor("Blue Heron Capital")
    root = room.capture(petra, "Called Blue Heron Capital about the deck")
    room.reply(petra, root, "new")
    assert "New investor: Blue Heron Capital" in room.last(root)
    room.reply(petra, root, "yes")
    assert Investor.objects.filter(name="Blue Heron Capital").count() == 2


def test_what_could_not_be_written_yet_is_shown_all_the_same(room, petra) -> None:
    cast.make_investor("Blue Heron Partners")
    cast.make_investor("Blue Heron Ventures")
    root = room.capture(petra)
    body = room.last(root)
    assert "Several investors could be meant" in body
    assert "Contact: Dana Whitfield" in body and "Reminder: Follow up" in body
    assert "`yes`" not in body


def test_help_is_given_each_time_it_is_asked_for(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "help")
    room.reply(petra, root, "Help")
    assert [text.startswith("What you can answer") for text in room.texts(root)[1:]] == [True, True]


def test_anything_else_gets_one_short_line_once(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes but change the amount")
    room.reply(petra, root, "who is that again")
    assert room.texts(root)[1:] == [
        "I understand `yes`, `no`, `edit field=value`, `pick 2`, `new` and `help`."
    ]
    assert Communication.objects.count() == 0


def test_talk_after_the_decision_is_left_in_peace(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "yes")
    before = room.texts(root)
    room.reply(petra, root, "great, thanks!")
    assert room.texts(root) == before


def test_a_yes_before_the_proposal_is_told_to_wait(room, petra) -> None:
    root = room.say(petra, SENTENCE)
    room.reply(petra, root, "yes")
    assert room.last(root) == "I am still reading this. Answer when the proposal is here."


def test_a_plain_reply_to_the_proposal_decides(room, petra) -> None:
    root = room.capture(petra)
    room.plain_reply(
        petra, room.last_event(root), "> <@roundtable:home.test> Blue Heron\n> yes or no?\n\nyes"
    )
    assert proposals()[0].state == ProposalState.COMMITTED
    assert room.posts()[-1].thread_root == root


def test_a_plain_reply_to_the_message_decides(room, petra) -> None:
    root = room.capture(petra)
    room.plain_reply(petra, root, "yes")
    assert proposals()[0].state == ProposalState.COMMITTED


def test_a_plain_reply_to_one_of_several_means_that_one(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.plain_reply(petra, room.shown(root)[0].event_id, "yes")
    assert [one.state for one in proposals()] == [ProposalState.COMMITTED, ProposalState.PENDING]


def test_a_plain_reply_to_a_colleague_is_a_message(room, petra, anna) -> None:
    chatter = room.say(anna, "thanks both, great work today")
    room.work_off()
    answered = room.plain_reply(petra, chatter, "Called Cedar Row, left a voicemail for Tom")
    room.work_off()
    assert "New investor: Cedar Row" in room.last(answered)


def test_an_ok_under_chatter_is_chatter(room, petra, anna) -> None:
    root = room.capture(anna, "thanks both, great work today")
    room.reply(petra, root, "ok")
    assert room.posts() == []


def test_a_bare_yes_outside_the_thread_approves_nothing_and_is_told_where(room, petra) -> None:
    room.capture(petra)
    hinted = room.say(petra, "Yes!")
    assert room.last(hinted).startswith("Which one do you mean? Please answer in the thread")
    assert "Met Dana Whitfield" in room.last(hinted)
    assert Communication.objects.count() == 0


def test_a_bare_yes_with_nothing_waiting_is_left_in_peace(room, petra, anna) -> None:
    room.capture(anna)
    before = room.texts()
    room.say(petra, "ok")
    room.work_off()
    assert room.texts() == before


def test_a_failed_write_says_why_and_another_yes_works(room, petra, partner) -> None:
    root = room.capture(petra)
    investors.edit_fund(actor=cast.system(), fund=Fund.objects.get(), values={"name": "Fund Nine"})
    room.reply(petra, root, "yes")
    assert room.last(root).startswith("There is no fund named Fund II.")
    assert "Your funds: Fund Nine." in room.last(root) and "say `yes` again" in room.last(root)
    (proposal,) = proposals()
    assert (proposal.state, proposal.error) == (ProposalState.PENDING, "There is no fund named Fund II.")
    assert Investor.objects.count() == 0
    investors.edit_fund(actor=cast.system(), fund=Fund.objects.get(), values={"name": "Fund II"})
    room.reply(petra, root, "yes")
    assert Communication.objects.count() == 1
    assert proposals()[0].decided_by_id == partner.user_id


def test_an_approval_on_the_web_shows_in_the_room_once(room, petra, partner) -> None:
    root = room.capture(petra)
    (proposal,) = proposals()
    intake.approve(actor=cast.actor_of(partner), proposal=proposal, revision=1)
    room.reply(petra, root, "yes")
    written = [text for text in room.texts(root) if text.startswith("Written")]
    assert len(written) == 1 and "by Petra Partner on the web" in written[0]
    assert room.last(root).startswith("This was written already by Petra Partner on the web")


def test_a_no_on_the_web_shows_in_the_room(room, petra, partner) -> None:
    root = room.capture(petra)
    intake.reject(actor=cast.actor_of(partner), proposal=proposals()[0], revision=1)
    assert room.last(root).startswith("Dropped by Petra Partner on the web")


def test_an_edit_on_the_web_shows_in_the_room(room, petra, partner) -> None:
    root = room.capture(petra)
    intake.edit(actor=cast.actor_of(partner), proposal=proposals()[0], revision=1, values={"amount": "9m"})
    assert "9,000,000" in room.last(root) and "(changed by Petra Partner on the web)" in room.last(root)


def test_a_write_that_fails_on_the_web_says_nothing_in_the_room(room, petra, partner) -> None:
    root = room.capture(petra)
    before = room.texts(root)
    investors.edit_fund(actor=cast.system(), fund=Fund.objects.get(), values={"name": "Fund Nine"})
    with pytest.raises(UnknownFund):
        intake.approve(actor=cast.actor_of(partner), proposal=proposals()[0], revision=1)
    assert room.texts(root) == before


def test_yes_all_writes_what_it_can_and_says_what_it_cannot(room, petra) -> None:
    root = room.capture(petra, TWO)
    room.reply(petra, root, "1 edit fund=Nowhere amount=2m")
    room.reply(petra, root, "yes all")
    assert [one.state for one in proposals()] == [ProposalState.PENDING, ProposalState.COMMITTED]
    said = room.texts(root)[-2:]
    assert said[0].startswith("Cedar Row · call · expects 2,000,000: There is no fund named Nowhere.")
    assert said[1].startswith("Written: new investor Lakeshore Endowment")
