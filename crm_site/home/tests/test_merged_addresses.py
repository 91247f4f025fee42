"""Addresses of a merged record lead to the one that stands for it; writing on it is refused and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication
from crm_site.core import living
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.tests import cast

HTMX = {"HX-Request": "true"}


def merge(survivor: Any, absorbed: Any) -> Any:
    return relations.merge(actor=cast.system(), survivor=survivor, absorbed=absorbed)


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


@pytest.fixture
def chain(house: Any) -> list[Investor]:
    """Cedar went into Birch, and Birch into Alder."""
    alder, birch, cedar = (cast.make_investor(name) for name in ("Alder", "Birch", "Cedar"))
    merge(birch, cedar)
    merge(alder, birch)
    return [alder, birch, cedar]


@pytest.mark.parametrize("page", ["", "edit/", "history/", "?kind=note"])
def test_each_page_leads_through_the_chain_and_keeps_its_query(
    desk: Client, chain: list[Investor], page: str
) -> None:
    alder, _, cedar = chain
    answer = desk.get(f"/investors/{cedar.pk}/{page}")
    # Not for good: a browser would remember it after the merge was taken back.
    assert (answer.status_code, answer["Location"]) == (302, f"/investors/{alder.pk}/{page}")
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Cedar was merged into Alder."]


def test_a_contacts_page_leads_to_the_survivor(desk: Client, house: Any) -> None:
    ada, bo = cast.make_contact("Ada"), cast.make_contact("Bo")
    merge(ada, bo)
    assert desk.get(f"/contacts/{bo.pk}/")["Location"] == f"/contacts/{ada.pk}/"


def test_after_taking_it_back_the_address_is_its_own_again(desk: Client, house: Any) -> None:
    alder, birch = cast.make_investor("Alder"), cast.make_investor("Birch")
    done = merge(alder, birch)
    assert desk.get(f"/investors/{birch.pk}/").status_code == 302
    relations.unmerge(actor=cast.system(), merge=done)
    assert desk.get(f"/investors/{birch.pk}/").status_code == 200


def test_a_note_on_a_merged_investor_is_not_lost(desk: Client, chain: list[Investor]) -> None:
    alder, birch, _ = chain
    answer = desk.post(f"/investors/{birch.pk}/log/", {"kind": "note", "body": "They like <b>us</b>."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Birch was merged into Alder." in page and f'href="/investors/{alder.pk}/"' in page
    assert "They like &lt;b&gt;us&lt;/b&gt;." in page
    assert not Communication.objects.exists()


def test_a_script_is_told_by_name(desk: Client, chain: list[Investor]) -> None:
    alder, birch, _ = chain
    for address in (f"/investors/{birch.pk}/tags/", f"/grid/{birch.pk}/location/"):
        answer = desk.post(address, {"tags": "warm", "value": "Oslo"}, headers=HTMX)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "merged"
        assert answer.json()["error"]["fields"] == {"merged_into": alder.pk}


def test_a_survivor_in_the_trash_is_no_place_to_lead_to(desk: Client, chain: list[Investor]) -> None:
    relations.delete_record(actor=cast.system(), row=chain[0])
    assert desk.get(f"/investors/{chain[2].pk}/").status_code == 404


def test_a_merge_elsewhere_tells_nothing_here(desk: Client, foreign: cast.Rows) -> None:
    with scope(foreign.organization):
        other = cast.make_investor("Zanzibar")
        merge(foreign.investor, other)
    answer = desk.get(f"/investors/{other.pk}/")
    assert answer.status_code == 404
    assert living.survivor_of(Investor, other.pk) is None


def test_a_name_of_the_absorbed_still_finds_the_survivor(desk: Client, house: Any) -> None:
    alder, birch = cast.make_investor("Alder"), cast.make_investor("Birch Grove")
    relations.merge(actor=cast.system(), survivor=alder, absorbed=birch, chosen={"name": "Birch Grove"})
    alder.refresh_from_db()
    names = set(alder.aliases.values_list("name", flat=True))
    # Its own former name is worth as much as the other's.
    assert alder.name == "Birch Grove" and names == {"Alder"}


@pytest.mark.parametrize(
    "write",
    [
        lambda row: investors.add_alias(actor=cast.system(), investor=row, name="Other"),
        lambda row: investors.set_tags(actor=cast.system(), investor=row, tags=["warm"]),
        lambda row: investors.edit_investor(actor=cast.system(), investor=row, values={"location": "Oslo"}),
        lambda row: investors.retire_investor(actor=cast.system(), investor=row, reason="Gone."),
        lambda row: cast.make_opportunity(investor=row),
        lambda row: cast.make_communication(row),
        lambda row: cast.make_reminder(row),
        lambda row: cast.make_fact(row),
        lambda row: cast.make_contact(investor=row),
        lambda row: relations.delete_record(actor=cast.system(), row=row),
        lambda row: relations.restore_record(actor=cast.system(), row=Investor.all_objects.get(pk=row.pk)),
    ],
)
def test_no_service_writes_on_one_that_was_merged_since_it_was_read(house: Any, write: Any) -> None:
    cast.make_member()
    alder, birch = cast.make_investor("Alder"), cast.make_investor("Birch")
    merge(alder, birch)
    with pytest.raises(living.Merged) as refused:
        write(birch)
    assert refused.value.fields == {"merged_into": alder.pk}
