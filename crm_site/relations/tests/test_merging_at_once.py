"""Merges at the same moment as each other, and as what others do to the same records."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from crm_site.accounts.models import Organization
from crm_site.communications import services as communications
from crm_site.communications.models import Communication
from crm_site.contacts import services as contacts
from crm_site.contacts.models import ContactEmail
from crm_site.core import unit
from crm_site.core.errors import CrmError
from crm_site.core.living import Merged
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion, DistinctPair, Merge
from crm_site.tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
WAIT_S = 30


def at_once(house: Organization, *acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised. Anything but an error of ours fails the test: a deadlock, a broken constraint."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            with scope(house):
                gate.wait(WAIT_S)
                return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        futures = [threads.submit(run, act) for act in acts]
        answers = [future.exception(WAIT_S) or future.result() for future in futures]
    broken = [one for one in answers if isinstance(one, BaseException) and not isinstance(one, CrmError)]
    assert broken == []
    return answers


def merging(survivor: Any, absorbed: Any) -> Callable[[], Merge]:
    return lambda: relations.merge(actor=cast.system(), survivor=survivor, absorbed=absorbed)


def assert_nothing_hangs_on_the_hidden() -> None:
    hidden = Investor.all_objects.exclude(deleted_at=None).order_by().values("pk")
    assert not Communication.objects.filter(investor_id__in=hidden).exists()


def test_merges_of_overlapping_sets_end_in_one_tree(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b, c, d = (cast.make_investor() for _ in range(4))
        talks = [cast.make_communication(investor).pk for investor in (a, b, c, d)]
        pairs = ((a, b), (c, b), (b, c), (c, d), (d, a), (b, a))
        at_once(house, *(merging(*pair) for pair in pairs))
        standing = Merge.objects.standing().filter(survivor_id__in=[a.pk, b.pk, c.pk, d.pk])
        absorbed = [merge.absorbed_id for merge in standing]
        assert len(absorbed) == len(set(absorbed)) >= 2
        left = Investor.objects.filter(pk__in=[a.pk, b.pk, c.pk, d.pk])
        assert left.count() == 4 - len(absorbed) >= 1
        assert Communication.objects.filter(pk__in=talks).count() == 4
        assert_nothing_hangs_on_the_hidden()


def test_the_same_merge_at_once_is_one(house: Organization) -> None:
    a, b = cast.make_investor(), cast.make_investor()
    answers = at_once(house, *[merging(a, b)] * 4)
    assert {answer.pk for answer in answers} == {Merge.objects.get().pk}


def test_a_note_written_during_the_merge_is_at_the_survivor_or_refused(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_investor(), cast.make_investor()
        _, note = at_once(
            house,
            merging(a, b),
            lambda b=b: communications.add_communication(actor=cast.system(), investor=b, body="Called."),
        )
        if isinstance(note, Communication):
            assert Communication.objects.get(pk=note.pk).investor_id == a.pk
        else:
            assert isinstance(note, Merged) and note.fields == {"merged_into": a.pk}
        assert_nothing_hangs_on_the_hidden()


def test_an_address_added_during_the_merge_is_at_the_survivor_or_refused(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_contact(), cast.make_contact()
        _, row = at_once(
            house,
            merging(a, b),
            lambda b=b: contacts.add_email(actor=cast.system(), contact=b, email="b@firm.example"),
        )
        if isinstance(row, ContactEmail):
            assert ContactEmail.objects.get(pk=row.pk).contact_id == a.pk
        else:
            assert isinstance(row, Merged)


def test_an_edit_of_the_other_goes_in_or_is_refused(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_investor(), cast.make_investor()
        _, edit = at_once(
            house,
            merging(a, b),
            lambda b=b: investors.edit_investor(actor=cast.system(), investor=b, values={"location": "Oslo"}),
        )
        absorbed = Investor.all_objects.get(pk=b.pk)
        if isinstance(edit, CrmError):
            assert isinstance(edit, Merged) and absorbed.location == ""
        else:
            assert absorbed.location == Investor.objects.get(pk=a.pk).location == "Oslo"


def test_an_edit_of_what_hangs_on_it_does_not_wait_in_a_ring(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_investor(), cast.make_investor()
        talk = cast.make_communication(b)
        at_once(
            house,
            merging(a, b),
            lambda talk=talk: communications.edit_communication(
                actor=cast.system(), communication=talk, values={"body": "Changed."}
            ),
        )
        now = Communication.objects.get(pk=talk.pk)
        assert now.investor_id == a.pk


def test_deleted_or_merged_but_not_both(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_investor(), cast.make_investor()
        talk = cast.make_communication(b)
        merge, deletion = at_once(
            house, merging(a, b), lambda b=b: relations.delete_record(actor=cast.system(), row=b)
        )
        assert isinstance(merge, Merge) is not isinstance(deletion, Deletion)
        if isinstance(merge, Merge):
            assert isinstance(deletion, Merged)
            assert Communication.objects.get(pk=talk.pk).investor_id == a.pk
        else:
            relations.restore_deletion(actor=cast.system(), deletion=deletion)
            assert Communication.objects.get(pk=talk.pk).investor_id == b.pk


def test_merged_or_kept_apart_but_not_both(house: Organization) -> None:
    for _ in range(ROUNDS):
        a, b = cast.make_investor(), cast.make_investor()
        merge, pair = at_once(
            house,
            merging(a, b),
            lambda a=a, b=b: relations.keep_apart(actor=cast.system(), first=b, second=a),
        )
        assert isinstance(merge, Merge) is not isinstance(pair, DistinctPair)


def test_taken_back_once(house: Organization) -> None:
    a, b = cast.make_investor(), cast.make_investor()
    done = merging(a, b)()
    answers = at_once(house, *[lambda: relations.unmerge(actor=cast.system(), merge=done)] * 4)
    assert sum(isinstance(answer, Merge) for answer in answers) == 1
    assert Investor.objects.count() == 2


@pytest.mark.postgres
def test_a_merge_waits_for_a_note_that_is_being_written(house: Organization) -> None:
    """By steps instead of by chance: the note is in its transaction when the merge begins, so the merge must take it along."""
    a, b = cast.make_investor(), cast.make_investor()
    merged: list[Merge] = []

    def merge() -> None:
        try:
            with scope(house):
                merged.append(merging(a, b)())
        finally:
            connections.close_all()

    thread = threading.Thread(target=merge)
    with unit.atomic():
        note = communications.add_communication(actor=cast.system(), investor=b, body="Called.")
        thread.start()
        thread.join(0.5)
        assert merged == []
    thread.join(WAIT_S)
    assert merged and Communication.objects.get(pk=note.pk).investor_id == a.pk
