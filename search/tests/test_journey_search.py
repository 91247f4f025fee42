"""Finding by keyboard, as a person does it. Real browser."""

from __future__ import annotations

import re

import pytest

from crm_site.core.scope import scope
from crm_site.tests import browsing, cast
from search import retrieve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def partner(settings, tmp_path):
    settings.SPARK_CONTROL_URL = ""
    settings.INDEX_DIR = tmp_path
    retrieve.circuit.mended()
    house = cast.make_organization("Harbor House", slug="harbor-house", time_zone="America/Chicago")
    member = cast.make_member(house, "partner", name="Petra Partner", email="petra@harbor.example")
    with scope(house):
        investor = cast.make_investor("TotoTata")
        cast.make_contact("Cédric Dupré", investor=investor, title="Partner")
        cast.make_communication(investor, subject="Lunch", body="Worried about the quokka clause.")
        yield member


def test_slash_search_a_marked_hit_open_it(live_server, partner) -> None:
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url)
        visit.log_in(partner)
        page = visit.page
        page.keyboard.press("/")
        page.wait_for_url("**/search/")
        box = page.get_by_label("Search for", exact=True)
        assert box.evaluate("box => box === document.activeElement")
        page.keyboard.type("quokka")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=quokka**")
        assert page.locator("mark").all_inner_texts() == ["quokka"]
        page.keyboard.press("/")
        assert box.evaluate("box => box === document.activeElement")
        page.get_by_label("Kind of record").select_option("communication")
        page.wait_for_url(re.compile("kind=communication"))
        page.keyboard.press("Escape")
        page.locator(".finding-title a", has_text="Lunch").click()
        page.wait_for_url("**/communications/*/")
        page.go_back()
        page.locator("mark", has_text="quokka").wait_for()
        assert visit.problems == []


def test_the_palette_by_keyboard(live_server, partner) -> None:
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url)
        visit.log_in(partner)
        page = visit.page
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Go to, or search")
        box.wait_for()
        # Enter right behind the last letter, before any answer can have come.
        page.keyboard.type("tata")
        page.keyboard.press("Enter")
        page.wait_for_url("**/investors/*/")
        assert page.title().startswith("TotoTata")

        page.keyboard.press("Control+k")
        page.keyboard.type("Ced")
        option = page.get_by_role("option", name="Cédric Dupré")
        option.wait_for()
        assert option.get_attribute("aria-selected") == "true"
        assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
        page.keyboard.press("ArrowUp")
        assert page.get_by_role("option").last.get_attribute("aria-selected") == "true"
        page.keyboard.press("ArrowDown")
        assert option.get_attribute("aria-selected") == "true"
        page.keyboard.press("Escape")
        assert not page.locator("#palette").evaluate("dialog => dialog.open")

        page.get_by_role("link", name="Go to…").click()
        page.keyboard.type("quokka")
        page.get_by_role("option", name="Search for “quokka”").click()
        page.wait_for_url("**/search/?q=quokka")
        assert page.locator("mark").all_inner_texts() == ["quokka"]
        assert visit.problems == []


def test_a_phone_scrolls_nothing_sideways_and_search_needs_no_script(live_server, partner) -> None:
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url, width=390, height=844, dark=True)
        visit.log_in(partner)
        for path in ("", "?q=quokka", "?q=zzz&kind=fact&since=x", "?q=" + "Wortungetüm" * 30):
            visit.go(f"/search/{path}")
            assert not visit.scrolls_sideways(), path
        small = visit.page.evaluate(
            "[...document.querySelectorAll('main :is(button, input:not([type=hidden], [type=checkbox], [type=radio]), select, summary)')]"
            ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == []
        visit.page.get_by_role("link", name="Go to, or search").locator("visible=true").click()
        visit.page.get_by_role("option", name="New note").wait_for()
        assert not visit.scrolls_sideways()
        plain = opened.new_context(
            java_script_enabled=False, storage_state=visit.page.context.storage_state()
        )
        bare = plain.new_page()
        bare.goto(f"{live_server.url}/")
        bare.get_by_role("link", name="Go to…").click()
        bare.get_by_label("Search for", exact=True).fill("quokka")
        bare.get_by_role("button", name="Search").click()
        assert bare.locator("mark").all_inner_texts() == ["quokka"]
        bare.get_by_text("Words", exact=True).click()
        bare.get_by_role("button", name="Show").click()
        assert "mode=sparse" in bare.url and bare.locator("mark").count() == 1
        assert visit.problems == []
