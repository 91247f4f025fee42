"""Asking through the services: which translator, what is noted, who may, how often."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm_site.accounts.permissions import NotAllowed, Verb
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.core import spark
from crm_site.core.actor import Actor, Door
from crm_site.core.scope import scope
from crm_site.tests import cast, fakes
from nlquery import runner, services
from nlquery.models import Asked
from nlquery.translate import grammar
from nlquery.understanding import Mode

PLAIN = "Who haven't we talked to in 60 days?"
#: Nothing a rule could make sense of.
ODD = "Zorble the frumious wibblefish?"
STALE = {"intent": "investor_stale", "slots": {"days": 60}}


@pytest.fixture(autouse=True)
def fresh_breaker():
    spark.reset()
    yield
    spark.reset()


@contextmanager
def answering(settings, *queries):
    with fakes.chat_server(json.dumps({"queries": list(queries)})) as server:
        settings.SPARK_CONTROL_URL = server.url
        yield server


@pytest.fixture
def dead_port(settings) -> None:
    """A model server's address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings.SPARK_CONTROL_URL = f"http://127.0.0.1:{port}"


def ask(member, question: str = PLAIN, **values):
    return services.ask(actor=cast.actor_of(member), question=question, **values)


def queries_asked() -> list[reading.Line]:
    return reading.lines(AuditEvent.objects.filter(action="query.asked").order_by("sequence"))


def test_a_certain_question_needs_no_model(viewer, settings) -> None:
    with answering(settings, {"intent": "data_health", "slots": {}}) as server:
        [found] = ask(viewer)
        assert (found.status, found.intent, found.translator) == ("ok", "investor_stale", "grammar")
        assert server.requests == []


def test_the_model_is_asked_when_the_grammar_is_not_certain(viewer, settings) -> None:
    with answering(settings, STALE) as server:
        [found] = ask(viewer, ODD)
    assert (found.status, found.intent, found.translator) == ("ok", "investor_stale", "model")
    assert len(server.requests) == 1 and found.confidence


def test_fast_never_asks_the_model(viewer, settings) -> None:
    with answering(settings, STALE) as server:
        [found] = ask(viewer, ODD, mode=Mode.FAST)
        assert (found.status, server.requests) == ("no_match", [])


def test_thinking_asks_the_model_even_when_the_grammar_is_certain(viewer, settings) -> None:
    quiet = cast.make_investor("Quiet Rock")
    other = {"intent": "investor_stale", "slots": {"days": 7, "limit": 5}}
    with answering(settings, STALE, other, {**STALE, "slots": {"days": 3}}) as server:
        found = ask(viewer, mode=Mode.THINKING)
    assert [one.slots["days"] for one in found] == [60, 7, 3]
    assert all(one.translator == "model" and one.rows[0]["investor"] == quiet.name for one in found)
    assert len(server.requests) == 1
    assert Asked.objects.of(viewer.user_id).count() == len(queries_asked()) == 3


def test_more_than_three_intents_are_too_many(viewer, settings) -> None:
    with answering(settings, *[STALE] * 4):
        [found] = ask(viewer, mode=Mode.THINKING)
    assert (found.status, queries_asked()) == ("no_match", [])


def test_without_a_model_the_grammar_says_what_can_be_asked(viewer, settings) -> None:
    settings.SPARK_CONTROL_URL = ""
    [found] = ask(viewer, ODD)
    assert (found.status, found.translator) == ("no_match", "grammar")
    assert found.suggestions and found.summary == services.NOT_UNDERSTOOD


def test_a_dead_model_is_told(viewer, dead_port) -> None:
    [found] = ask(viewer, ODD)
    assert (found.status, found.summary) == ("model_unavailable", services.MODEL_DOWN)
    assert found.suggestions and found.model_down
    [thought] = ask(viewer, mode=Mode.THINKING)
    assert thought.status == "model_unavailable"


def test_a_dead_model_does_not_stop_what_the_grammar_knows(viewer, dead_port, monkeypatch) -> None:
    assert ask(viewer)[0].status == "ok"
    # Understood, but not for certain: answered, and the answer says that the model was missing.
    monkeypatch.setattr(grammar, "CERTAIN", 1.01)
    [found] = ask(viewer)
    assert (found.status, found.translator, found.model_down) == ("ok", "grammar", True)


def test_every_query_is_noted_without_its_rows(associate) -> None:
    cast.make_investor("Quiet Rock Partners", location="Farawaytown")
    actor = cast.actor_of(associate, Door.API)
    found = services.run(
        actor=actor, intent="investor_stale", slots={"days": "5", "owner": ""} | {"owner": None}
    )
    assert [row["investor"] for row in found.rows] == ["Quiet Rock Partners"]
    [line] = queries_asked()
    assert (line.user_id, line.door) == (associate.user_id, "api")
    assert line.details["intent"] == "investor_stale"
    assert (line.details["rows"], line.details["door"], line.details["status"]) == (1, "api", "ok")
    assert line.details["elapsed_ms"] == found.elapsed_ms
    assert [(name, old, new) for name, old, new in line.changes if name == "slots"] == [
        ("slots", None, {"days": 5, "limit": 50})
    ]
    row = Asked.objects.get()
    assert (row.intent, row.slots, row.row_count, row.status) == (
        "investor_stale",
        {"days": 5, "limit": 50},
        1,
        "ok",
    )
    kept = "".join(event.text for event in AuditEvent.objects.filter(action="query.asked")) + str(
        row.__dict__
    )
    assert "Quiet Rock" not in kept and "Farawaytown" not in kept


