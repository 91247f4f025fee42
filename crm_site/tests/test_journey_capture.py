"""The main job, as a person does it: type a sentence, look, say yes, find the record. Real browser, real workers."""

from __future__ import annotations

import json

import pytest

from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.investors.models import Investor, Opportunity
from crm_site.tests import browsing, cast, fakes
from crm_site.tests.crashing.harness import House
from intake.models import IntakeRun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SENTENCE = (
    "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com) in Austin. "
    "Wants the Fund II deck, follow up next Tuesday, thinking 2-3m"
)
MODELS_ANSWER = {
    "intent": "log", "investor_name": "Blue Heron Capital",
    "contacts": [{"name": "Dana Whitfield", "email": "dana@blueheron.com", "phone": None, "title": "COO"}],
    "kind": "meeting", "occurred_on": None, "note": "Met Dana in Austin. Wants the Fund II deck.", "fund": "Fund II",
    "expected_amount": "2500000", "committed_amount": None, "stage": None,
    "reminder": {"text": "Send the Fund II deck", "due_on": None}, "direction": None, "facts": [], "also": [],
    "confidence": {"investor_name": 0.97}, "evidence": {},
}  # fmt: skip


@pytest.fixture
def partner():
    house = cast.make_organization("Harbor House", slug="harbor-house", time_zone="America/Chicago")
    member = cast.make_member(house, "partner", name="Petra Partner", email="petra@harbor.example")
    with scope(house):
        cast.make_fund("Fund II", target="50000000")
        yield member


def capture(live_server, partner, more: dict[str, str]) -> browsing.Visit:
    with House(command="qcluster", more=more), browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url)
        visit.log_in(partner)
        visit.go("/inbox/")
        page = visit.page
        page.locator("#id_text").fill(SENTENCE)
        page.get_by_role("button", name="Read it").click()
        page.get_by_role("button", name="Yes, write it").wait_for()
        card = page.locator(".proposal").first
        assert "Blue Heron Capital" in card.inner_text()
        assert page.locator(".proposal mark").count() > 0
        page.get_by_role("button", name="Yes, write it").click()
        page.get_by_role("link", name="open Blue Heron Capital").click()
        page.wait_for_url("**/investors/*/")
        shown = page.locator("main").inner_text()
        assert "Dana Whitfield" in shown and "Blue Heron Capital" in page.title()
        assert visit.problems == []
    return visit


def assert_written(parser: str) -> None:
    investor = Investor.objects.get(name="Blue Heron Capital")
    logged = Communication.objects.get(investor=investor)
    assert (logged.kind, logged.captured_via) == ("meeting", "web_intake")
    assert Opportunity.objects.get(investor=investor).expected == 2_500_000
    assert IntakeRun.objects.get().parser == parser


def test_from_the_box_to_the_record_without_a_model(live_server, partner) -> None:
    capture(live_server, partner, {"SPARK_CONTROL_URL": ""})
    assert_written("grammar")


def test_from_the_box_to_the_record_with_the_model(live_server, partner) -> None:
    with fakes.chat_server(json.dumps(MODELS_ANSWER)) as model:
        capture(live_server, partner, {"SPARK_CONTROL_URL": model.url})
        assert len(model.requests) == 1
    assert_written("model")
