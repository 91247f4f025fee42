"""What is deleted waits in the trash, comes back with one click, and is purged by owners only, after a question."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion
from crm_site.tests import cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(associate: Membership) -> Client:
    return cast.client_of(associate)


def thrown_away(name: str = "Alder") -> Deletion:
    investor = cast.make_investor(name)
    cast.make_communication(investor)
    return relations.delete_record(actor=cast.system(), row=investor)


def test_the_trash_says_what_went_with_it_and_who_did_it(desk: Client, associate: Membership) -> None:
    investor = cast.make_investor("Alder")
    cast.make_communication(investor)
    desk.post(f"/delete/investor/{investor.pk}/")
    page = desk.get("/trash/").content.decode()
    assert "Alder" in page
    assert "1 communications" in page
    assert associate.user.name in page


def test_deleting_offers_undo_and_undo_brings_all_back(desk: Client) -> None:
    investor = cast.make_investor("Alder")
    cast.make_communication(investor)
    answer = desk.post(f"/delete/investors.investor/{investor.pk}/", headers=HTMX)
    assert answer.status_code == 200
    assert not Investor.objects.exists()
    desk.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], {"next": "/grid/"})
    assert Investor.objects.get().name == "Alder"
    assert Communication.objects.count() == 1


def test_deleting_without_script_leads_where_the_form_says(desk: Client) -> None:
    investor = cast.make_investor("Alder")
    answer = desk.post(f"/delete/investor/{investor.pk}/", {"next": "/grid/"})
    assert answer["Location"] == "/grid/"
    assert "Undo" in desk.get("/grid/").content.decode()
    away = desk.post(f"/delete/investor/{cast.make_investor().pk}/", {"next": "//evil.example/"})
    assert away["Location"] == "/"


def test_a_script_is_led_on_to_our_own_pages_only(desk: Client) -> None:
    first, second = cast.make_investor(), cast.make_investor()
    ours = desk.post(f"/delete/investor/{first.pk}/", {"next": "/grid/"}, headers=HTMX)
    assert ours["HX-Redirect"] == "/grid/"
    theirs = desk.post(f"/delete/investor/{second.pk}/", {"next": "https://evil.example/"}, headers=HTMX)
    assert "evil" not in theirs.get("HX-Redirect", "")


@pytest.mark.parametrize(
    "label", ["user", "organization", "accounts.user", "auditevent", "nothing", "deletion"]
)
def test_only_records_can_be_deleted(desk: Client, associate: Membership, label: str) -> None:
    assert desk.post(f"/delete/{label}/{associate.user_id}/").status_code == 404


def test_a_delete_of_an_older_version_is_refused(desk: Client) -> None:
    investor = cast.make_investor()
    answer = desk.post(f"/delete/investor/{investor.pk}/", {"version": investor.version + 1}, headers=HTMX)
    assert answer.status_code == 409
    assert Investor.objects.exists()


def test_viewer_neither_deletes_nor_restores(viewer: Membership) -> None:
    investor, deletion = cast.make_investor(), thrown_away()
    client = cast.client_of(viewer)
    assert client.post(f"/delete/investor/{investor.pk}/").status_code == 403
    assert client.post(f"/trash/{deletion.pk}/restore/").status_code == 403
    assert Investor.objects.get() == investor


def test_restoring_twice_is_said_kindly(desk: Client) -> None:
    deletion = thrown_away()
    assert desk.post(f"/trash/{deletion.pk}/restore/").status_code == 302
    assert desk.post(f"/trash/{deletion.pk}/restore/").status_code == 404
    assert Investor.objects.count() == 1


def test_another_organizations_rows_cannot_be_reached(desk: Client, foreign: cast.Rows) -> None:
    assert desk.post(f"/delete/investor/{foreign.investor.pk}/").status_code == 404
    with scope(foreign.organization):
        deletion = relations.delete_record(actor=cast.system(), row=foreign.investor)
    assert desk.post(f"/trash/{deletion.pk}/restore/").status_code == 404
    assert foreign.investor.name not in desk.get("/trash/").content.decode()


def test_purge_is_for_owners_and_asks_first(owner: Membership, admin: Membership) -> None:
    deletion = thrown_away()
    assert cast.client_of(admin).get(f"/trash/{deletion.pk}/purge/").status_code == 403
    assert cast.client_of(admin).post(f"/trash/{deletion.pk}/purge/").status_code == 403
    client = cast.client_of(owner)
    assert "for good?" in client.get(f"/trash/{deletion.pk}/purge/").content.decode()
    assert Investor.all_objects.exists()
    assert client.post(f"/trash/{deletion.pk}/purge/").status_code == 302
    assert not Investor.all_objects.exists()


def test_deleting_by_link_is_impossible(desk: Client) -> None:
    assert desk.get(f"/delete/investor/{cast.make_investor().pk}/").status_code == 405
    assert Investor.objects.exists()


def test_an_empty_trash_says_so(desk: Client) -> None:
    assert "The trash is empty" in desk.get("/trash/").content.decode()
