"""The queue follows the records; what was decided stays decided."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.contacts import services as contacts
from crm_site.core import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from crm_site.work.models import WorkItem
from crm_site.work.tests import drain
from search.entities import loading, looking, proposing, queue
from search.entities.models import Look, Pair

pytestmark = pytest.mark.django_db
SITE = "https://www.blueheron.com/"


def two_herons() -> tuple[int, int]:
    one = cast.make_investor("Blue Heron Capital LLC", website=SITE)
    other = cast.make_investor("Blue Heron Cap", website="blueheron.com/team")
    return one.pk, other.pk


def test_pairs_are_found_and_stored_once(house) -> None:
    one, other = two_herons()
    cast.make_investor("Otter Creek")
    outcome = proposing.propose("investor")
    assert (outcome.records, outcome.certain, outcome.new, outcome.gone) == (3, 1, 1, 0)
    pair = queue.open_pairs("investor").get()
    assert (pair.left_id, pair.right_id, pair.tier) == (one, other, "certain")
    assert pair.corroborators == ["Same web or mail domain"]
    again = proposing.propose("investor")
    assert (again.new, again.gone) == (0, 0)
    assert Pair.objects.get().pk == pair.pk


def test_people_and_numbers_of_a_firm_speak_for_it(house) -> None:
    for name in ("Blue Heron Capital", "Blue Heron Capital LP"):
        investor = cast.make_investor(name)
        person = cast.make_contact("Ann Lee" if "LP" in name else "Bo Berg")
        contacts.add_phone(actor=cast.system(), contact=person, phone="+1 415 555 0132")
        contacts.affiliate(actor=cast.system(), contact=person, investor=investor)
    assert proposing.propose("investor").certain == 1
    assert "Same phone number" in Pair.objects.get().corroborators


def test_a_pair_that_is_no_longer_proposed_is_gone_and_may_come_back(house) -> None:
    _, other = two_herons()
    proposing.propose("investor")
    Pair.objects.update(advice="same", advice_reason="Ann Lee works at both")
    row = cast.Investor.objects.get(pk=other)
    investors.edit_investor(actor=cast.system(), investor=row, values={"name": "Otter Creek", "website": ""})
    assert proposing.propose("investor").gone == 1
    pair = Pair.objects.get()
    assert (pair.state, pair.advice, pair.advice_reason) == ("gone", "", "")
    row.refresh_from_db()
    investors.edit_investor(
        actor=cast.system(), investor=row, values={"name": "Blue Heron Capital", "website": SITE}
    )
    assert proposing.propose("investor").new == 1
    assert Pair.objects.get().state == "open"


@pytest.mark.parametrize("state", ["merged", "apart"])
def test_what_was_decided_is_never_proposed_again(house, state) -> None:
    two_herons()
    proposing.propose("investor")
    queue.settle(Pair.objects.get(), state)
    Pair.objects.update(score=0.5)
    assert proposing.propose("investor").new == 0
    # As it was when it was decided.
    assert (Pair.objects.get().state, Pair.objects.get().score) == (state, 0.5)


def test_of_a_purged_record_nothing_stays(house) -> None:
    people = [cast.make_contact("Ann Lee") for _ in range(3)]
    proposing.propose("contact")
    queue.settle(Pair.objects.filter(left_id=people[0].pk)[0], "apart")
    deletion = relations.delete_record(actor=cast.system(), row=people[0])
    proposing.propose("contact")
    assert Pair.objects.count() == 3  # it may come back
    relations.purge(actor=cast.system(), deletion=deletion)
    proposing.propose("contact")
    assert {(pair.left_id, pair.right_id) for pair in Pair.objects.all()} == {(people[1].pk, people[2].pk)}


def test_what_was_kept_apart_stays_apart_for_what_either_absorbed(house) -> None:
    one, other = (cast.Investor.objects.get(pk=pk) for pk in two_herons())
    third = cast.make_investor("Blue Heron Capital", website=SITE)
    relations.keep_apart(actor=cast.system(), first=one, second=third)
    relations.merge(actor=cast.system(), survivor=other, absorbed=third)
    outcome = proposing.propose("investor")
    assert (outcome.certain, outcome.vetoed) == (0, 1)
    assert not queue.open_pairs("investor").exists()


def test_people_are_found_too(house) -> None:
    for name in ("Ann Lee", "Lee, Ann"):
        person = cast.make_contact(name)
        contacts.add_phone(actor=cast.system(), contact=person, phone="+14155550132")
    cast.make_contact("Ann Lee")
    outcome = proposing.propose("contact")
    assert (outcome.records, outcome.certain, outcome.likely) == (3, 1, 2)


def test_names_alone_are_queued_and_not_certain(house) -> None:
    cast.make_investor("Blue Heron Capital")
    cast.make_investor("Blue Heron Capital LLC")
    outcome = proposing.propose("investor")
    assert (outcome.certain, outcome.likely) == (0, 1)


def test_nothing_of_another_organization_is_looked_at(house, foreign) -> None:
    with scope.scope(foreign.organization):
        cast.make_investor("Blue Heron Capital", website=SITE)
    cast.make_investor("Blue Heron Capital", website=SITE)
    assert proposing.propose("investor").certain == 0


def test_a_look_takes_a_few_queries_whatever_the_number(house) -> None:
    for number in range(12):
        investor = cast.make_investor(f"Firm {number} Heron", website=f"firm{number}.com")
        person = cast.make_contact(f"Ann Lee{number}")
        contacts.affiliate(actor=cast.system(), contact=person, investor=investor)
    for kind, most in (("investor", 9), ("contact", 7)):
        with CaptureQueriesContext(connection) as asked:
            proposing.look(kind)
        assert len(asked) <= most


def test_an_absorbed_record_can_still_be_read_by_its_id(house) -> None:
    one, other = (cast.Investor.objects.get(pk=pk) for pk in two_herons())
    relations.merge(actor=cast.system(), survivor=one, absorbed=other)
    assert [record.id for record in loading.records("investor")] == [one.pk]
    assert loading.family("investor", one.pk) == {one.pk, other.pk}
    assert len(list(loading.records("investor", ids=[one.pk, other.pk]))) == 2


@pytest.mark.django_db(transaction=True)
def test_a_look_in_the_background_tells_how_far_it_is(house) -> None:
    two_herons()
    assert looking.last("investor") is None
    looking.ask()
    looking.ask()
    assert WorkItem.unscoped.filter(kind=looking.WORK).count() == 1
    drain.drain()
    look = looking.last("investor")
    assert look is not None and not looking.is_running(look)
    assert (look.percent, look.error, look.counts["certain"]) == (100, "", 1)
    assert queue.open_pairs("investor").count() == 1
    assert looking.last("contact").counts["records"] == 0


def test_a_look_that_fails_says_why(house, monkeypatch) -> None:
    def broken(kind: str, **options: object) -> None:
        raise ValueError("no such book")

    monkeypatch.setattr(proposing, "propose", broken)
    with pytest.raises(ValueError):
        looking.look_through()
    look = Look.objects.get(kind="investor")
    assert look.error == "ValueError: no such book"
    assert not looking.is_running(look)
