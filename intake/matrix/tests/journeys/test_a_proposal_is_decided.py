"""From a sentence to a decision: every word and reaction of the room grammar, as clients with and without threads send it."""

from __future__ import annotations

import pytest

from crm_site.audit import reading as audit_reading
from crm_site.audit.models import AuditEvent
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake import services as intake
from intake.choices import ProposalState
from intake.matrix.tests.journeys.scene import Firm, firm, investors, logged
from intake.models import Proposal

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


@pytest.fixture
def acme() -> Firm:
    return firm()


def test_a_sentence_becomes_a_proposal_in_its_thread(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    post = thread.news[0]
    assert post.content["msgtype"] == "m.text"
    assert post.content["m.mentions"] == {"user_ids": [petra.mxid]}
    assert post.relation["is_falling_back"] is True
    assert post.relation["m.in_reply_to"] == {"event_id": thread.root}
    assert post.content["format"] == "org.matrix.custom.html"
    for text in (post.body, post.html):
        assert acme.name in text and acme.person in text and acme.email in text
        assert "yes" in text
    assert thread.proposal.state == ProposalState.PENDING
    assert investors(office, acme.name) == []


def test_a_yes_writes_and_says_what_and_where(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    said = thread.answer("yes")
    (investor,) = investors(office, acme.name)
    (written,) = logged(office, acme.name)
    assert written.captured_via == "matrix_intake"
    assert said.content["msgtype"] == "m.notice"
    assert acme.name in said.body
    assert f"https://crm.harbor.example/investors/{investor.pk}/" in said.body + said.html
    member = office.membership(petra)
    with scope(office.organization):
        entry = AuditEvent.objects.get(
            action="communication.logged", subject_id=written.pk, subject_label__contains="ommunication"
        )
        assert (entry.user_id, entry.door, entry.captured_via) == (member.user_id, "matrix", "matrix_intake")
        assert list(audit_reading.verify(office.organization.pk)) == []
    assert (thread.proposal.decided_by_id, thread.proposal.decided_via) == (member.user_id, "matrix")


@pytest.mark.parametrize("word", ["y", "OK", "Yes!", "👍"])
def test_each_word_of_consent_writes(office, petra, room, acme, word: str) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.answer(word)
    assert thread.states == [ProposalState.COMMITTED]
    assert len(logged(office, acme.name)) == 1


@pytest.mark.parametrize("word", ["no", "n", "❌"])
def test_each_word_of_refusal_writes_nothing(office, petra, room, acme, word: str) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.answer(word)
    assert thread.states == [ProposalState.REJECTED]
    assert investors(office, acme.name) == []


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("👍", ProposalState.COMMITTED),
        ("✅", ProposalState.COMMITTED),
        ("👍️", ProposalState.COMMITTED),
        ("👎", ProposalState.REJECTED),
        ("❌", ProposalState.REJECTED),
    ],
)
def test_a_reaction_on_the_proposal_decides(office, petra, room, acme, key: str, state: str) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.react(key)
    assert thread.states == [state]
    assert len(investors(office, acme.name)) == int(state == ProposalState.COMMITTED)


