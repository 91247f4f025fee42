"""Investors, funds, stages and opportunities by the API."""

from __future__ import annotations

from typing import Any

from crm_site.audit.models import AuditEvent
from crm_site.investors.models import Investor, Opportunity
from crm_site.tests import cast

INVESTORS, FUNDS, DEALS = "/api/v1/investors/", "/api/v1/funds/", "/api/v1/opportunities/"


def test_an_investor_is_created_read_changed_deleted_and_restored(associate: Any) -> None:
    client = cast.api_of(associate)
    made = client.post(
        INVESTORS, {"name": "Harbor Point", "type": "family_office", "assigned_to": associate.user_id}
    )
    assert made.status_code == 201
    assert made["ETag"] == '"1"'
    address = f"{INVESTORS}{made.json()['id']}/"
    assert made.json()["assigned_to_name"] == "Anna Associate"
    changed = client.patch(address, {"location": "Oslo", "version": 1})
    assert (changed.json()["location"], changed.json()["version"]) == ("Oslo", 2)
    assert changed.json()["name"] == "Harbor Point"
    gone = client.delete(address)
    assert gone.status_code == 200
    assert client.get(address).status_code == 404
    assert client.post(f"{address}restore/").json()["location"] == "Oslo"
    assert client.get(address).status_code == 200
    actions = list(AuditEvent.objects.in_chain_order().values_list("action", flat=True))
    assert actions[-4:] == ["investor.created", "investor.edited", "investor.deleted", "investor.restored"]


def test_a_stale_change_is_refused_with_both_values(associate: Any) -> None:
    client = cast.api_of(associate)
    row = cast.make_investor("Harbor Point")
    address = f"{INVESTORS}{row.pk}/"
    client.patch(address, {"location": "Oslo", "version": 1})
    answer = client.patch(address, {"location": "Bergen", "version": 1})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "stale_edit"
    assert error["fields"]["location"] == {"yours": "Bergen", "theirs": "Oslo"}
    assert client.get(address).json()["location"] == "Oslo"


def test_a_stale_owner_goes_by_the_name_that_was_sent(associate: Any) -> None:
    client = cast.api_of(associate)
    address = f"{INVESTORS}{cast.make_investor().pk}/"
    client.patch(address, {"location": "Oslo", "version": 1})
    answer = client.patch(address, {"assigned_to": associate.user_id, "version": 1})
    assert answer.json()["error"]["fields"].keys() == {"assigned_to"}


def test_if_match_stands_for_the_version(associate: Any) -> None:
    client = cast.api_of(associate)
    address = f"{INVESTORS}{cast.make_investor().pk}/"
    assert client.patch(address, {"location": "Oslo"}, HTTP_IF_MATCH='"1"').status_code == 200
    assert client.patch(address, {"location": "Bergen"}, HTTP_IF_MATCH='"1"').status_code == 409
    assert client.patch(address, {"location": "Bergen"}, HTTP_IF_MATCH="soon").status_code == 400
    assert client.delete(address, HTTP_IF_MATCH='"1"').status_code == 409
    assert client.delete(address, HTTP_IF_MATCH='"2"').status_code == 200


def test_a_change_without_a_version_is_refused(associate: Any) -> None:
    row = cast.make_investor("Harbor Point")
    answer = cast.api_of(associate).patch(f"{INVESTORS}{row.pk}/", {"location": "Oslo"})
    assert answer.status_code == 400
    assert "version" in answer.json()["error"]["fields"]


def test_a_deletion_says_what_went_with_it(associate: Any) -> None:
    row = cast.make_investor()
    cast.make_communication(row)
    cast.make_reminder(row)
    answer = cast.api_of(associate).delete(f"{INVESTORS}{row.pk}/").json()
    assert answer["hanging"] == {"communications": 1, "reminders": 1}


def test_what_went_with_its_investor_is_restored_with_it_only(associate: Any) -> None:
    client = cast.api_of(associate)
    row = cast.make_investor()
    note = cast.make_communication(row)
    client.delete(f"{INVESTORS}{row.pk}/")
    answer = client.post(f"/api/v1/communications/{note.pk}/restore/")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "parent_deleted"
    client.post(f"{INVESTORS}{row.pk}/restore/")
    assert client.get(f"/api/v1/communications/{note.pk}/").status_code == 200


def test_a_living_record_cannot_be_restored(associate: Any) -> None:
    row = cast.make_investor()
    assert cast.api_of(associate).post(f"{INVESTORS}{row.pk}/restore/").status_code == 404


def test_the_graveyard_is_out_of_the_list_unless_asked_for(partner: Any) -> None:
    client = cast.api_of(partner)
    row, other = cast.make_investor("Old Row"), cast.make_investor("New Row")
    retired = client.post(f"{INVESTORS}{row.pk}/retire/", {"reason": "Fund closed", "version": 1})
    assert retired.json()["graveyard_reason"] == "Fund closed"
    assert client.post(f"{INVESTORS}{row.pk}/retire/", {}).json()["error"]["code"] == "already_retired"
    assert [one["id"] for one in client.get(INVESTORS).json()["results"]] == [other.pk]
    assert [one["id"] for one in client.get(f"{INVESTORS}?graveyard=true").json()["results"]] == [row.pk]
    assert client.get(f"{INVESTORS}{row.pk}/").status_code == 200
    assert client.post(f"{INVESTORS}{row.pk}/revive/", {"version": 1}).status_code == 409
    assert client.post(f"{INVESTORS}{row.pk}/revive/", {"version": 2}).json()["graveyard_at"] is None


