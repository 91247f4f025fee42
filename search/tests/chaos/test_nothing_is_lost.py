"""Whatever dies, fails or stands still, wherever: once nothing is dirty, the index says what the database says."""

from __future__ import annotations

import random
import time

import pytest

from search.tests.chaos import schedules
from search.tests.chaos.conftest import Say
from search.tests.chaos.hands import Order
from search.tests.chaos.harness import STORM, Town

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

ROUNDS = 7
WRITE_S = 1.6
HOUR_S = 3600.0


@pytest.mark.parametrize("block", range(3))
def test_index_equals_database_after_every_storm(block: int, town: Town, say: Say) -> None:
    began = time.monotonic()
    town.hire(writer=4, sync=1, searcher=1)
    for seed in range(block * ROUNDS, (block + 1) * ROUNDS):
        storm(town, seed)
        assert town.differences() == [], f"seed {seed}"
    schedules.play(town)
    assert town.differences() == []
    assert town.told.wrong == []
    for what in ("committed", "undone", "sync killed", "index killed", "answered by the index"):
        assert town.told.counts[what] > 0, what
    counts = ", ".join(f"{number} {what}" for what, number in sorted(town.told.counts.items()))
    say(f"seeds {block * ROUNDS}..{(block + 1) * ROUNDS - 1} in {time.monotonic() - began:.0f} s: {counts}")


def storm(town: Town, seed: int) -> None:
    """People write while syncs die, are killed, fail and oversleep; the clock of every second one is an hour off."""
    dice = random.Random(seed)
    town.order(town.of("searcher"), Order(seed=seed))
    for hand, skew_s in zip(town.of("sync"), (0.0, -HOUR_S, HOUR_S), strict=False):
        town.order(
            [hand], Order(seed=seed * 10 + int(skew_s), chances=STORM, skew_s=skew_s if seed % 2 else 0.0)
        )

    def blow() -> None:
        if dice.random() < 0.03:
            town.strike(dice.choice(town.of("sync")))
        if dice.random() < 0.004:
            town.kill_index()

    town.write_for(WRITE_S, seed, each=blow)
    town.settle()
    town.rest("searcher")
