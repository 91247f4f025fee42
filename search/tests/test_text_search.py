"""Finding by words in the database: what is written is found at once, on both engines, and only by its own."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_site.accounts.models import Membership, Organization
from crm_site.communications.models import Communication
from crm_site.contacts.models import ContactEmail
from crm_site.core import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import text_search, text_triggers
from search.asking import EVERYTHING, Wanted

pytestmark = pytest.mark.django_db


def find(text: str, wanted: Wanted = EVERYTHING, limit: int = 20) -> list[str]:
    return [one.key for one in text_search.find(text, wanted=wanted, limit=limit)]


def stored() -> set[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, source_id FROM search_text")
        return {(kind, int(source_id)) for kind, source_id in cursor.fetchall()}


def test_each_kind_is_found_by_its_words(house: Organization) -> None:
    investor = cast.make_investor("Blue Heron", notes="Zirconium mines.")
    investors.add_alias(actor=cast.system(), investor=investor, name="Zebra Holding")
    contact = cast.make_contact("Anna Quill", investor=investor, email="anna@zirkonia.example")
    note = cast.make_communication(investor, subject="Lunch", body="They asked about xylophones.")
    fact = cast.make_fact(investor, text="Owns a yacht.")
    fund = cast.make_fund("Wombat Fund")
    assert find("zirconium") == find("zebra") == [f"investor:{investor.pk}"]
    assert find("zirkonia") == find("quill") == [f"contact:{contact.pk}"]
    assert find("xylophone") == [f"communication:{note.pk}"]
    assert find("yachts") == [f"fact:{fact.pk}"]
    assert find("wombat") == [f"fund:{fund.pk}"]


def test_accents_make_no_difference(house: Organization) -> None:
    note = cast.make_communication(body="Lunch with Cédric Müller.")
    assert find("cedric") == find("Cédric") == find("muller") == [f"communication:{note.pk}"]


def test_more_of_the_words_go_first(house: Organization) -> None:
    one = cast.make_communication(body="A lemon and other fruit.")
    both = cast.make_communication(body="A lemon and a quokka.")
    assert find("quokka lemon") == [f"communication:{both.pk}", f"communication:{one.pk}"]


@pytest.mark.parametrize("way", ["update", "bulk", "raw", "delete", "purge", "restore", "unchanged"])
def test_every_way_of_writing_keeps_it_true(way: str, house: Organization, owner: Membership) -> None:
    note = cast.make_communication(body="alpha")
    key = f"communication:{note.pk}"
    after = {"alpha": [], "omega": [key]}
    if way == "update":
        Communication.objects.filter(pk=note.pk).update(body="omega")
    elif way == "bulk":
        note.body = "omega"
        Communication.objects.bulk_update([note], ["body"])
    elif way == "raw":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE communications_communication SET body = 'omega' WHERE id = %s", [note.pk])
    elif way == "unchanged":
        Communication.objects.filter(pk=note.pk).update(body="alpha", captured_via="x")
        after = {"alpha": [key], "omega": []}
    else:
        after = {"alpha": [], "omega": []}
        if way == "purge":
            Communication.objects.filter(pk=note.pk).purge()
        else:
            relations.delete_record(actor=cast.actor_of(owner), row=note)
        assert ("communication", note.pk) not in stored()
        if way == "restore":
            Communication.all_objects.filter(pk=note.pk).update(deleted_at=None)
            after = {"alpha": [key], "omega": []}
    assert {word: find(word) for word in after} == after


def test_an_address_that_moves_is_found_at_its_new_owner(house: Organization) -> None:
    old, new = cast.make_contact("Anna", email="zirkonia@example.com"), cast.make_contact("Ben")
    ContactEmail.objects.filter(contact=old).update(contact=new)
    assert find("zirkonia") == [f"contact:{new.pk}"]


def test_a_note_of_a_deleted_investor_is_not_found(house: Organization, owner: Membership) -> None:
    note = cast.make_communication(body="quokka")
    relations.delete_record(actor=cast.actor_of(owner), row=note.investor)
    assert find("quokka") == []


def test_another_organization_is_never_found(house: Organization, foreign: Any) -> None:
    with scope.scope(foreign.organization):
        theirs = cast.make_communication(body="quokka")
        assert find("quokka") == [f"communication:{theirs.pk}"]
    assert find("quokka") == []


def test_filters_that_let_few_through_still_fill_the_page(
    house: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "DEPTH", 2)
    many, few = cast.make_investor("Alder"), cast.make_investor("Birch")
    retired = cast.make_investor("Cedar")
    wanted = [cast.make_communication(few, body="quokka and much else that is said") for _ in range(2)]
    for _ in range(30):
        cast.make_communication(many, body="quokka")
        cast.make_communication(retired, body="quokka")
    investors.retire_investor(actor=cast.system(), investor=retired, reason="Closed.")
    expected = {f"communication:{note.pk}" for note in wanted}
    assert set(find("quokka", Wanted(investor_id=few.pk), limit=2)) == expected
    assert len(find("quokka", limit=32)) == 32


def test_a_word_that_very_many_hold_does_not_hide_a_rare_one(
    house: Organization, foreign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "RANKED_AT_MOST", 3)
    rare = cast.make_communication(body="A quokka, at a meeting.")
    common = [cast.make_communication(rare.investor, body="A meeting.") for _ in range(6)]
    assert find("quokka meeting")[0] == f"communication:{rare.pk}"
    assert len(find("meeting")) == 3
    with scope.scope(foreign.organization):
        cast.make_communication(body="Elsewhere.")
    assert len(find("meeting elsewhere")) == 3
    assert set(find("meeting typpo")) <= {f"communication:{note.pk}" for note in [rare, *common]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_no_question_is_ever_taken_for_syntax(text: str, house: Organization) -> None:
    text_search.find(text.replace("\x00", ""), wanted=EVERYTHING, limit=5)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        '"quokka" NEAR(',
        "words:quokka",
        "quokka*",
        "^quokka",
        "-quokka",
        "quokka & | ! ( )",
        "a:b <-> quokka",
        "_ quokka",
        "\\quokka",
    ],
)
def test_signs_of_the_query_languages_are_only_signs(text: str, house: Organization) -> None:
    note = cast.make_communication(body="A quokka.")
    assert find(text) == ([f"communication:{note.pk}"] if "quokka" in text else [])


def test_the_migration_fills_in_what_the_triggers_would(house: Organization, owner: Membership) -> None:
    cast.make_rows(house)
    gone = cast.make_communication(body="gone")
    relations.delete_record(actor=cast.actor_of(owner), row=gone)
    before = content()
    assert before
    migration = import_module("search.migrations.0002_words_of_records")
    editor = SimpleNamespace(connection=connection)
    migration.drop(apps, editor)
    migration.make(apps, editor)
    assert content() == before
    written = [
        (part.number, part.table, part.kind, part.source, part.columns)
        for part in text_triggers.PARTS_OF_RECORDS
    ]
    assert tuple(written) == migration.PARTS


def content() -> set[tuple[Any, ...]]:
    number = "rowid" if connection.vendor == "sqlite" else "row_id * 16 + part"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {number}, kind, source_id, organization_id, words FROM search_text")
        return set(cursor.fetchall())


def test_parts_of_a_word_with_signs_are_words(house: Organization) -> None:
    note = cast.make_communication(body="Co-investment/side-letter: 'first' (and_last) anna@zirkonia.example")
    for word in ("investment", "letter", "side-letter", "first", "zirkonia", "anna@zirkonia.example"):
        assert find(word) == [f"communication:{note.pk}"], word
