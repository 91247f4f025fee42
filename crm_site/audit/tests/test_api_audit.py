"""The log of every change by the API."""

from __future__ import annotations

from typing import Any

from crm_site.tests import cast

AUDIT = "/api/v1/audit/"


def test_a_change_is_read_with_its_values(partner: Any) -> None:
    client = cast.api_of(partner)
    row = cast.make_investor("Harbor Point")
    changed = client.patch(f"/api/v1/investors/{row.pk}/", {"name": "Harbor Bridge", "version": 1})
    found = client.get(f"{AUDIT}?subject=investors.investor:{row.pk}").json()["results"]
    assert [one["action"] for one in found] == ["investor.edited", "investor.created"]
    assert found[0]["changes"] == {"name": {"old": "Harbor Point", "new": "Harbor Bridge"}}
    assert (found[0]["door"], found[0]["user"]) == ("api", partner.user_id)
    by_request = client.get(f"{AUDIT}?request={changed['X-Request-Id']}").json()["results"]
    assert [one["id"] for one in by_request] == [found[0]["id"]]
    assert client.get(f"{AUDIT}{found[0]['id']}/").json() == found[0]


def test_the_history_around_a_record_holds_what_hangs_on_it(partner: Any) -> None:
    row = cast.make_investor()
    cast.make_communication(row)
    found = cast.api_of(partner).get(f"{AUDIT}?around=investors.investor:{row.pk}").json()["results"]
    assert {one["action"] for one in found} == {"investor.created", "communication.logged"}


def test_an_associate_may_not_read_it(associate: Any) -> None:
    client = cast.api_of(associate)
    assert client.get(AUDIT).status_code == 403
    assert client.get(f"{AUDIT}1/").status_code == 403


def test_nobody_can_write_it(owner: Any) -> None:
    client = cast.api_of(owner)
    cast.make_investor()
    entry = client.get(AUDIT).json()["results"][0]
    assert client.post(AUDIT, {}).status_code == 405
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(f"{AUDIT}{entry['id']}/").status_code == 405


def test_a_subject_that_is_none_is_refused(owner: Any) -> None:
    for wrong in ("x", "investors.investor:x", "investors.investor:" + "9" * 40):
        assert cast.api_of(owner).get(f"{AUDIT}?subject={wrong}").status_code == 400
