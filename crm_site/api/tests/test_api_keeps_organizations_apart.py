"""Another organization's rows are not there: by any operation, any foreign key in a body, any filter, any nested address."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from crm_site.accounts.models import ApiKey
from crm_site.api.base import Creates
from crm_site.api.tests import operations
from crm_site.api.tests.operations import CANARY
from crm_site.api.urls import router
from crm_site.audit.models import AuditEvent
from crm_site.communications import serializers as communications
from crm_site.contacts.models import Affiliation, ContactEmail
from crm_site.core import scope
from crm_site.core.models import Scoped
from crm_site.core.serializers import RowField, RowsField
from crm_site.investors import services as investors
from crm_site.tests import cast

OPERATIONS = list(operations.walk())
WITH_ID = [one for one in OPERATIONS if "{id}" in one.path]
RESOURCES = [view for _, view, _ in router.registry if issubclass(view, Creates)]
SHAPES = [*(view.draft for view in RESOURCES), communications.LogGiven]
FOREIGN_FIELDS = [
    (shape, name, part)
    for shape in SHAPES
    for name, part in shape().fields.items()
    if isinstance(part, RowField | RowsField)
]


@pytest.fixture
def twin(foreign: cast.Rows) -> cast.Rows:
    """The other organization, each of its texts marked."""
    with scope.scope(foreign.organization):
        system = cast.system()
        investors.edit_investor(
            actor=system, investor=foreign.investor, values={"name": f"{CANARY} Capital", "notes": CANARY}
        )
        investors.edit_fund(actor=system, fund=foreign.fund, values={"name": f"{CANARY} Fund"})
        investors.add_alias(actor=system, investor=foreign.investor, name=f"{CANARY} Alias")
        investors.set_tags(actor=system, investor=foreign.investor, tags=[CANARY])
        cast.make_contact(f"{CANARY} Jones", investor=foreign.investor, email=f"{CANARY}@x.example")
        cast.make_communication(foreign.investor, body=f"Called about {CANARY}")
        cast.make_reminder(foreign.investor, text=f"Call {CANARY}")
        cast.make_fact(foreign.investor, text=f"Likes {CANARY}")
    return foreign


def trace() -> dict[str, list[Any]]:
    """All rows of all tables, as they stand; keys note their last use, which is no write of the caller's."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if issubclass(model, Scoped) and model is not ApiKey
    }


def test_another_organizations_row_is_not_found_and_not_touched(owner: Any, twin: cast.Rows) -> None:
    client = cast.api_of(owner)
    theirs = operations.ids_in(twin)
    before = trace()
    for operation in WITH_ID:
        ids = {"id": theirs[operation.noun], "row_id": 1}
        bodies = ({},) if operation.name.endswith("_restore") else ({}, {"version": 1})
        for body in bodies:
            answer = operations.call(client, operation, ids, body, HTTP_IF_MATCH='"1"')
            assert answer.status_code == 404, operation
            assert answer.json()["error"]["code"] == "not_found", operation
            assert CANARY not in answer.content.decode(), operation
    assert trace() == before


def test_no_list_shows_anything_of_another_organization(owner: Any, twin: cast.Rows) -> None:
    cast.make_rows(owner.organization)
    operations.ids_in(twin)
    client = cast.api_of(owner)
    for operation in OPERATIONS:
        if operation.method == "get" and "{" not in operation.path:
            answer = operations.call(client, operation, {})
            assert CANARY not in answer.content.decode(), operation


def test_the_walk_meets_every_resource() -> None:
    assert {one.noun for one in WITH_ID} == {prefix for prefix, _, _ in router.registry}


@pytest.mark.parametrize(
    ("shape", "name", "part"), FOREIGN_FIELDS, ids=lambda one: str(getattr(one, "__name__", one))
)
def test_a_foreign_id_in_a_body_is_refused_at_its_field(
    house: Any, twin: cast.Rows, shape: Any, name: str, part: Any
) -> None:
    if part.__class__.__name__ == "KeyField":
        return  # keys are looked up in the scope; two organizations share their words
    theirs = part.model.unscoped.filter(organization=twin.organization).order_by("-pk").first().pk
    body = shape(data={name: [theirs] if isinstance(part, RowsField) else theirs})
    assert not body.is_valid()
    assert "There is no such" in str(body.errors[name])
    assert CANARY not in str(body.errors)


def test_a_foreign_member_cannot_be_made_owner(owner: Any, stranger: Any) -> None:
    answer = cast.api_of(owner).post("/api/v1/investors/", {"name": "Ours", "assigned_to": stranger.user_id})
    assert answer.status_code == 400
    assert "assigned_to" in answer.json()["error"]["fields"]


def test_filters_by_foreign_ids_find_nothing(owner: Any, twin: cast.Rows) -> None:
    client = cast.api_of(owner)
    for query in (
        f"contacts/?investor={twin.investor.pk}",
        f"communications/?investor={twin.investor.pk}",
        f"communications/?contact={twin.contact.pk}",
        f"reminders/?investor={twin.investor.pk}",
        f"opportunities/?fund={twin.fund.pk}",
        f"facts/?investor={twin.investor.pk}",
        f"audit/?around=investors.investor:{twin.investor.pk}",
        f"investors/?tag={CANARY}",
        f"investors/?name={CANARY}",
        f"contacts/?email={CANARY}@x.example",
    ):
        answer = client.get(f"/api/v1/{query}")
        assert answer.status_code == 200, query
        assert answer.json()["results"] == [], query


def test_the_matcher_does_not_know_other_organizations(owner: Any, twin: cast.Rows) -> None:
    answer = cast.api_of(owner).get(
        f"/api/v1/intake/match/?investor={CANARY} Capital&email={CANARY}@x.example"
    )
    assert answer.json()["candidates"] == []


def test_nested_rows_of_another_record_are_not_found(owner: Any, twin: cast.Rows) -> None:
    mine = cast.make_contact(email="mine@example.com")
    with scope.scope(twin.organization):
        email = ContactEmail.objects.order_by("-pk").first()
        place = Affiliation.objects.order_by("-pk").first()
    client = cast.api_of(owner)
    base = f"/api/v1/contacts/{mine.pk}"
    assert client.delete(f"{base}/emails/{email.pk}/").status_code == 404
    assert client.post(f"{base}/emails/{email.pk}/primary/").status_code == 404
    assert client.patch(f"{base}/affiliations/{place.pk}/", {"title": "x", "version": 1}).status_code == 404


def test_nested_rows_of_another_contact_of_the_same_house_are_not_found(owner: Any) -> None:
    mine, other = cast.make_contact(email="mine@example.com"), cast.make_contact(email="other@example.com")
    theirs = other.emails.get()
    answer = cast.api_of(owner).delete(f"/api/v1/contacts/{mine.pk}/emails/{theirs.pk}/")
    assert answer.status_code == 404


def test_a_key_of_one_organization_writes_its_audit_there(owner: Any, twin: cast.Rows) -> None:
    cast.api_of(owner).post("/api/v1/investors/", {"name": "Ours"})
    last = AuditEvent.objects.newest_first().first()
    assert (last.action, last.door, last.user_id) == ("investor.created", "api", owner.user_id)
