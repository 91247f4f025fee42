"""search.md 5d (3): people write and search while a rebuild is killed at each of its steps. Searches never notice."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from search import rebuilding
from search.models import Target
from search.tests.chaos.conftest import Say
from search.tests.chaos.hands import Order
from search.tests.chaos.harness import Town

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

#: Named after the step that was just done; “served” lies between the swap in the index and its note in the database.
PHASES = (
    "search.collection_made",
    "search.rebuild_barrier",
    "search.rebuild_dirty",
    "search.rebuild_drain",
    "search.compared",
    "search.served",
    "search.rebuild_verify",
)
WRITE_S = 1.0


def test_a_killed_rebuild_goes_on_and_searches_are_answered_all_the_while(town: Town, say: Say) -> None:
    began = time.monotonic()
    town.hire(writer=3, searcher=1)
    town.order(town.of("searcher"), Order())
    for seed, phase in enumerate(PHASES):
        before = rebuilding.live()
        kill_at(town, phase, seed)
        after = rebuilding.live()
        assert before is not None and after is not None and after.pk != before.pk, phase
        assert town.differences() == [], phase
    town.rest("searcher")
    assert town.told.wrong == []
    assert town.told.counts["answered by the index"] > 20
    assert town.told.counts["answered by the database"] == 0, "the alias was not there"
    assert town.told.counts["committed"] > 0
    say(f"{len(PHASES)} phases in {time.monotonic() - began:.0f} s: {dict(town.told.counts)}")


def test_a_rebuild_survives_the_death_of_the_index(town: Town) -> None:
    town.hire(writer=2)
    rebuilding.start()
    town.order(town.of("sync"), Order())
    town.write_for(WRITE_S, seed=1, each=town.kill_index)
    town.settle()
    assert Target.objects.filter(state="live").count() == 1 and town.told.counts["index killed"] >= 1
    assert town.differences() == []


def kill_at(town: Town, phase: str, seed: int) -> None:
    """A rebuild under load; every sync dies at the phase when it comes by, and others take over without it."""
    deaths = town.told.counts["sync killed"]
    is_first = phase == PHASES[0]
    if not is_first:
        rebuilding.start()
    town.order(town.of("sync"), Order(fault=phase, starts_rebuild=is_first))
    town.begin_writing(WRITE_S, seed)
    town.watch(until=lambda: town.told.counts["sync killed"] > deaths)
    if is_first:
        # Died before it was registered: somebody must begin anew, unless the next sync was quicker.
        with suppress(rebuilding.RebuildRunning):
            rebuilding.start()
    town.end_writing()
    town.settle()
