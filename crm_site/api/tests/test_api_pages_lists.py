"""Pages by cursor: none skipped, none doubled, whatever is written meanwhile; rows without a value come last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.api.urls import router
from crm_site.investors.models import Investor
from crm_site.tests import cast

INVESTORS = "/api/v1/investors/"


def follow(client: Any, address: str, key: str = "next") -> list[int]:
    """The ids of all pages from here on, in the order met."""
    found: list[int] = []
    while address:
        parts = urlsplit(address)
        page = client.get(f"{parts.path}?{parts.query}").json()
        found += [row["id"] for row in page["results"]]
        address = page[key]
    return found


@pytest.fixture
def many(owner: Any) -> list[Investor]:
    rows = [cast.make_investor(f"Firm {number % 5}") for number in range(23)]
    for number, row in enumerate(rows):
        if number % 3:
            cast.make_communication(row, occurred_on=date(2026, 1, 1) + timedelta(days=number % 4))
    return rows


@pytest.mark.parametrize(
    "ordering",
    [
        sign + name
        for name in (
            "name",
            "last_activity_on",
            "next_step_on",
            "stage",
            "committed_total",
            "created_at",
            "id",
        )
        for sign in ("", "-")
    ],
)
def test_every_row_comes_once_in_every_ordering(owner: Any, many: list[Investor], ordering: str) -> None:
    client = cast.api_of(owner)
    found = follow(client, f"{INVESTORS}?page_size=4&ordering={ordering}")
    assert sorted(found) == sorted(row.pk for row in many)
    whole = client.get(f"{INVESTORS}?page_size=200&ordering={ordering}").json()["results"]
    assert found == [row["id"] for row in whole]


@pytest.mark.parametrize("ordering", ["last_activity_on", "-last_activity_on"])
def test_rows_without_a_value_come_last(owner: Any, many: list[Investor], ordering: str) -> None:
    rows = cast.api_of(owner).get(f"{INVESTORS}?ordering={ordering}").json()["results"]
    days = [row["last_activity_on"] for row in rows]
    known = [day for day in days if day]
    assert days == known + [None] * (len(days) - len(known))
    assert known == sorted(known, reverse=ordering.startswith("-"))


@pytest.mark.parametrize("ordering", ["name", "-last_activity_on", "last_activity_on"])
def test_the_way_back_shows_the_same_rows(owner: Any, many: list[Investor], ordering: str) -> None:
    client = cast.api_of(owner)
    address = f"{INVESTORS}?page_size=5&ordering={ordering}"
    pages = []
    while address:
        page = client.get(address.removeprefix("http://testserver")).json()
        pages.append([row["id"] for row in page["results"]])
        last, address = page, page["next"]
    back = [pages[-1]]
    while last["previous"]:
        last = client.get(last["previous"].removeprefix("http://testserver")).json()
        back.append([row["id"] for row in last["results"]])
    assert back == pages[::-1]


def test_a_row_written_meanwhile_moves_no_other(owner: Any, many: list[Investor]) -> None:
    client = cast.api_of(owner)
    first = client.get(f"{INVESTORS}?page_size=10").json()
    cast.make_investor("A new first one")
    rest = follow(client, first["next"])
    seen = [row["id"] for row in first["results"]] + rest
    assert sorted(seen) == sorted(row.pk for row in many)


def test_a_page_is_never_larger_than_200(owner: Any) -> None:
    answer = cast.api_of(owner).get(f"{INVESTORS}?page_size=100000")
    assert answer.status_code == 200
    assert len(answer.json()["results"]) <= 200


@pytest.mark.parametrize(
    "cursor",
    [
        "e30",
        "WzFd",
        "!!!",
        "é",
        "WyJuYW1lIiwwLG51bGwsMV0",
        "WyJuYW1lIiwwLCJcdTAwMDAiLDFd",
        "A" * 5000,
        "WyJuYW1lIiwwLCJ4Iiw5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTldIg",
    ],
)
def test_a_cursor_of_somebodys_own_making_is_refused(owner: Any, many: list[Investor], cursor: str) -> None:
    answer = cast.api_of(owner).get(INVESTORS, {"cursor": cursor})
    assert answer.status_code == 400
    assert "cursor" in answer.json()["error"]["fields"]


@pytest.mark.parametrize("name", [prefix for prefix, _, _ in router.registry])
def test_a_list_takes_the_same_few_queries_whatever_its_rows(owner: Any, name: str) -> None:
    client = cast.api_of(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(f"/api/v1/{name}/?page_size=200").status_code == 200
        return len(counted)

    cast.make_rows(owner.organization)
    client.get(f"/api/v1/{name}/")  # notes the key's first use
    few = queries()
    for _ in range(6):
        cast.make_rows(owner.organization)
    assert queries() == few
    assert few <= 8
