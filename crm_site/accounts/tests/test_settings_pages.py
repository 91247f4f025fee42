"""The settings pages: who gets in, what they write, and that nothing of another organization shows."""

from __future__ import annotations

import pytest
from django.test import Client

from crm_site.accounts import keys
from crm_site.accounts.models import ApiKey, MatrixIdentity, Membership
from crm_site.investors.models import Stage
from crm_site.tests import cast

OWN = ["/settings/", "/settings/password/"]
ADMIN = [
    "/settings/organization/", "/settings/members/", "/settings/members/add/", "/settings/matrix/",
    "/settings/keys/", "/settings/keys/add/", "/settings/stages/",
]  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "bot", "associate", "partner", "admin", "owner"])
def test_each_role_sees_what_is_its_own(house, role):
    client = cast.client_of(cast.make_member(house, role))
    assert {path: client.get(path).status_code for path in OWN} == dict.fromkeys(OWN, 200)
    allowed = 200 if role in {"admin", "owner"} else 403
    assert {path: client.get(path).status_code for path in ADMIN} == dict.fromkeys(ADMIN, allowed)


@pytest.mark.parametrize("path", ["organization/", "members/add/", "matrix/", "keys/add/", "stages/"])
def test_a_partner_cannot_post_either(partner, path):
    assert cast.client_of(partner).post(f"/settings/{path}", {}).status_code == 403


