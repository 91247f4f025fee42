"""Of what the index ranks, the first that stand in the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.tests import cast
from search import hydrating
from search.asking import EVERYTHING
from search.fusing import Ranked
from search.tests.asking import key

pytestmark = pytest.mark.django_db


@pytest.fixture
def notes(house: Organization) -> list[Communication]:
    """Three times as many as are looked at for a page of two, each newer than the one before it."""
    investor, first = cast.make_investor(), date(2026, 1, 1)
    return [
        cast.make_communication(investor, occurred_on=first + timedelta(days=number))
        for number in range(3 * hydrating.SPARE)
    ]


def test_those_that_are_gone_are_passed_over_however_many(notes: list[Communication]) -> None:
    ranked = [Ranked(key(note), 100.0 - place) for place, note in enumerate(notes)]
    gone = notes[: 2 * hydrating.SPARE + 3]
    Communication.objects.filter(pk__in=[note.pk for note in gone]).update(deleted_at="2026-01-01T00:00Z")
    first = hydrating.first_standing(ranked, EVERYTHING, 2)
    assert [one.key for one in first] == [key(note) for note in notes[len(gone) : len(gone) + 2]]


def test_of_a_tie_the_newest_goes_first_however_long_the_tie(notes: list[Communication]) -> None:
    ranked = [Ranked(key(note), 1.0) for note in notes]
    first = hydrating.first_standing(ranked, EVERYTHING, 2)
    assert [one.key for one in first] == [key(notes[-1]), key(notes[-2])]


def test_a_page_takes_one_look_at_the_database(notes: list[Communication]) -> None:
    ranked = [Ranked(key(note), 100.0 - place) for place, note in enumerate(notes)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(hydrating.first_standing(ranked, EVERYTHING, 2)) == 2
    assert len(asked) == 1
