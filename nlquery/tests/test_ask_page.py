"""The Ask page: question, answer, how it was understood, again; by plain GET and by htmx."""

from __future__ import annotations

import gzip
import html
import json
import re
import socket

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.core import spark, unit
from crm_site.tests import cast, fakes
from intake import services as intake
from intake.tasks import parse_message
from nlquery import forms, registry, services
from nlquery.charts import drawing
from nlquery.models import Asked

URL = "/ask/"
PLAIN = "Who haven't we talked to in 60 days?"
ODD = "Zorble the frumious wibblefish?"


@pytest.fixture(autouse=True)
def no_model(settings):
    settings.SPARK_CONTROL_URL = ""
    spark.reset()
    yield
    spark.reset()


def page(client, htmx: bool = False, **sent) -> str:
    answer = client.get(URL, sent, headers={"HX-Request": "true"} if htmx else {})
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def test_an_empty_page_says_what_can_be_asked(viewer) -> None:
    shown = page(cast.client_of(viewer))
    assert "autofocus" in shown and "What you can ask" in shown
    assert shown.count('href="/ask/?q=') == len(registry.entries())
    assert "Nothing to ask about yet" in shown


def test_examples_are_about_names_we_have(viewer) -> None:
    investor = cast.make_investor("Gullwing Trust")
    cast.make_contact("Zoe Quill", investor=investor)
    cast.make_fund("Harvest Fund IX")
    shown = page(cast.client_of(viewer))
    assert "Nothing to ask about yet" not in shown
    for name in ("Gullwing Trust", "Zoe Quill", "Harvest Fund IX"):
        assert re.search(rf"\?q=[^>]*>[^<]*{name}", shown), name
    assert "Blue Heron" not in shown


def test_a_question_is_answered_by_a_plain_get(viewer) -> None:
    investor = cast.make_investor("Quiet Rock")
    shown = page(cast.client_of(viewer), q=PLAIN)
    assert f'<a href="/investors/{investor.pk}/">Quiet Rock</a>' in shown
    assert f'value="{PLAIN}"' in shown and "Understood by rule as" in shown
    assert re.search(r'name="slot.days" value="60" min="1" max="3650"', shown)
    assert Asked.objects.get().door == "web"


def test_an_unsure_reading_is_told(viewer, monkeypatch) -> None:
    cast.make_investor("Quiet Rock")
    client = cast.client_of(viewer)
    assert "I am not sure" not in page(client, q=PLAIN)
    monkeypatch.setattr("nlquery.answers.UNSURE", 1.1)
    assert "I am not sure that I understood this." in page(client, q=PLAIN)


