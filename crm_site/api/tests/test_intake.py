"""Intake by API: hand in, look, decide."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm_site.communications.models import Communication
from crm_site.core import unit
from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.tests import cast
from intake.models import InboundMessage, Proposal
from intake.tasks import parse_message

MESSAGES = "/api/v1/intake/messages/"
SENTENCE = "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com), follow up next Tuesday"


def hand_in(client, text: str = SENTENCE, **more) -> int:
    answer = client.post(MESSAGES, {"text": text, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def work_off(organization, message_id: int) -> None:
    with scope(organization):
        store = parse_message(organization_id=organization.pk, subject_id=message_id)
        assert store is not None
        with unit.atomic():
            store()


@pytest.fixture
def proposal(house, partner) -> Proposal:
    work_off(house, hand_in(cast.api_of(partner)))
    return Proposal.objects.get()


def address(proposal: Proposal, action: str = "") -> str:
    return f"/api/v1/intake/proposals/{proposal.pk}/{action}"


def test_a_sentence_becomes_a_record(house, partner, proposal) -> None:
    client = cast.api_of(partner)
    (shown,) = client.get(f"{MESSAGES}{proposal.message_id}/").json()["proposals"]
    assert shown["parsed"]["investor_name"] == "Blue Heron Capital"
    detail = client.get(address(proposal)).json()
    assert {line["what"] for line in detail["writes"]} >= {"investor", "contact", "communication", "reminder"}
    done = client.post(address(proposal, "approve/"))
    assert done.status_code == 200, done.content
    body = done.json()
    assert body["state"] == "committed"
    assert Investor.objects.get().pk == body["result"]["investor_id"] == body["investor"]


def test_a_second_approval_is_told_so(partner, proposal) -> None:
    client = cast.api_of(partner)
    client.post(address(proposal, "approve/"))
    again = client.post(address(proposal, "approve/"))
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "already_decided"
    assert Communication.objects.count() == 1


def test_an_old_revision_is_told_so(partner, proposal) -> None:
    client = cast.api_of(partner)
    edited = client.patch(address(proposal), {"edits": {"date": "2026-01-05"}, "revision": 1})
    assert edited.status_code == 200, edited.content
    assert edited.json()["revision"] == 2
    stale = client.post(address(proposal, "approve/"), {"revision": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "changed_since")


def test_unknown_fields_and_bad_values_are_named(partner, proposal) -> None:
    client = cast.api_of(partner)
    for edits in ({"colour": "red"}, {"amount": "many"}, {}):
        answer = client.patch(address(proposal), {"edits": edits})
        assert answer.status_code == 400, answer.content
        assert answer.json()["error"]["fields"]


def test_rejecting_writes_nothing(partner, proposal) -> None:
    answer = cast.api_of(partner).post(address(proposal, "reject/"), {"reason": "test"})
    assert answer.json()["state"] == "rejected"
    assert not Investor.objects.exists()


def test_the_same_external_id_is_the_same_message(house, partner) -> None:
    client = cast.api_of(partner)
    assert hand_in(client, external_id="mail-7") == hand_in(client, external_id="mail-7")
    assert InboundMessage.objects.count() == 1


def test_roles(house, viewer, bot, associate, proposal) -> None:
    assert cast.api_of(viewer).post(MESSAGES, {"text": "x"}).status_code == 403
    assert cast.api_of(bot).post(MESSAGES, {"text": "Called Cedar Row"}).status_code == 201
    assert cast.api_of(bot).post(address(proposal, "approve/")).status_code == 403
    assert cast.api_of(viewer).get(address(proposal)).status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * 30_000, "\u0000"])
def test_a_useless_text_is_refused_with_a_reason(partner, text: str) -> None:
    answer = cast.api_of(partner).post(MESSAGES, {"text": text})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]["text"]


def test_a_stranger_sees_nothing(proposal, stranger) -> None:
    client = cast.api_of(stranger)
    for action in ("", "approve/", "reject/", "pick/", "new/"):
        method = client.get if not action else client.post
        assert (
            method(address(proposal, action), {"number": 1} if action == "pick/" else None).status_code == 404
        )
    assert client.get(f"{MESSAGES}{proposal.message_id}/").status_code == 404
    assert client.get(reverse("api:proposals-list")).json()["results"] == []