def test_any_other_reaction_decides_nothing(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    petra.react(room, thread.news[0].event_id, "🎉")
    petra.react(room, thread.root, "👍")
    thread.answer("no")
    assert len(thread.news) == 2
    assert thread.states == [ProposalState.REJECTED]


def test_an_edit_shows_the_proposal_anew_and_yes_writes_the_new_one(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    shown = thread.answer('edit kind=call title="Managing Partner" due=2027-03-01')
    assert "Managing Partner" in shown.body
    assert thread.proposal.revision == 2
    thread.answer("yes")
    (written,) = logged(office, acme.name)
    assert written.kind == "call"
    assert thread.states == [ProposalState.COMMITTED]


def test_an_edit_of_no_field_says_which_there_are(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    said = thread.answer("edit colour=blue").body
    assert "colour" in said
    for (
        field
    ) in "investor contact email title phone kind date note fund amount committed stage remind due".split():
        assert field in said
    assert thread.proposal.revision == 1
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]


def test_pick_takes_the_other_candidate(office, petra, room) -> None:
    with scope(office.organization):
        first = cast.make_investor("Mirabel Capital Partners")
        second = cast.make_investor("Mirabel Capital Management")
    thread = office.tell(petra, room, "Called Mirabel Capital, left a voicemail")
    shown = thread.news[0].body
    assert first.name in shown and second.name in shown
    candidates = [candidate["id"] for candidate in thread.proposal.match["candidates"]]
    thread.answer("pick 2")
    thread.answer("yes")
    chosen = {first.pk: first, second.pk: second}[candidates[1]]
    assert len(logged(office, chosen.name)) == 1
    assert thread.states == [ProposalState.COMMITTED]


def test_new_makes_an_investor_of_its_own(office, petra, room) -> None:
    with scope(office.organization):
        cast.make_investor("Bellweather Group")
    thread = office.tell(petra, room, "Met Sam Hill of Bellwether Group in Boston")
    thread.answer("new")
    thread.answer("yes")
    assert len(investors(office, "Bellwether Group")) == 1
    assert logged(office, "Bellweather Group") == []


def test_help_is_given_when_asked_and_once_when_not(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    asked = thread.answer("help").body
    for word in ("yes", "no", "edit", "pick", "new"):
        assert word in asked
    before = len(thread.news)
    petra.answer(room, thread.root, "what does this even mean")
    petra.answer(room, thread.root, "hm, let me think")
    petra.answer(room, thread.root, "no")
    thread.wait_for_posts(before + 2)
    said = thread.news[before:]
    assert thread.states == [ProposalState.REJECTED]
    assert len(said) == 2, [post.body for post in said]
    assert "\n" not in said[0].body


def test_several_investors_are_several_proposals_in_one_thread(office, petra, room) -> None:
    one, two = firm(), firm()
    thread = office.tell(petra, room, f"{one.met}. {two.met}.", posts=2)
    assert [proposal.ordinal for proposal in thread.proposals] == [1, 2]
    unclear = thread.answer("yes").body
    assert thread.states == [ProposalState.PENDING] * 2
    assert "yes 1" in unclear and "yes all" in unclear
    thread.answer("yes 2")
    assert thread.states == [ProposalState.PENDING, ProposalState.COMMITTED]
    assert (len(logged(office, one.name)), len(logged(office, two.name))) == (0, 1)
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED] * 2


def test_yes_all_and_a_reaction_on_the_one_that_is_meant(office, petra, room) -> None:
    one, two, three, four = firm(), firm(), firm(), firm()
    thread = office.tell(petra, room, f"{one.met}. {two.met}.", posts=2)
    thread.answer("yes all", posts=2)
    assert thread.states == [ProposalState.COMMITTED] * 2
    other = office.tell(petra, room, f"{three.met}. {four.met}.", posts=2)
    meant = next(post for post in other.news if four.name in post.body)
    other.react("✅", to=meant.event_id)
    assert other.states == [ProposalState.PENDING, ProposalState.COMMITTED]


def test_a_client_without_threads_can_answer(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    petra.reply(room, thread.news[0].event_id, "edit kind=call")
    thread.wait_for_posts(2)
    petra.reply(room, thread.news[1].event_id, "yes")
    thread.wait_for_posts(3)
    assert thread.states == [ProposalState.COMMITTED]
    assert logged(office, acme.name)[0].kind == "call"


def test_a_plain_reply_to_the_message_itself_counts_too(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    petra.reply(room, thread.root, "yes")
    thread.wait_for_posts(2)
    assert thread.states == [ProposalState.COMMITTED]


def test_a_yes_outside_any_thread_decides_nothing(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    lost = office.thread(petra, room, petra.say(room, "yes"))
    office.wait(
        petra,
        "a hint",
        lambda: lost.news or [event for event in office.said(petra, room) if "thread" in event.body],
    )
    assert thread.states == [ProposalState.PENDING]


def test_a_second_yes_hears_who_decided(office, petra, anna, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.answer("yes", by=anna)
    said = thread.answer("yes").body
    assert "already" in said.lower() and "Anna Associate" in said
    assert len(logged(office, acme.name)) == 1


def test_a_yes_to_what_was_rejected_or_expired_hears_that(office, petra, anna, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.answer("no", by=anna)
    said = thread.answer("yes").body
    assert "rejected" in said.lower() and "Anna Associate" in said
    late = office.tell(petra, room, firm().met)
    Proposal.unscoped.filter(pk=late.proposal.pk).update(state=ProposalState.EXPIRED)
    assert "expired" in late.answer("yes").body.lower()
    assert late.states == [ProposalState.EXPIRED]


def test_a_yes_to_an_older_version_asks_again(office, petra, anna, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    old = thread.news[0].event_id
    thread.answer("edit kind=call", by=anna)
    before = len(thread.news)
    petra.answer(room, thread.root, "yes", last_seen=old)
    thread.wait_for_posts(before + 1)
    assert thread.states == [ProposalState.PENDING]
    thread.react("👍", to=old)
    assert thread.states == [ProposalState.PENDING]
    newest = next(post for post in reversed(thread.news) if acme.name in post.body)
    thread.react("👍", to=newest.event_id)
    assert thread.states == [ProposalState.COMMITTED]
    assert logged(office, acme.name)[0].kind == "call"


def test_what_is_approved_on_the_web_shows_in_the_thread(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    with scope(office.organization):
        proposal = Proposal.objects.get(pk=thread.proposal.pk)
        owner = cast.make_member(office.organization, "owner", name="Olive Owner")
        intake.approve(actor=cast.actor_of(owner), proposal=proposal, revision=1)
    said = thread.wait_for_posts(2).body
    assert "Olive Owner" in said and acme.name in said
    assert "Olive Owner" in thread.answer("yes").body
    assert len(logged(office, acme.name)) == 1


def test_what_is_edited_on_the_web_is_shown_anew_in_the_thread(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    with scope(office.organization):
        proposal = Proposal.objects.get(pk=thread.proposal.pk)
        intake.edit(
            actor=cast.actor_of(office.membership(petra)),
            proposal=proposal,
            revision=1,
            values={"title": "Chairman"},
        )
    assert "Chairman" in thread.wait_for_posts(2).body
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]


def test_a_failed_write_says_why_and_waits_for_another_yes(office, petra, room, acme) -> None:
    thread = office.tell(petra, room, acme.met)
    thread.answer("edit fund=Nowhere amount=2m")
    before = thread.proposal.revision
    said = thread.answer("yes").body
    assert "Nowhere" in said
    assert (thread.states, thread.proposal.revision) == ([ProposalState.PENDING], before)
    with scope(office.organization):
        cast.make_fund("Nowhere")
    thread.answer("yes")
    assert thread.states == [ProposalState.COMMITTED]
