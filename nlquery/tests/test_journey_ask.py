"""The second promise, as a person sees it: a question, its chart, a slot changed, a new answer. Real browser."""

from __future__ import annotations

import re

import pytest

from crm_site.core.scope import scope
from crm_site.tests import browsing, cast
from nlquery.models import Asked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTION = "Top 2 investors by committed capital"


@pytest.fixture
def partner(settings):
    settings.SPARK_CONTROL_URL = ""
    house = cast.make_organization("Harbor House", slug="harbor-house", time_zone="America/Chicago")
    member = cast.make_member(house, "partner", name="Petra Partner", email="petra@harbor.example")
    with scope(house):
        fund = cast.make_fund("Fund II", target="50000000")
        for name, committed in (
            ("Alder Trust", "3000000"),
            ("Birch Office", "2000000"),
            ("Cedar Rows", "1000000"),
        ):
            cast.make_opportunity(investor=cast.make_investor(name), fund=fund, committed=committed)
        yield member


def test_from_question_to_chart_to_changed_slot_to_new_answer(live_server, partner) -> None:
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url)
        visit.log_in(partner)
        page = visit.page
        page.keyboard.press("g")
        page.keyboard.press("a")
        page.wait_for_url("**/ask/")
        box = page.get_by_label("Your question")
        assert box.evaluate("box => box === document.activeElement")
        box.fill(QUESTION)
        page.keyboard.press("Enter")

        answer = page.locator("#answer article")
        answer.locator("svg[role=img]").first.wait_for()
        assert page.locator("#heard").inner_text().strip() == answer.locator("h2").inner_text().strip()
        assert [row.inner_text() for row in answer.locator("tbody a").all()] == [
            "Alder Trust",
            "Birch Office",
        ]
        assert "Alder Trust" in answer.locator("svg desc").text_content()
        assert answer.locator(".money").first.get_attribute("title") == "$3,000,000"

        answer.get_by_text("Change").click()
        answer.get_by_label("At most").fill("1")
        answer.get_by_label("Fund").fill("Fund II")
        answer.get_by_role("button", name="Run again").click()
        page.wait_for_url(re.compile("slot.limit=1"))
        changed = page.locator("#answer article")
        changed.locator(".chip", has_text="Fund II").wait_for()
        assert [row.inner_text() for row in changed.locator("tbody a").all()] == ["Alder Trust"]

        page.go_back()
        page.locator("tbody a", has_text="Birch Office").wait_for()
        page.locator("tbody a", has_text="Birch Office").click()
        page.wait_for_url("**/investors/*/")
        assert visit.problems == []
    assert Asked.objects.of(partner.user_id).count() == 3


def test_a_phone_scrolls_nothing_sideways_and_needs_no_script(live_server, partner) -> None:
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url, width=390, height=844, dark=True)
        visit.log_in(partner)
        for path in (
            "",
            "?q=" + QUESTION,
            "?q=zorble",
            "?intent=investor_list",
            "?intent=activity_recent&slot.window=x",
        ):
            visit.go(f"/ask/{path}")
            assert not visit.scrolls_sideways(), path
        small = visit.page.evaluate(
            "[...document.querySelectorAll('main :is(button, input:not([type=hidden], [type=checkbox]), select, summary)')]"
            ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == []
        plain = opened.new_context(
            java_script_enabled=False, storage_state=visit.page.context.storage_state()
        )
        bare = plain.new_page()
        bare.goto(f"{live_server.url}/ask/")
        bare.get_by_label("Your question").fill(QUESTION)
        bare.get_by_role("button", name="Ask").click()
        bare.locator("#answer").get_by_text("Change").click()
        bare.get_by_label("At most").fill("3")
        bare.get_by_role("button", name="Run again").click()
        assert [row.inner_text() for row in bare.locator("tbody a").all()] == [
            "Alder Trust",
            "Birch Office",
            "Cedar Rows",
        ]
        assert visit.problems == []
