"""The supervisor's quick looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError

from crm_site.work import nudges


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(nudges, "_nudges", {})
    yield


def test_each_is_called() -> None:
    called: list[str] = []
    nudges.register("one", lambda: called.append("one"))
    nudges.register("two", lambda: called.append("two"))
    nudges.give()
    assert called == ["one", "two"]


def test_one_that_fails_does_not_keep_the_others_from_theirs() -> None:
    called: list[str] = []
    nudges.register("broken", lambda: 1 / 0)
    nudges.register("whole", lambda: called.append("whole"))
    nudges.give()
    assert called == ["whole"]


def test_a_lost_database_is_the_supervisors_to_mend() -> None:
    def lost() -> None:
        raise OperationalError("gone")

    nudges.register("lost", lost)
    with pytest.raises(OperationalError):
        nudges.give()
