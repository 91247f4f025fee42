"""A room with its people, for every test of the bot that needs no server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from crm_site.tests import cast
from intake.matrix.choices import Purpose
from intake.matrix.tests.room import Room, identify


@pytest.fixture
def bots_thread() -> Iterator[None]:
    """The bot's one thread keeps its connection; a test that used it leaves none behind, or the database cannot go."""
    yield
    asyncio.run(sync_to_async(connections.close_all, thread_sensitive=True)())


@pytest.fixture
def room(house) -> Room:
    cast.make_fund("Fund II")
    return Room()


@pytest.fixture
def query_room(house) -> Room:
    return Room(Purpose.QUERY)


@pytest.fixture
def petra(partner) -> str:
    return identify(partner)


@pytest.fixture
def anna(associate) -> str:
    return identify(associate)


@pytest.fixture
def victor(viewer) -> str:
    return identify(viewer)
