"""Two callers who take the same place at the same moment: one gets it, the others are told, nobody meets a failure of ours."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from crm_site.investors.models import Fund, Investor
from crm_site.tests import cast


def at_once(client: APIClient, send: Any, count: int = 4) -> list[Any]:
    client.get("/api/v1/stages/")  # notes the key's first use
    gate = threading.Barrier(count)
    answers: list[Any] = []

    def run() -> None:
        own = APIClient(raise_request_exception=False)
        own.credentials(**client._credentials)
        gate.wait()
        try:
            answers.append(send(own))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_one_name_is_given_once(admin: Any) -> None:
    answers = at_once(cast.api_of(admin), lambda client: client.post("/api/v1/funds/", {"name": "Fund III"}))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert all(
        answer.json()["error"]["code"] == "conflict" for answer in answers if answer.status_code == 409
    )
    assert Fund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_version_is_changed_once(admin: Any) -> None:
    row = cast.make_investor()
    address = f"/api/v1/investors/{row.pk}/"
    cities = iter(("Oslo", "Bergen", "Lima", "Cairo"))
    answers = at_once(
        cast.api_of(admin), lambda client: client.patch(address, {"location": next(cities), "version": 1})
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert Investor.objects.get(pk=row.pk).version == 2
