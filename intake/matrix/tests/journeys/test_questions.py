"""A question in a room, from a person's client to the sentence, the table and the picture in its thread, and a `pick`."""

from __future__ import annotations

import pytest

from crm_site.accounts.roles import Role
from crm_site.audit.models import AuditEvent
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.matrix.choices import Purpose
from nlquery.models import Asked

pytestmark = [pytest.mark.matrix, pytest.mark.django_db(transaction=True)]

BREAKDOWN = "How many investors of each type do we have?"


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


@pytest.fixture(scope="module")
def victor(office: Office) -> Person:
    return office.member(Role.VIEWER, "Victor Viewer")


@pytest.fixture(scope="module")
def sven(office: Office) -> Person:
    return office.stranger()


@pytest.fixture(scope="module")
def room(office: Office, petra: Person, victor: Person, sven: Person) -> str:
    with scope(office.organization):
        cast.make_investor("Blue Heron Capital", type="family_office")
        cast.make_investor("Mirabel Capital Partners", type="institution")
        cast.make_investor("Mirabel Capital Management", type="institution")
    return office.room(petra, victor, sven, purpose=Purpose.QUERY)


@pytest.fixture(scope="module")
def intake(office: Office, petra: Person, room: str) -> str:
    return office.room(petra)


def test_a_question_is_answered_with_a_table_and_a_picture_and_a_pick_chooses(
    office, petra, victor, room
) -> None:
    thread = office.tell(petra, room, BREAKDOWN, posts=2)
    said, picture = thread.news
    assert "3 live investors" in said.body and "Institution" in said.body
    assert "<table>" in said.html and "/ask/?q=How" in said.body
    assert said.content["msgtype"] == "m.notice"
    assert picture.content["msgtype"] == "m.image" and picture.content["url"].startswith("mxc://")
    assert picture.body.startswith("Bar chart. ") and "Institution 2" in picture.body

    which = office.tell(victor, room, "Tell me about Mirabel Capital")
    names = [line.partition(". ")[2] for line in which.last.splitlines() if line[:3] in ("1. ", "2. ")]
    assert sorted(names) == ["Mirabel Capital Management", "Mirabel Capital Partners"]
    answered = which.answer("pick 2")
    assert names[1] in answered.body and names[0] not in answered.body
    with scope(office.organization):
        asked = list(Asked.objects.order_by("id").values_list("intent", "status", "door"))
        entries = AuditEvent.objects.filter(action="query.asked")
        assert {entry.door for entry in entries} == {"matrix"} and entries.count() == 3
        assert office.membership(victor).user_id in {entry.user_id for entry in entries}
    assert asked == [
        ("investor_breakdown", "ok", "matrix"),
        ("investor_profile", "ambiguous", "matrix"),
        ("investor_profile", "ok", "matrix"),
    ]


def test_in_the_intake_room_a_question_is_answered_with_and_without_a_mark(office, petra, intake) -> None:
    for text in (f"? {BREAKDOWN}", BREAKDOWN):
        thread = office.tell(petra, intake, text, posts=2)
        assert "3 live investors" in thread.news[0].body
        assert thread.proposals == []


def test_a_stranger_is_refused(office, sven, room) -> None:
    before = Asked.unscoped.count()
    thread = office.tell(sven, room, BREAKDOWN)
    assert thread.last.startswith("Sorry, I don't know you yet")
    assert Asked.unscoped.count() == before
