"""Fixtures of the journeys. A folder of tests that wants them names them in its conftest.py, as this folder does.

people: `people("anna")` is a person with a client and an account of their own. office: an organization whose bot runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from crm_site.core import triggers
from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person

People = Callable[[str], Person]


@pytest.fixture
def people(homeserver: Homeserver) -> Iterator[People]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(Person(homeserver, homeserver.newcomer(name)))


@pytest.fixture(scope="module")
def lasting_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What one test commits stays until the end of the module, because a process of ours lives longer than one test.

    Its tests are marked `django_db(transaction=True)`; the flush after each is put off.
    """
    name = Path(str(connection.settings_dict["NAME"])).name
    assert name.startswith("test"), f"{name} is no test database: mark the module django_db(transaction=True)"
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: None)
            yield
        triggers.drop_all(connection)
        call_command("flush", verbosity=0, interactive=False)
        triggers.install_all(connection)
        connection.close()


@pytest.fixture(scope="module")
def office(homeserver: Homeserver, lasting_database: None) -> Iterator[Office]:
    """Its bot runs through all tests of a module; each test makes people and a room of its own."""
    made = Office(homeserver)
    with made.bot():
        yield made
        made.close()
