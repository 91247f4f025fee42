"""`/api/v1/query/…`: the contract's envelope and statuses, for every key that may ask."""

from __future__ import annotations

import json
import socket

import pytest

from crm_site.accounts.permissions import Verb
from crm_site.core import spark
from crm_site.tests import cast, fakes
from nlquery import registry, services
from nlquery.models import Asked
from nlquery.translate import grammar

URL, CATALOG = "/api/v1/query/nl/", "/api/v1/query/catalog/"
PLAIN = "Who haven't we talked to in 60 days?"
ODD = "Zorble the frumious wibblefish?"
CONTRACT = {
    "status", "intent", "slots", "rows", "columns", "summary", "chart", "question", "truncated", "elapsed_ms", "translator",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_breaker(settings):
    settings.SPARK_CONTROL_URL = ""
    spark.reset()
    yield
    spark.reset()


def post(client, body, **query):
    address = URL + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")
    return client.post(address, body, format="json")


def test_a_question_is_answered_in_the_contracts_envelope(viewer) -> None:
    investor = cast.make_investor("Quiet Rock")
    answer = post(cast.api_of(viewer), {"question": PLAIN})
    said = answer.json()
    assert answer.status_code == 200 and said.keys() >= CONTRACT
    assert (said["status"], said["intent"], said["question"]) == ("ok", "investor_stale", PLAIN)
    assert said["slots"]["days"] == 60 and said["translator"] == "grammar" and said["also"] == []
    assert said["rows"][0]["investor_url"] == f"/investors/{investor.pk}/"
    assert {"key": "investor", "label": "Investor", "type": "link"} in said["columns"]
    assert Asked.objects.get().door == "api"


def test_an_intent_is_run_as_it_is(viewer) -> None:
    said = post(cast.api_of(viewer), {"intent": "investor_stale", "slots": {"days": "7"}}).json()
    assert (said["status"], said["translator"], said["slots"]["days"]) == ("ok", "direct", 7)


def test_what_cannot_be_answered_is_an_answer(viewer) -> None:
    client = cast.api_of(viewer)
    cases = [
        ({"question": ODD}, "no_match"),
        ({"question": "?" * 1999}, "no_match"),
        ({"question": "Who " * 1000}, "invalid_slots"),
        ({"intent": "drop_tables"}, "unknown_intent"),
        ({"intent": "investor_stale", "slots": {"limit": "abc"}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"days": -1}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"days": 10**30}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"days": {"$gt": 1}}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"days": 5, "sql": "x"}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"stage": "'; drop table"}}, "invalid_slots"),
        ({"intent": "investor_new", "slots": {"window": "last_99999_days"}}, "invalid_slots"),
        ({"intent": "investor_stale", "slots": {"owner": "Nobody Inparticular"}}, "not_found"),
    ]
    for body, status in cases:
        answer = post(client, body)
        assert (answer.status_code, answer.json()["status"]) == (200, status), body
        assert answer.json()["rows"] == [] and answer.json()["summary"], body


def test_a_body_of_another_shape_is_a_400_that_names_the_field(viewer) -> None:
    client = cast.api_of(viewer)
    cases = [
        ({}, "question"), ({"question": [1]}, "question"), ({"question": None}, "question"), ({"ask": "x"}, "ask"),
        ({"question": "x", "mode": "loud"}, "mode"), ({"slots": {}}, "question"),
        ({"question": "x", "slots": {"days": 3}}, "intent"), ({"intent": "investor_stale", "slots": [3]}, "slots"),
    ]  # fmt: skip
    for body, field in cases:
        answer = post(client, body)
        assert answer.status_code == 400, body
        assert field in answer.json()["error"]["fields"], body
    assert client.post(URL, "{", content_type="application/json").status_code == 400