def test_htmx_gets_the_answer_alone_and_hears_the_sentence(viewer) -> None:
    cast.make_investor("Quiet Rock")
    client = cast.client_of(viewer)
    part = page(client, htmx=True, q=PLAIN)
    assert part.lstrip().startswith("<div") and "<html" not in part and "What you can ask" not in part
    assert '<p id="heard" hx-swap-oob="true">1 investor' in part and "Quiet Rock" in part
    back = client.get(URL, {"q": PLAIN}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in back.content


def test_every_slot_can_be_changed_and_added(viewer) -> None:
    """Each intent's form has a control for each of its slots, and choices for those that have some."""
    client = cast.client_of(viewer)
    cast.make_fund("Fund II")
    for key, entry in registry.entries().items():
        shown = page(client, htmx=True, intent=key, **{"slot.nonsense": "x"})
        Asked.objects.of(viewer.user_id).delete()
        assert "does not fit yet" in shown, key
        for name, one in entry.slots.items():
            assert f'name="slot.{name}"' in shown, (key, name)
            for choice in one.type.described().get("choices", []):
                assert f'<option value="{choice}"' in shown, (key, name, choice)


def test_running_again_takes_the_edited_slots(viewer) -> None:
    cast.make_investor("Quiet Rock")
    shown = page(
        cast.client_of(viewer), q=PLAIN, intent="investor_stale", **{"slot.days": "45", "slot.owner": " "}
    )
    assert 'name="slot.days" value="45"' in shown and "Asked for" in shown
    row = Asked.objects.get()
    assert (row.question, row.slots["days"], row.translator) == (PLAIN, 45, "direct")
    assert "owner" not in row.slots


def test_a_wrong_slot_keeps_what_was_typed_and_says_what_would_fit(viewer) -> None:
    shown = page(
        cast.client_of(viewer), intent="investor_stale", **{"slot.days": "soon", "slot.stage": "nowhere"}
    )
    assert 'name="slot.days" value="soon"' in shown
    assert 'aria-describedby="slot-1-days-error"' in shown and "A whole number from 1 to 3650." in shown
    assert '<option value="nowhere" selected>nowhere</option>' in shown
    assert '<details class="understood" open>' in shown


def test_a_window_is_a_choice_or_two_dates() -> None:
    window = {"slot.window": "custom", "from.window": "2026-01-01", "to.window": "2026-03-31"}
    assert forms.read(window) == {"window": "2026-01-01..2026-03-31"}
    assert forms.read(window | {"to.window": ""}) == {"window": "2026-01-01.."}
    assert forms.read(window | {"from.window": "", "to.window": ""}) == {}
    assert forms.read(window | {"slot.window": "last_week"}) == {"window": "last_week"}


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("last_week", '<option value="last_week" selected>'),
        ("last_45_days", '<option value="last_45_days" selected>In the last 45 days</option>'),
        ("2026-01-01..2026-03-31", 'name="from.window" value="2026-01-01"'),
        ("2026-01-01..", 'name="to.window" value=""'),
    ],
)
def test_a_window_is_shown_as_it_was_asked(viewer, window: str, expected: str) -> None:
    shown = page(cast.client_of(viewer), htmx=True, intent="investor_new", **{"slot.window": window})
    assert expected in shown
    assert ('<option value="custom" selected>' in shown) == (".." in window)


def test_several_of_a_name_are_buttons_that_run_with_the_one_chosen(viewer) -> None:
    client = cast.client_of(viewer)
    one = cast.make_investor("Harbor Point Capital")
    cast.make_investor("Harbor Point Partners")
    shown = page(client, intent="investor_profile", **{"slot.investor": "Harbor Point"})
    assert "Harbor Point Partners</a>" in shown and "could mean several" in shown
    address = re.search(r'href="(/ask/\?[^"]*investor%3A' + str(one.pk) + r')"', shown)
    assert address
    picked = html.unescape(client.get(address[1]).content.decode())
    assert 'value="Harbor Point Capital"' in picked
    assert f'name="key.investor" value="investor:{one.pk}"' in picked
    # Run again: the name in the box stands for the one picked, until somebody types another.
    again = {
        "slot.investor": "Harbor Point Capital",
        "was.investor": "Harbor Point Capital",
        "key.investor": f"investor:{one.pk}",
    }
    assert forms.read(again) == {"investor": f"investor:{one.pk}"}
    assert forms.read(again | {"slot.investor": "Other"}) == {"investor": "Other"}


def test_another_organizations_key_shows_no_name(owner, foreign) -> None:
    shown = page(
        cast.client_of(owner),
        intent="investor_profile",
        **{"slot.investor": f"investor:{foreign.investor.pk}"},
    )
    assert foreign.investor.name not in shown and "There is no investor" in shown


def test_a_question_that_cannot_be_answered_names_others(viewer) -> None:
    shown = page(cast.client_of(viewer), q=ODD)
    assert services.NOT_UNDERSTOOD in shown
    answer = shown.split('data-status="no_match"')[1].split("</article>")[0]
    assert 1 <= answer.count("/ask/?q=") <= 3
    near = page(cast.client_of(viewer), intent="investor_stal")
    assert "There is no intent" in near and ">investor_stale<" not in near


