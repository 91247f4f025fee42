"""Fixtures every test can name: an organization in scope, one member of each role, and a stranger with rows elsewhere.

house: the organization, entered into the scope for the whole test (it also opens the database, so a test that asks for it
or for a member needs no `django_db` mark; add `@pytest.mark.django_db(transaction=True)` for real commits and threads).
foreign: one row of each noun in another organization (`cast.Rows`). stranger: that organization's owner.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase

from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.core import scope, triggers
from crm_site.tests import cast


@pytest.fixture(autouse=True, scope="session")
def flush_without_our_triggers() -> Iterator[None]:
    """The audit log refuses to be emptied, so the flush after a test with real commits takes our triggers down first."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        names = list(case._databases_names(include_mirrors=False))
        for name in names:
            triggers.drop_all(connections[name])
        flush(case)
        for name in names:
            triggers.install_all(connections[name])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def house(db: None) -> Iterator[Organization]:
    organization = cast.make_organization("Harbor House", slug="harbor-house")
    with scope.scope(organization):
        yield organization


@pytest.fixture
def owner(house: Organization) -> Membership:
    return cast.make_member(house, Role.OWNER, name="Olive Owner", email="olive@harbor.example")


@pytest.fixture
def admin(house: Organization) -> Membership:
    return cast.make_member(house, Role.ADMIN, name="Adam Admin", email="adam@harbor.example")


@pytest.fixture
def partner(house: Organization) -> Membership:
    return cast.make_member(house, Role.PARTNER, name="Petra Partner", email="petra@harbor.example")


@pytest.fixture
def associate(house: Organization) -> Membership:
    return cast.make_member(house, Role.ASSOCIATE, name="Anna Associate", email="anna@harbor.example")


@pytest.fixture
def viewer(house: Organization) -> Membership:
    return cast.make_member(house, Role.VIEWER, name="Victor Viewer", email="victor@harbor.example")


@pytest.fixture
def bot(house: Organization) -> Membership:
    return cast.make_member(house, Role.BOT, name="Intake Bot", email="bot@harbor.example")


@pytest.fixture
def foreign(db: None) -> cast.Rows:
    elsewhere = cast.make_organization("Elsewhere Capital", slug="elsewhere")
    return cast.make_rows(elsewhere)


@pytest.fixture
def stranger(foreign: cast.Rows) -> Membership:
    return cast.make_member(
        foreign.organization, Role.OWNER, name="Sven Stranger", email="sven@elsewhere.example"
    )
