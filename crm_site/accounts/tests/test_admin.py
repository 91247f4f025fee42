"""The admin: data fixes through the services, in one organization."""

from __future__ import annotations

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from crm_site.accounts.admin_base import ServiceAdmin
from crm_site.accounts.models import Membership
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.core.models import Kept
from crm_site.investors.models import Fund, Investor, Opportunity
from crm_site.tests import cast

REGISTERED = sorted(django_admin.site._registry, key=lambda model: model._meta.label)


def at(model, act, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}", args=args)


def last_line():
    [line] = reading.lines(AuditEvent.objects.newest_first()[:1])
    return line


def form_of(client, url, **changes):
    """What a browser would post: the form as shown, with changes."""
    page = client.get(url)
    form = page.context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    posted = {name: "" if value is None else value for name, value in shown.items()}
    original = page.context.get("original")
    return {**posted, "seen_version": getattr(original, "version", ""), **changes}


def test_nothing_but_our_own_admins_is_registered():
    assert all(isinstance(one, ServiceAdmin) for one in django_admin.site._registry.values())
    apps = {model._meta.app_label for model in REGISTERED}
    assert apps == {
        "accounts",
        "investors",
        "contacts",
        "communications",
        "relations",
        "audit",
        "work",
        "intake",
        "nlquery",
    }


@pytest.mark.parametrize("role", ["viewer", "bot", "associate", "partner"])
def test_only_admins_and_owners_get_in(house, role):
    client = cast.client_of(cast.make_member(house, role))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(at(Investor, "changelist"), follow=True).status_code == 403


def test_a_visitor_is_sent_to_the_one_log_in(client, db):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/")


def test_a_former_admin_is_out_even_while_the_flag_stands(admin):
    client = cast.client_of(admin)
    Membership.objects.filter(pk=admin.pk).update(role="viewer")
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_every_list_shows_and_searches_and_never_another_organizations_rows(owner, foreign, model):
    own = cast.make_rows(owner.organization)
    client = cast.client_of(owner)
    answer = client.get(at(model, "changelist"), {"q": "a"})
    assert answer.status_code == 200
    page = client.get(at(model, "changelist")).content.decode()
    assert foreign.investor.name not in page
    assert foreign.contact.name not in page
    if model is Investor:
        assert own.investor.name in page


@pytest.mark.parametrize(
    "name", ["investor", "contact", "fund", "opportunity", "communication", "reminder", "fact"]
)
def test_another_organizations_row_is_not_found_by_change_history_and_delete(owner, foreign, name):
    row = getattr(foreign, name)
    client = cast.client_of(owner)
    for act in ("change", "delete"):
        answer = client.get(at(type(row), act, row.pk))
        # Django's admin answers an unknown id with a way back to its index.
        assert answer.status_code == 302
        assert answer["Location"] == "/admin/"
    client.post(at(type(row), "delete", row.pk), {"post": "yes"})
    assert not type(row).unscoped.get(pk=row.pk).is_deleted
    assert row not in type(row).objects.all()


@pytest.mark.parametrize(
    "name", ["investor", "contact", "fund", "stage", "opportunity", "communication", "reminder", "fact"]
)
def test_each_row_opens(owner, name):
    row = getattr(cast.make_rows(owner.organization), name)
    client = cast.client_of(owner)
    assert client.get(at(type(row), "change", row.pk)).status_code == 200
    assert client.get(at(type(row), "history", row.pk)).status_code == 200
    assert client.get(at(type(row), "delete", row.pk)).status_code == 200


@pytest.mark.parametrize(
    "model", [model for model in REGISTERED if issubclass(model, Kept)], ids=lambda m: m.__name__
)
def test_the_add_page_opens_or_is_refused(owner, model):
    assert cast.client_of(owner).get(at(model, "add")).status_code in (200, 403)


def test_an_edit_goes_through_the_service_and_is_audited_old_and_new(admin):
    investor = cast.make_investor("Harbor Piont", location="Oslo")
    client = cast.client_of(admin)
    url = at(Investor, "change", investor.pk)
    answer = client.post(url, form_of(client, url, name="Harbor Point"))
    assert answer.status_code == 302
    row = Investor.objects.get(pk=investor.pk)
    assert (row.name, row.version) == ("Harbor Point", 2)
    assert row.name_key == "harbor point"
    line = last_line()
    assert (line.action, line.door, line.user_id) == ("investor.edited", "admin", admin.user_id)
    assert line.changes == [("name", "Harbor Piont", "Harbor Point")]
    assert not LogEntry.objects.exists()


def test_saving_without_a_change_writes_nothing(admin):
    investor = cast.make_investor()
    client = cast.client_of(admin)
    before = AuditEvent.objects.count()
    url = at(Investor, "change", investor.pk)
    assert client.post(url, form_of(client, url)).status_code == 302
    assert AuditEvent.objects.count() == before


def test_a_new_row_is_made_by_the_service(admin):
    client = cast.client_of(admin)
    url = at(Investor, "add")
    answer = client.post(url, form_of(client, url, name="Quarry Lane", assigned_to=admin.user_id))
    assert answer.status_code == 302
    assert Investor.objects.get(name="Quarry Lane").assigned_to_id == admin.user_id
    assert last_line().action == "investor.created"


