"""`bootstrap` makes the first organization once, however often it runs."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm_site.accounts.models import Membership, Organization, User
from crm_site.core.scope import scope
from crm_site.investors.models import Stage

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command("bootstrap", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_run_makes_organization_owner_and_stages_and_prints_a_password_that_works():
    told = json.loads(
        run("--json", "--name", "Quarry Lane", "--currency", "EUR", "--time-zone", "Europe/Berlin")
    )
    organization = Organization.objects.get()
    assert (organization.slug, organization.currency, organization.time_zone) == (
        "quarry-lane",
        "EUR",
        "Europe/Berlin",
    )
    owner = User.objects.get(email=told["email"])
    assert owner.check_password(told["password"])
    assert owner.is_staff
    with scope(organization):
        assert Membership.objects.get().role == "owner"
        assert Stage.objects.count() == 8


def test_a_second_run_changes_nothing_and_prints_no_password():
    first = json.loads(run("--json"))
    second = json.loads(run("--json", "--password", "another long phrase"))
    assert (second["created"], second["password"]) == (False, None)
    assert User.objects.get(email=first["email"]).check_password(first["password"])
    assert (Organization.objects.count(), User.objects.count()) == (1, 1)
    assert "Nothing changed" in run()


def test_a_given_owner_logs_in_with_the_given_password():
    words = run("--email", "Olive@firm.example", "--password", "quiet river stones")
    assert "olive@firm.example" in words
    assert "quiet river stones" not in words
    assert User.objects.get(email="olive@firm.example").check_password("quiet river stones")


def test_people_read_the_one_time_password():
    assert "one-time password" in run()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--password", "short"),
        ("--email", "nobody"),
        ("--currency", "euro"),
        ("--time-zone", "Mars/Base"),
        ("--name", " "),
    ],
)
def test_a_wrong_value_stops_it_and_leaves_nothing_behind(arguments):
    with pytest.raises(CommandError):
        run(*arguments)
    assert not Organization.objects.exists()
    assert not User.objects.exists()
