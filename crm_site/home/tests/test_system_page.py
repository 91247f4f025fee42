"""The System page tells partners whether all is well, and lets admins retry what was given up."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.accounts.models import Membership
from crm_site.core.scope import current_id
from crm_site.tests import cast
from crm_site.work.models import State, WorkItem


def given_up(organization_id: int | None = None) -> WorkItem:
    now = timezone.now()
    return WorkItem.unscoped.create(
        organization_id=organization_id or current_id(), kind="test.page", subject_id=7, cluster="fast", state=State.DEAD,
        attempts=5, last_error="<script>boom</script>", next_try_at=now, enqueued_at=now, touched_at=now, dead_at=now,
    )  # fmt: skip


def test_partner_sees_counts_chain_and_dead_work(partner: Membership) -> None:
    cast.make_investor()
    given_up()
    page = cast.client_of(partner).get("/system/").content.decode()
    assert "test.page" in page
    assert "&lt;script&gt;boom" in page
    assert "investor.created" in page
    assert "/retry/" not in page


def test_each_dependency_is_asked_in_a_fragment(partner: Membership) -> None:
    page = cast.client_of(partner).get("/system/checks/").content.decode()
    assert "Database" in page
    assert "never seen" in page


@pytest.mark.parametrize("path", ["/system/", "/system/checks/"])
def test_associates_do_not_see_it(associate: Membership, path: str) -> None:
    assert cast.client_of(associate).get(path).status_code == 403


def test_admin_retries_dead_work_and_partner_does_not(admin: Membership, partner: Membership) -> None:
    work = given_up()
    assert cast.client_of(partner).post(f"/system/work/{work.pk}/retry/").status_code == 403
    assert cast.client_of(admin).post(f"/system/work/{work.pk}/retry/").status_code == 302
    work.refresh_from_db()
    assert work.state == State.QUEUED


def test_another_organizations_work_is_not_there(admin: Membership, foreign: cast.Rows) -> None:
    work = given_up(foreign.organization.pk)
    client = cast.client_of(admin)
    assert "test.page" not in client.get("/system/").content.decode()
    assert client.post(f"/system/work/{work.pk}/retry/").status_code == 404


def test_the_page_itself_takes_fewer_than_twelve_queries(partner: Membership) -> None:
    client: Client = cast.client_of(partner)
    client.get("/system/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/system/")
    assert len(asked) < 12