def test_tags_and_other_names(associate: Any) -> None:
    client = cast.api_of(associate)
    address = f"{INVESTORS}{cast.make_investor().pk}/"
    assert client.put(f"{address}tags/", {"tags": ["Warm", "pension"]}).json()["tags"] == ["Warm", "pension"]
    assert client.get(f"{INVESTORS}?tag=warm").json()["results"][0]["tags"] == ["Warm", "pension"]
    alias = client.post(f"{address}aliases/", {"name": "HP"})
    assert alias.status_code == 201
    assert client.post(f"{address}aliases/", {"name": "H.P."}).status_code == 409
    assert [one["name"] for one in client.get(f"{address}aliases/").json()["results"]] == ["HP"]
    assert client.delete(f"{address}aliases/{alias.json()['id']}/").status_code == 200
    assert client.get(f"{address}aliases/").json()["results"] == []


def test_the_timeline_shows_the_latest_first(associate: Any) -> None:
    row = cast.make_investor()
    early = cast.make_communication(row, occurred_on="2026-01-05")
    late = cast.make_communication(row, occurred_on="2026-03-05")
    cast.make_communication()
    found = cast.api_of(associate).get(f"{INVESTORS}{row.pk}/timeline/").json()["results"]
    assert [one["id"] for one in found] == [late.pk, early.pk]


def test_lists_are_narrowed(associate: Any) -> None:
    client = cast.api_of(associate)
    mine = cast.make_investor("Société Générale", type="institution", assigned_to_id=associate.user_id)
    deal = cast.make_opportunity(investor=mine, stage="meeting", expected="10")
    cast.make_investor("Other")
    for query in (
        "name=generale", "type=institution", f"assigned_to={associate.user_id}", "stage=meeting", "silent=true&type=institution",
    ):  # fmt: skip
        assert [one["id"] for one in client.get(f"{INVESTORS}?{query}").json()["results"]] == [mine.pk], query
    assert client.get(f"{DEALS}?category=open&investor={mine.pk}").json()["results"][0]["id"] == deal.pk


def test_a_fund_and_its_progress(admin: Any) -> None:
    client = cast.api_of(admin)
    made = client.post(FUNDS, {"name": "Fund III", "target": "50000000", "currency": "eur"})
    assert (made.status_code, made.json()["currency"]) == (201, "EUR")
    fund_id = made.json()["id"]
    assert client.post(FUNDS, {"name": "fund iii"}).status_code == 409
    investor = cast.make_investor()
    client.post(DEALS, {"investor": investor.pk, "fund": fund_id, "committed": "250000.50"})
    read = client.get(f"{FUNDS}{fund_id}/").json()
    assert (read["committed_sum"], read["opportunity_count"]) == ("250000.50", 1)
    assert client.patch(f"{FUNDS}{fund_id}/", {"currency": "USD", "version": 1}).status_code == 400


def test_an_opportunity_is_opened_changed_and_moved(partner: Any) -> None:
    client = cast.api_of(partner)
    investor, fund = cast.make_investor(), cast.make_fund()
    made = client.post(DEALS, {"investor": investor.pk, "fund": fund.pk, "expected": "1500000"})
    assert (made.status_code, made.json()["stage"], made.json()["expected"]) == (
        201,
        "prospect",
        "1500000.00",
    )
    again = client.post(DEALS, {"investor": investor.pk, "fund": fund.pk})
    assert again.json()["error"]["code"] == "opportunity_exists"
    address = f"{DEALS}{made.json()['id']}/"
    assert client.patch(address, {"probability": 40, "version": 1}).json()["probability"] == 40
    moved = client.post(f"{address}move/", {"stage": "diligence", "note": "Signed NDA", "version": 2})
    assert moved.json()["stage"] == "diligence"
    assert client.post(f"{address}move/", {"stage": "meeting", "version": 2}).status_code == 409
    assert client.post(f"{address}move/", {"stage": "nowhere"}).json()["error"]["fields"].keys() == {"stage"}
    assert Investor.objects.get(pk=investor.pk).stage.key == "diligence"


def test_a_restore_into_a_taken_place_is_named(associate: Any) -> None:
    client = cast.api_of(associate)
    old = cast.make_opportunity()
    client.delete(f"{DEALS}{old.pk}/")
    cast.make_opportunity(investor=old.investor, fund=old.fund)
    answer = client.post(f"{DEALS}{old.pk}/restore/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "restore_clash")
    assert Opportunity.objects.count() == 1


def test_stages_come_in_order_and_cannot_be_written(owner: Any) -> None:
    client = cast.api_of(owner)
    keys = [one["key"] for one in client.get("/api/v1/stages/").json()["results"]]
    assert keys[0] == "prospect" and keys[-1] == "passed"
    assert client.post("/api/v1/stages/", {"label": "x"}).status_code == 405
