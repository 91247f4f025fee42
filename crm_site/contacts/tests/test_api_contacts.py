"""People by the API."""

from __future__ import annotations

from typing import Any

from crm_site.tests import cast

CONTACTS = "/api/v1/contacts/"


def test_a_person_is_created_read_changed_deleted_and_restored(associate: Any) -> None:
    client = cast.api_of(associate)
    made = client.post(
        CONTACTS, {"name": "Priya Nair", "email": "Priya@Cedar.example", "phone": "+44 20 7946 0958"}
    )
    assert made.status_code == 201
    body = made.json()
    assert [one["email"] for one in body["emails"]] == ["priya@cedar.example"]
    assert [one["number"] for one in body["phones"]] == ["+442079460958"]
    address = f"{CONTACTS}{body['id']}/"
    assert client.patch(address, {"notes": "Skis", "version": 1}).json()["notes"] == "Skis"
    assert client.patch(address, {"notes": "Sails", "version": 1}).status_code == 409
    assert client.delete(address).status_code == 200
    assert client.get(address).status_code == 404
    assert client.post(f"{address}restore/").json()["emails"] == body["emails"]


def test_a_bad_address_or_number_writes_nothing(associate: Any) -> None:
    client = cast.api_of(associate)
    assert client.post(CONTACTS, {"name": "A", "email": "nonsense"}).json()["error"]["fields"].keys() == {
        "email"
    }
    assert client.post(CONTACTS, {"name": "A", "phone": "12"}).json()["error"]["fields"].keys() == {"phone"}
    assert client.get(CONTACTS).json()["results"] == []


def test_addresses_and_numbers_are_added_preferred_and_removed(associate: Any) -> None:
    client = cast.api_of(associate)
    person = cast.make_contact(email="first@x.example")
    address = f"{CONTACTS}{person.pk}/"
    body = client.post(f"{address}emails/", {"email": "second@x.example"}).json()
    second = next(one for one in body["emails"] if one["email"] == "second@x.example")
    assert second["is_primary"] is False
    body = client.post(f"{address}emails/{second['id']}/primary/").json()
    assert [one["email"] for one in body["emails"] if one["is_primary"]] == ["second@x.example"]
    assert client.delete(f"{address}emails/{second['id']}/").status_code == 200
    assert [one["email"] for one in client.get(address).json()["emails"]] == ["first@x.example"]
    body = client.post(f"{address}phones/", {"phone": "+1 212 555 0100"}).json()
    assert client.delete(f"{address}phones/{body['phones'][0]['id']}/").status_code == 200


def test_places_of_work(associate: Any) -> None:
    client = cast.api_of(associate)
    person, firm = cast.make_contact(), cast.make_investor("Cedar Row")
    address = f"{CONTACTS}{person.pk}/affiliations/"
    body = client.post(address, {"investor": firm.pk, "title": "CIO"}).json()
    place = body["affiliations"][0]
    assert (place["investor_name"], place["title"], place["is_primary"]) == ("Cedar Row", "CIO", True)
    assert client.post(address, {"investor": firm.pk}).status_code == 409
    changed = client.patch(f"{address}{place['id']}/", {"to_on": "2026-01-31", "version": 1})
    assert changed.json()["affiliations"][0]["to_on"] == "2026-01-31"
    assert client.patch(f"{address}{place['id']}/", {"title": "CEO", "version": 1}).status_code == 409
    assert client.delete(f"{address}{place['id']}/").status_code == 200


def test_people_are_found_by_firm_and_address(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor()
    person = cast.make_contact("Zoë Müller", investor=firm, email="zoe@x.example")
    cast.make_contact("Other")
    for query in (f"investor={firm.pk}", "email=ZOE@x.example", "name=muller"):
        assert [one["id"] for one in client.get(f"{CONTACTS}?{query}").json()["results"]] == [person.pk], (
            query
        )


def test_a_deleted_firm_is_not_shown_as_a_place(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor()
    person = cast.make_contact(investor=firm)
    client.delete(f"/api/v1/investors/{firm.pk}/")
    assert client.get(f"{CONTACTS}{person.pk}/").json()["affiliations"] == []
