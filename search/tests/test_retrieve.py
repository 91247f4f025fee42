"""What a question finds, whatever is down, and that it is never another's or gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.models import Membership, Organization
from crm_site.communications.models import Communication
from crm_site.core import scope
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import embed, hydrating, index, retrieve
from search.asking import Wanted
from search.tests.asking import key, keys, reachable
from search.tests.meanings import Meanings
from search.tests.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_note_is_found_with_its_words_marked(words: None) -> None:
    investor = cast.make_investor("Blue Heron")
    note = cast.make_communication(investor, subject="Lunch", body="They asked about co-investment rights.")
    settle()
    answer = retrieve.find("co-investments")
    assert (answer.source, answer.mode, answer.notes) == ("index", "sparse", [retrieve.NO_MODEL])
    (hit,) = answer.hits
    assert (hit.key, hit.title, hit.investor, hit.on) == (key(note), "Lunch", "Blue Heron", note.occurred_on)
    (piece,) = hit.passages
    assert [piece.text[start:end] for start, end in piece.marks] == ["co", "investment"]


@pytest.mark.parametrize(
    ("written", "marks"), [("Cédric Müller", 1), ("Ce\u0301dric Mu\u0308ller", 0), ("Cedric Muller", 1)]
)
def test_accents_make_no_difference(written: str, marks: int, words: None) -> None:
    """Marks that stand by themselves behind a letter are found past, and not highlighted."""
    note = cast.make_communication(body=f"Lunch with {written} in Łódź.")
    settle()
    for text in ("cedric", "Cédric", "CE\u0301DRIC", "muller", "lodz"):
        assert keys(retrieve.find(text)) == [key(note)], text
    (piece,) = retrieve.find("cedric").hits[0].passages
    assert len(piece.marks) == marks


@pytest.mark.parametrize("text", ["", "   ", "🦩🦩", "what is the and of", "\x00", "?!—…"])
def test_a_question_without_words_finds_nothing_and_says_so(text: str, words: None) -> None:
    cast.make_communication(body="what is the and of 🦩")
    settle()
    answer = retrieve.find(text)
    assert answer.hits == [] and len(answer.notes) == 1


@pytest.mark.parametrize(
    "text", ["qu\x00okka", "\u202equokka", "quokka " * 1500, '"quokka" OR (*', "quokka 🦩"]
)
@pytest.mark.parametrize("is_up", [True, False])
def test_odd_questions_are_answered(text: str, is_up: bool, words: None, settings: Any) -> None:
    note = cast.make_communication(body="A quokka.")
    settle()
    with reachable(settings, is_up=is_up):
        answer = retrieve.find(text)
    assert keys(answer) == [key(note)]
    assert (retrieve.TOO_LONG in answer.notes) == (len(text) > retrieve.MAX_TEXT)


def test_meaning_finds_other_words_and_both_legs_add_up(meaning: Meanings) -> None:
    by_meaning = cast.make_communication(body="They own a photovoltaic park.")
    other = cast.make_communication(body="Teaching, all day.")
    by_both = cast.make_communication(body="A solar roof, and solar again.")
    settle()
    assert keys(retrieve.find("solar", mode="sparse")) == [key(by_both)]
    dense = keys(retrieve.find("solar", mode="dense"))
    assert set(dense[:2]) == {key(by_both), key(by_meaning)}
    hybrid = retrieve.find("solar")
    assert (hybrid.mode, hybrid.notes) == ("hybrid", [])
    assert keys(hybrid)[0] == key(by_both) and keys(hybrid)[1] == key(by_meaning)
    assert key(other) not in keys(hybrid)[:2]


def test_a_deleted_record_never_shows_before_the_sync(words: None, owner: Membership) -> None:
    kept, gone = (cast.make_communication(body="quokka") for _ in range(2))
    lost = cast.make_communication(cast.make_investor("Quokka Capital"), body="quokka")
    settle()
    relations.delete_record(actor=cast.actor_of(owner), row=gone)
    relations.delete_record(actor=cast.actor_of(owner), row=lost.investor)
    assert len(keys_in_index("quokka")) == 4  # three notes and an investor: the index knows nothing of it yet
    assert keys(retrieve.find("quokka")) == [key(kept)]


def keys_in_index(text: str) -> list[str]:
    found = index.query(
        organization_id=scope.current_id(),
        mode="sparse",
        words=embed.sparse_query(text),
        dense=None,
        wanted=Wanted(),
        limit=500,
    )
    return [one.key for one in found]


def test_pages_stay_full_when_many_were_deleted(words: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieve, "DEPTH", 5)
    notes = [cast.make_communication(body="quokka " * (20 - number)) for number in range(16)]
    settle()
    Communication.objects.filter(pk__in=[note.pk for note in notes[:8]]).update(
        deleted_at="2026-01-01T00:00Z"
    )
    first, second = retrieve.find("quokka", limit=4), retrieve.find("quokka", limit=4, offset=4)
    assert keys(first) + keys(second) == [key(note) for note in notes[8:]]
    assert (first.has_more, second.has_more) == (True, False)


def test_another_organization_with_the_same_texts_gives_no_hit(meaning: Meanings, foreign: Any) -> None:
    with scope.scope(foreign.organization):
        theirs = cast.make_communication(body="A solar quokka.")
    settle()
    assert [keys(retrieve.find("solar quokka", mode=mode)) for mode in ("sparse", "dense", "hybrid")] == [
        []
    ] * 3
    with scope.scope(foreign.organization):
        assert keys(retrieve.find("solar quokka", mode="sparse")) == [key(theirs)]
    ours = cast.make_communication(body="A solar quokka.")
    settle()
    for mode in ("sparse", "dense", "hybrid"):
        assert set(keys(retrieve.find("solar quokka", mode=mode))) <= {
            key(ours),
            f"investor:{ours.investor_id}",
        }


def test_a_key_that_the_index_names_of_another_organization_is_not_shown(
    words: None, foreign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope.scope(foreign.organization):
        theirs = cast.make_communication(body="quokka")
    monkeypatch.setattr(index, "query", lambda **_: [index.Found(key(theirs), 0, 9.0)])
    assert retrieve.find("quokka").hits == []


@pytest.mark.parametrize("is_up", [True, False])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, {"new", "old", "fact"}),
        ({"kinds": ("fact",)}, {"fact"}),
        ({"kinds": ("communication", "fact")}, {"new", "old", "fact"}),
        ({"investor_id": "a"}, {"new", "fact"}),
        ({"owner_id": "partner"}, {"old"}),
        ({"without_investor_id": "a"}, {"old"}),
        ({"first": date(2026, 5, 2), "kinds": ("communication",)}, {"new"}),
        ({"last": date(2026, 5, 1)}, {"old"}),
        ({"first": date(2026, 5, 1), "last": date(2026, 5, 1)}, {"old"}),
        ({"graveyard": True}, {"new", "old", "fact", "buried"}),
        ({"graveyard": True, "investor_id": "c"}, {"buried"}),
        ({"first": date(2030, 1, 1)}, set()),
    ],
)
def test_filters(
    wanted: dict[str, Any], expected: set[str], is_up: bool, words: None, settings: Any, partner: Membership
) -> None:
    first, second, third = (cast.make_investor(name) for name in ("Alder", "Birch", "Cedar"))
    investors.edit_investor(actor=cast.system(), investor=second, values={"assigned_to_id": partner.user_id})
    rows = {
        "new": cast.make_communication(first, body="quokka", occurred_on=date(2026, 6, 1)),
        "old": cast.make_communication(second, body="quokka", occurred_on=date(2026, 5, 1)),
        "buried": cast.make_communication(third, body="quokka", occurred_on=date(2026, 6, 1)),
        "fact": cast.make_fact(first, text="quokka"),
    }
    investors.retire_investor(actor=cast.system(), investor=third, reason="Closed.")
    settle()
    named = {"a": first.pk, "c": third.pk, "partner": partner.user_id}
    asked = {
        name: named.get(value, value) if isinstance(value, str) else value for name, value in wanted.items()
    }
    with reachable(settings, is_up=is_up):
        answer = retrieve.find("quokka", wanted=Wanted(**asked))
    assert answer.source == ("index" if is_up else "database")
    shown = {(hit.kind, hit.id): hit.is_graveyard for hit in answer.hits}
    assert shown == {
        ("fact" if name == "fact" else "communication", rows[name].pk): name == "buried" for name in expected
    }


def test_of_a_tie_the_newer_goes_first_but_never_before_a_better_one(words: None) -> None:
    investor = cast.make_investor("Alder")
    days = [date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 5)]
    notes = [cast.make_communication(investor, body="quokka", occurred_on=day) for day in days]
    better = cast.make_communication(investor, body="quokka quokka", occurred_on=date(2020, 1, 1))
    settle()
    assert keys(retrieve.find("quokka")) == [key(one) for one in (better, notes[1], notes[2], notes[0])]


def test_a_record_is_one_hit_however_many_passages_match(words: None) -> None:
    long = " ".join(f"Sentence {number} speaks of the quokka at length." for number in range(300))
    note = cast.make_communication(body=long)
    settle()
    (hit,) = retrieve.find("quokka").hits
    assert hit.key == key(note) and len(hit.passages) == 3


def test_the_number_of_queries_does_not_grow_with_the_hits(words: None) -> None:
    def of_all_kinds() -> None:
        investor = cast.make_investor(notes="quokka")
        cast.make_contact(investor=investor, notes="quokka")
        cast.make_communication(investor, body="quokka")
        cast.make_fact(investor, text="quokka")
        cast.make_opportunity(investor=investor, fund=cast.make_fund(description="quokka"))

    of_all_kinds()
    settle()
    with CaptureQueriesContext(connection) as few:
        assert len(retrieve.find("quokka", limit=100).hits) >= 5
    for _ in range(6):
        of_all_kinds()
    settle()
    with CaptureQueriesContext(connection) as many:
        assert len(retrieve.find("quokka", limit=100).hits) >= 35
    assert len(many) == len(few) <= 14


def test_related_investors_read_alike(meaning: Meanings) -> None:
    alder = cast.make_investor("Alder", notes="Ship finance.")
    birch = cast.make_investor("Birch", notes="Knows every vessel of the coast.")
    cedar = cast.make_investor("Cedar", notes="Teaching pupils.")
    dogwood = cast.make_investor("Dogwood")
    cast.make_communication(dogwood, body="A boat, and a boat, and a ship.")
    settle()
    hits = retrieve.related(investor_id=alder.pk, limit=2)
    assert {hit.id for hit in hits} == {birch.pk, dogwood.pk}
    assert {hit.title for hit in hits} == {"Birch", "Dogwood"} and all(hit.kind == "investor" for hit in hits)
    assert alder.pk not in {hit.id for hit in retrieve.related(investor_id=alder.pk, limit=50)}
    assert cedar.pk not in {hit.id for hit in hits}


def test_related_has_nothing_to_say_without_texts_or_an_index(
    words: None, settings: Any, foreign: Any
) -> None:
    silent = cast.make_investor("Alder")
    telling = cast.make_investor("Birch", notes="Ship finance.")
    cast.make_investor("Cedar", notes="Ship finance.")
    settle()
    assert retrieve.related(investor_id=silent.pk) == []
    with scope.scope(foreign.organization):
        assert retrieve.related(investor_id=telling.pk) == []
    assert [hit.title for hit in retrieve.related(investor_id=telling.pk)] == ["Cedar"]
    with reachable(settings, is_up=False):
        assert retrieve.related(investor_id=telling.pk) == []


def test_standing_knows_what_the_index_cannot(house: Organization, owner: Membership) -> None:
    note = cast.make_communication()
    assert hydrating.standing([key(note), "fund:999"], Wanted()).keys() == {key(note)}
    relations.delete_record(actor=cast.actor_of(owner), row=Investor.objects.get(pk=note.investor_id))
    assert hydrating.standing([key(note)], Wanted()) == {}
