"""The queue of pairs: best first, nothing that was decided or is gone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from crm_site.core import scope
from crm_site.core.models import Kept
from crm_site.relations import services as relations
from crm_site.tests import cast
from search.entities import queue
from search.entities.models import Pair

pytestmark = pytest.mark.django_db


def put(first: Kept, second: Kept, *, tier: str = "likely", score: float = 0.7, **values: object) -> Pair:
    left, right = sorted((first.pk, second.pk))
    return Pair.objects.create(
        organization_id=scope.current_id(),
        kind=first._meta.model_name,
        left_id=left,
        right_id=right,
        tier=tier,
        score=score,
        rule_version="t",
        found_at=timezone.now(),
        **values,
    )


def test_the_surest_come_first_and_vetoed_ones_only_when_asked_for(house) -> None:
    one, two, three, four = (cast.make_investor(f"Firm {word}") for word in ("Aa", "Bb", "Cc", "Dd"))
    weak, strong = put(one, two, score=0.6), put(one, three, score=0.8)
    certain = put(two, three, tier="certain", score=0.5)
    vetoed = put(one, four, tier="unlikely", score=1.0)
    assert list(queue.open_pairs("investor")) == [certain, strong, weak]
    assert list(queue.open_pairs("investor", unlikely=True)) == [certain, strong, weak, vetoed]
    assert list(queue.open_pairs("contact")) == []


def test_a_settled_pair_leaves_the_queue_once(house) -> None:
    pair = put(cast.make_investor("Aa"), cast.make_investor("Bb"))
    assert queue.settle(pair, "merged")
    assert pair.state == "merged" and pair.settled_at is not None
    assert not queue.settle(pair, "apart")
    assert pair.state == "merged"
    assert not queue.open_pairs("investor").exists()


def test_what_another_door_decided_is_not_asked_again(house) -> None:
    early, apart, also_apart, merged, survivor, deleted = (
        cast.make_contact(f"Person {word}") for word in ("Zz", "Aa", "Bb", "Cc", "Dd", "Ee")
    )
    put(early, apart)
    put(apart, also_apart)
    put(merged, apart)
    put(deleted, apart)
    kept = put(survivor, apart)
    actor = cast.system()
    relations.keep_apart(actor=actor, first=also_apart, second=apart)
    relations.merge(actor=actor, survivor=survivor, absorbed=merged)
    relations.delete_record(actor=actor, row=deleted)
    relations.delete_record(actor=actor, row=early)
    assert list(queue.open_pairs("contact")) == [kept]


def test_a_pair_stands_once_and_in_order(house) -> None:
    one, two = cast.make_investor("Aa"), cast.make_investor("Bb")
    put(one, two)
    with pytest.raises(IntegrityError):
        put(two, one)


def test_another_organization_sees_nothing(house, foreign) -> None:
    put(cast.make_investor("Aa"), cast.make_investor("Bb"))
    with scope.scope(foreign.organization):
        assert not queue.open_pairs("investor", unlikely=True).exists()
