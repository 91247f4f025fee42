"""A kill in the middle of merging: each merge is there whole or not at all, and the next run does the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from crm_site.accounts.models import Organization
from crm_site.audit import reading as audit_reading
from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.relations.models import Merge
from crm_site.tests import cast
from crm_site.tests.crashing.harness import ROOT, database_url
from search.entities.models import Pair

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

FIRMS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")
NOTES_EACH = 3


@pytest.fixture
def town() -> Organization:
    """Five firms, each entered twice with the same web address, three notes on each."""
    house = cast.make_organization("Harbor House", slug="harbor-house")
    cast.make_member(house, "owner")
    with scope(house):
        for firm in FIRMS:
            for name in (f"{firm} Ridge Capital", f"{firm} Ridge Capital LLC"):
                investor = cast.make_investor(name, website=f"https://{firm.lower()}ridge.example")
                for number in range(NOTES_EACH):
                    cast.make_communication(investor, body=f"Note {number} on {name}")
    return house


def resolve(fault: str = "") -> int:
    """`manage.py resolve_entities` as a process of its own; its exit code."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "crm_site.tests.crashing.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "AUDIT_KEY": settings.AUDIT_KEY,
        "VAR_DIR": str(settings.VAR_DIR),
        "FAULT": fault,
    }
    command = [sys.executable, "manage.py", "resolve_entities"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, timeout=120
    ).returncode


def assert_whole(house: Organization, merged: int) -> None:
    """So many firms are one, with all that hung on both; no note hangs on a firm that is gone; the chain is whole."""
    with scope(house):
        living = Investor.objects.in_bulk()
        assert len(living) == 2 * len(FIRMS) - merged
        assert Merge.objects.count() == merged
        assert Pair.objects.filter(state="merged").count() == merged
        notes = list(Communication.objects.values_list("investor_id", flat=True))
        assert len(notes) == 2 * len(FIRMS) * NOTES_EACH and set(notes) == set(living)
        for merge in Merge.objects.all():
            assert notes.count(merge.survivor_id) == 2 * NOTES_EACH
    assert list(audit_reading.verify(house.pk)) == []


@pytest.mark.parametrize(
    ("fault", "merged"), [("duplicates.merging:3", 2), ("merge.moved:1", 0), ("merge.moved:4", 3)]
)
def test_a_killed_run_leaves_whole_merges_and_the_next_does_the_rest(
    town: Organization, fault: str, merged: int
) -> None:
    assert resolve(fault) == -signal.SIGKILL
    assert_whole(town, merged)
    assert resolve() == 0
    assert_whole(town, len(FIRMS))
