"""The cast itself: every maker works, and a test with real commits can be cleaned up after."""

from __future__ import annotations

import pytest
from django.db import connection

from crm_site.audit.models import AuditEvent
from crm_site.core import scope, triggers
from crm_site.investors.models import Investor
from crm_site.tests import cast


def test_makers_write_one_row_of_each_noun_through_the_services(house):
    rows = cast.make_rows(house)
    assert rows.opportunity.investor == rows.investor
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"investor.created", "contact.created", "fund.created", "opportunity.created"} <= actions


def test_the_stranger_lives_elsewhere(house, stranger, foreign):
    assert stranger.organization_id != house.pk
    assert not Investor.objects.filter(pk=foreign.investor.pk).exists()


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_commits_leaves_nothing_behind(attempt):
    assert not AuditEvent.unscoped.exists()
    assert triggers.missing(connection) == []
    organization = cast.make_organization()
    with scope.scope(organization):
        cast.make_investor()
    assert AuditEvent.unscoped.exists()
