"""The pages of funds."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.investors import services as investors
from crm_site.investors.models import Fund
from crm_site.tests import cast


def test_a_fund_tells_how_far_its_raise_is(viewer):
    fund = cast.make_fund("Fund One", target="10000000", closes_on="2199-01-01")
    cast.make_opportunity(fund=fund, committed="2500000", expected="1000000")
    lost = cast.make_opportunity(fund=fund, expected="9000000")
    investors.move_opportunity(actor=cast.system(), opportunity=lost, stage=cast.stage("passed"))
    page = cast.client_of(viewer).get(reverse("investors:funds")).content.decode()
    for words in ("Fund One", "$2.5m", "(25%)", "$1m", "$10m", "Prospect", "Passed"):
        assert words in page, words


def test_more_than_the_target_is_told(viewer):
    cast.make_opportunity(fund=cast.make_fund(target="100"), committed="150")
    assert "(150%)" in cast.client_of(viewer).get(reverse("investors:funds")).content.decode()


def test_a_funds_page_narrows_down_to_a_stage(viewer):
    fund = cast.make_fund()
    cast.make_opportunity(fund=fund, investor=cast.make_investor("Early Bird"))
    cast.make_opportunity(fund=fund, investor=cast.make_investor("Far Along"), stage="meeting")
    url = reverse("investors:fund_detail", args=[fund.pk])
    page = cast.client_of(viewer).get(url, {"stage": "meeting"}).content.decode()
    assert "Far Along" in page and "Early Bird" not in page


def test_pages_take_the_same_queries_whatever_the_rows(owner):
    client = cast.client_of(owner)
    fund = cast.make_fund()
    counts = {"funds": [], "fund_detail": []}
    for turn in range(2):
        for _ in range(1 + turn * 6):
            cast.make_opportunity(fund=fund, expected="5")
            cast.make_opportunity(fund=cast.make_fund(), expected="5")
        for name, args in (("funds", []), ("fund_detail", [fund.pk])):
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse(f"investors:{name}", args=args))
            counts[name].append(len(seen))
    assert counts["funds"][0] == counts["funds"][1] <= 7
    assert counts["fund_detail"][0] == counts["fund_detail"][1] <= 8


def test_an_admin_sets_a_fund_up_and_changes_it(admin):
    client = cast.client_of(admin)
    client.post(
        reverse("investors:fund_create"), {"name": "Fund II", "target": "1,000,000", "currency": "EUR"}
    )
    fund = Fund.objects.get()
    assert (fund.name, fund.target, fund.currency) == ("Fund II", 1_000_000, "EUR")
    url = reverse("investors:fund_edit", args=[fund.pk])
    client.post(
        url,
        {
            "name": "Fund Two",
            "initial-name": "Fund II",
            "currency": "EUR",
            "initial-currency": "EUR",
            "version": 1,
        },
    )
    assert (Fund.objects.get().name, Fund.objects.get().target) == ("Fund Two", 1_000_000)


def test_a_second_fund_of_a_name_is_told_at_the_field(admin):
    cast.make_fund("Fund II")
    answer = cast.client_of(admin).post(
        reverse("investors:fund_create"), {"name": "fund ii", "currency": "USD", "description": "kept words"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "There is a fund of that name." in page and "kept words" in page


def test_a_stale_edit_keeps_what_was_typed(admin):
    fund = cast.make_fund("Fund II")
    investors.edit_fund(actor=cast.system(), fund=fund, values={"name": "Theirs"})
    sent = {
        "name": "Mine",
        "initial-name": "Fund II",
        "currency": "USD",
        "initial-currency": "USD",
        "version": 1,
    }
    answer = cast.client_of(admin).post(reverse("investors:fund_edit", args=[fund.pk]), sent)
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode() and "Theirs" in answer.content.decode()


def test_only_admins_manage_funds(partner, foreign, owner):
    fund = cast.make_fund()
    client = cast.client_of(partner)
    assert client.get(reverse("investors:fund_create")).status_code == 403
    assert (
        client.post(
            reverse("investors:fund_edit", args=[fund.pk]), {"name": "x", "currency": "USD"}
        ).status_code
        == 403
    )
    assert client.get(reverse("investors:fund_detail", args=[fund.pk])).status_code == 200
    for name in ("fund_detail", "fund_edit"):
        assert (
            cast.client_of(owner).get(reverse(f"investors:{name}", args=[foreign.fund.pk])).status_code == 404
        )
