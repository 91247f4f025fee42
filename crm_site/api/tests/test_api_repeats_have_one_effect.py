"""`Idempotency-Key`: the same request twice has one effect and one answer, byte for byte, also at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from crm_site.api.tests import operations
from crm_site.communications.models import Communication
from crm_site.investors.models import Investor
from crm_site.tests import cast

LOG = "/api/v1/communications/log/"
BODY = {
    "investor_name": "Cedar Row Partners",
    "body": "Called about terms.",
    "people": [{"name": "Priya Nair"}],
}


def test_the_same_key_and_body_replay_the_same_bytes(owner: Any) -> None:
    client = cast.api_of(owner)
    first = client.post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    # Another order of the same fields is the same request.
    again = client.post(LOG, dict(reversed(BODY.items())), HTTP_IDEMPOTENCY_KEY="k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Communication.objects.count() == 1


def test_without_a_key_twice_means_twice(owner: Any) -> None:
    client = cast.api_of(owner)
    client.post(LOG, BODY)
    client.post(LOG, BODY)
    assert Communication.objects.count() == 2


def test_the_same_key_for_another_body_is_422(owner: Any) -> None:
    client = cast.api_of(owner)
    client.post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    answer = client.post(LOG, {**BODY, "body": "Another text."}, HTTP_IDEMPOTENCY_KEY="k1")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "idempotency_mismatch"
    assert Communication.objects.count() == 1


def test_somebody_elses_key_is_not_replayed(owner: Any, partner: Any) -> None:
    cast.api_of(owner).post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    assert cast.api_of(partner).post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1").status_code == 422


def test_a_key_of_another_organization_is_another_key(owner: Any, stranger: Any) -> None:
    mine = cast.api_of(owner).post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    theirs = cast.api_of(stranger).post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    assert theirs.status_code == 201
    assert theirs.json()["investor_id"] != mine.json()["investor_id"]


def test_a_refused_request_leaves_the_key_free(owner: Any) -> None:
    client = cast.api_of(owner)
    assert client.post(LOG, {**BODY, "kind": "fax"}, HTTP_IDEMPOTENCY_KEY="k1").status_code == 400
    assert client.post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 300, "a\x01b"])
def test_a_key_that_is_none_is_refused(owner: Any, key: str) -> None:
    answer = cast.api_of(owner).post(LOG, BODY, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == 400
    assert not Investor.objects.exists()


def test_every_create_and_action_honours_the_key() -> None:
    schema = operations.schema()["paths"]
    missing = [
        one.name
        for one in operations.walk()
        if one.method == "post" and one.noun not in {"auth", "query"}  # a question changes nothing
        and "Idempotency-Key" not in [p["name"] for p in schema[one.path]["post"].get("parameters", [])]
    ]  # fmt: skip
    assert missing == []


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_have_one_effect(owner: Any) -> None:
    client = cast.api_of(owner)
    client.get("/api/v1/stages/")  # notes the key's first use
    gate = threading.Barrier(4)
    answers: list[Any] = []

    def send() -> None:
        own = cast.APIClient()
        own.credentials(**client._credentials)
        gate.wait()
        try:
            answers.append(own.post(LOG, BODY, HTTP_IDEMPOTENCY_KEY="k1"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4, [a.content for a in answers]
    assert len({answer.content for answer in answers}) == 1
    assert Communication.objects.count() == Investor.objects.count() == 1
    assert connection.vendor in ("sqlite", "postgresql")
