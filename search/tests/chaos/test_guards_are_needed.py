"""The harness goes red when any one guard of the sync is switched off, and stays green with all of them on."""

from __future__ import annotations

import pytest
from django.db import connection

from crm_site.communications.models import Communication
from crm_site.core import scope
from search.tests.chaos import sabotage, schedules
from search.tests.chaos.harness import Town

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


def test_with_every_guard_on_each_interleaving_ends_well(town: Town) -> None:
    schedules.play(town)
    assert town.differences() == []


@pytest.mark.guard
@pytest.mark.parametrize("guard", list(sabotage.GUARDS))
def test_without_a_guard_the_harness_goes_red(guard: str, town: Town) -> None:
    if guard == "barrier" and connection.vendor != "postgresql":
        pytest.skip(
            "SQLite has one writer at a time: there is nobody to wait for, and the barrier does nothing"
        )
    town.sabotage = guard
    sabotage.apply(guard)
    schedules.play(town, only=guard)
    assert town.differences() != []


@pytest.mark.guard
def test_without_a_trigger_the_harness_goes_red(town: Town) -> None:
    with sabotage.no_trigger():
        with scope.scope(town.actors[0].organization_id or 0):
            Communication.objects.update(body="Nobody saw this.")
        town.settle()
        found = town.differences()
    assert found and all("communication:" in one and "is stale" in one for one in found)
