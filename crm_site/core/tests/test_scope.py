"""The first wall: no query without an organization, and none beyond it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from crm_site.core import scope
from crm_site.core.models import HardDelete, Kept, Scoped
from crm_site.investors.models import Investor
from crm_site.tests import cast

# Tables of no organization, each with its reason (decisions.md 2).
GLOBAL = {
    "accounts.Organization",  # the tenant itself
    "accounts.User",  # one person may be in several
    "accounts.User_groups",  # Django's own, unused
    "accounts.User_user_permissions",  # Django's own, unused
    "matrix.MatrixState",  # the bot's account serves every organization
    "search.Target",  # one collection holds all organizations; each passage in it carries its own
    "work.Heartbeat",  # of processes, not of organizations
    "work.WorkItem",  # has the organization, but system work has none
}
OURS = {
    "accounts",
    "audit",
    "communications",
    "contacts",
    "entities",
    "home",
    "intake",
    "investors",
    "matrix",
    "nlquery",
    "relations",
    "work",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]


def scoped_models() -> list[type[Scoped]]:
    return [model for model in our_models() if issubclass(model, Scoped)]


def test_every_table_belongs_to_an_organization_or_is_on_the_list() -> None:
    strays = {model._meta.label for model in our_models() if not issubclass(model, Scoped)}
    assert strays <= GLOBAL


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_a_query_outside_a_scope_raises(model: type[Scoped]) -> None:
    with scope.no_scope(), pytest.raises(scope.OutsideScope):
        model.objects.all()
    if issubclass(model, Kept):
        with scope.no_scope(), pytest.raises(scope.OutsideScope):
            model.all_objects.all()


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_every_unique_constraint_contains_the_organization(model: type[Scoped]) -> None:
    # A unique constraint across organizations would tell one of them what another has.
    known_global = {
        ("accounts.ApiKey", "prefix"),  # random, looked up before the organization is known
        ("matrix.MatrixRoom", "room_id"),  # made by the homeserver; what finds the organization
    }
    for field in model._meta.fields:
        if field.unique and not field.primary_key and (model._meta.label, field.name) not in known_global:
            assert isinstance(field, models.OneToOneField) is False and field.name == "organization", (
                field.name
            )
    for constraint in model._meta.constraints:
        # Work of the house itself has no organization, and says so in the condition.
        houses_own = "organization__isnull" in str(getattr(constraint, "condition", ""))
        if isinstance(constraint, models.UniqueConstraint) and not houses_own:
            assert "organization" in constraint.fields, constraint.name


def test_rows_of_another_organization_are_not_seen(house, foreign: cast.Rows) -> None:
    cast.make_investor("Our Own")
    assert [investor.name for investor in Investor.objects.by_name()] == ["Our Own"]
    assert not Investor.objects.filter(pk=foreign.investor.pk).exists()
    assert not Investor.all_objects.filter(pk=foreign.investor.pk).exists()


def test_related_rows_are_scoped_too(house, foreign: cast.Rows) -> None:
    assert list(foreign.investor.opportunities.all()) == []


def test_scopes_nest_and_end(house) -> None:
    other = cast.make_organization("Other")
    with scope.scope(other):
        assert scope.current_id() == other.pk
    assert scope.current_id() == house.pk
    with scope.no_scope():
        scope.enter_for_request(other)
        assert scope.current_id() == other.pk
    assert scope.current_id() == house.pk


def test_deleting_by_model_or_queryset_is_refused(house) -> None:
    investor = cast.make_investor()
    with pytest.raises(HardDelete):
        investor.delete()
    with pytest.raises(TypeError):
        Investor.objects.all().delete()
    assert Investor.objects.filter(pk=investor.pk).exists()
