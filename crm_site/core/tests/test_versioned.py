"""No last writer wins: a stale edit is refused and shows both values."""

from __future__ import annotations

import pytest

from crm_site.core.errors import NotFound, StaleEdit
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.tests import cast


def test_stale_edit_is_refused_with_both_values(house) -> None:
    seen = cast.make_investor("Blue Heron", location="Austin")
    other = Investor.objects.get(pk=seen.pk)
    investors.edit_investor(
        actor=cast.system(), investor=other, values={"location": "Dallas"}, version=other.version
    )
    with pytest.raises(StaleEdit) as refused:
        investors.edit_investor(
            actor=cast.system(), investor=seen, values={"location": "Houston"}, version=seen.version
        )
    assert refused.value.fields == {"location": {"yours": "Houston", "theirs": "Dallas"}}
    assert Investor.objects.get(pk=seen.pk).location == "Dallas"


def test_stale_edit_to_the_old_value_is_refused_too(house) -> None:
    # The loaded row is current but the person saw an older version: "nothing changed" must not hide that.
    first = cast.make_investor(location="Austin").version
    row = Investor.objects.by_name().get()
    investors.edit_investor(actor=cast.system(), investor=row, values={"location": "Dallas"}, version=first)
    row.refresh_from_db()
    with pytest.raises(StaleEdit):
        investors.edit_investor(
            actor=cast.system(), investor=row, values={"location": "Dallas "}, version=first
        )


def test_edit_without_a_change_writes_nothing(house) -> None:
    row = cast.make_investor(location="Austin")
    assert investors.edit_investor(actor=cast.system(), investor=row, values={"location": "Austin"}) == {}
    assert Investor.objects.get(pk=row.pk).version == 1


def test_editing_a_deleted_row_says_so(house) -> None:
    row = cast.make_investor()
    stale = Investor.objects.get(pk=row.pk)
    relations.delete_record(actor=cast.system(), row=row)
    with pytest.raises(NotFound):
        investors.edit_investor(
            actor=cast.system(), investor=stale, values={"location": "X"}, version=stale.version
        )
