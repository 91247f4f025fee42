"""The hand-made world as fixtures: `world` is entered into the scope, beside a second one of the same shape."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction

from crm_site.core import scope
from nlquery.tests import world as worlds
from nlquery.tests.world import World


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Made once for a file of tests, in a transaction around theirs: two worlds take a second, and there are many tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        with worlds.at(worlds.NOW):
            worlds.full("Elsewhere Capital", canary=worlds.CANARY, cents="77")
            here = worlds.full("Harbor House")
        yield here
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> Iterator[World]:
    """On a Wednesday in March, with the twin organization full of the same names."""
    here = deepcopy(built)
    with worlds.at(worlds.NOW), scope.scope(here.organization):
        yield here
