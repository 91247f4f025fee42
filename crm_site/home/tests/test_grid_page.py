"""The grid shows, filters, sorts and pages the living investors of one organization."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.accounts.models import Membership
from crm_site.communications import services as communications
from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.tests import cast

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/grid/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def names(client: Client, query: str = "") -> list[str]:
    """The names on the page, in their order."""
    page = shown(client, query)
    rows = page.split('<th scope="row" data-cell>')[1:]
    return [row.split('title="')[1].split('"')[0] for row in rows]


def test_visitor_is_sent_to_log_in(house: object) -> None:
    answer = Client().get("/grid/")
    assert answer.status_code == 302
    assert "next=/grid/" in answer["Location"]


def test_retired_and_deleted_investors_are_hidden_from_the_grid(desk: Client) -> None:
    cast.make_investor("Alder")
    investors.retire_investor(actor=cast.system(), investor=cast.make_investor("Birch"), reason="closed")
    assert names(desk) == ["Alder"]


def test_another_organizations_investors_are_not_on_the_grid(desk: Client, foreign: cast.Rows) -> None:
    cast.make_investor("Alder")
    assert names(desk) == ["Alder"]
    assert names(desk, f"?fund={foreign.fund.pk}") == []


@pytest.mark.parametrize(
    "query", ["?q=blue", "?q=BLUE+heron", "?q=z%C3%BCr", "?type=fund", "?owner=me", "?tag=esg"]
)
def test_each_filter_keeps_what_fits_and_drops_the_rest(
    desk: Client, partner: Membership, query: str
) -> None:
    fits = cast.make_investor(
        "Blue Heron Capital LLC", location="Zürich", type="fund", assigned_to_id=partner.user_id
    )
    investors.set_tags(actor=cast.system(), investor=fits, tags=["ESG"])
    cast.make_investor("Quarry", type="corporate")
    assert names(desk, query) == ["Blue Heron Capital LLC"]


def test_filters_by_stage_and_by_fund(desk: Client) -> None:
    fund = cast.make_fund("Fund I")
    early, late = cast.make_investor("Early"), cast.make_investor("Late")
    cast.make_opportunity(investor=early, fund=fund, stage="prospect")
    cast.make_opportunity(investor=late, stage="meeting")
    assert names(desk, "?stage=meeting") == ["Late"]
    assert names(desk, f"?fund={fund.pk}") == ["Early"]
    assert names(desk, f"?fund={fund.pk}&stage=meeting") == []


def test_filters_by_silence_and_by_next_step(desk: Client) -> None:
    spoken, silent = cast.make_investor("Spoken"), cast.make_investor("Silent")
    cast.make_communication(spoken)
    cast.make_communication(silent, occurred_on=clock.today() - timedelta(days=40))
    cast.make_reminder(silent, due_on=clock.today() - timedelta(days=1))
    assert names(desk, "?stale=30") == ["Silent"]
    assert names(desk, "?step=overdue") == ["Silent"]
    assert names(desk, "?step=no") == ["Spoken"]


def test_rows_without_a_value_stand_last_whichever_way_it_is_sorted(desk: Client) -> None:
    for name, days in (("Old", 9), ("New", 1), ("Never", None)):
        investor = cast.make_investor(name)
        if days is not None:
            cast.make_communication(investor, occurred_on=clock.today() - timedelta(days=days))
    assert names(desk, "?sort=activity") == ["Old", "New", "Never"]
    assert names(desk, "?sort=-activity") == ["New", "Old", "Never"]


def test_sorts_by_the_amount_in_the_chosen_fund(desk: Client) -> None:
    fund = cast.make_fund()
    for name, amount in (("Small", 10), ("Large", 900), ("Middle", 50)):
        cast.make_opportunity(investor=cast.make_investor(name), fund=fund, expected=str(amount))
    cast.make_opportunity(investor=Investor.objects.get(name="Small"), expected="5000")
    assert names(desk, f"?fund={fund.pk}&sort=-expected") == ["Large", "Middle", "Small"]
    assert names(desk, "?sort=-expected") == ["Small", "Large", "Middle"]


def test_a_page_holds_fifty_and_the_rest_follow(desk: Client) -> None:
    for number in range(53):
        cast.make_investor(f"Investor {number:02}")
    assert len(names(desk)) == 50
    assert names(desk, "?page=2") == ["Investor 50", "Investor 51", "Investor 52"]
    # Nobody was ever spoken to: all rows come from the part without a value.
    assert names(desk, "?page=2&sort=-activity") == ["Investor 50", "Investor 51", "Investor 52"]
    assert names(desk, "?page=99") == names(desk, "?page=2")


@pytest.mark.parametrize(
    "query",
    ["?page=-1", "?page=x", "?sort=password", "?fund=9999999999999999999999", "?fund=x", "?stale=%00", "?owner=a",
     "?owner=99999999999999999999", "?stage=%3Cscript%3E", "?cols=nothing,password", "?q=%00%27%3B--", "?page=²"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_no_error(desk: Client, query: str) -> None:
    cast.make_investor("Alder")
    assert desk.get(f"/grid/{query}").status_code == 200


def test_columns_are_chosen_in_the_address_and_remembered(desk: Client) -> None:
    cast.make_investor("Alder", lead_source="Conference")
    assert "Conference" not in shown(desk)
    assert "Conference" in shown(desk, "?cols=source&cols=tags")
    assert "Conference" in shown(desk)


def test_totals_are_by_currency_and_leave_out_what_is_lost(desk: Client) -> None:
    euro = cast.make_fund(currency="EUR")
    cast.make_opportunity(expected="1000000")
    cast.make_opportunity(fund=euro, expected="3000000")
    cast.make_opportunity(stage="passed", expected="7000000")
    line = shown(desk).split("<tfoot>")[1]
    assert "$1m" in line
    assert "€3m" in line
    assert "7m" not in line
    assert "$1m" in desk.get("/grid/totals/").content.decode()


def test_hostile_text_is_shown_as_text_in_every_column(desk: Client) -> None:
    investor = cast.make_investor(f"{HOSTILE}", location=HOSTILE, lead_source=HOSTILE)
    hostile_member = cast.make_member(name=HOSTILE)
    investors.edit_investor(
        actor=cast.system(), investor=investor, values={"assigned_to_id": hostile_member.user_id}
    )
    investors.set_tags(actor=cast.system(), investor=investor, tags=["<b>tag"])
    cast.make_opportunity(investor=investor, fund=cast.make_fund(HOSTILE))
    cast.make_reminder(investor, text=HOSTILE)
    page = shown(
        desk, "?cols=stage,owner,type,committed,expected,activity,step,due,location,tags,people,source"
    )
    assert "<script>alert" not in page
    assert "<b>tag" not in page
    assert page.count("&lt;script&gt;alert") > 5


def test_right_to_left_marks_cannot_turn_a_row_round(desk: Client) -> None:
    cast.make_investor("Alder \u202egnp.exe")
    assert "\u202e" not in shown(desk)
    cast.make_investor("شركة الاستثمار")
    assert "شركة الاستثمار" in shown(desk)


def test_viewer_sees_rows_and_no_editors(viewer: Membership) -> None:
    cast.make_opportunity(investor=cast.make_investor("Alder"), expected="5000")
    page = shown(cast.client_of(viewer))
    assert "Alder" in page
    assert "data-edit-url" not in page
    assert 'name="ids"' not in page


def test_associate_edits_all_but_the_stage(associate: Membership) -> None:
    cast.make_opportunity(investor=cast.make_investor("Alder"))
    page = shown(cast.client_of(associate))
    assert 'data-field="owner"' in page
    assert 'data-field="stage"' not in page


def test_an_empty_grid_says_how_to_begin_and_a_filtered_one_how_to_see_all(desk: Client) -> None:
    assert "Every investor, one row each" in shown(desk)
    cast.make_investor("Alder")
    assert "Clear the filters" in shown(desk, "?q=nobody")


@pytest.mark.parametrize(
    "query",
    ["", "?sort=-activity", "?sort=due", "?sort=-expected", "?q=investor&type=other", "?owner=me", "?page=2",
     "?cols=stage,owner,type,committed,expected,activity,step,due,location,tags,people,source,since"],
)  # fmt: skip
def test_the_grid_takes_at_most_eight_queries_whatever_the_rows(
    desk: Client, partner: Membership, query: str
) -> None:
    for number in range(60):
        investor = cast.make_investor(f"Investor {number:02}", assigned_to_id=partner.user_id)
        if number < 56:
            cast.make_communication(investor)
            cast.make_reminder(investor, assigned_to_id=partner.user_id)
    desk.get(f"/grid/{query}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert desk.get(f"/grid/{query}").status_code == 200
    assert len(asked) <= 8, [query["sql"] for query in asked]


def test_refreshing_activity_moves_a_row_up(desk: Client) -> None:
    first, second = cast.make_investor("First"), cast.make_investor("Second")
    cast.make_communication(second, occurred_on=clock.today() - timedelta(days=2))
    cast.make_communication(first, occurred_on=clock.today() - timedelta(days=5))
    communications.add_communication(actor=cast.system(), investor=first, body="Spoke again.")
    assert names(desk, "?sort=-activity") == ["First", "Second"]


def test_member_of_another_organization_sees_an_empty_grid(stranger: Membership, house: object) -> None:
    cast.make_investor("Alder")
    with scope(stranger.organization):
        page = shown(cast.client_of(stranger))
    assert "Alder" not in page
