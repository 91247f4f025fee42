"""Communications, the canonical write, reminders and facts by the API."""

from __future__ import annotations

from typing import Any

from crm_site.communications.models import Communication, Reminder
from crm_site.contacts.models import Contact
from crm_site.core import clock
from crm_site.investors.models import Investor
from crm_site.tests import cast

NOTES, LOG, REMINDERS, FACTS = (
    f"/api/v1/{one}/" for one in ("communications", "communications/log", "reminders", "facts")
)


def test_a_note_is_created_changed_deleted_and_restored(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor()
    person = cast.make_contact("Priya Nair", investor=firm)
    made = client.post(
        NOTES, {"investor": firm.pk, "kind": "call", "body": "Terms.", "contacts": [person.pk]}
    )
    assert made.status_code == 201
    body = made.json()
    assert body["contacts"] == [{"id": person.pk, "name": "Priya Nair"}]
    assert body["members"] == [{"id": associate.user_id, "name": "Anna Associate"}]
    assert (body["captured_via"], body["occurred_on"]) == ("api", clock.today().isoformat())
    address = f"{NOTES}{body['id']}/"
    assert client.patch(address, {"body": "Terms agreed.", "version": 1}).json()["body"] == "Terms agreed."
    assert client.patch(address, {"contacts": [], "version": 2}).json()["contacts"] == []
    assert client.patch(address, {"body": "x", "version": 1}).status_code == 409
    assert client.delete(address).status_code == 200
    assert Investor.objects.get(pk=firm.pk).last_activity_on is None
    assert client.post(f"{address}restore/").status_code == 200


def test_what_happened_cannot_lie_in_the_future(associate: Any) -> None:
    firm = cast.make_investor()
    answer = cast.api_of(associate).post(
        NOTES, {"investor": firm.pk, "body": "x", "occurred_on": "2100-01-01"}
    )
    assert answer.json()["error"]["fields"].keys() == {"occurred_on"}
    planned = {"investor": firm.pk, "kind": "meeting", "state": "planned", "occurred_on": "2100-01-01"}
    assert cast.api_of(associate).post(NOTES, planned).status_code == 201


def test_logging_by_name_makes_what_is_missing_and_says_so(partner: Any) -> None:
    client = cast.api_of(partner)
    fund = cast.make_fund()
    answer = client.post(
        LOG,
        {
            "investor_name": "Cedar Row Partners",
            "investor_type": "family_office",
            "people": [{"name": "Priya Nair", "email": "priya@cedar.example", "title": "CIO"}],
            "kind": "call",
            "body": "Wants 2m in the fund.",
            "fund": fund.pk,
            "stage": "meeting",
            "expected": "2000000",
            "reminder": {"text": "Send the deck", "due_on": "2100-01-05"},
            "facts": [{"text": "Prefers mornings", "confidence": 0.8, "person": 0}],
        },
    )
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert {one["type"] for one in body["created"]} == {
        "investor", "contact", "communication", "opportunity", "reminder", "fact",
    }  # fmt: skip
    investor = Investor.objects.get(pk=body["investor_id"])
    assert (investor.type, investor.stage.key, str(investor.expected_total)) == (
        "family_office",
        "meeting",
        "2000000.00",
    )
    assert Reminder.objects.get(pk=body["reminder_id"]).text == "Send the deck"


def test_logging_again_finds_the_same_firm_and_person(associate: Any) -> None:
    client = cast.api_of(associate)
    body = {
        "investor_name": "Cedar Row Partners LLC",
        "body": "x",
        "people": [{"name": "Priya Nair", "email": "p@c.example"}],
    }
    first = client.post(LOG, body).json()
    second = client.post(LOG, {**body, "investor_name": "cedar row partners"}).json()
    assert (first["investor_id"], first["contact_ids"]) == (second["investor_id"], second["contact_ids"])
    assert (Investor.objects.count(), Contact.objects.count(), Communication.objects.count()) == (1, 1, 2)


def test_a_filled_title_is_left_alone_and_told(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor("Cedar Row")
    cast.make_contact("Priya Nair", investor=firm, title="CIO")
    answer = client.post(
        LOG, {"investor": firm.pk, "body": "x", "people": [{"name": "Priya Nair", "title": "CEO"}]}
    )
    kept = answer.json()["left_alone"]
    assert [(one["field"], one["kept"], one["offered"]) for one in kept] == [("title", "CIO", "CEO")]


def test_an_unclear_firm_is_asked_about_and_nothing_is_written(associate: Any) -> None:
    client = cast.api_of(associate)
    one, two = cast.make_investor("Cedar Row Partners"), cast.make_investor("Cedar Row Partners")
    answer = client.post(LOG, {"investor_name": "Cedar Row Partners", "body": "x"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "ambiguous_investor"
    assert {candidate["id"] for candidate in error["fields"]["candidates"]} == {one.pk, two.pk}
    assert not Communication.objects.exists()
    assert client.post(LOG, {"investor": two.pk, "body": "x"}).json()["investor_id"] == two.pk
    assert (
        client.post(
            LOG, {"investor_name": "Cedar Row Partners", "new_investor": True, "body": "x"}
        ).status_code
        == 201
    )
    assert Investor.objects.count() == 3


def test_a_log_that_fails_at_its_end_leaves_nothing(associate: Any) -> None:
    body = {"investor_name": "Cedar Row", "body": "x", "people": [{"name": "A", "email": "bad"}]}
    assert cast.api_of(associate).post(LOG, body).status_code == 400
    assert cast.api_of(associate).post(LOG, {"body": "x"}).json()["error"]["fields"].keys() == {"investor"}
    assert not Investor.objects.exists() and not Contact.objects.exists()


def test_an_associate_cannot_move_a_stage_by_logging(associate: Any) -> None:
    deal = cast.make_opportunity()
    answer = cast.api_of(associate).post(
        LOG, {"investor": deal.investor_id, "body": "x", "stage": "committed"}
    )
    assert answer.status_code == 403
    assert not Communication.objects.exists()


def test_a_reminder_from_open_to_done_and_back(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor()
    made = client.post(
        REMINDERS, {"text": "Send the deck", "investor": firm.pk, "due_on": "2100-01-05", "due_time": "09:30"}
    )
    assert made.status_code == 201
    assert made.json()["assigned_to"] == associate.user_id
    address = f"{REMINDERS}{made.json()['id']}/"
    assert client.patch(address, {"text": "Send it", "version": 1}).json()["text"] == "Send it"
    snoozed = client.post(f"{address}snooze/", {"due_on": "2100-02-01", "version": 2}).json()
    assert (snoozed["due_on"], snoozed["due_time"], snoozed["state"]) == ("2100-02-01", None, "open")
    assert client.post(f"{address}done/", {"version": 2}).status_code == 409
    assert client.post(f"{address}done/").json()["state"] == "done"
    assert client.post(f"{address}drop/").json()["error"]["code"] == "reminder_closed"
    assert client.post(f"{address}reopen/").json()["state"] == "open"
    assert client.post(f"{address}drop/").json()["state"] == "dropped"
    assert client.get(f"{REMINDERS}?state=open").json()["results"] == []


def test_a_fact_is_remembered_changed_and_found(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor()
    made = client.post(
        FACTS, {"investor": firm.pk, "text": "Prefers mornings", "topic": "Habits", "confidence": 0.75}
    )
    assert (made.status_code, made.json()["confidence"]) == (201, "0.75")
    address = f"{FACTS}{made.json()['id']}/"
    assert (
        client.patch(address, {"text": "Prefers evenings", "version": 1}).json()["text"] == "Prefers evenings"
    )
    assert len(client.get(f"{FACTS}?topic=habits&investor={firm.pk}").json()["results"]) == 1
    assert client.delete(address).status_code == 200
    assert client.get(address).status_code == 404


def test_the_matcher_tells_new_from_known(associate: Any) -> None:
    client = cast.api_of(associate)
    firm = cast.make_investor("Cedar Row Partners")
    cast.make_contact("Priya Nair", investor=firm, email="priya@cedar.example")
    known = client.get("/api/v1/intake/match/?investor=The Cedar Row Partners, LLC").json()
    assert (known["best_id"], known["certain"]) == (firm.pk, True)
    by_mail = client.get("/api/v1/intake/match/?email=PRIYA@cedar.example").json()
    assert (by_mail["best_id"], by_mail["how"]) == (firm.pk, "email")
    new = client.get("/api/v1/intake/match/?investor=Quite Another").json()
    assert (new["best_id"], new["score"], new["candidates"]) == (None, 0.0, [])
    assert client.get("/api/v1/intake/match/").status_code == 400
