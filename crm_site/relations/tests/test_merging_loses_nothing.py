"""Whatever happens between merges and taking them back, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_site.core import unit
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.relations.models import Merge
from crm_site.relations.tests import snapshot
from crm_site.relations.tests.office import Office, Step
from crm_site.tests import cast

HANG = ("deal", "talk", "reminder", "fact", "place", "mail", "tag", "alias")
LIVE = (*HANG, "edit", "edit", "edit", "delete", "restore")
NUMBERS = st.integers(0, 5)


def steps(names: tuple[str, ...], most: int, fewest: int = 0) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.sampled_from(names), NUMBERS, NUMBERS), min_size=fewest, max_size=most)


MERGES = steps(("merge",), 4, 1)
few = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fresh_office() -> Any:
    """A scope of an organization of its own: examples must not see each other's rows."""
    return scope(cast.make_organization())


@few
@given(
    before=steps((*HANG, "edit"), 10, 4),
    merges=MERGES,
    between=steps((*LIVE, "merge", "unmerge"), 14, 4),
)
def test_after_all_is_taken_back_every_row_is_where_it_was_made(
    db: None, before: list[Step], merges: list[Step], between: list[Step]
) -> None:
    with fresh_office():
        office = Office()
        for step in (*before, *merges, *between):
            office.do(step)
        office.set_all_right()
        assert not Merge.objects.standing().exists()
        office.check()
        office.check_derived()


@few
@given(before=steps((*HANG, "edit", "delete"), 12, 4), merges=MERGES)
def test_taking_back_at_once_changes_nothing_at_all(db: None, before: list[Step], merges: list[Step]) -> None:
    with fresh_office():
        office = Office()
        for step in before:
            office.do(step)
        # Deleting an alias leaves its trigrams; a merge counts them anew.
        investors.refresh_names(actor=cast.system(), investor_ids=[firm.pk for firm in office.firms])
        rows = snapshot.everything()
        for step in merges:
            office.do(step)
        for merge in Merge.objects.standing():
            assert relations.unmerge(actor=cast.system(), merge=merge).conflicts == []
        assert snapshot.difference(rows, snapshot.everything()) == {}


class _Back(Exception):
    """Rolls a trial back."""


@few
@given(before=steps((*HANG, "edit"), 14, 4), people=st.booleans())
def test_in_which_order_three_are_merged_does_not_matter(db: None, before: list[Step], people: bool) -> None:
    seen = []
    with fresh_office():
        office = Office()
        for step in before:
            office.do(step)
        first, second, third = office.people if people else office.firms
        for order in (((first, second), (first, third)), ((second, third), (first, second))):
            with pytest.raises(_Back), unit.savepoint():
                for survivor, absorbed in order:
                    relations.merge(actor=cast.system(), survivor=survivor, absorbed=absorbed)
                seen.append(office.living())
                raise _Back
    assert seen[0] == seen[1]
