"""search.md 5d (5): each way of writing alone, so that one nobody captures is seen by its name."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from crm_site.core import scope, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from search.tests.chaos import writing
from search.tests.chaos.harness import Town

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

Way = Callable[[random.Random, Actor], None]
#: What must have happened before there is anything to take back.
FIRST: dict[Way, tuple[Way, ...]] = {
    writing.restore: (writing.hide_by_hand, writing.delete),
    writing.take_apart: (writing.merge,),
}


def test_every_way_of_writing_is_captured(town: Town) -> None:
    actor = town.actors[0]
    with scope.scope(actor.organization_id or 0):
        for way in dict.fromkeys(writing.WAYS):
            for one in (*FIRST.get(way, ()), way):
                _do(one, actor)
            town.settle()
            assert town.differences() == [], way.__name__


def _do(way: Way, actor: Actor) -> None:
    """With the first dice that let it happen."""
    for seed in range(50):
        try:
            with unit.atomic():
                way(random.Random(seed), actor)
        except (CrmError, writing.Undone):
            continue
        return
    raise AssertionError(f"{way.__name__} was never possible")
