"""The model is asked when there is one, checked like a stranger's form, and never needed."""

from __future__ import annotations

import json
import time

import pytest
from django.utils import timezone

from crm_site.core import spark
from crm_site.tests import cast, fakes
from intake import checking
from intake.pipeline import reading

TEXT = "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com) in Austin, thinking 2-3m for Fund II"


def answer(**changes) -> str:
    said = {
        "intent": "log",
        "investor_name": "Blue Heron Capital",
        "contacts": [
            {"name": "Dana Whitfield", "email": "dana@blueheron.com", "phone": None, "title": "COO"}
        ],
        "kind": "meeting",
        "occurred_on": None,
        "note": "Met Dana in Austin; thinking 2-3m.",
        "fund": "Fund II",
        "expected_amount": "2500000",
        "committed_amount": None,
        "stage": None,
        "reminder": None,
        "direction": None,
        "facts": [],
        "also": [],
        "confidence": {"investor_name": 0.97},
        "evidence": {},
    }
    return json.dumps(said | changes)


@pytest.fixture(autouse=True)
def fresh_breaker():
    spark.reset()
    yield
    spark.reset()


def read(
    settings, *answers, text: str = TEXT, timeout_s: float = 5.0, parser=None
) -> tuple[reading.Reading, int]:
    settings.SPARK_TIMEOUT_S = timeout_s
    with fakes.chat_server(*answers) as server:
        settings.SPARK_CONTROL_URL = server.url
        return reading.read(text, sent_at=timezone.now(), parser=parser), len(server.requests)


def test_the_models_answer_is_used(house, settings) -> None:
    found, asked = read(settings, answer())
    (draft,) = found.drafts
    assert (found.parser, asked) == ("model", 1)
    assert draft.parsed.investor_name == "Blue Heron Capital"
    assert draft.parsed.contacts[0].email == "dana@blueheron.com"


def test_an_invented_address_or_number_is_dropped(house, settings) -> None:
    invented = [
        {
            "name": "Dana Whitfield",
            "email": "dana.w@blueheron.org",
            "phone": "+1 512 555 0100",
            "title": "COO",
        }
    ]
    found, _ = read(settings, answer(contacts=invented))
    contact = found.drafts[0].parsed.contacts[0]
    assert contact.phone is None
    assert contact.email in (None, "dana@blueheron.com")


def test_a_name_that_does_not_stand_in_the_message_is_not_proposed(house, settings) -> None:
    found, _ = read(settings, answer(investor_name="Goldman Sachs"))
    assert found.drafts[0].parsed.investor_name != "Goldman Sachs"


def test_one_repair_is_asked_for(house, settings) -> None:
    found, asked = read(settings, "I think the investor is Blue Heron!", answer())
    assert (found.parser, asked) == ("model", 2)


def refusing(handler, body):
    handler.send_error(503)


def endless(handler, body):
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return None


def dripping(handler, body):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.05)
    except OSError:
        return None
    return None


BAD = {
    "not JSON": "Sure! Here is what I found.",
    "half JSON": '{"intent": "log", "investor_name": ',
    "wrong types": json.dumps({"intent": 7, "contacts": "Dana", "expected_amount": []}),
    "a list": "[]",
    "deep": "[" * 100_000,
    "NaN": '{"intent": "log", "confidence": {"x": NaN}}',
    "huge": json.dumps({"intent": "log", "note": "x" * 400_000}),
    "unknown intent": json.dumps({"intent": "delete_everything"}),
    "503": refusing,
    "endless": endless,
    "dripping": dripping,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_with_a_bad_model_the_rules_answer_and_it_is_said(house, settings, bad) -> None:
    found, _ = read(settings, bad, timeout_s=0.6)
    assert found.parser == "grammar"
    assert found.degraded
    assert found.drafts[0].parsed.investor_name == "Blue Heron Capital"


def test_a_dead_port_costs_little_and_is_remembered(house, settings) -> None:
    settings.SPARK_CONTROL_URL = "http://127.0.0.1:9"
    for _ in range(4):
        found = reading.read(TEXT, sent_at=timezone.now())
        assert found.parser == "grammar"
    assert "lately" in found.degraded


def test_asked_for_by_name_an_outage_is_an_error(house, settings) -> None:
    settings.SPARK_CONTROL_URL = "http://127.0.0.1:9"
    with pytest.raises(spark.ModelUnavailable):
        reading.read(TEXT, sent_at=timezone.now(), parser="model")


def test_a_plain_question_costs_no_model_call(house, settings) -> None:
    found, asked = read(settings, answer(), text="who haven't we talked to since August?")
    assert (found.intent, asked) == ("question", 0)


def test_the_prompt_holds_no_records(house, settings) -> None:
    cast.make_investor("Secret Stealth Capital")
    cast.make_contact("Confidential Carl", email="carl@secret.example")
    with fakes.chat_server(answer()) as server:
        settings.SPARK_CONTROL_URL = server.url
        reading.read(TEXT, sent_at=timezone.now())
        sent = json.dumps(server.requests)
    assert "Secret Stealth" not in sent and "Confidential" not in sent


def test_what_is_stored_on_a_proposal_is_the_contract(house, settings) -> None:
    found, _ = read(settings, answer())
    stored = found.drafts[0].parsed.to_json()
    assert checking.from_json(json.loads(json.dumps(stored))) == found.drafts[0].parsed
