"""A merged record's address in the API: reading is led to the survivor, writing is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from crm_site.accounts.models import Membership
from crm_site.api.tests import operations
from crm_site.relations import services as relations
from crm_site.tests import cast


@pytest.fixture
def api(partner: Membership) -> APIClient:
    return cast.api_of(partner)


@pytest.fixture
def two(house: Any) -> tuple[Any, Any]:
    one, other = cast.make_investor("Alder"), cast.make_investor("Birch")
    relations.merge(actor=cast.system(), survivor=one, absorbed=other)
    return one, other


@pytest.mark.parametrize("below", ["", "timeline/", "timeline/?page_size=2"])
def test_reading_is_led_to_the_survivor(api: APIClient, two: tuple[Any, Any], below: str) -> None:
    survivor, absorbed = two
    answer = api.get(f"/api/v1/investors/{absorbed.pk}/{below}")
    # Temporary, so that no client remembers it after the merge was taken back.
    assert (answer.status_code, answer["Location"]) == (307, f"/api/v1/investors/{survivor.pk}/{below}")
    assert answer.json()["error"]["code"] == "merged"
    assert answer.json()["error"]["fields"] == {"merged_into": survivor.pk}
    assert api.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("patch", "", {"location": "Oslo", "version": 1}),
        ("delete", "", {}),
        ("post", "restore/", {}),
        ("post", "retire/", {"reason": "Gone."}),
        ("put", "tags/", {"tags": ["warm"]}),
        ("post", "aliases/", {"name": "Other"}),
    ],
)
def test_writing_is_refused_by_name(
    api: APIClient, two: tuple[Any, Any], method: str, below: str, body: dict[str, Any]
) -> None:
    survivor, absorbed = two
    answer = getattr(api, method)(f"/api/v1/investors/{absorbed.pk}/{below}", body, format="json")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "merged"
    assert answer.json()["error"]["fields"] == {"merged_into": survivor.pk}


def test_a_merged_id_in_a_body_is_refused_by_name(api: APIClient, two: tuple[Any, Any]) -> None:
    survivor, absorbed = two
    body = {"investor": absorbed.pk, "body": "Called."}
    answer = api.post("/api/v1/communications/", body, format="json")
    assert answer.status_code == 409
    assert answer.json()["error"]["fields"]["merged_into"] == survivor.pk
    assert f"send {survivor.pk}" in answer.json()["error"]["fields"]["investor"]


def test_contacts_lead_too(api: APIClient, house: Any) -> None:
    one, other = cast.make_contact("Ada"), cast.make_contact("Bo")
    relations.merge(actor=cast.system(), survivor=one, absorbed=other)
    assert api.get(f"/api/v1/contacts/{other.pk}/")["Location"] == f"/api/v1/contacts/{one.pk}/"


def test_the_description_tells_of_it() -> None:
    paths = operations.schema()["paths"]
    for noun in ("investors", "contacts"):
        one = paths[f"/api/v1/{noun}/{{id}}/"]
        assert "Location" in one["get"]["responses"]["307"]["headers"]
        assert "merged_into" in one["get"]["responses"]["307"]["description"]
        assert "merged_into" in one["patch"]["responses"]["409"]["description"]
    assert "307" not in paths["/api/v1/funds/{id}/"]["get"]["responses"]
