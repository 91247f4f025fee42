"""What deleting, restoring and purging mean for records that were merged."""

from __future__ import annotations

from typing import Any

import pytest

from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication
from crm_site.contacts.models import Affiliation, ContactEmail
from crm_site.core.errors import NotFound
from crm_site.core.living import Merged
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, InvestorTag, Opportunity, Tag
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion, Merge, MergeMove
from crm_site.tests import cast


def merge(survivor: Any, absorbed: Any, **more: Any) -> Merge:
    return relations.merge(actor=cast.system(), survivor=survivor, absorbed=absorbed, **more)


def unmerge(done: Merge) -> Merge:
    return relations.unmerge(actor=cast.system(), merge=done)


@pytest.fixture
def two(house: Any) -> tuple[Investor, Investor]:
    return cast.make_investor("Alder", notes="Ours."), cast.make_investor("Birch", notes="Theirs.")


def test_an_absorbed_record_is_not_in_the_trash_and_not_restored_from_it(two: Any) -> None:
    alder, birch = two
    merge(alder, birch)
    assert not Deletion.objects.in_trash().exists()
    with pytest.raises(Merged) as refused:
        relations.restore_record(actor=cast.system(), row=Investor.all_objects.get(pk=birch.pk))
    assert refused.value.fields == {"merged_into": alder.pk}
    assert not Investor.objects.filter(pk=birch.pk).exists()


def test_the_survivor_goes_to_the_trash_and_comes_back_with_both_halves(two: Any) -> None:
    alder, birch = two
    talks = [cast.make_communication(row).pk for row in two]
    done = merge(alder, birch)
    deletion = relations.delete_record(actor=cast.system(), row=alder)
    assert deletion.counts["communications"] == 2
    with pytest.raises(relations.SurvivorDeleted):
        unmerge(done)
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert Communication.objects.filter(pk__in=talks, investor=alder).count() == 2
    unmerge(done)
    assert Communication.objects.get(pk=talks[1]).investor_id == birch.pk


def test_what_was_in_the_trash_before_comes_back_at_the_survivor(two: Any) -> None:
    alder, birch = two
    talk = cast.make_communication(birch)
    deletion = relations.delete_record(actor=cast.system(), row=talk)
    done = merge(alder, birch)
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert Communication.objects.get(pk=talk.pk).investor_id == alder.pk
    unmerge(done)
    assert Communication.objects.get(pk=talk.pk).investor_id == birch.pk


def test_purging_the_survivor_purges_all_that_it_absorbed(two: Any, owner: Membership) -> None:
    alder, birch = two
    cedar = cast.make_investor("Cedar")
    fund = cast.make_fund()
    for row in (alder, birch, cedar):
        cast.make_opportunity(investor=row, fund=fund)
        cast.make_communication(row)
    merge(birch, cedar)
    merge(alder, birch)
    deletion = relations.delete_record(actor=cast.system(), row=alder)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    ids = [alder.pk, birch.pk, cedar.pk]
    assert not Investor.all_objects.filter(pk__in=ids).exists()
    assert not Opportunity.all_objects.filter(investor_id__in=ids).exists()
    assert not Communication.all_objects.exists()


def test_purging_leaves_no_words_in_the_notes_of_merges(two: Any, owner: Membership) -> None:
    alder, birch = two
    done = merge(alder, birch, features={"name": "Birch"})
    assert done.fields["notes"] == ["Ours.", "Ours.\n\nTheirs."]
    deletion = relations.delete_record(actor=cast.system(), row=alder)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    done.refresh_from_db()
    assert (done.fields, done.features, done.conflicts) == ({}, {}, [])
    assert not MergeMove.objects.filter(merge=done).exists()
    with pytest.raises(NotFound):
        unmerge(done)


def test_purging_one_of_two_that_were_taken_apart_leaves_the_other(two: Any, owner: Membership) -> None:
    alder, birch = two
    talk = cast.make_communication(alder)
    unmerge(merge(alder, birch))
    deletion = relations.delete_record(actor=cast.system(), row=birch)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    assert Communication.objects.get(pk=talk.pk).investor_id == alder.pk


def test_what_was_purged_meanwhile_is_said_and_the_rest_comes_back(two: Any, owner: Membership) -> None:
    alder, birch = two
    gone, stays = cast.make_communication(birch), cast.make_communication(birch)
    for row in two:
        investors.set_tags(actor=cast.system(), investor=row, tags=["warm"])
    done = merge(alder, birch)
    for row in (gone, Tag.objects.get()):
        current = type(row).objects.get(pk=row.pk)
        deletion = relations.delete_record(actor=cast.system(), row=current)
        relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    undone = unmerge(done)
    assert len(undone.conflicts) == 2 and all("purged" in line for line in undone.conflicts)
    assert Communication.objects.get(pk=stays.pk).investor_id == birch.pk
    assert not InvestorTag.objects.exists()


def test_merges_that_lean_on_each_other_are_taken_back_from_the_latest_on(house: Any) -> None:
    """A person at both firms, noted twice: the firms cannot part while one place of work stands for the other."""
    alder, birch = cast.make_investor(), cast.make_investor()
    ada, bo = cast.make_contact(investor=birch), cast.make_contact(investor=alder)
    firms = merge(alder, birch)
    people = merge(ada, bo)
    with pytest.raises(relations.LaterMergeFirst) as refused:
        unmerge(firms)
    assert refused.value.fields == {"merge": people.pk}
    unmerge(people)
    unmerge(firms)
    places = set(Affiliation.objects.values_list("contact_id", "investor_id"))
    assert places == {(ada.pk, birch.pk), (bo.pk, alder.pk)}


def test_an_alias_that_a_merge_made_goes_with_it_also_when_it_has_moved(two: Any) -> None:
    alder, birch = two
    cedar = cast.make_investor("Cedar")
    first = merge(alder, birch)
    second = merge(cedar, alder)
    assert unmerge(second).conflicts == [] == unmerge(first).conflicts
    assert not alder.aliases.exists() and not cedar.aliases.exists()


def test_an_owner_who_left_keeps_nothing_else_from_coming_back(
    two: Any, partner: Membership, owner: Membership
) -> None:
    alder, birch = two
    investors.edit_investor(
        actor=cast.system(), investor=alder, values={"assigned_to_id": partner.user_id, "location": "Oslo"}
    )
    chosen = {"assigned_to_id": owner.user_id, "location": "Bergen"}
    done = merge(alder, birch, chosen=chosen)
    Membership.objects.filter(pk=partner.pk).update(is_active=False)
    undone = unmerge(done)
    alder.refresh_from_db()
    assert alder.location == "Oslo" and alder.assigned_to_id == owner.user_id
    assert len(undone.conflicts) == 1


def test_two_addresses_of_one_person_stay_two_after_a_purge_of_one(house: Any, owner: Membership) -> None:
    ada, bo = cast.make_contact(email="a@x.example"), cast.make_contact(email="b@x.example")
    done = merge(ada, bo)
    row = ContactEmail.objects.get(email="a@x.example")
    deletion = relations.delete_record(actor=cast.system(), row=row)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    assert unmerge(done).conflicts == []
    assert ContactEmail.objects.get().contact_id == bo.pk
