"""The right rows of every question about investors, in a world where they are known."""

from __future__ import annotations

import pytest

from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from nlquery.tests.world import World

BLUE, CEDAR, DUNE, EIDER = (
    "Blue Heron Capital",
    "Cedar Row Partners",
    "Dune Lake Trust",
    "Eider Family Office",
)


def test_a_profile_has_a_row_for_each_currency(world: World) -> None:
    rows = world.rows("investor_profile", investor="blue heron capital llc")
    assert [(row["committed"], row["expected"], row["currency"]) for row in rows] == [
        ("0.00", "250000.00", "USD"),
        ("0.00", "30000.00", "EUR"),
    ]
    first = rows[0]
    assert (first["type"], first["stage"], first["owner"], first["location"]) == (
        "Family office", "Diligence", "Olive Owner", "Austin, TX",
    )  # fmt: skip
    assert (first["last_activity"], first["next_on"], first["next_step"]) == (
        "2026-03-18", "2026-03-18", "Call Priya",
    )  # fmt: skip
    said = world.ask("investor_profile", investor=BLUE).summary
    assert said == (
        "Blue Heron Capital is at stage Diligence, owned by Olive Owner: committed nothing, "
        "expected $250,000 and €30,000, last activity 18 Mar 2026."
    )


def test_a_profile_of_somebody_without_anything_is_one_row_of_noughts(world: World) -> None:
    (row,) = world.rows("investor_profile", investor=DUNE)
    assert (row["committed"], row["expected"], row["currency"]) == ("0.00", "0.00", "USD")
    assert (row["stage"], row["owner"], row["last_activity"], row["next_on"]) == ("", "", None, None)


@pytest.mark.parametrize("name", ["Fallow Field Capital", "Ghost Pine Capital"])
def test_a_profile_is_of_live_investors_only(world: World, name: str) -> None:
    answer = world.ask("investor_profile", investor=name)
    assert (answer.status, answer.rows) == ("not_found", [])
    assert ("graveyard" in answer.summary) == (name == "Fallow Field Capital")


def test_a_list_keeps_every_filter(world: World) -> None:
    every = world.names("investor_list")
    assert list(dict.fromkeys(every)) == [BLUE, CEDAR, DUNE, EIDER]
    assert world.names("investor_list", type="FAMILY_OFFICE", location="Texas") == [BLUE, BLUE, EIDER]
    assert set(world.names("investor_list", location="tx")) == {BLUE, EIDER}
    assert set(world.names("investor_list", owner="me")) == {BLUE}
    assert set(world.names("investor_list", owner="petra")) == {CEDAR, EIDER}
    assert set(world.names("investor_list", tag="anchor")) == {BLUE}
    assert world.names("investor_list", tag="nobody has this") == []
    assert set(world.names("investor_list", stage="diligence")) == {BLUE}
    assert set(world.names("investor_list", fund="Growth Fund II")) == {BLUE, CEDAR, EIDER}
    # Cedar stands at prospect in another fund, and at committed in this one.
    assert set(world.names("investor_list", stage="committed", fund="growth fund 2")) == {CEDAR}
    assert world.names("investor_list", stage="prospect", fund="Growth Fund II") == []


def test_amounts_of_a_list_leave_out_the_lost_and_compare_at_the_boundary(world: World) -> None:
    assert set(world.names("investor_list", min_amount="250k")) == {BLUE, CEDAR}
    assert set(world.names("investor_list", min_amount="250000.01")) == {CEDAR}
    assert set(world.names("investor_list", min_amount=1, max_amount="$600k")) == {BLUE, CEDAR}
    assert set(world.names("investor_list", min_amount=1, max_amount="599,999.99")) == {BLUE}
    # What Eider might have given, had it not passed, counts nowhere.
    assert set(world.names("investor_list", max_amount=0)) == {DUNE, EIDER}


def test_a_list_is_ordered_and_says_when_it_is_cut(world: World) -> None:
    by_amount = world.rows("investor_list", order="amount")
    assert [(row["investor"], row["amount"], row["currency"]) for row in by_amount] == [
        (CEDAR, "600000.00", "USD"), (BLUE, "250000.00", "USD"), (BLUE, "30000.00", "EUR"),
        (DUNE, "0.00", "USD"), (EIDER, "0.00", "USD"),
    ]  # fmt: skip
    assert list(dict.fromkeys(world.names("investor_list", order="last_activity"))) == [
        BLUE,
        EIDER,
        CEDAR,
        DUNE,
    ]
    assert list(dict.fromkeys(world.names("investor_list", order="created"))) == [DUNE, CEDAR, BLUE, EIDER]
    cut = world.ask("investor_list", limit=3)
    assert cut.truncated and cut.summary.startswith("4 investors fit; these are the first 3")
    assert not world.ask("investor_list", limit=4).truncated