def test_what_a_service_refuses_stands_at_the_field_and_nothing_is_written(admin):
    cast.make_fund("Fund One")
    fund = cast.make_fund("Fund Two")
    client = cast.client_of(admin)
    url = at(Fund, "change", fund.pk)
    answer = client.post(url, form_of(client, url, name="fund one", description="typed"))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["name"] == ["There is a fund of that name."]
    assert "typed" in answer.content.decode()
    assert Fund.objects.get(pk=fund.pk).name == "Fund Two"


def test_a_stale_edit_is_refused(admin):
    investor = cast.make_investor("First")
    client = cast.client_of(admin)
    url = at(Investor, "change", investor.pk)
    mine = form_of(client, url, name="Mine")
    client.post(url, form_of(client, url, name="Theirs"))
    answer = client.post(url, mine)
    assert answer.status_code == 200
    assert "Meanwhile: Theirs" in answer.content.decode()
    assert Investor.objects.get(pk=investor.pk).name == "Theirs"


def test_a_stage_moved_in_the_admin_leaves_its_history(admin):
    opportunity = cast.make_opportunity()
    client = cast.client_of(admin)
    url = at(Opportunity, "change", opportunity.pk)
    client.post(url, form_of(client, url, stage=cast.stage("diligence").pk, expected="500"))
    row = Opportunity.objects.get(pk=opportunity.pk)
    assert (row.stage.key, row.expected) == ("diligence", 500)
    assert row.stage_changes.count() == 2


def test_a_foreign_key_field_offers_and_takes_only_own_rows(admin, foreign, stranger):
    client = cast.client_of(admin)
    url = at(Opportunity, "add")
    page = client.get(url).content.decode()
    assert foreign.fund.name not in page
    form = form_of(client, url, investor=foreign.investor.pk, fund=foreign.fund.pk, stage=foreign.stage.pk)
    assert client.post(url, form).status_code == 200
    assert not Opportunity.objects.exists()
    people = client.get(at(Investor, "add")).content.decode()
    assert stranger.user.name not in people


def test_the_choices_typed_ahead_are_own_rows(admin, foreign):
    cast.make_investor("Quarry Own")
    query = {"app_label": "investors", "model_name": "opportunity", "field_name": "investor", "term": ""}
    found = cast.client_of(admin).get("/admin/autocomplete/", query).json()["results"]
    assert [one["text"] for one in found] == ["Quarry Own"]


def test_deleting_hides_with_what_hangs_on_it_and_restoring_brings_it_back(admin, house):
    rows = cast.make_rows(house)
    client = cast.client_of(admin)
    page = client.get(at(Investor, "delete", rows.investor.pk)).content.decode()
    assert "1 opportunities" in page
    client.post(at(Investor, "delete", rows.investor.pk), {"post": "yes"})
    assert Investor.all_objects.get(pk=rows.investor.pk).is_deleted
    assert not Opportunity.objects.exists()
    deleted = client.get(at(Investor, "changelist"), {"state": "deleted"}).content.decode()
    assert rows.investor.name in deleted
    client.post(
        f"{at(Investor, 'changelist')}?state=deleted",
        {"action": "restore_selected", "_selected_action": [rows.investor.pk]},
    )
    assert Opportunity.objects.filter(pk=rows.opportunity.pk).exists()


def test_selected_rows_are_deleted_by_the_service(admin):
    one, two = cast.make_investor(), cast.make_investor()
    form = {"action": "delete_selected", "_selected_action": [one.pk, two.pk], "post": "yes"}
    cast.client_of(admin).post(at(Investor, "changelist"), form)
    assert not Investor.objects.exists()
    assert Investor.all_objects.count() == 2
    assert AuditEvent.objects.filter(action="investor.deleted").count() == 2


def test_a_deletion_refused_is_told(admin):
    stage = cast.make_opportunity().stage
    answer = cast.client_of(admin).post(at(type(stage), "delete", stage.pk), {"post": "yes"}, follow=True)
    assert "move them first" in answer.content.decode()


def test_a_role_changed_in_the_admin_obeys_the_ranks(admin, owner, viewer):
    client = cast.client_of(admin)
    url = at(Membership, "change", viewer.pk)
    client.post(url, form_of(client, url, role="partner"))
    assert Membership.objects.get(pk=viewer.pk).role == "partner"
    client.post(url, form_of(client, url, role="owner"))
    assert Membership.objects.get(pk=viewer.pk).role == "partner"


def test_the_log_cannot_be_edited_or_deleted(owner):
    cast.make_investor()
    event = AuditEvent.objects.newest_first().first()
    client = cast.client_of(owner)
    assert client.get(at(AuditEvent, "change", event.pk)).status_code == 200
    assert client.post(at(AuditEvent, "change", event.pk), {"action": "x"}).status_code == 403
    assert client.get(at(AuditEvent, "delete", event.pk)).status_code == 403
    assert client.get(at(AuditEvent, "add")).status_code == 403


def test_the_admins_password_page_is_ours(admin):
    answer = cast.client_of(admin).get("/admin/password_change/")
    assert (answer.status_code, answer["Location"]) == (302, "/settings/password/")
