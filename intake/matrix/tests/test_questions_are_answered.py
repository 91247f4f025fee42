"""From a question in a room to the answer in its thread: stored by the bot, answered by a worker as the member who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_site.accounts import services as accounts
from crm_site.accounts.roles import Role
from crm_site.audit.models import AuditEvent
from crm_site.core import clock, scope, spark
from crm_site.tests import cast
from crm_site.work.models import WorkItem
from crm_site.work.tests.drain import drain
from intake.matrix import tasks
from intake.matrix.choices import Purpose
from intake.matrix.models import RoomQuestion
from intake.matrix.tests.room import Room, identify, proposals
from intake.models import InboundMessage
from nlquery import pictures
from nlquery import services as asking
from nlquery.answers import Envelope
from nlquery.models import Asked

BREAKDOWN = "How many investors of each type do we have?"
STRANGER = "@sven:elsewhere.test"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def firms(house) -> None:
    for name, type_ in (("Blue Heron Capital", "family_office"), ("Cedar Row", "institution")):
        cast.make_investor(name, type=type_)


@pytest.fixture
def mirabels(house) -> None:
    """Two whom “Mirabel Capital” may mean."""
    for name in ("Mirabel Capital Partners", "Mirabel Capital Management"):
        cast.make_investor(name)


def offered(room: Room, root: str) -> list[str]:
    """The numbered names of the last answer, in their order."""
    lines = room.last(root).splitlines()
    return [line.partition(". ")[2] for line in lines if line[:1].isdigit() and line[1:3] == ". "]


def answers(room: Room, root: str) -> list[str]:
    """What was said in answer to questions, without the pictures."""
    return [
        post.content["body"]
        for post in room.posts(root)
        if post.key.startswith("answer:") and post.picture is None
    ]


# -- The answer --------------------------------------------------------------------------------------------------------------


def test_a_sentence_a_table_and_a_picture_come_in_the_thread(query_room, petra, firms) -> None:
    root = query_room.ask(petra, BREAKDOWN)
    said, picture = query_room.posts(root)
    assert said.content["msgtype"] == "m.notice"
    assert "Family office" in said.content["body"] and "/ask/?q=How" in said.content["body"]
    assert "<table>" in said.content["formatted_body"] and "/ask/?q=How" in said.content["formatted_body"]
    assert picture.content["msgtype"] == "m.image" and bytes(picture.picture).startswith(PNG)
    assert picture.content["body"].startswith("Bar chart. ") and "Family office 1" in picture.content["body"]
    assert {post.thread_root for post in (said, picture)} == {root}


def test_the_bot_only_stores_the_question(query_room, petra, firms) -> None:
    root = query_room.say(petra, BREAKDOWN)
    assert query_room.texts(root) == [] and Asked.objects.count() == 0
    assert [item.kind for item in WorkItem.unscoped.all()] == ["intake.answer"]


def test_with_a_model_the_slow_cluster_answers(query_room, petra, mirabels, monkeypatch) -> None:
    monkeypatch.setattr(spark, "configured", lambda: True)
    query_room.say(petra, BREAKDOWN)
    work = WorkItem.unscoped.get()
    assert (work.kind, work.cluster) == ("intake.answer_llm", "llm")


def test_it_is_asked_as_the_member_by_the_door_of_the_room(query_room, petra, partner, firms) -> None:
    query_room.ask(petra, BREAKDOWN)
    row = Asked.objects.get()
    assert (row.user_id, row.door, row.intent, row.status) == (
        partner.user_id,
        "matrix",
        "investor_breakdown",
        "ok",
    )
    entry = AuditEvent.objects.get(action="query.asked")
    assert (entry.user_id, entry.door) == (partner.user_id, "matrix")


def test_a_plain_message_of_the_intake_room_that_reads_as_a_question_is_answered(room, petra, firms) -> None:
    root = room.capture(petra, BREAKDOWN)
    room.answer_all()
    assert InboundMessage.objects.get().state == "question" and proposals() == []
    assert "Family office" in room.texts(root)[0]


def test_a_question_put_to_the_bot_in_the_intake_room_is_answered(room, petra, firms) -> None:
    root = room.ask(petra, f"? {BREAKDOWN}")
    assert "Family office" in room.texts(root)[0] and InboundMessage.objects.count() == 0


def test_a_question_in_the_thread_of_a_proposal_is_answered_there(room, petra) -> None:
    root = room.capture(petra)
    room.reply(petra, root, f"? {BREAKDOWN}")
    room.answer_all()
    assert "live investors" in room.last(root)
    assert Asked.objects.get().intent == "investor_breakdown"
    assert proposals()[0].state == "pending"


def test_what_cannot_be_asked_names_three_that_can(query_room, petra) -> None:
    root = query_room.ask(petra, "Zorble the frumious wibblefish?")
    said = query_room.last(root)
    assert said.startswith("I can't answer that.") and said.count("\n• ") == 3
    assert len(query_room.posts(root)) == 1


def test_nobody_of_that_name_is_said(query_room, petra, firms) -> None:
    root = query_room.ask(petra, "Tell me about Quixotic Zebra Holdings")
    assert query_room.last(root).count("There is no investor “Quixotic Zebra Holdings”.") == 1


def test_a_model_that_is_away_is_said(query_room, petra, monkeypatch) -> None:
    down = Envelope(
        "model_unavailable", question="x", summary=asking.MODEL_DOWN, suggestions=["What is due?"]
    )
    monkeypatch.setattr(asking, "ask", lambda **given: [down])
    root = query_room.ask(petra, "x y z")
    assert query_room.last(root).startswith(asking.MODEL_DOWN)


def test_several_answers_are_several_posts(query_room, petra, monkeypatch) -> None:
    two = [Envelope("no_match", question="x", summary=f"Answer {number}.") for number in (1, 2)]
    monkeypatch.setattr(asking, "ask", lambda **given: two)
    root = query_room.ask(petra, "x and y")
    assert [said.splitlines()[0] for said in query_room.texts(root)] == ["Answer 1.", "Answer 2."]


def test_too_many_questions_are_refused_kindly(query_room, petra, monkeypatch) -> None:
    monkeypatch.setattr(asking, "PER_MINUTE", 1)
    query_room.ask(petra, BREAKDOWN)
    root = query_room.ask(petra, BREAKDOWN)
    (said,) = query_room.texts(root)
    assert said.startswith("Sorry, I did not look. ") and "Ask again in" in said


def test_marks_that_turn_the_direction_of_text_are_not_said(query_room, petra, monkeypatch) -> None:
    odd = Envelope("no_match", question="x", summary="a\u202eb <b>")
    monkeypatch.setattr(asking, "ask", lambda **given: [odd])
    (post,) = query_room.posts(query_room.ask(petra, "x y"))
    assert post.content["body"].splitlines()[0] == "ab <b>"
    assert "ab &lt;b&gt;" in post.content["formatted_body"]


def test_a_chart_that_cannot_be_drawn_leaves_the_table(query_room, petra, firms, monkeypatch) -> None:
    monkeypatch.setattr(pictures, "_drawing", None)
    (said,) = query_room.posts(query_room.ask(petra, BREAKDOWN))
    assert "<table>" in said.content["formatted_body"]


# -- Once --------------------------------------------------------------------------------------------------------------------


def test_an_event_that_comes_again_is_answered_once(query_room, petra, firms) -> None:
    raw = {
        "type": "m.room.message",
        "event_id": "$again",
        "sender": petra,
        "origin_server_ts": 1_790_000_000_000,
        "content": {"msgtype": "m.text", "body": BREAKDOWN},
    }
    for _ in range(2):
        query_room.deliver(raw)
        query_room.answer_all()
    assert len(query_room.texts("$again")) == 2
    assert Asked.objects.count() == RoomQuestion.objects.count() == 1


def test_work_done_twice_says_it_once(query_room, petra, firms, monkeypatch) -> None:
    query_room.say(petra, BREAKDOWN)
    question = RoomQuestion.objects.get()
    given = {"organization_id": question.organization_id, "subject_id": question.pk}
    first = tasks.question_work.answer_question(**given)
    other = [Envelope("no_match", question="x", summary=f"Answer {number}.") for number in range(5)]
    monkeypatch.setattr(asking, "ask", lambda **asked: other)
    second = tasks.question_work.answer_question(**given)
    first()
    second()
    said, picture = query_room.texts(question.thread_root)
    assert said.startswith("2 live investors") and picture.startswith("Bar chart.")
    assert tasks.question_work.answer_question(**given) is None


def test_a_question_taken_back_while_it_is_looked_up_is_not_answered(query_room, petra, firms) -> None:
    root = query_room.say(petra, BREAKDOWN)
    question = RoomQuestion.objects.get()
    store = tasks.question_work.answer_question(
        organization_id=question.organization_id, subject_id=question.pk
    )
    query_room.redact(petra, root)
    store()
    assert query_room.texts(root) == []


def test_an_edited_question_is_answered_in_its_new_words_only(query_room, petra, firms) -> None:
    root = query_room.say(petra, "Tell me about Quixotic Zebra Holdings")
    query_room.edit(petra, root, BREAKDOWN)
    query_room.answer_all()
    assert [row.intent for row in Asked.objects.all()] == ["investor_breakdown"]
    assert "Family office" in query_room.texts(root)[0]


def test_a_question_that_is_taken_back_is_not_answered(query_room, petra, firms) -> None:
    root = query_room.say(petra, BREAKDOWN)
    query_room.redact(petra, root)
    query_room.answer_all()
    assert query_room.texts(root) == [] and Asked.objects.count() == 0


# -- Who ---------------------------------------------------------------------------------------------------------------------


def test_a_viewer_may_ask_and_pick(query_room, victor, mirabels) -> None:
    root = query_room.ask(victor, "Tell me about Mirabel Capital")
    query_room.reply(victor, root, "pick 1")
    query_room.answer_all()
    assert {row.status for row in Asked.objects.all()} == {"ambiguous", "ok"}


def test_a_stranger_is_refused_and_nothing_is_asked(query_room, firms) -> None:
    root = query_room.ask(STRANGER, BREAKDOWN)
    (said,) = query_room.texts(root)
    assert said.startswith("Sorry, I don't know you yet")
    assert RoomQuestion.objects.count() == Asked.objects.count() == 0


def test_a_stranger_may_not_pick(query_room, petra, mirabels) -> None:
    root = query_room.ask(petra, "Tell me about Mirabel Capital")
    query_room.reply(STRANGER, root, "pick 1")
    query_room.answer_all()
    assert query_room.last(root).startswith("Sorry, I don't know you yet")
    assert RoomQuestion.objects.count() == 1


def test_who_left_meanwhile_gets_no_answer(query_room, petra, partner, owner, firms) -> None:
    root = query_room.say(petra, BREAKDOWN)
    accounts.deactivate_member(actor=cast.actor_of(owner), membership=partner)
    query_room.answer_all()
    (said,) = query_room.texts(root)
    assert said.startswith("Sorry, I don't know you yet") and Asked.objects.count() == 0


def test_a_person_in_two_organizations_sees_only_the_rooms(query_room, petra, partner, firms) -> None:
    other = cast.make_organization("Elsewhere Capital")
    with scope.scope(other):
        there = cast.make_member(other, Role.PARTNER, user=partner.user)
        identify(there, petra)
        for _ in range(7):
            cast.make_investor(type="individual")
        elsewhere = Room(Purpose.QUERY)
    here = query_room.ask(petra, BREAKDOWN)
    assert "Individual" not in query_room.texts(here)[0] and "Family office" in query_room.texts(here)[0]
    with scope.scope(other):
        root = elsewhere.say(petra, BREAKDOWN)
    drain()
    with scope.scope(other):
        (said, _) = elsewhere.texts(root)
        assert "Individual" in said and "Family office" not in said
        assert Asked.objects.get().organization_id == other.pk


# -- Which -------------------------------------------------------------------------------------------------------------------


def test_a_pick_answers_for_the_candidate(query_room, petra, mirabels) -> None:
    root = query_room.ask(petra, "Tell me about Mirabel Capital")
    names = offered(query_room, root)
    assert sorted(names) == ["Mirabel Capital Management", "Mirabel Capital Partners"]
    query_room.reply(petra, root, "pick 2")
    query_room.answer_all()
    answered = query_room.posts(root)[1]
    assert names[1] in answered.content["body"] and names[0] not in answered.content["body"]
    latest = Asked.objects.order_by("-id")[0]
    assert (latest.status, latest.intent, latest.translator) == ("ok", "investor_profile", "direct")


def test_another_pick_from_the_same_list_answers_for_the_other(query_room, petra, mirabels) -> None:
    root = query_room.ask(petra, "Tell me about Mirabel Capital")
    names = offered(query_room, root)
    for number in (2, 1):
        query_room.reply(petra, root, f"pick {number}")
        query_room.answer_all()
    _, first, second = answers(query_room, root)
    assert names[1] in first and names[0] in second


def test_a_pick_under_a_message_that_was_read_as_a_question(room, petra, mirabels) -> None:
    root = room.capture(petra, "when did we last speak to Mirabel Capital?")
    room.answer_all()
    names = offered(room, root)
    room.reply(petra, root, "pick 2")
    room.answer_all()
    assert names[1] in answers(room, root)[-1]


@pytest.mark.parametrize("words", ["pick 3", "pick 0"])
def test_a_pick_of_what_was_not_offered_says_what_was(query_room, petra, mirabels, words) -> None:
    root = query_room.ask(petra, "Tell me about Mirabel Capital")
    query_room.reply(petra, root, words)
    assert query_room.last(root) == "Say which one, from `pick 1` to `pick 2`."


def test_a_pick_where_nothing_was_offered_says_so(query_room, petra, firms) -> None:
    root = query_room.ask(petra, BREAKDOWN)
    query_room.reply(petra, root, "pick 2")
    assert query_room.last(root) == "There is nothing to choose from here."


def test_a_pick_before_the_answer_is_told_to_wait(query_room, petra, mirabels) -> None:
    root = query_room.say(petra, "Tell me about Mirabel Capital")
    query_room.reply(petra, root, "pick 2")
    assert query_room.last(root).startswith("I am still looking this up.")


def test_a_pick_under_a_proposal_means_the_list_while_that_was_shown_last(room, petra, mirabels) -> None:
    root = room.capture(petra)
    before = proposals()[0].revision
    room.reply(petra, root, "? tell me about Mirabel Capital")
    room.answer_all()
    names = offered(room, root)
    room.reply(petra, root, "pick 1")
    room.answer_all()
    assert names[0] in answers(room, root)[-1]
    assert (proposals()[0].revision, proposals()[0].state) == (before, "pending")
    room.reply(petra, root, "edit amount=4m")
    room.reply(petra, root, "pick 1")
    assert RoomQuestion.objects.count() == 2


# -- Kept --------------------------------------------------------------------------------------------------------------------


def test_old_questions_are_forgotten(query_room, petra, firms) -> None:
    query_room.ask(petra, BREAKDOWN)
    query_room.ask(petra, "What's due this week?")
    old = RoomQuestion.objects.order_by("id")[0]
    RoomQuestion.objects.filter(pk=old.pk).update(asked_at=clock.now() - timedelta(days=181))
    tasks.forget_old_questions()
    assert [row.text for row in RoomQuestion.objects.all()] == ["What's due this week?"]