def test_silence_counts_whole_days_and_never_comes_first(world: World) -> None:
    assert world.names("investor_stale") == [DUNE, CEDAR]
    assert world.names("investor_stale", days=31) == [DUNE]
    assert world.names("investor_stale", days="29") == [DUNE, CEDAR, EIDER]
    assert [row["days"] for row in world.rows("investor_stale", days=29)] == [None, 30, 29]
    assert world.ask("investor_stale", days=1, owner="petra@elsewhere.example").status == "not_found"
    assert world.names("investor_stale", days=1, owner=world.petra.user.email) == [CEDAR, EIDER]
    assert world.names("investor_stale", stage="prospect") == [CEDAR]
    assert (
        world.ask("investor_stale").summary
        == "2 investors have gone 30 days or more without any communication."
    )
    assert world.ask("investor_stale", days=31).summary.startswith("1 investor has gone 31 days")


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"by": "committed"}, [(CEDAR, "500000.00", "USD")]),
        ({"by": "committed", "window": "this_week"}, [(CEDAR, "500000.00", "USD")]),
        ({"by": "committed", "window": "last_week"}, []),
        ({"by": "committed", "window": "..2026-03-15"}, []),
        ({"by": "committed", "window": "2026-03-16..2026-03-16"}, [(CEDAR, "500000.00", "USD")]),
        ({"by": "committed", "fund": "income fund ii"}, []),
        (
            {"by": "expected"},
            [(BLUE, "250000.00", "USD"), (CEDAR, "100000.00", "USD"), (BLUE, "30000.00", "EUR")],
        ),
        ({"by": "expected", "limit": 1}, [(BLUE, "250000.00", "USD"), (BLUE, "30000.00", "EUR")]),
        ({"by": "expected", "window": "this_month"}, [(CEDAR, "100000.00", "USD")]),
        ({"by": "expected", "window": "next_month"}, [(BLUE, "250000.00", "USD")]),
        ({"by": "expected", "fund": "Euro Fund I"}, [(BLUE, "30000.00", "EUR")]),
    ],
)
def test_amounts_are_ranked_within_their_currency(world: World, slots: dict, expected: list) -> None:
    rows = world.rows("investor_top", **slots)
    assert [(row["investor"], row[slots["by"]], row["currency"]) for row in rows] == expected
    assert world.ask("investor_top", **slots).truncated == (slots.get("limit") == 1)


def test_talks_are_ranked_by_number_and_by_weight(world: World) -> None:
    def ranked(**slots: object) -> list[tuple[str, int]]:
        return [(row["investor"], row[slots["by"]]) for row in world.rows("investor_top", **slots)]

    assert ranked(by="communications") == [(BLUE, 3), (CEDAR, 1), (EIDER, 1)]
    assert ranked(by="communications", window="this_week") == [(BLUE, 2)]
    assert ranked(by="communications", window="2026-02-16..2026-02-16") == [(CEDAR, 1)]
    assert ranked(by="communications", fund="Income Fund II") == [(CEDAR, 1)]
    # Meeting 5, call 3, outbound e-mail 1; inbound e-mail 2; meeting 5.
    assert ranked(by="engagement") == [(BLUE, 9), (EIDER, 5), (CEDAR, 2)]
    assert ranked(by="engagement", limit=1) == [(BLUE, 9)]
    assert world.ask("investor_top", by="engagement", limit=1).truncated
    cast.make_communication(world.investors["dune"], occurred_on="2025-12-18", kind="call")  # 90 days ago
    cast.make_communication(world.investors["dune"], occurred_on="2025-12-17", kind="call")  # 91
    assert ranked(by="engagement")[2] == (DUNE, 3)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("this_month", [DUNE, CEDAR]),
        ("2026-02-28..2026-02-28", [BLUE]),
        ("..2026-02-28", [BLUE, EIDER]),
        ("2026-03-01..", [DUNE, CEDAR]),
        ("today", [DUNE]),
        ("yesterday", []),
        ("last_17_days", [DUNE, CEDAR]),
        ("last_16_days", [DUNE]),
    ],
)
def test_new_investors_are_those_created_on_the_days_of_the_window(
    world: World, window: str, expected: list
) -> None:
    assert world.names("investor_new", window=window) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, ["Fallow Field Capital", "Gannet Holdings"]),
        ("this_month", ["Fallow Field Capital"]),
        ("last_month", ["Gannet Holdings"]),
        ("today", []),
    ],
)
def test_the_graveyard_tells_when_and_why(world: World, window: str | None, expected: list) -> None:
    rows = world.rows("investor_graveyard", window=window)
    assert [row["investor"] for row in rows] == expected
    assert {(row["reason"], row["retired_by"]) for row in rows} <= {("Out of mandate", "Olive Owner")}
    assert [row["retired"] for row in rows][:1] in (
        [],
        ["2026-03-01T00:00:00-05:00"],
        ["2026-02-28T23:59:59-05:00"],
    )


