"""Two investors become one and two again, as a person does it. Real browser."""

from __future__ import annotations

import pytest

from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.tests import browsing, cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1440, 390])
def test_merge_follow_the_old_address_undo(live_server, width: int) -> None:
    house = cast.make_organization("Harbor House", slug="harbor-house")
    member = cast.make_member(house, "partner", name="Petra Partner", email="petra@harbor.example")
    with scope(house):
        alder = cast.make_investor("Alder Capital", location="Oslo")
        birch = cast.make_investor("Alder Cap", location="Bergen", notes="Prefers mornings.")
        cast.make_communication(alder, body="Called about terms.")
        cast.make_communication(birch, body="Sent the deck.")
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url, width=width)
        visit.log_in(member)
        page = visit.page
        visit.go(f"/investors/{alder.pk}/")
        page.get_by_label("More actions").click()
        page.get_by_role("link", name="Merge with…").click()
        page.get_by_label("Name of the other one").fill("lder cap")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Compare with Alder Cap").click()
        page.get_by_role("group", name="Location").get_by_text("Bergen").click()
        assert not visit.scrolls_sideways()
        page.get_by_role("button", name="Merge", exact=True).click()
        page.wait_for_url(f"**/investors/{alder.pk}/")
        page.get_by_text("Sent the deck.").first.wait_for()
        page.get_by_text("Alder Cap is part of Alder Capital now.").wait_for()

        visit.go(f"/investors/{birch.pk}/")
        page.wait_for_url(f"**/investors/{alder.pk}/")
        page.get_by_text("Alder Cap was merged into Alder Capital.").wait_for()

        visit.go("/duplicates/merges/")
        page.get_by_role("link", name="Merge of Alder Cap").click()
        page.get_by_role("button", name="Take it back").click()
        page.get_by_text("Alder Cap and Alder Capital are two again.").wait_for()
        visit.go(f"/investors/{birch.pk}/")
        page.get_by_text("Sent the deck.").first.wait_for()
        assert visit.problems == []
    with scope(house):
        locations = dict(Investor.objects.values_list("name", "location"))
    assert locations == {"Alder Capital": "Oslo", "Alder Cap": "Bergen"}


def test_undo_right_away(live_server) -> None:
    house = cast.make_organization("Harbor House", slug="harbor-house")
    member = cast.make_member(house, "partner", name="Petra Partner", email="petra@harbor.example")
    with scope(house):
        ada, other = cast.make_contact("Ada Lind", email="ada@x.example"), cast.make_contact("A. Lind")
    with browsing.browser() as opened:
        visit = browsing.Visit(opened, live_server.url)
        visit.log_in(member)
        page = visit.page
        visit.go(f"/duplicates/contacts/{ada.pk}/{other.pk}/")
        page.get_by_role("button", name="Merge", exact=True).click()
        page.wait_for_url(f"**/contacts/{ada.pk}/")
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("A. Lind and Ada Lind are two again.").wait_for()
        visit.go(f"/contacts/{other.pk}/")
        page.get_by_role("heading", name="A. Lind").wait_for()
        assert visit.problems == []
