"""Whatever a record's text and filters are read from: a change of it makes that record dirty, without any service's help."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication, CommunicationContact, Fact
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core.models import Scoped
from crm_site.investors.models import Fund, Investor, InvestorAlias, InvestorTag, Opportunity, Stage, Tag
from crm_site.tests import cast
from search import loading
from search.documents import Document, Kind
from search.models import Dirty, Target, TargetState
from search.tests.chaos import writing

KEPT: tuple[type[Scoped], ...] = (
    *(Investor, InvestorAlias, Tag, Contact, ContactEmail, ContactPhone, Affiliation, Communication, Fact),
    *(Opportunity, Fund, Stage),
)
LINKS: tuple[type[Scoped], ...] = (InvestorTag, CommunicationContact)
#: Another value of each kind of column; the first kind that fits.
OTHERWISE: dict[type[models.Field[Any, Any]], list[Any]] = {
    models.BooleanField: [True, False],
    models.DateTimeField: [timezone.now() - timedelta(days=9)],
    models.DateField: [date(2020, 2, 2)],
    models.DecimalField: [Decimal(1)],
    models.IntegerField: [77],
    models.TextField: ["otherwise"],
}


@pytest.fixture
def rows(owner: Membership) -> None:
    """Two of everything, each hanging on the other, and a target that wants to know."""
    actor = cast.actor_of(owner)
    writing.populate(actor, records=2)
    for number, investor in enumerate(Investor.objects.order_by("pk")):
        writing.investors.add_alias(actor=actor, investor=investor, name=f"Kestrel {number}")
        writing.investors.set_tags(actor=actor, investor=investor, tags=[f"tag {number}"])
    for number, contact in enumerate(Contact.objects.order_by("pk")):
        writing.contacts.add_email(actor=actor, contact=contact, email=f"ada{number}@owl.example")
        writing.contacts.add_phone(actor=actor, contact=contact, phone=f"+1 202 555 010{number}")
    Target.objects.create(collection="watched", fingerprint="x", state=TargetState.LIVE)


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_a_changed_column_makes_dirty_what_is_read_from_it(model: type[Scoped], rows: None) -> None:
    row = Opportunity.objects.get().stage if model is Stage else model.objects.order_by("-pk").first()
    assert row is not None
    changed = 0
    for column in model._meta.concrete_fields:
        for value in _other_values(column):
            changed += len(_changes(model.unscoped.filter(pk=row.pk), {column.attname: value}))
    assert changed, "no column of it is read"


@pytest.mark.parametrize("model", LINKS, ids=lambda model: model.__name__)
def test_a_link_that_goes_or_comes_makes_dirty_what_it_links(model: type[Scoped], rows: None) -> None:
    before = _documents()
    Dirty.unscoped.all().delete()
    (link, *_) = model.objects.order_by("pk")
    gone = model.objects.filter(pk=link.pk)
    gone.delete()
    assert _differing(before, _documents()) <= _dirty()
    Dirty.unscoped.all().delete()
    between = _documents()
    model.objects.bulk_create([link])
    assert _differing(between, _documents()) == _differing(before, between) <= _dirty()


def _changes(chosen: models.QuerySet[Any], values: dict[str, Any]) -> set[str]:
    """Change a row behind everybody's back; the records that read otherwise now, each of which must be dirty."""
    before = _documents()
    Dirty.unscoped.all().delete()
    try:
        with transaction.atomic():
            chosen.update(**values)
    except IntegrityError:
        return set()  # the database refuses that value
    differing = _differing(before, _documents())
    assert differing <= _dirty(), (
        f"{values} of a {chosen.model.__name__} changes records that nobody looks at"
    )
    return differing


def _other_values(column: models.Field[Any, Any]) -> list[Any]:
    if column.primary_key or column.name == "organization":
        return []
    if column.choices:
        return [value for value, _ in column.flatchoices]
    if isinstance(column, models.ForeignKey):
        there = column.related_model._base_manager.order_by("pk")
        return list(there.values_list("pk", flat=True))
    if isinstance(column, models.CharField):
        return ["other"[: column.max_length]]  # a currency has three letters
    for kind, values in OTHERWISE.items():
        if isinstance(column, kind):
            # A moment that may be missing is there and missing again: hidden, and shown once more.
            return [*values, *([None] if column.null else [])]
    return []


def _documents() -> dict[str, Document]:
    keys = [key for kind in Kind for key in loading.all_keys(kind)]
    return loading.load(keys)


def _differing(before: dict[str, Document], after: dict[str, Document]) -> set[str]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _dirty() -> set[str]:
    return set(Dirty.objects.values_list("key", flat=True))