def test_a_needed_model_that_is_dead_is_a_503(viewer, settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.SPARK_CONTROL_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
    client = cast.api_of(viewer)
    for body in ({"question": ODD}, {"question": PLAIN, "mode": "thinking"}):
        answer = post(client, body)
        assert (answer.status_code, answer.json()["status"]) == (503, "model_unavailable")
        assert answer.json()["summary"] == services.MODEL_DOWN
    assert post(client, {"question": PLAIN}).status_code == 200
    assert post(client, {"question": ODD, "mode": "fast"}).json()["status"] == "no_match"


def test_an_unexpected_fault_is_a_500_in_the_same_shape(viewer, monkeypatch) -> None:
    def break_down(*args, **values) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(registry.get("investor_stale").make, "answer", break_down)
    answer = post(cast.api_of(viewer), {"intent": "investor_stale"})
    assert (answer.status_code, answer.json()["status"]) == (500, "error")
    assert "ZeroDivision" not in answer.content.decode()
    monkeypatch.setattr(grammar, "translate", break_down)
    assert post(cast.api_of(viewer), {"question": PLAIN}).status_code == 500


def test_too_many_questions_are_a_429_that_says_when(viewer, monkeypatch) -> None:
    monkeypatch.setattr(services, "PER_MINUTE", 1)
    client = cast.api_of(viewer)
    assert post(client, {"question": PLAIN}).status_code == 200
    answer = post(client, {"intent": "investor_stale"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_questions")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_a_key_needs_the_right_to_ask(owner) -> None:
    for scopes, status in (((Verb.READ,), 403), ((Verb.READ, Verb.ASK), 200)):
        client = cast.api_of(owner, scopes=scopes)
        assert post(client, {"question": PLAIN}).status_code == status
        assert client.get(CATALOG).status_code == status


def test_a_stranger_is_asked_to_log_in(client) -> None:
    assert client.post(URL, {"question": PLAIN}, content_type="application/json").status_code == 401
    assert client.get(CATALOG).status_code == 401


def test_another_organizations_row_is_not_found(owner, foreign) -> None:
    client = cast.api_of(owner)
    for intent, entry in registry.entries().items():
        for slot in ("investor", "fund", "contact"):
            if slot not in entry.slots:
                continue
            row = getattr(foreign, slot)
            needed = {
                "window": "last_365_days", "by": None, "text": row.name, "contact": row.name, "investor": row.name,
            }  # fmt: skip
            filled = {
                name: needed.get(name) or first_choice(one)
                for name, one in entry.slots.items()
                if one.required
            }
            for named in (f"{slot}:{row.pk}", row.name):
                answer = post(client, {"intent": intent, "slots": filled | {slot: named}})
                said = answer.json()
                assert said["status"] in ("not_found", "ok"), (intent, slot, said)
                assert said["rows"] == [] or intent == "data_health", (intent, slot, said)


def first_choice(one):
    return (one.type.described().get("choices") or [one.type.described().get("low", "x")])[0]


def test_the_catalogue_lists_everything_with_our_stages(viewer) -> None:
    stage = cast.stage("diligence")
    said = cast.api_of(viewer).get(CATALOG).json()["intents"]
    assert [one["intent"] for one in said] == list(registry.entries())
    stale = next(one for one in said if one["intent"] == "investor_stale")
    slots = {one["name"]: one for one in stale["slots"]}
    assert (slots["days"]["type"], slots["days"]["low"], slots["days"]["default"]) == ("int", 1, 30)
    assert stage.key in slots["stage"]["choices"]
    assert all(one["examples"] and one["answers"] and one["topic"] for one in said)


def test_several_answers_come_together(viewer, settings) -> None:
    queries = [{"intent": "investor_stale", "slots": {"days": days}} for days in (5, 10)]
    with fakes.chat_server(json.dumps({"queries": queries})) as server:
        settings.SPARK_CONTROL_URL = server.url
        said = post(cast.api_of(viewer), {"question": "Both?", "mode": "thinking"}).json()
    assert said["slots"]["days"] == 5
    assert [one["slots"]["days"] for one in said["also"]] == [10]
    assert said["also"][0].keys() >= CONTRACT


def test_the_picture_comes_when_asked_for(viewer) -> None:
    cast.make_investor(type="corporate")
    cast.make_investor(type="fund")
    client = cast.api_of(viewer)
    body = {"intent": "investor_breakdown", "slots": {"by": "type"}}
    plain, drawn = post(client, body).json()["chart"], post(client, body, chart="svg").json()["chart"]
    assert "svg" not in plain and drawn["svg"].startswith("<svg role")
    assert {**plain, "svg": drawn["svg"]} == drawn
    refused = post(client, body, chart="png")
    assert refused.status_code == 400 and "chart" in refused.json()["error"]["fields"]