def test_a_dead_model_is_told(viewer, settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.SPARK_CONTROL_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
    client = cast.client_of(viewer)
    answer = client.get(URL, {"q": ODD})
    assert answer.status_code == 503 and services.MODEL_DOWN.encode() in answer.content
    assert services.MODEL_DOWN in page(client, htmx=True, q=ODD)


def test_several_answers_stand_below_each_other(viewer, settings) -> None:
    queries = [{"intent": "investor_stale", "slots": {"days": days}} for days in (5, 10)]
    with fakes.chat_server(json.dumps({"queries": queries})) as server:
        settings.SPARK_CONTROL_URL = server.url
        shown = page(cast.client_of(viewer), q=ODD, mode="thinking")
    assert shown.count("<article") == 2 and "Understood by the model as" in shown
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_too_many_questions_are_told_kindly(viewer, monkeypatch) -> None:
    monkeypatch.setattr(services, "PER_MINUTE", 1)
    client = cast.client_of(viewer)
    page(client, q=PLAIN)
    answer = client.get(URL, {"q": PLAIN})
    assert answer.status_code == 429 and b"questions in a minute" in answer.content
    assert "questions in a minute" in page(client, htmx=True, q=PLAIN)


def test_a_drawing_that_fails_leaves_the_table(viewer, monkeypatch) -> None:
    def fail(*args) -> str:
        raise OverflowError

    cast.make_investor("Quiet Rock", type="corporate")
    cast.make_investor(type="fund")
    sent = {"intent": "investor_breakdown", "slot.by": "type"}
    client = cast.client_of(viewer)
    assert "<svg role" in page(client, **sent)
    monkeypatch.setattr(drawing, "svg", fail)
    shown = page(client, **sent)
    assert "<svg role" not in shown and "Corporate" in shown


def test_the_history_is_ones_own_and_asks_again(viewer, associate, foreign) -> None:
    client = cast.client_of(viewer)
    for _ in range(2):
        page(client, q=PLAIN)
    page(client, intent="investor_stale", **{"slot.days": "77"})
    page(cast.client_of(associate), q="Whatever else?")
    shown = page(client)
    past = shown.split("You asked before")[1].split("</details>")[0]
    assert past.count("<li>") == 2 and "Whatever" not in past
    assert "intent=investor_stale&slot.days=77" in past and ">77: Live investors" in past
    assert "?q=Who+haven%27t+we+talked+to" in past


def test_hostile_text_is_only_text(viewer) -> None:
    evil = '"><script>alert(1)</script>'
    cast.make_investor(evil)
    client = cast.client_of(viewer)
    for sent in ({"q": evil}, {"intent": evil}, {"intent": "investor_profile", "slot.investor": evil}, {"q": PLAIN},
                 {"intent": "investor_stale", "slot." + evil: evil}, {"q": "\x00\x00a"}, {"q": "x" * 3000},
                 {"intent": "investor_new", "slot.window": "custom", "from.window": evil}):  # fmt: skip
        answer = client.get(URL, sent)
        assert answer.status_code == 200, sent
        assert b"<script>alert" not in answer.content, sent


def test_pages_take_few_queries_and_few_bytes_whatever_the_rows(viewer) -> None:
    client = cast.client_of(viewer)
    page(client, q=PLAIN)  # the asker's key of the log is made once
    counts = []
    for _ in range(2):
        for _ in range(6):
            cast.make_investor()
        for sent in ({}, {"q": PLAIN}, {"intent": "investor_breakdown", "slot.by": "type"}):
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(URL, sent)
            # The answer's note in history and log is a write of its own, with its transaction's two statements.
            said = [one["sql"] for one in seen.captured_queries if one["sql"].startswith(("SELECT", "WITH"))]
            # Nor does naming organization and time-out to PostgreSQL read anything.
            reads = [sql for sql in said if "set_config" not in sql]
            assert len(reads) <= 12, (sent, len(reads), reads)
            counts.append(len(seen))
            assert len(gzip.compress(answer.content)) < 30_000
    assert counts[:3] == counts[3:]


def test_a_question_in_the_inbox_leads_to_its_answer(associate) -> None:
    asked = "When did we last speak to Blue & Heron?"
    message = intake.receive(actor=cast.actor_of(associate), source="web", body=asked).message
    store = parse_message(organization_id=message.organization_id, subject_id=message.pk)
    with unit.atomic():
        store()
    shown = cast.client_of(associate).get(f"/inbox/messages/{message.pk}/").content.decode()
    assert 'href="/ask/?q=When%20did%20we%20last%20speak%20to%20Blue%20%26%20Heron%3F"' in shown
