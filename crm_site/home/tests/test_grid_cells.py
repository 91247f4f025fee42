"""A cell is edited in place: saved, refused with a reason, or shown with both values."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crm_site.accounts.models import Membership
from crm_site.communications.models import Reminder
from crm_site.core import clock
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, Opportunity
from crm_site.tests import cast


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


def post(
    client: Client, investor: Investor, key: str, value: object, version: object = "", **more: Any
) -> Any:
    query = more.pop("query", "")
    data = {"value": str(value), "version": str(version), "field": key, **more}
    return client.post(f"/grid/{investor.pk}/{key}/{query}", data, headers={"HX-Request": "true"})


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_editor_holds_the_present_value_and_version(desk: Client) -> None:
    investor = cast.make_investor(location="Oslo")
    answer = desk.get(f"/grid/{investor.pk}/location/").content.decode()
    assert 'value="Oslo"' in answer
    assert f'name="version" value="{investor.version}"' in answer


def test_saved_cell_comes_back_with_the_new_version(desk: Client) -> None:
    investor = cast.make_investor(location="Oslo")
    answer = post(desk, investor, "location", "Bergen", investor.version)
    assert answer.status_code == 200
    assert answer.content.decode().startswith("<td")
    assert "Bergen" in answer.content.decode()
    assert fresh(investor).location == "Bergen"
    assert answer["X-Row-Version"] == str(fresh(investor).version)


@pytest.mark.parametrize(
    ("key", "value"), [("owner", "999999"), ("owner", "x"), ("type", "bank"), ("location", "x" * 121)]
)
def test_a_value_that_cannot_be_is_refused_with_a_reason_and_kept(desk: Client, key: str, value: str) -> None:
    investor = cast.make_investor()
    answer = post(desk, investor, key, value, investor.version)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert fresh(investor).version == investor.version


def test_stale_edit_shows_both_values_and_writes_neither(desk: Client) -> None:
    investor = cast.make_investor(location="Oslo")
    seen = investor.version
    investors.edit_investor(actor=cast.system(), investor=investor, values={"location": "Malmö"})
    answer = post(desk, investor, "location", "Bergen", seen)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Bergen" in body
    assert "Malmö" in body
    assert fresh(investor).location == "Malmö"
    kept = post(desk, investor, "location", "Bergen", fresh(investor).version, choice="mine")
    assert kept.status_code == 200
    assert fresh(investor).location == "Bergen"


def test_taking_theirs_answers_with_the_cell_as_it_is(desk: Client) -> None:
    investor = cast.make_investor(location="Malmö")
    answer = post(desk, investor, "location", "Bergen", 1, choice="theirs")
    assert answer.status_code == 200
    assert "Malmö" in answer.content.decode()
    assert fresh(investor).location == "Malmö"


def test_both_writing_the_same_is_no_conflict(desk: Client) -> None:
    investor = cast.make_investor(location="Oslo")
    seen = investor.version
    investors.edit_investor(actor=cast.system(), investor=investor, values={"location": "Bergen"})
    assert post(desk, investor, "location", "Bergen", seen).status_code == 200


def test_conflict_names_people_and_stages_by_their_labels(desk: Client) -> None:
    one, other = cast.make_member(name="Ines"), cast.make_member(name="Jonas")
    investor = cast.make_investor()
    seen = investor.version
    investors.edit_investor(actor=cast.system(), investor=investor, values={"assigned_to_id": one.user_id})
    body = post(desk, investor, "owner", other.user_id, seen).content.decode()
    assert "Ines" in body
    assert "Jonas" in body


def test_viewer_may_not_edit(viewer: Membership) -> None:
    investor = cast.make_investor(location="Oslo")
    client = cast.client_of(viewer)
    answer = post(client, investor, "location", "Bergen", investor.version)
    assert answer.status_code == 403
    assert "viewer" not in answer.json()["error"]["message"]
    assert client.get(f"/grid/{investor.pk}/location/", headers={"HX-Request": "true"}).status_code == 403
    assert fresh(investor).location == "Oslo"


def test_associate_may_not_move_a_stage(associate: Membership) -> None:
    opportunity = cast.make_opportunity()
    answer = post(cast.client_of(associate), opportunity.investor, "stage", "meeting", opportunity.version)
    assert answer.status_code == 403
    assert fresh(opportunity).stage.key == "prospect"


@pytest.mark.parametrize("key", ["location", "stage", "owner", "expected", "step"])
def test_another_organizations_cell_is_not_there(desk: Client, foreign: cast.Rows, key: str) -> None:
    assert desk.get(f"/grid/{foreign.investor.pk}/{key}/").status_code == 404
    assert post(desk, foreign.investor, key, "x").status_code == 404


def test_another_organizations_fund_cannot_be_named(desk: Client, foreign: cast.Rows) -> None:
    investor = cast.make_investor()
    assert post(desk, investor, "expected", "1000", fund=str(foreign.fund.pk)).status_code == 404
    assert not Opportunity.objects.filter(investor=investor).exists()


@pytest.mark.parametrize("key", ["activity", "people", "tags", "name", "password"])
def test_a_computed_or_unknown_cell_cannot_be_edited(desk: Client, key: str) -> None:
    investor = cast.make_investor()
    assert post(desk, investor, key, "x").status_code == 404


def test_stage_moves_the_single_open_opportunity(desk: Client) -> None:
    opportunity = cast.make_opportunity()
    answer = post(desk, opportunity.investor, "stage", "meeting", opportunity.version)
    assert answer.status_code == 200
    assert fresh(opportunity).stage.key == "meeting"
    assert answer["X-Row-Version"] == str(fresh(opportunity).version)


def test_stage_can_be_pasted_by_its_label(desk: Client) -> None:
    opportunity = cast.make_opportunity()
    post(desk, opportunity.investor, "stage", "Soft circle", opportunity.version)
    assert fresh(opportunity).stage.key == "soft_circle"


def test_stage_of_several_open_opportunities_asks_for_the_fund(desk: Client) -> None:
    investor = cast.make_investor()
    first = cast.make_opportunity(investor=investor)
    second = cast.make_opportunity(investor=investor)
    refused = post(desk, investor, "stage", "meeting")
    assert refused.status_code == 422
    assert 'name="fund"' in refused.content.decode()
    assert post(desk, investor, "stage", "meeting", fund=str(second.fund_id)).status_code == 200
    assert (fresh(first).stage.key, fresh(second).stage.key) == ("prospect", "meeting")


@pytest.mark.parametrize(
    ("typed", "stored"), [("250000", "250000"), ("2.5m", "2500000"), ("$250k", "250000"), ("EUR 1,500,000", "1500000"), ("", None)]
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(desk: Client, typed: str, stored: str | None) -> None:
    opportunity = cast.make_opportunity(expected="100")
    assert post(desk, opportunity.investor, "expected", typed, opportunity.version).status_code == 200
    now = fresh(opportunity).expected
    assert (None if now is None else str(now)) == (None if stored is None else f"{stored}.00")


@pytest.mark.parametrize("typed", ["-5", "a lot", "1e400", "NaN", "9" * 20])
def test_an_amount_that_is_none_is_refused(desk: Client, typed: str) -> None:
    opportunity = cast.make_opportunity(expected="100")
    assert post(desk, opportunity.investor, "expected", typed, opportunity.version).status_code == 422
    assert str(fresh(opportunity).expected) == "100.00"


def test_an_amount_without_an_opportunity_opens_one_in_the_named_fund(desk: Client) -> None:
    investor, fund = cast.make_investor(), cast.make_fund()
    assert post(desk, investor, "committed", "5000").status_code == 422
    assert post(desk, investor, "committed", "5000", fund=str(fund.pk)).status_code == 200
    assert str(Opportunity.objects.get(investor=investor, fund=fund).committed) == "5000.00"


def test_a_grid_of_one_fund_edits_the_amounts_of_that_fund(desk: Client) -> None:
    investor = cast.make_investor()
    one, other = (cast.make_opportunity(investor=investor, expected="10") for _ in range(2))
    answer = post(desk, investor, "expected", "77", one.version, query=f"?fund={one.fund_id}")
    assert answer.status_code == 200
    assert f"?fund={one.fund_id}" in answer.content.decode()
    assert post(desk, investor, f"c{other.fund_id}", "88", other.version).status_code == 200
    assert (str(fresh(one).expected), str(fresh(other).committed)) == ("77.00", "88.00")


def test_stale_amount_shows_both(desk: Client) -> None:
    opportunity = cast.make_opportunity(expected="100")
    seen = opportunity.version
    investors.edit_opportunity(actor=cast.system(), opportunity=opportunity, values={"expected": "200"})
    answer = post(desk, opportunity.investor, "expected", "300", seen)
    assert answer.status_code == 409
    assert "200" in answer.content.decode()
    assert "300" in answer.content.decode()


def test_typing_a_next_step_sets_a_reminder_and_typing_again_changes_it(
    desk: Client, partner: Membership
) -> None:
    investor = cast.make_investor()
    assert post(desk, investor, "due", clock.today().isoformat()).status_code == 422
    assert post(desk, investor, "step", "Call Priya").status_code == 200
    reminder = Reminder.objects.get(investor=investor)
    assert (reminder.text, reminder.assigned_to_id) == ("Call Priya", partner.user_id)
    post(desk, investor, "step", "Write to Priya", reminder.version)
    post(desk, investor, "due", "2030-01-05", reminder.version + 1)
    reminder = Reminder.objects.get(investor=investor)
    assert (reminder.text, reminder.due_on.isoformat()) == ("Write to Priya", "2030-01-05")
    assert post(desk, investor, "step", "", reminder.version).status_code == 422


def test_the_earliest_open_reminder_is_the_next_step(desk: Client) -> None:
    investor = cast.make_investor()
    for text, due, at in (
        ("later", "2030-01-05", None),
        ("sooner", "2030-01-04", None),
        ("timed", "2030-01-04", "09:00"),
    ):
        cast.make_reminder(investor, text=text, due_on=due, due_time=at)
    assert 'value="timed"' in desk.get(f"/grid/{investor.pk}/step/").content.decode()


def test_hostile_value_comes_back_as_text(desk: Client) -> None:
    investor = cast.make_investor()
    body = post(desk, investor, "location", '"><script>x</script>', investor.version).content.decode()
    assert "<script>" not in body
    refused = post(desk, investor, "owner", '"><script>x</script>', investor.version).content.decode()
    assert "<script>" not in refused
