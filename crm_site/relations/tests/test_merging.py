"""Two records made one, and one made two again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ManyToOneRel

from crm_site.accounts.models import Membership
from crm_site.accounts.permissions import NotAllowed
from crm_site.audit.models import AuditEvent
from crm_site.communications.models import Communication, Reminder
from crm_site.contacts.models import Affiliation, Contact, ContactEmail
from crm_site.core.errors import CrmError, Invalid, NotFound
from crm_site.core.living import Merged
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, InvestorAlias, InvestorTag, Opportunity
from crm_site.relations import matching
from crm_site.relations import services as relations
from crm_site.relations.merging import pointers
from crm_site.relations.models import Merge
from crm_site.relations.tests import snapshot
from crm_site.tests import cast


@pytest.fixture
def two(partner: Membership) -> tuple[Investor, Investor]:
    return cast.make_investor("Blue Heron Capital"), cast.make_investor("Blue Heron Holdings")


def merge(who: Membership, pair: tuple[Any, Any], **more: Any) -> Merge:
    return relations.merge(actor=cast.actor_of(who), survivor=pair[0], absorbed=pair[1], **more)


def unmerge(who: Membership, done: Merge) -> Merge:
    return relations.unmerge(actor=cast.actor_of(who), merge=done)


def dress(investor: Investor, *, fund: Any, contact: Contact) -> None:
    """Hang one of everything on an investor."""
    deal = cast.make_opportunity(investor=investor, fund=fund, expected="250000")
    cast.make_communication(investor, opportunity=deal, contacts=[contact])
    cast.make_reminder(investor, opportunity=deal)
    cast.make_reminder(investor)
    cast.make_fact(investor)
    investors.set_tags(actor=cast.system(), investor=investor, tags=["Texas", investor.name])
    investors.add_alias(actor=cast.system(), investor=investor, name=f"{investor.name} Annex")


@pytest.fixture
def dressed(two: tuple[Investor, Investor]) -> tuple[Investor, Investor]:
    fund = cast.make_fund("Fund II")
    person = cast.make_contact("Dana Whitfield", investor=two[0], email="dana@blueheron.example")
    for investor in two:
        dress(investor, fund=fund, contact=person)
    cast.make_contact("Tom Brook", investor=two[1], title="COO")
    cast.make_opportunity(investor=two[1], fund=cast.make_fund("Fund III"))
    return two


def test_everything_that_hangs_on_the_one_goes_to_the_other(
    dressed: tuple[Investor, Investor], partner: Membership
) -> None:
    survivor, absorbed = dressed
    merge(partner, dressed)
    assert Communication.objects.filter(investor=survivor).count() == 2
    assert Reminder.objects.filter(investor=survivor).count() == 4
    assert {deal.fund.name for deal in Opportunity.objects.filter(investor=survivor)} == {
        "Fund II",
        "Fund III",
    }
    assert Affiliation.objects.filter(investor=survivor).count() == 2
    for pointer in pointers.to(Investor):
        live = [row for row in pointer.rows().filter(**{pointer.column: absorbed.pk}) if not row.deleted_at]
        assert live == [], pointer.label


def test_the_absorbed_one_is_hidden_and_its_name_finds_the_survivor(
    two: tuple[Investor, Investor], partner: Membership
) -> None:
    survivor, absorbed = two
    merge(partner, two)
    assert not Investor.objects.filter(pk=absorbed.pk).exists()
    assert Investor.all_objects.get(pk=absorbed.pk).merged_into == survivor
    found = matching.match(investor="Blue Heron Holdings")
    assert found.certain and found.best is not None and found.best.investor == survivor


def test_two_deals_in_one_fund_become_one_with_the_larger_amounts(
    two: tuple[Investor, Investor], partner: Membership
) -> None:
    fund = cast.make_fund("Fund II")
    ours = cast.make_opportunity(investor=two[0], fund=fund, expected="100000", committed="500000")
    theirs = cast.make_opportunity(investor=two[1], fund=fund, expected="250000", close_on=date(2027, 1, 31))
    reminder = cast.make_reminder(two[1], opportunity=theirs)
    merge(partner, two)
    deal = Opportunity.objects.get(investor=two[0], fund=fund)
    assert deal.pk == ours.pk
    assert (deal.expected, deal.committed) == (Decimal("250000"), Decimal("500000"))
    assert deal.close_on == date(2027, 1, 31)
    assert Reminder.objects.get(pk=reminder.pk).opportunity_id == ours.pk


def test_totals_and_dates_of_the_survivor_are_counted_anew(
    dressed: tuple[Investor, Investor], partner: Membership
) -> None:
    merge(partner, dressed)
    survivor = Investor.objects.get(pk=dressed[0].pk)
    assert survivor.expected_total == Decimal("250000")
    assert survivor.last_activity_on is not None and survivor.next_step_on is not None


def test_the_survivor_keeps_its_fields_and_takes_what_it_lacks(partner: Membership) -> None:
    pair = (
        cast.make_investor("Cedar Row", location="", notes="Ours."),
        cast.make_investor("Cedar Row LLC", location="Austin", notes="Theirs.", lead_source="Dinner"),
    )
    merge(partner, pair)
    survivor = Investor.objects.get(pk=pair[0].pk)
    assert (survivor.name, survivor.location, survivor.lead_source) == ("Cedar Row", "Austin", "Dinner")
    assert survivor.notes == "Ours.\n\nTheirs."


def test_a_person_chooses_field_by_field(two: tuple[Investor, Investor], partner: Membership) -> None:
    merge(partner, two, chosen={"name": "Blue Heron Holdings"})
    assert Investor.objects.get(pk=two[0].pk).name == "Blue Heron Holdings"
    with pytest.raises(Invalid):
        merge(partner, (cast.make_investor(), cast.make_investor()), chosen={"committed_total": 5})


def test_undoing_brings_back_every_row_as_it_was(
    dressed: tuple[Investor, Investor], partner: Membership
) -> None:
    before = snapshot.everything()
    done = merge(partner, dressed)
    assert snapshot.everything() != before
    undone = unmerge(partner, done)
    assert undone.conflicts == []
    assert snapshot.difference(before, snapshot.everything()) == {}


def test_people_merge_with_their_addresses_and_what_they_took_part_in(partner: Membership) -> None:
    firm = cast.make_investor()
    one = cast.make_contact("Céd Roux", investor=firm, email="ced@roux.example")
    two = cast.make_contact(
        "Cedric Roux", investor=firm, email="cedric@roux.example", phone="+33 1 23 45 67 89"
    )
    together = cast.make_communication(firm, contacts=[one, two])
    alone = cast.make_communication(firm, contacts=[two])
    before = snapshot.everything()
    done = merge(partner, (one, two))
    assert list(together.contacts.all()) == [one] and list(alone.contacts.all()) == [one]
    assert ContactEmail.objects.filter(contact=one).count() == 2
    assert ContactEmail.objects.filter(contact=one, is_primary=True).count() == 1
    assert Affiliation.objects.filter(contact=one).count() == 1
    assert unmerge(partner, done).conflicts == []
    assert snapshot.everything() == before


def test_a_person_has_one_main_place_whatever_is_merged(partner: Membership) -> None:
    alder, birch = cast.make_investor(), cast.make_investor()
    one, two, three = (
        cast.make_contact(investor=alder),
        cast.make_contact(investor=birch),
        cast.make_contact(investor=birch),
    )
    merge(partner, (one, two))
    merge(partner, (one, three))
    main = Affiliation.objects.filter(contact=one, is_primary=True)
    assert [place.investor_id for place in main] == [alder.pk]


def test_what_was_changed_since_stays_and_is_said(
    dressed: tuple[Investor, Investor], partner: Membership
) -> None:
    survivor, absorbed = dressed
    third = cast.make_investor("Third Party")
    moved = Communication.objects.filter(investor=absorbed).first()
    assert moved is not None
    done = merge(partner, dressed, chosen={"location": "Austin"})
    survivor.refresh_from_db()
    investors.edit_investor(actor=cast.system(), investor=survivor, values={"location": "Dallas"})
    Communication.objects.filter(pk=moved.pk).update(investor=third)
    new = cast.make_communication(survivor)
    undone = unmerge(partner, done)
    assert len(undone.conflicts) == 2
    assert Communication.objects.get(pk=moved.pk).investor == third
    assert Communication.objects.get(pk=new.pk).investor == survivor
    assert Investor.objects.get(pk=survivor.pk).location == "Dallas"
    assert Investor.objects.filter(pk=absorbed.pk).exists()


def test_a_pair_taken_apart_is_never_merged_again(
    two: tuple[Investor, Investor], partner: Membership
) -> None:
    unmerge(partner, merge(partner, two))
    for pair in (two, two[::-1]):
        with pytest.raises(relations.KeptApart):
            merge(partner, pair)


def test_a_veto_also_holds_between_what_the_two_absorbed(partner: Membership) -> None:
    one, two, three = (cast.make_investor() for _ in range(3))
    relations.keep_apart(actor=cast.actor_of(partner), first=one, second=two)
    merge(partner, (three, two))
    with pytest.raises(relations.KeptApart):
        merge(partner, (one, three))


def test_merging_again_returns_the_first_merge(two: tuple[Investor, Investor], partner: Membership) -> None:
    done = merge(partner, two)
    assert merge(partner, two) == done
    assert Merge.objects.count() == 1


def test_an_absorbed_record_cannot_be_merged_once_more(
    two: tuple[Investor, Investor], partner: Membership
) -> None:
    merge(partner, two)
    with pytest.raises(Merged, match="was merged into"):
        merge(partner, (cast.make_investor(), two[1]))


def test_merges_are_undone_from_the_latest_on(partner: Membership) -> None:
    one, two, three = (cast.make_investor() for _ in range(3))
    first = merge(partner, (one, two))
    second = merge(partner, (three, one))
    with pytest.raises(relations.LaterMergeFirst) as refused:
        unmerge(partner, first)
    assert refused.value.fields == {"merge": second.pk}
    unmerge(partner, second)
    unmerge(partner, first)
    assert Investor.objects.filter(pk__in=[one.pk, two.pk, three.pk]).count() == 3


def test_a_merge_is_undone_once(two: tuple[Investor, Investor], partner: Membership) -> None:
    done = merge(partner, two)
    unmerge(partner, done)
    with pytest.raises(relations.AlreadyUnmerged):
        unmerge(partner, done)


def test_the_survivor_must_be_out_of_the_trash(two: tuple[Investor, Investor], partner: Membership) -> None:
    done = merge(partner, two)
    relations.delete_record(actor=cast.actor_of(partner), row=two[0])
    with pytest.raises(relations.SurvivorDeleted):
        unmerge(partner, done)


def test_only_who_may_merge_merges(two: tuple[Investor, Investor], associate: Membership) -> None:
    with pytest.raises(NotAllowed):
        merge(associate, two)


def test_a_record_of_another_organization_does_not_exist_here(
    two: tuple[Investor, Investor], partner: Membership, foreign: cast.Rows
) -> None:
    for pair in ((two[0], foreign.investor), (foreign.investor, two[0])):
        with pytest.raises(NotFound):
            merge(partner, pair)


@pytest.mark.parametrize("pair", ["itself", "kinds", "notes"])
def test_what_cannot_be_merged_is_refused(pair: str, partner: Membership) -> None:
    investor = cast.make_investor()
    other = {"itself": investor, "kinds": cast.make_contact(), "notes": cast.make_communication()}[pair]
    first = other if pair == "notes" else investor
    with pytest.raises(CrmError):
        merge(partner, (first, other))


def test_both_histories_tell_of_the_merge(two: tuple[Investor, Investor], partner: Membership) -> None:
    merge(partner, two)
    told = AuditEvent.objects.filter(action="investor.merged").values_list("subject_id", flat=True)
    assert set(told) == {two[0].pk, two[1].pk}


@pytest.mark.parametrize("target", [Investor, Contact, Opportunity])
def test_each_pointer_moves_or_says_why_it_stays(target: Any) -> None:
    """A new table that points here is found by itself; one that cannot move must be on the list with its reason."""
    covered = {(one.model, one.column.removesuffix("_id")) for one in pointers.to(target)}
    for relation in target._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            known = (relation.related_model, relation.field.name)
            assert known in covered or pointers.STAYS.get(known), known


def test_links_that_both_had_stand_once_and_come_back(
    two: tuple[Investor, Investor], partner: Membership
) -> None:
    for investor in two:
        investors.set_tags(actor=cast.system(), investor=investor, tags=["Texas"])
    done = merge(partner, two)
    assert InvestorTag.objects.count() == 1
    unmerge(partner, done)
    assert {link.investor_id for link in InvestorTag.objects.all()} == {two[0].pk, two[1].pk}
    assert not InvestorAlias.objects.exists()
