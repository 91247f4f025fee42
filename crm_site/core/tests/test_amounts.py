from __future__ import annotations

from decimal import Decimal

import pytest

from crm_site.core import amounts
from intake.tests.reading import read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("thinking 2-3m", "2500000"),
        ("$1.5mm", "1500000"),
        ("250k", "250000"),
        ("two million", "2000000"),
        ("€500,000", "500000"),
        ("€500.000", "500000"),
        ("between 1 and 2 million", "1500000"),
        ("up to 5m", "5000000"),
        ("half a million", "500000"),
        ("1.2bn", "1200000000"),
        ("a million and a half", "1500000"),
        ("USD 750,000", "750000"),
        ("500-1m", "750000"),
        ("500k to 1m", "750000"),
        ("1,5m", "1500000"),
        ("five hundred thousand", "500000"),
        ("300000", "300000"),
    ],
)
def test_sums_are_read_as_people_type_them(text, value):
    assert [a.value for a in amounts.find(text)] == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        "at 3pm",
        "in 2 weeks",
        "Fund 2",
        "K-1s",
        "401k plan",
        "room 300000",
        "24/7",
        "call 5 people",
        "10 slides",
        "2.5%",
        "in 2026",
        "5 m",
    ],
)
def test_other_numbers_are_not_sums(text):
    assert amounts.find(text) == []


def test_evidence_of_a_sum_is_the_sum():
    text = "thinking 2-3m maybe"
    found = amounts.find(text)[0]
    assert text[found.start : found.end] == "2-3m"


@pytest.mark.parametrize(
    "text",
    [
        "Met Cedar Row, their AUM is 2bn",
        "Met Cedar Row. They raised 40m for another fund",
        "Met Cedar Row, minimum ticket is 5m",
        "Met Cedar Row. He sold his company for 40m",
        "Met Cedar Row, they bought a building for 12m",
        "Met Cedar Row, the CFO makes a salary of 400k",
        "Met Cedar Row, they have a loan of 8m",
        "Heron Lake committed 10m to Sequoia",
        "Met Cedar Row, fund target is 50m",
        "Met Cedar Row, their valuation is 20m",
    ],
)
def test_what_is_not_interest_for_us_is_no_amount(text):
    message = read(text)
    assert (message.expected_amount, message.committed_amount) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Cedar Row would commit 2m",
        "Cedar Row might sign for 2m",
        "Cedar Row has not committed 2m yet",
        "Has Cedar Row committed 2m?",
        "Cedar Row will wire 2m",
    ],
)
def test_only_done_commitments_are_commitments(text):
    assert read(text).committed_amount is None


@pytest.mark.parametrize(
    "text",
    ["Cedar Row committed 2m", "Cedar Row signed for 2m", "Cedar Row wired 2m", "2m committed by Cedar Row"],
)
def test_commitments_are_read(text):
    message = read(text)
    assert message.committed_amount == Decimal(2_000_000)
    assert message.stage == "committed"


def test_of_a_raised_amount_the_new_one_counts():
    assert read("Cedar Row upped from 1m to 2m").expected_amount == Decimal(2_000_000)