def test_forms_need_the_csrf_token(admin):
    client = cast.client_of(admin, enforce_csrf_checks=True)
    assert client.post("/settings/", {"name": "X"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/login/", {}).status_code == 403


def test_one_changes_ones_own_name(viewer):
    answer = cast.client_of(viewer).post("/settings/", {"name": "Victoria <b>"})
    assert answer.status_code == 302
    viewer.user.refresh_from_db()
    assert viewer.user.name == "Victoria <b>"
    assert b"Victoria &lt;b&gt;" in cast.client_of(viewer).get("/settings/").content


def test_errors_stand_at_the_field_and_what_was_typed_is_kept(admin):
    form = {"name": "Harbor", "time_zone": "Europe/Berlin", "currency": "€€€"}
    answer = cast.client_of(admin).post("/settings/organization/", form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "three letters, such as USD" in page
    assert 'value="€€€"' in page


def test_the_organization_is_saved(admin, house):
    form = {"name": "Harbor II", "time_zone": "Europe/Berlin", "currency": "eur"}
    assert cast.client_of(admin).post("/settings/organization/", form).status_code == 302
    house.refresh_from_db()
    assert (house.name, house.time_zone, house.currency) == ("Harbor II", "Europe/Berlin", "EUR")


def test_a_new_members_password_is_shown_once_and_not_kept_by_browsers(admin):
    client = cast.client_of(admin)
    answer = client.post(
        "/settings/members/add/", {"name": "Nina", "email": "n@firm.example", "role": "viewer"}
    )
    page = answer.content.decode()
    assert "One-time password for Nina" in page
    assert "no-store" in answer["Cache-Control"]
    assert "One-time password for Nina" not in client.get("/settings/members/").content.decode()


def test_an_admin_is_not_offered_the_owners_role(admin, owner):
    page = cast.client_of(admin).get("/settings/members/add/").content.decode()
    assert 'value="admin"' in page
    assert 'value="owner"' not in page
    forged = cast.client_of(admin).post(f"/settings/members/{owner.pk}/role/", {"role": "viewer"})
    assert forged.status_code == 403


def test_roles_and_states_change_by_post(owner, viewer):
    client = cast.client_of(owner)
    client.post(f"/settings/members/{viewer.pk}/role/", {"role": "partner"})
    client.post(f"/settings/members/{viewer.pk}/state/", {"active": "0"})
    row = Membership.objects.get(pk=viewer.pk)
    assert (row.role, row.is_active) == ("partner", False)
    client.post(f"/settings/members/{viewer.pk}/state/", {"active": "1"})
    assert Membership.objects.get(pk=viewer.pk).is_active


def test_the_last_owner_is_told_why_they_stay(owner):
    answer = cast.client_of(owner).post(
        f"/settings/members/{owner.pk}/role/", {"role": "viewer"}, follow=True
    )
    assert "The last owner has to stay" in answer.content.decode()
    assert Membership.objects.get(pk=owner.pk).role == "owner"


@pytest.mark.parametrize("act", ["role", "state", "password"])
def test_members_of_another_organization_are_not_found(owner, stranger, act):
    answer = cast.client_of(owner).post(f"/settings/members/{stranger.pk}/{act}/", {"role": "viewer"})
    assert answer.status_code == 404


def test_a_key_is_made_shown_once_and_revoked(admin, bot):
    client = cast.client_of(admin)
    form = {"name": "Gateway", "membership": bot.pk, "scopes": ["read"], "expires_on": ""}
    answer = client.post("/settings/keys/add/", form)
    text = answer.context["made"].text
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert text not in client.get("/settings/keys/").content.decode()
    row = keys.resolve(text)
    assert row.scopes == ["read"]
    client.post(f"/settings/keys/{row.pk}/revoke/")
    assert keys.resolve(text) is None


def test_a_key_cannot_act_as_somebody_elsewhere(admin, stranger):
    form = {"name": "Gateway", "membership": stranger.pk}
    assert cast.client_of(admin).post("/settings/keys/add/", form).status_code == 200
    assert not ApiKey.objects.exists()


def test_a_key_ends_at_the_end_of_its_last_day(admin, bot, house):
    house.time_zone = "Europe/Berlin"
    house.save()
    cast.client_of(admin).post(
        "/settings/keys/add/", {"name": "G", "membership": bot.pk, "expires_on": "2030-06-30"}
    )
    assert ApiKey.objects.get().expires_at.isoformat() == "2030-06-30T22:00:00+00:00"


def test_a_key_that_ended_yesterday_is_refused_at_the_field(admin, bot):
    form = {"name": "G", "membership": bot.pk, "expires_on": "2020-01-01"}
    assert "This is in the past." in cast.client_of(admin).post("/settings/keys/add/", form).content.decode()


def test_matrix_ids_are_linked_and_unlinked(admin, viewer):
    client = cast.client_of(admin)
    client.post("/settings/matrix/", {"mxid": "@victor:harbor.example", "membership": viewer.pk})
    row = MatrixIdentity.objects.get()
    assert row.user_id == viewer.user_id
    assert "@victor:harbor.example" in cast.client_of(viewer).get("/settings/").content.decode()
    client.post(f"/settings/matrix/{row.pk}/unlink/")
    assert not MatrixIdentity.objects.exists()


def test_stages_are_added_edited_moved_and_deleted(admin):
    client = cast.client_of(admin)
    client.post("/settings/stages/", {"label": "Term sheet", "category": "open", "probability": 60})
    row = Stage.objects.get(key="term_sheet")
    form = {"label": "Terms", "category": "open", "probability": 65, "version": row.version}
    client.post(f"/settings/stages/{row.pk}/", form)
    client.post(f"/settings/stages/{row.pk}/move/", {"to": "up"})
    row.refresh_from_db()
    assert (row.label, row.key, row.probability) == ("Terms", "term_sheet", 65)
    assert [stage.key for stage in Stage.objects.in_order()][-2:] == ["term_sheet", "passed"]
    client.post(f"/settings/stages/{row.pk}/delete/")
    assert not Stage.objects.filter(pk=row.pk).exists()


def test_a_stage_in_use_stays(admin):
    stage = cast.make_opportunity().stage
    answer = cast.client_of(admin).post(f"/settings/stages/{stage.pk}/delete/", follow=True)
    assert "move them first" in answer.content.decode()
    assert Stage.objects.filter(pk=stage.pk).exists()


def test_a_stage_edited_meanwhile_shows_the_others_value(admin):
    stage = cast.stage("prospect")
    client = cast.client_of(admin)
    form = {"label": "Mine", "category": "open", "probability": 5, "version": stage.version}
    client.post(f"/settings/stages/{stage.pk}/", {**form, "label": "Theirs"})
    answer = client.post(f"/settings/stages/{stage.pk}/", form)
    assert "Somebody set this to “Theirs”." in answer.content.decode()
    assert Stage.objects.get(pk=stage.pk).label == "Theirs"


def test_stages_of_another_organization_are_not_found(admin, foreign):
    client = cast.client_of(admin)
    for path in ("", "move/", "delete/"):
        assert client.post(f"/settings/stages/{foreign.stage.pk}/{path}", {}).status_code == 404


def test_the_members_page_costs_the_same_for_many(admin, house, django_assert_max_num_queries):
    for _ in range(12):
        cast.make_member(house)
    client = cast.client_of(admin)
    with django_assert_max_num_queries(8):
        assert client.get("/settings/members/").status_code == 200
