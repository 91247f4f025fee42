"""A query that takes too long is ended and answered, on both engines, and leaves the connection as it was."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import OperationalError, connection

from nlquery import limits, registry, runner
from nlquery.answers import Answer
from nlquery.asking import Asking
from nlquery.tests.world import World

LIMIT_S = 0.3
SLOW = {
    "postgresql": "SELECT pg_sleep(30)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
}


def run(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.fixture
def slow_intent(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    def answer(self: Any, asking: Asking) -> Answer:
        run(SLOW[connection.vendor])
        raise AssertionError("it should have been ended")

    entry = registry.get("investor_stale")
    assert entry is not None
    monkeypatch.setattr(limits, "STATEMENT_S", LIMIT_S)
    monkeypatch.setattr(entry.make, "answer", answer)
    return world


def test_a_slow_query_ends_as_an_answer_that_says_so(slow_intent: World) -> None:
    began = time.monotonic()
    answer = slow_intent.ask("investor_stale")
    assert LIMIT_S <= time.monotonic() - began < 10
    assert (answer.status, answer.rows, answer.summary) == ("error", [], runner.TOO_SLOW)
    # The same connection goes on, without the limit.
    assert slow_intent.names("investor_missing", field="owner") == ["Dune Lake Trust"]
    if connection.vendor == "postgresql":
        assert run("SHOW statement_timeout") == "0"
    else:
        steps = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT max(i) FROM n"
        assert run(steps) == 500_000


def test_the_limit_is_five_seconds() -> None:
    assert limits.STATEMENT_S == 5.0


def test_another_failure_of_the_database_is_no_time_out(house) -> None:
    with pytest.raises(OperationalError), limits.bounded():
        raise OperationalError("disk I/O error")
