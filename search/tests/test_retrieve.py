"""What a question finds, whatever is down, and that it is never another's or gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.tests import cast
from search import index, rebuilding, retrieve, sync
from search.models import Dirty, Target
from search.tests.conftest import Process

PATIENCE_S = 30.0

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(shared_index: Process, settings: Any, house: Organization) -> Iterator[Target]:
    """An index that is built and up."""
    index.reset()
    retrieve.circuit.mended()
    settings.INDEX_DIR = shared_index.folder
    rebuilding.ensure_target()
    settle()
    target = rebuilding.live()
    assert target is not None
    yield target
    for one in Target.objects.all():
        index.drop_collection(one.collection)
    index.reset()
    retrieve.circuit.mended()


def settle() -> None:
    """Work as the workers do until nothing is dirty and no rebuild is under way."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        sync.run()
        rebuilding.advance(until=timezone.now() + timedelta(seconds=30))
        if not Dirty.unscoped.exists() and rebuilding.building() is None:
            return
        time.sleep(0.02)
    raise AssertionError("it does not settle")


def test_a_note_is_found_with_its_words_marked(served: Target) -> None:
    investor = cast.make_investor("Blue Heron")
    note = cast.make_communication(investor, subject="Lunch", body="They asked about co-investment rights.")
    settle()
    answer = retrieve.find("co-investments")
    assert answer.source == "index" and answer.mode == "sparse"
    (hit,) = answer.hits
    assert (hit.key, hit.title, hit.investor) == (f"communication:{note.pk}", "Lunch", "Blue Heron")
    (piece,) = hit.passages
    assert [piece.text[start:end] for start, end in piece.marks] == ["co", "investment"]