def test_names_in_slots_are_sealed_in_the_log(associate) -> None:
    """And the whole chain still verifies."""
    services.run(
        actor=cast.actor_of(associate), intent="investor_stale", slots={"owner": associate.user.email}
    )
    assert associate.user.email not in AuditEvent.objects.get(action="query.asked").text
    assert queries_asked()[0].changes[0][2]["owner"] == associate.user.email
    assert list(reading.verify(associate.organization_id)) == []


def test_what_never_ran_is_in_the_history_and_not_in_the_log(associate, settings) -> None:
    settings.SPARK_CONTROL_URL = ""
    ask(associate, ODD)
    run = {"actor": cast.actor_of(associate), "slots": {"days": "soon"}}
    assert services.run(intent="investor_stale", **run).status == "invalid_slots"
    assert services.run(intent="i" * 5000, **run).status == "unknown_intent"
    assert [row.status for row in Asked.objects.of(associate.user_id)] == [
        "unknown_intent",
        "invalid_slots",
        "no_match",
    ]
    assert queries_asked() == []


def test_a_long_question_is_refused_and_a_dirty_one_cleaned(associate, settings) -> None:
    settings.SPARK_CONTROL_URL = ""
    [long] = ask(associate, "Who " * 501)
    assert (long.status, list(long.errors)) == ("invalid_slots", ["question"])
    assert "2,000" in long.summary
    [dirty] = ask(associate, f"\x00 {PLAIN}\ud800 ")
    assert (dirty.status, dirty.question) == ("ok", PLAIN)
    assert Asked.objects.get().question == PLAIN


@pytest.mark.parametrize("question", ["", "   ", "????", "1234 5678", "🙂🙂", "\x00\x00"])
def test_no_letters_at_all_is_no_question_and_troubles_no_model(associate, settings, question: str) -> None:
    with answering(settings, STALE) as server:
        for mode in Mode:
            [found] = ask(associate, question, mode=mode)
            assert found.status == "no_match"
        assert server.requests == []


@pytest.mark.parametrize("role", ["viewer", "bot", "associate", "owner"])
def test_any_member_may_ask(house, role: str) -> None:
    assert ask(cast.make_member(house, role))[0].status == "ok"


def test_a_key_without_the_right_may_not(owner) -> None:
    actor = cast.actor_of(owner, Door.API, scopes=[Verb.READ])
    with pytest.raises(NotAllowed):
        services.ask(actor=actor, question=PLAIN)
    with pytest.raises(NotAllowed):
        services.run(actor=actor, intent="investor_stale", slots={})
    assert not Asked.objects.of(owner.user_id).exists()


def test_a_member_may_ask_so_often_a_minute(house, associate, viewer, monkeypatch) -> None:
    monkeypatch.setattr(services, "PER_MINUTE", 3)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            ask(associate)
        clock.shift(20)
        for call in (
            lambda: ask(associate),
            lambda: services.run(actor=cast.actor_of(associate), intent="x", slots={}),
        ):
            with pytest.raises(services.TooManyQuestions) as refused:
                call()
            assert refused.value.retry_after_s == 40
        assert ask(viewer)[0].status == "ok"
        assert services.ask(actor=Actor.system(organization_id=house.pk), question=PLAIN)[0].status == "ok"
        clock.shift(41)
        assert ask(associate)[0].status == "ok"


def test_a_question_that_was_refused_does_not_count(associate, monkeypatch) -> None:
    monkeypatch.setattr(services, "PER_MINUTE", 1)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(associate)
        for _ in range(3):
            with pytest.raises(services.TooManyQuestions):
                ask(associate)
        clock.shift(61)
        assert ask(associate)[0].status == "ok"


def test_the_count_is_by_organization(house, associate, foreign, monkeypatch) -> None:
    """A member of two organizations asks in each by itself: neither may see what the other was asked."""
    monkeypatch.setattr(services, "PER_MINUTE", 1)
    ask(associate)
    with scope(foreign.organization):
        there = cast.make_member(foreign.organization, "viewer", user=associate.user)
        assert ask(there)[0].status == "ok"


def test_an_answer_that_cannot_be_noted_is_not_given(associate, monkeypatch) -> None:
    def refuse(**values) -> None:
        raise RuntimeError("the log is gone")

    monkeypatch.setattr(services.audit, "record", refuse)
    with pytest.raises(RuntimeError):
        ask(associate)
    assert not Asked.objects.of(associate.user_id).exists()


def test_a_translator_that_stumbles_is_an_error_envelope(associate, monkeypatch) -> None:
    def stumble(question: str, **values) -> None:
        raise RecursionError

    monkeypatch.setattr(grammar, "translate", stumble)
    [found] = ask(associate)
    assert (found.status, found.summary) == ("error", runner.BROKEN)


def test_old_questions_are_forgotten(house, associate, foreign) -> None:
    with time_machine.travel(timezone.now() - services.KEEP_HISTORY - timedelta(hours=1)):
        ask(associate)
        with scope(foreign.organization):
            there = cast.make_member(foreign.organization, "viewer")
            ask(there)
    ask(associate)
    assert services.forget_old_questions(actor=cast.system()) == 1
    assert Asked.objects.of(associate.user_id).count() == 1
    with scope(foreign.organization):
        assert Asked.objects.of(there.user_id).count() == 1
    assert len(queries_asked()) == 2