def test_a_breakdown_counts_and_sums_each_group_in_each_currency(world: World) -> None:
    def groups(by: str, **slots: object) -> list[tuple]:
        rows = world.rows("investor_breakdown", by=by, **slots)
        return [(row[by], row["investors"], row["amount"], row["currency"]) for row in rows]

    assert groups("type") == [
        ("Family office", 2, "250000.00", "USD"), ("Individual", 1, "0.00", "USD"),
        ("Institution", 1, "600000.00", "USD"), ("Family office", 1, "30000.00", "EUR"),
    ]  # fmt: skip
    assert groups("stage") == [
        ("Prospect", 1, "600000.00", "USD"), ("Diligence", 1, "250000.00", "USD"), ("Passed", 1, "0.00", "USD"),
        ("No stage", 1, "0.00", "USD"), ("Diligence", 1, "30000.00", "EUR"),
    ]  # fmt: skip
    assert groups("stage", fund="Growth Fund II") == [
        ("Diligence", 1, "250000.00", "USD"), ("Committed", 1, "500000.00", "USD"), ("Passed", 1, "0.00", "USD"),
    ]  # fmt: skip
    assert groups("owner", fund="Euro Fund I") == [("Olive Owner", 1, "30000.00", "EUR")]
    assert [row[:2] for row in groups("owner")][:3] == [
        ("Petra Partner", 2),
        ("Olive Owner", 1),
        ("Nobody", 1),
    ]
    assert {row[:2] for row in groups("location")} == {
        ("Unknown", 1), ("Austin, TX", 1), ("Boston", 1), ("Dallas, Texas", 1),
    }  # fmt: skip
    assert ("Referral", 2) in {row[:2] for row in groups("source")}
    assert world.ask("investor_breakdown", by="type").summary == (
        "4 live investors in all, in 3 types: $850,000 and €30,000 committed and expected; each currency has rows of its own."
    )


def test_contacts_are_the_people_there_now(world: World) -> None:
    rows = world.rows("investor_contacts", investor=BLUE)
    assert [(row["name"], row["email"], row["phone"], row["last_contacted"]) for row in rows] == [
        ("Carla Stone", "", "", None),
        ("Priya Nair", "priya@blueheron.example", "+1 212 555 0100", "2026-03-18"),
    ]
    assert {row["title"] for row in rows} == {"Partner"}
    # The call of today was deleted.
    assert [row["last_contacted"] for row in world.rows("investor_contacts", investor=CEDAR)] == [
        "2026-02-16"
    ]
    assert world.names("investor_contacts", "name", investor=EIDER) == []
    assert (
        world.ask("investor_contacts", investor="CRP Holdings").summary == "1 person at Cedar Row Partners."
    )


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("contact", [DUNE, EIDER]),
        ("email", [CEDAR, DUNE, EIDER]),
        ("owner", [DUNE]),
        ("next_step", [DUNE, EIDER]),
        ("amount", [DUNE, EIDER]),
    ],
)
def test_what_is_missing_is_missing_among_the_living(world: World, field: str, expected: list) -> None:
    assert world.names("investor_missing", field=field) == expected


def test_an_amount_in_another_currency_is_an_amount(world: World) -> None:
    euro = cast.make_opportunity(investor=world.investors["dune"], fund=world.funds["euro"], expected="1")
    assert world.names("investor_missing", field="amount") == [EIDER]
    relations.delete_record(actor=cast.system(), row=euro)
    assert world.names("investor_missing", field="amount") == [DUNE, EIDER]


def test_retiring_takes_an_investor_out_of_every_list(world: World) -> None:
    investors.retire_investor(actor=world.actor, investor=world.investors["cedar"], reason="Moved on")
    for intent, slots in {
        "investor_list": {}, "investor_stale": {}, "investor_new": {"window": "this_year"},
        "investor_top": {"by": "expected"}, "investor_missing": {"field": "email"},
    }.items():  # fmt: skip
        assert CEDAR not in world.names(intent, **slots)
    assert CEDAR in world.names("investor_graveyard", window="today")
