"""The board shows a fund by stage, adds each column up, and moves cards by the rules of the services."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.models import Membership
from crm_site.home import board
from crm_site.investors import services as investors
from crm_site.investors.models import Opportunity, StageChange
from crm_site.tests import cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


def move(client: Client, row: Opportunity, stage: str, **more: object) -> object:
    return client.post(
        f"/pipeline/{row.pk}/move/", {"stage": stage, "version": row.version, **more}, headers=HTMX
    )


def stage_of(row: Opportunity) -> str:
    return Opportunity.objects.get(pk=row.pk).stage.key


def test_the_board_is_of_one_fund_and_adds_up_its_columns(desk: Client) -> None:
    fund, other = cast.make_fund("Fund A"), cast.make_fund("Fund B")
    cast.make_opportunity(investor=cast.make_investor("Alder"), fund=fund, expected="1000000")
    cast.make_opportunity(fund=fund, expected="2000000", committed="500000")
    cast.make_opportunity(investor=cast.make_investor("Elsewhere"), fund=other)
    page = desk.get(f"/pipeline/?fund={fund.pk}").content.decode()
    assert "Alder" in page
    assert "Elsewhere" not in page
    first = page.split('data-stage="prospect"')[1].split("data-cards")[0]
    assert "$3.5m" in first
    assert '<span class="badge">2</span>' in first


def test_retired_and_deleted_investors_are_not_on_the_board(desk: Client) -> None:
    row = cast.make_opportunity(investor=cast.make_investor("Alder"))
    investors.retire_investor(actor=cast.system(), investor=row.investor, reason="")
    assert "Alder" not in desk.get(f"/pipeline/?fund={row.fund_id}").content.decode()


def test_a_long_column_shows_the_largest_and_leads_to_the_grid(desk: Client) -> None:
    fund = cast.make_fund()
    for number in range(board.MOST_CARDS + 3):
        cast.make_opportunity(fund=fund, investor=cast.make_investor(f"No {number:02}"), expected=str(number))
    page = desk.get(f"/pipeline/?fund={fund.pk}").content.decode()
    assert page.count("data-card ") == board.MOST_CARDS
    assert "No 27" in page
    assert "No 00" not in page
    assert f"All {board.MOST_CARDS + 3} in the grid" in page


def test_a_move_answers_with_both_columns(desk: Client) -> None:
    row = cast.make_opportunity()
    answer = move(desk, row, "meeting", note="They liked it")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert body.count('hx-swap-oob="true"') == 2
    assert f'id="deal-{row.pk}"' in body
    assert stage_of(row) == "meeting"
    assert StageChange.objects.newest_first().first().note == "They liked it"


def test_a_move_works_without_script(desk: Client) -> None:
    row = cast.make_opportunity()
    assert desk.get(f"/pipeline/{row.pk}/move/").status_code == 200
    answer = desk.post(f"/pipeline/{row.pk}/move/", {"stage": "meeting", "version": row.version})
    assert answer["Location"] == f"/pipeline/?fund={row.fund_id}"
    assert stage_of(row) == "meeting"


def test_a_card_that_somebody_moved_meanwhile_is_refused(desk: Client) -> None:
    row = cast.make_opportunity()
    seen = row.version
    investors.move_opportunity(actor=cast.system(), opportunity=row, stage=cast.stage("diligence"))
    answer = desk.post(f"/pipeline/{row.pk}/move/", {"stage": "meeting", "version": seen}, headers=HTMX)
    assert answer.status_code == 409
    assert answer.json()["error"]["message"]
    assert stage_of(row) == "diligence"


def test_associate_sees_the_board_and_may_not_move(associate: Membership) -> None:
    row = cast.make_opportunity()
    client = cast.client_of(associate)
    page = client.get(f"/pipeline/?fund={row.fund_id}").content.decode()
    assert "data-move-url" not in page
    assert move(client, row, "meeting").status_code == 403
    assert client.get(f"/pipeline/{row.pk}/move/").status_code == 403
    assert stage_of(row) == "prospect"


@pytest.mark.parametrize("stage", ["", "nowhere", "<script>"])
def test_an_unknown_stage_is_refused(desk: Client, stage: str) -> None:
    row = cast.make_opportunity()
    assert move(desk, row, stage).status_code == 400
    assert stage_of(row) == "prospect"


def test_another_organizations_fund_and_card_are_not_there(desk: Client, foreign: cast.Rows) -> None:
    assert desk.get(f"/pipeline/?fund={foreign.fund.pk}").status_code == 404
    assert move(desk, foreign.opportunity, "meeting").status_code == 404


def test_without_a_fund_the_page_says_what_goes_there(desk: Client) -> None:
    assert "A board for each fund" in desk.get("/pipeline/").content.decode()


def test_hostile_text_is_shown_as_text(desk: Client) -> None:
    investor = cast.make_investor("<script>alert(1)</script>")
    row = cast.make_opportunity(investor=investor, fund=cast.make_fund("<script>alert(2)</script>"))
    cast.make_reminder(investor, text="<script>alert(3)</script>")
    assert "<script>alert" not in desk.get(f"/pipeline/?fund={row.fund_id}").content.decode()


def test_the_board_takes_at_most_eight_queries(desk: Client) -> None:
    fund = cast.make_fund()
    for number in range(12):
        row = cast.make_opportunity(fund=fund, stage="meeting" if number % 2 else None)
        cast.make_reminder(row.investor)
    desk.get(f"/pipeline/?fund={fund.pk}")
    with CaptureQueriesContext(connection) as asked:
        desk.get(f"/pipeline/?fund={fund.pk}")
    assert len(asked) <= 8
