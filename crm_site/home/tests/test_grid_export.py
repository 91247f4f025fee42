"""The file of the grid: what was asked for, nothing that a spreadsheet would run, nobody else's rows."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from crm_site.accounts.models import Membership
from crm_site.core.scope import no_scope
from crm_site.home.grid import export
from crm_site.tests import cast


def download(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"/grid.csv{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    # As the server does: the lines are drawn when no scope is left over from the test.
    with no_scope():
        text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_holds_all_pages_of_what_was_asked_for(associate: Membership) -> None:
    for number in range(60):
        cast.make_investor(f"Investor {number:02}", type="fund" if number else "corporate")
    rows = download(cast.client_of(associate), "?type=fund&cols=type")
    assert rows[0] == ["Investor", "Type"]
    assert len(rows) == 60
    assert rows[1] == ["Investor 01", "Fund"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠", " =", "\n+"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert export.harmless(f"{start}HYPERLINK(1)").startswith("'")


@pytest.mark.parametrize("fine", ["Alder", "A=B", "", "1000.00", "'quoted"])
def test_harmless_text_stays_as_it_is(fine: str) -> None:
    assert export.harmless(fine) == fine


def test_a_name_that_is_a_formula_stays_a_name(associate: Membership) -> None:
    cast.make_investor('=HYPERLINK("http://evil.example")', location="@SUM(1)")
    row = download(cast.client_of(associate), "?cols=location")[1]
    assert row == ['\'=HYPERLINK("http://evil.example")', "'@SUM(1)"]


def test_amounts_are_plain_numbers_and_name_other_currencies(associate: Membership) -> None:
    investor = cast.make_investor("Both")
    cast.make_opportunity(investor=cast.make_investor("Dollars"), expected="2500000.50")
    cast.make_opportunity(investor=investor, expected="10")
    cast.make_opportunity(investor=investor, fund=cast.make_fund(currency="EUR"), expected="20")
    rows = download(cast.client_of(associate), "?cols=expected")
    assert rows[1:] == [["Both", "EUR 20.00; USD 10.00"], ["Dollars", "2500000.50"]]


def test_another_organizations_rows_are_not_in_the_file(associate: Membership, foreign: cast.Rows) -> None:
    cast.make_investor("Alder")
    assert [row[0] for row in download(cast.client_of(associate))[1:]] == ["Alder"]


def test_viewer_may_not_export(viewer: Membership) -> None:
    assert cast.client_of(viewer).get("/grid.csv").status_code == 403
