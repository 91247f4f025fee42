"""`manage.py ask`: an answer as a table or JSON, and how a question is understood, without running it."""

from __future__ import annotations

import json
import socket
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crm_site.audit.models import AuditEvent
from crm_site.core import spark
from crm_site.core.scope import scope
from crm_site.tests import cast, fakes
from nlquery.models import Asked

PLAIN = "Who haven't we talked to in 60 days?"
ODD = "Zorble the frumious wibblefish?"


@pytest.fixture(autouse=True)
def no_model(settings):
    settings.SPARK_CONTROL_URL = ""
    spark.reset()
    yield
    spark.reset()


def run(*args: str) -> str:
    out = StringIO()
    call_command("ask", *args, stdout=out)
    return out.getvalue()


def test_an_answer_is_a_sentence_and_a_table(house) -> None:
    cast.make_investor("Quiet Rock")
    said, _, head, first = run(PLAIN).splitlines()[:4]
    assert said.startswith("1 investor") and head.split()[0] == "Investor" and first.startswith("Quiet Rock")
    assert Asked.objects.get().door == "system"


def test_json_is_the_contracts_envelope(house, associate) -> None:
    cast.make_investor("Quiet Rock")
    said = json.loads(run(PLAIN, "--json", "--user", associate.user.email.upper()))
    assert (said["status"], said["intent"], said["rows"][0]["investor"]) == (
        "ok",
        "investor_stale",
        "Quiet Rock",
    )
    assert Asked.objects.get().user_id == associate.user_id


def test_me_is_the_user(house, associate) -> None:
    cast.make_investor("Mine Capital", assigned_to_id=associate.user_id)
    cast.make_investor("Other Capital")
    said = run("Which of my investors have gone quiet for 10 days?", "--user", associate.user.email)
    assert "Mine Capital" in said and "Other Capital" not in said


def test_explain_runs_nothing(house) -> None:
    cast.make_investor("Quiet Rock")
    said = json.loads(run(PLAIN, "--explain"))
    assert list(said) == ["intent", "slots", "translator", "confidence"]
    assert (said["intent"], said["slots"]["days"], said["translator"]) == ("investor_stale", 60, "grammar")
    assert not Asked.objects.exists() and not AuditEvent.objects.filter(action="query.asked").exists()
    assert json.loads(run(ODD, "--explain"))["intent"] is None


def test_explain_shows_each_intent_of_a_thought(house, settings) -> None:
    queries = [{"intent": "investor_stale", "slots": {"days": days}} for days in (5, 10)]
    with fakes.chat_server(json.dumps({"queries": queries})) as server:
        settings.SPARK_CONTROL_URL = server.url
        lines = run(ODD, "--explain", "--mode", "thinking").splitlines()
    assert [json.loads(line)["slots"]["days"] for line in lines] == [5, 10]


def test_the_organization_is_the_one_named(house, foreign) -> None:
    with scope(foreign.organization):
        cast.make_investor("Faraway Trust")
    cast.make_investor("Nearby Trust")
    assert "Nearby Trust" in run(PLAIN) and "Faraway Trust" not in run(PLAIN)
    said = run(PLAIN, "--org", foreign.organization.slug)
    assert "Faraway Trust" in said and "Nearby Trust" not in said


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--user", "nobody@x.example"), "nobody@x.example"),
        (("--user", "anna@harbor.example", "--org", "elsewhere"), "anna@harbor.example"),
        (("--org", "nowhere"), "nowhere"),
    ],
)
def test_whom_it_does_not_know_it_says(associate, foreign, args, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(PLAIN, *args)


def test_a_dead_model_ends_with_an_error(house, settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.SPARK_CONTROL_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
    for more in ((), ("--explain",), ("--json",)):
        with pytest.raises(CommandError, match="does not answer right now"):
            run(ODD, *more)


def test_what_cannot_be_answered_is_told_with_what_can(house) -> None:
    assert "  - " in run(ODD)
    cast.make_investor("Harbor Point Capital")
    cast.make_investor("Harbor Point Partners")
    said = run("Tell me about Harbor Point")
    assert "1. Harbor Point Capital (investor:" in said
