"""Many ticked investors change together or not at all, and one click takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from crm_site.accounts.models import Membership
from crm_site.core.templatetags import crm
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, InvestorTag, Opportunity
from crm_site.tests import cast


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


def change(client: Client, action: str, rows: list[Investor], **more: Any) -> Any:
    data = {"action": action, "ids": [row.pk for row in rows], "next": "/grid/", **more}
    return client.post("/grid/bulk/", data)


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def undo_of(answer: Any) -> str:
    return crm.undo_url(next(iter(get_messages(answer.wsgi_request))))


def live() -> list[str]:
    return list(Investor.objects.live().by_name().values_list("name", flat=True))


def test_owner_is_set_and_put_back(desk: Client, owner: Membership) -> None:
    rows = [cast.make_investor(assigned_to_id=owner.user_id), cast.make_investor()]
    other = cast.make_member()
    answer = change(desk, "owner", rows, owner=str(other.user_id))
    assert answer["Location"] == "/grid/"
    assert {row.assigned_to_id for row in Investor.objects.all()} == {other.user_id}
    desk.post(undo_of(answer))
    assert [Investor.objects.get(pk=row.pk).assigned_to_id for row in rows] == [owner.user_id, None]


def test_stage_is_moved_and_put_back(desk: Client) -> None:
    rows = [cast.make_opportunity() for _ in range(2)]
    answer = change(desk, "stage", [row.investor for row in rows], stage="meeting")
    assert {row.stage.key for row in Opportunity.objects.all()} == {"meeting"}
    desk.post(undo_of(answer))
    assert {row.stage.key for row in Opportunity.objects.all()} == {"prospect"}


def test_one_that_cannot_be_moved_leaves_all_where_they_were(desk: Client) -> None:
    clear, unclear = cast.make_opportunity(), cast.make_investor("No Fund Yet")
    answer = change(desk, "stage", [clear.investor, unclear], stage="meeting")
    assert "No Fund Yet" in said(answer)[0]
    assert Opportunity.objects.get(pk=clear.pk).stage.key == "prospect"


def test_a_named_fund_opens_opportunities_where_there_are_none(desk: Client) -> None:
    investor, fund = cast.make_investor(), cast.make_fund()
    change(desk, "stage", [investor], stage="meeting", fund=str(fund.pk))
    assert Opportunity.objects.get(investor=investor, fund=fund).stage.key == "meeting"


def test_tag_is_added_beside_the_others_and_taken_off_again(desk: Client) -> None:
    one, two = cast.make_investor(), cast.make_investor()
    investors.set_tags(actor=cast.system(), investor=one, tags=["ESG", "Re-up"])
    answer = change(desk, "tag", [one, two], tag="esg")
    assert InvestorTag.objects.filter(tag__key="esg").count() == 2
    assert InvestorTag.objects.filter(investor=one).count() == 2
    desk.post(undo_of(answer))
    assert list(InvestorTag.objects.filter(investor=two)) == []
    assert InvestorTag.objects.filter(investor=one).count() == 2


def test_retired_ones_leave_the_grid_and_come_back(desk: Client) -> None:
    rows = [cast.make_investor("Alder"), cast.make_investor("Birch")]
    cast.make_investor("Cedar")
    answer = change(desk, "retire", rows)
    assert live() == ["Cedar"]
    desk.post(undo_of(answer))
    assert live() == ["Alder", "Birch", "Cedar"]


def test_an_undo_works_once_and_only_for_who_did_it(desk: Client, owner: Membership) -> None:
    undo = undo_of(change(desk, "retire", [cast.make_investor()]))
    assert cast.client_of(owner).post(undo).status_code == 404
    assert desk.post(undo).status_code == 302
    assert desk.post(undo).status_code == 404


def test_another_organizations_investor_among_them_stops_all(desk: Client, foreign: cast.Rows) -> None:
    mine = cast.make_investor("Alder")
    assert change(desk, "retire", [mine, foreign.investor]).status_code == 404
    assert live() == ["Alder"]
    assert Investor.unscoped.get(pk=foreign.investor.pk).graveyard_at is None


def test_another_organizations_fund_is_not_there(desk: Client, foreign: cast.Rows) -> None:
    answer = change(desk, "stage", [cast.make_investor()], stage="meeting", fund=str(foreign.fund.pk))
    assert answer.status_code == 404


def test_roles_are_checked(viewer: Membership, associate: Membership) -> None:
    investor = cast.make_investor("Alder")
    for member, action in ((viewer, "owner"), (viewer, "tag"), (associate, "retire"), (associate, "stage")):
        answer = change(cast.client_of(member), action, [investor], tag="x", stage="meeting")
        assert answer.status_code == 403, (member, action)
    assert live() == ["Alder"]


@pytest.mark.parametrize("action", ["", "delete", "purge"])
def test_an_unknown_action_does_nothing(desk: Client, action: str) -> None:
    answer = change(desk, action, [cast.make_investor()])
    assert said(answer) == ["Choose what to do with the ticked investors."]


def test_nothing_ticked_and_too_many_ticked_are_said(desk: Client) -> None:
    assert said(change(desk, "tag", [], tag="x")) == ["Tick some investors first."]
    answer = desk.post("/grid/bulk/", {"action": "tag", "tag": "x", "ids": range(1, 250)})
    assert said(answer)[-1] == "At most 200 investors at once."


def test_back_leads_to_our_own_pages_only(desk: Client) -> None:
    data = {"action": "tag", "tag": "x", "ids": [cast.make_investor().pk], "next": "https://evil.example/"}
    assert desk.post("/grid/bulk/", data)["Location"] == "/grid/"
