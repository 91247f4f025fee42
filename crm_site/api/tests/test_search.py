"""`/api/v1/search/`: its shape, its filters, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crm_site.accounts.permissions import Verb
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import retrieve

URL = "/api/v1/search/"


@pytest.fixture(autouse=True)
def no_index(settings: Any, tmp_path: Any) -> None:
    settings.INDEX_DIR = tmp_path
    retrieve.circuit.mended()


def said(member: Any, **sent: Any) -> Any:
    answer = cast.api_of(member).get(URL, sent)
    assert answer.status_code == 200, answer.content
    return answer.json()


def keys(member: Any, **sent: Any) -> set[str]:
    return {one["key"] for one in said(member, **sent)["results"]}


def test_a_record_comes_with_its_passages_and_where_their_words_stand(viewer, partner) -> None:
    investor = cast.make_investor("Blue Heron", assigned_to_id=partner.user_id)
    note = cast.make_communication(
        investor, subject="Lunch", body="Worried about the quokka clause.", occurred_on=date(2026, 3, 2)
    )
    answer = said(viewer, q="quokka")
    assert (answer["source"], answer["has_more"], answer["notes"]) == (
        "database",
        False,
        [retrieve.NOT_BUILT],
    )
    assert answer["mode"] in ("sparse", "hybrid")
    (found,) = answer["results"]
    (passage,) = found.pop("passages")
    assert [passage["text"][start:end] for start, end in passage["marks"]] == ["quokka"]
    assert isinstance(found.pop("score"), float)
    assert found == {
        "key": f"communication:{note.pk}", "kind": "communication", "id": note.pk, "title": "Lunch", "on": "2026-03-02",
        "investor": {"id": investor.pk, "name": "Blue Heron"}, "owner": "Petra Partner", "retired": False,
        "url": f"/communications/{note.pk}/",
    }  # fmt: skip


def test_filters_narrow(viewer, partner) -> None:
    mine = cast.make_investor("Mine", assigned_to_id=partner.user_id)
    other, retired = cast.make_investor("Other"), cast.make_investor("Retired")
    old = cast.make_communication(mine, body="quokka", occurred_on=date(2025, 1, 5))
    new = cast.make_communication(other, body="quokka", occurred_on=date(2026, 1, 5))
    gone = cast.make_communication(retired, body="quokka", occurred_on=date(2026, 1, 5))
    fact = cast.make_fact(mine, text="quokka")
    investors.retire_investor(actor=cast.system(), investor=retired, reason="out")
    old_key, new_key, gone_key = (f"communication:{row.pk}" for row in (old, new, gone))
    fact_key = f"fact:{fact.pk}"
    assert keys(viewer, q="quokka") == {old_key, new_key, fact_key}
    assert keys(viewer, q="quokka", retired="true") == {old_key, new_key, fact_key, gone_key}
    assert keys(viewer, q="quokka", kind="communication") == {old_key, new_key}
    assert keys(viewer, q="quokka", kind="fact,communication", investor=mine.pk) == {old_key, fact_key}
    assert keys(viewer, q="quokka", owner=partner.user_id, kind="communication") == {old_key}
    assert keys(viewer, q="quokka", since="2025-01-06", until="2026-01-05") == {new_key}


def test_pages_follow_each_other(viewer) -> None:
    investor = cast.make_investor()
    wanted = {f"communication:{cast.make_communication(investor, body='quokka').pk}" for _ in range(5)}
    first = said(viewer, q="quokka", kind="communication", limit=3)
    second = said(viewer, q="quokka", kind="communication", limit=3, offset=3)
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert [len(first["results"]), len(second["results"])] == [3, 2]
    assert {one["key"] for one in first["results"] + second["results"]} == wanted


def test_the_deleted_never_show(viewer) -> None:
    gone = cast.make_investor("Gone")
    cast.make_communication(gone, body="quokka one")
    relations.delete_record(actor=cast.system(), row=cast.make_communication(body="quokka two"))
    relations.delete_record(actor=cast.system(), row=gone)
    assert keys(viewer, q="quokka", retired="true") == set()


def test_ids_of_another_organization_match_nothing(viewer, foreign, stranger) -> None:
    with scope(foreign.organization):
        theirs = cast.make_communication(foreign.investor, body="quokka elsewhere")
    ours = cast.make_communication(body="quokka")
    assert keys(viewer, q="quokka") == {f"communication:{ours.pk}"}
    for sent in ({"investor": foreign.investor.pk}, {"owner": stranger.user_id}):
        answer = said(viewer, q="quokka", **sent)
        assert answer["results"] == [] and "elsewhere" not in str(answer).lower()
    assert theirs.pk != ours.pk


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"mode": "telepathy"}, "mode"),
        ({"mode": ""}, "mode"),
        ({"kind": "wombat"}, "kind"),
        ({"kind": "fact,"}, "kind"),
        ({"since": "yesterday"}, "since"),
        ({"since": ""}, "since"),
        ({"until": "2026-02-30"}, "until"),
        ({"until": "0001-01-01"}, "until"),
        ({"investor": "blue"}, "investor"),
        ({"investor": "0"}, "investor"),
        ({"investor": str(2**63)}, "investor"),
        ({"owner": "٣"}, "owner"),
        ({"owner": "-1"}, "owner"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "1001"}, "offset"),
        ({"retired": "yes"}, "retired"),
        ({"query": "x"}, "query"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_name(viewer, sent: dict, field: str) -> None:
    answer = cast.api_of(viewer).get(URL, {"q": "quokka", **sent})
    assert answer.status_code == 400, answer.content
    error = answer.json()["error"]
    assert list(error["fields"]) == [field] and error["code"] and error["message"]


@pytest.mark.parametrize(
    "text", ["", " ", "😀", "the and of", "\x00", "x" * 10_000, "fees " * 2_000, "NEAR( * ^ \" ' %"]
)
def test_odd_texts_are_answered(viewer, text: str) -> None:
    cast.make_communication(body="quokka")
    answer = said(viewer, q=text)
    assert answer["results"] == [] and answer["notes"]


def test_without_a_text_there_is_nothing(viewer) -> None:
    assert said(viewer)["results"] == []


@pytest.mark.parametrize("mode", ["hybrid", "sparse", "dense"])
def test_every_mode_answers(viewer, mode: str) -> None:
    note = cast.make_communication(body="quokka")
    assert keys(viewer, q="quokka", mode=mode) == {f"communication:{note.pk}"}


def test_who_may_search(viewer, client) -> None:
    assert client.get(URL, {"q": "x"}).status_code == 401
    assert cast.api_of(viewer, scopes=[Verb.ASK]).get(URL, {"q": "x"}).status_code == 403
    assert cast.api_of(viewer, scopes=[Verb.READ]).get(URL, {"q": "x"}).status_code == 200
    assert cast.client_of(viewer).get(URL, {"q": "x"}).status_code == 200
