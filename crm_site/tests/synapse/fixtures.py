"""Fixtures of the Matrix tests, known to every test without an import.

homeserver: one Synapse for the whole run. people: `people("anna")` is a person with a client and an account of their own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.person import Person

People = Callable[[str], Person]


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Homeserver]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="synapse-", dir=settings.VAR_DIR) as folder,
        Homeserver(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def people(homeserver: Homeserver) -> Iterator[People]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(Person(homeserver, homeserver.newcomer(name)))
