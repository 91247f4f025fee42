"""Creating and changing investors and their opportunities on the web."""

from __future__ import annotations

from django.urls import reverse

from crm_site.investors import services as investors
from crm_site.investors.models import Investor, Opportunity
from crm_site.tests import cast


def _seen(investor, **typed):
    """What a browser sends that saw the record as it is now."""
    names = ("name", "type", "location", "website", "lead_source", "notes")
    now = {name: getattr(investor, name) for name in names} | {"assigned_to": investor.assigned_to_id or ""}
    return (
        now
        | {f"initial-{name}": value for name, value in now.items()}
        | {"version": investor.version}
        | typed
    )


def test_a_double_is_shown_before_it_is_created(associate):
    known = cast.make_investor("Cedar Row Partners", location="Boston")
    client = cast.client_of(associate)
    sent = {"name": "Cedar Row Partners LLC", "type": "fund"}
    answer = client.post(reverse("investors:create"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert reverse("investors:detail", args=[known.pk]) in page and "Create anyway" in page
    assert "Cedar Row Partners LLC" in page
    assert Investor.objects.count() == 1
    client.post(reverse("investors:create"), sent | {"anyway": "1"})
    assert Investor.objects.count() == 2


def test_a_new_name_is_created_at_once(associate):
    answer = cast.client_of(associate).post(
        reverse("investors:create"), {"name": "Brand New Holdings", "type": "other"}
    )
    assert answer["Location"] == reverse("investors:detail", args=[Investor.objects.get().pk])


def test_without_a_name_nothing_is_created(associate):
    answer = cast.client_of(associate).post(
        reverse("investors:create"), {"name": " ", "type": "other", "location": "Rome"}
    )
    assert answer.status_code == 422
    assert "Rome" in answer.content.decode()
    assert not Investor.objects.exists()


def test_a_viewer_can_neither_create_nor_edit(viewer):
    investor = cast.make_investor()
    client = cast.client_of(viewer)
    for url in (reverse("investors:create"), reverse("investors:edit", args=[investor.pk])):
        assert client.get(url).status_code == 403
        assert client.post(url, {"name": "x", "type": "other"}).status_code == 403


def test_a_stale_edit_shows_both_values_and_keeps_what_was_typed(associate):
    investor = cast.make_investor(location="Boston")
    sent = _seen(investor, location="Chicago")
    investors.edit_investor(actor=cast.system(), investor=investor, values={"location": "Denver"})
    client = cast.client_of(associate)
    url = reverse("investors:edit", args=[investor.pk])
    answer = client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Chicago"' in page and "Denver" in page
    assert Investor.objects.get().location == "Denver"
    again = answer.context["form"]
    assert [conflict[1:] for conflict in again.conflicts] == [("Chicago", "Denver")]
    client.post(url, {**sent, "initial-location": "Denver", "version": again.data["version"]})
    assert Investor.objects.get().location == "Chicago"


def test_a_stale_edit_of_another_field_does_not_undo_it(associate):
    investor = cast.make_investor(location="Boston", lead_source="")
    sent = _seen(investor, lead_source="Referral")
    investors.edit_investor(actor=cast.system(), investor=investor, values={"location": "Denver"})
    client = cast.client_of(associate)
    url = reverse("investors:edit", args=[investor.pk])
    form = client.post(url, sent).context["form"]
    assert (form.data["location"], form.data["lead_source"]) == ("Denver", "Referral")
    client.post(url, form.data)
    fresh = Investor.objects.get()
    assert (fresh.location, fresh.lead_source) == ("Denver", "Referral")


def test_only_what_was_changed_is_written(associate):
    investor = cast.make_investor(location="Boston")
    cast.client_of(associate).post(
        reverse("investors:edit", args=[investor.pk]), _seen(investor, location="Rome")
    )
    assert Investor.objects.get().location == "Rome"
    assert Investor.objects.get().version == investor.version + 1


def test_tags_and_aliases_are_kept(associate):
    investor = cast.make_investor()
    client = cast.client_of(associate)
    client.post(reverse("investors:tags", args=[investor.pk]), {"tags": "warm, Fund II , "})
    client.post(reverse("investors:alias", args=[investor.pk]), {"name": "Old Harbor"})
    page = client.get(reverse("investors:edit", args=[investor.pk])).content.decode()
    assert sorted(tag.name for tag in investor.tags.all()) == ["Fund II", "warm"]
    assert "Old Harbor" in page


def test_an_opportunity_is_opened_changed_and_moved(partner):
    investor, fund = cast.make_investor(), cast.make_fund("Fund One")
    client = cast.client_of(partner)
    client.post(
        reverse("investors:opportunity_create", args=[investor.pk]),
        {"fund": fund.pk, "expected": "2,500,000"},
    )
    row = Opportunity.objects.get()
    assert (row.expected, row.stage.key) == (2_500_000, "prospect")
    url = reverse("investors:opportunity_edit", args=[row.pk])
    sent = {"expected": "3000000", "initial-expected": "2500000", "version": row.version}
    client.post(url, sent)
    move = reverse("investors:opportunity_move", args=[row.pk])
    client.post(move, {"stage": "meeting", "note": "They asked for it"})
    row.refresh_from_db()
    assert (row.expected, row.stage.key) == (3_000_000, "meeting")


def test_an_associate_moves_no_stage(associate):
    row = cast.make_opportunity()
    client = cast.client_of(associate)
    assert (
        client.post(reverse("investors:opportunity_move", args=[row.pk]), {"stage": "meeting"}).status_code
        == 403
    )
    assert (
        'name="stage"'
        not in client.get(reverse("investors:opportunity_edit", args=[row.pk])).content.decode()
    )
    row.refresh_from_db()
    assert row.stage.key == "prospect"


def test_a_bad_amount_is_told_at_its_field(partner):
    row = cast.make_opportunity()
    url = reverse("investors:opportunity_edit", args=[row.pk])
    answer = cast.client_of(partner).post(
        url, {"expected": "a lot", "version": row.version, "initial-expected": ""}
    )
    assert answer.status_code == 422
    assert "Enter an amount" in answer.content.decode() and "a lot" in answer.content.decode()


def test_another_organizations_opportunity_is_not_there(owner, foreign):
    client = cast.client_of(owner)
    args = [foreign.opportunity.pk]
    assert client.get(reverse("investors:opportunity_edit", args=args)).status_code == 404
    assert (
        client.post(reverse("investors:opportunity_move", args=args), {"stage": "meeting"}).status_code == 404
    )


def test_a_fund_of_another_organization_cannot_be_chosen(owner, foreign):
    investor = cast.make_investor()
    cast.make_fund()
    url = reverse("investors:opportunity_create", args=[investor.pk])
    assert cast.client_of(owner).post(url, {"fund": foreign.fund.pk}).status_code == 422
    assert not Opportunity.objects.exists()
