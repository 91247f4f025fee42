"""Deleting hides together, restoring brings back together, purging leaves nothing."""

from __future__ import annotations

import pytest
from django.apps import apps

from crm_site.accounts.permissions import NotAllowed
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.communications.models import Communication, Reminder
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core.errors import Conflict, NotFound
from crm_site.core.models import Kept
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, Opportunity
from crm_site.relations import hanging
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion
from crm_site.tests import cast


def living(*models: type[Kept]) -> list[int]:
    return [model.objects.count() for model in models]


NOUNS = (Investor, Opportunity, Communication, Reminder, Affiliation)


def test_an_investor_goes_and_comes_back_with_what_hangs_on_it(house) -> None:
    rows = cast.make_rows(house)
    before = living(*NOUNS)
    deletion = relations.delete_record(actor=cast.system(), row=rows.investor)
    assert living(*NOUNS) == [0, 0, 0, 0, 0]
    assert deletion.counts == {
        "opportunities": 1, "affiliations": 1, "communications": 1, "reminders": 1, "facts": 1,
    }  # fmt: skip
    assert Contact.objects.filter(pk=rows.contact.pk).exists()
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert living(*NOUNS) == before
    assert Investor.objects.get(pk=rows.investor.pk).last_activity_on == rows.communication.occurred_on


def test_what_was_deleted_before_stays_deleted(house) -> None:
    rows = cast.make_rows(house)
    relations.delete_record(actor=cast.system(), row=rows.reminder)
    deletion = relations.delete_record(actor=cast.system(), row=rows.investor)
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert not Reminder.objects.filter(pk=rows.reminder.pk).exists()


def test_deleting_a_reminder_takes_the_next_step_along(house) -> None:
    rows = cast.make_rows(house)
    assert Investor.objects.get(pk=rows.investor.pk).next_step_on == rows.reminder.due_on
    deletion = relations.delete_record(actor=cast.system(), row=rows.reminder)
    assert Investor.objects.get(pk=rows.investor.pk).next_step_on is None
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert Investor.objects.get(pk=rows.investor.pk).next_step_on == rows.reminder.due_on


def test_a_child_of_a_deleted_parent_waits_for_it(house) -> None:
    rows = cast.make_rows(house)
    child = relations.delete_record(actor=cast.system(), row=rows.communication)
    relations.delete_record(actor=cast.system(), row=rows.investor)
    with pytest.raises(relations.ParentDeleted):
        relations.restore_deletion(actor=cast.system(), deletion=child)


def test_restoring_into_a_clash_is_a_named_error(house) -> None:
    rows = cast.make_rows(house)
    deletion = relations.delete_record(actor=cast.system(), row=rows.opportunity)
    investors.create_opportunity(actor=cast.system(), investor=rows.investor, fund=rows.fund)
    with pytest.raises(relations.RestoreClash):
        relations.restore_deletion(actor=cast.system(), deletion=deletion)
    assert Deletion.objects.in_trash().filter(pk=deletion.pk).exists()
    assert Opportunity.objects.count() == 1


def test_deleting_twice_and_restoring_twice_are_refused(house) -> None:
    investor = cast.make_investor()
    deletion = relations.delete_record(actor=cast.system(), row=investor)
    with pytest.raises(NotFound):
        relations.delete_record(actor=cast.system(), row=investor)
    relations.restore_deletion(actor=cast.system(), deletion=deletion)
    with pytest.raises(relations.NotInTrash):
        relations.restore_deletion(actor=cast.system(), deletion=deletion)


def test_a_stage_in_use_stays(house) -> None:
    rows = cast.make_rows(house)
    with pytest.raises(investors.StageInUse):
        relations.delete_record(actor=cast.system(), row=rows.stage)
    relations.delete_record(actor=cast.system(), row=cast.stage("passed"))


def test_a_stale_delete_is_refused(house) -> None:
    investor = cast.make_investor()
    with pytest.raises(Conflict):
        relations.delete_record(actor=cast.system(), row=investor, version=99)


def test_viewers_do_not_delete_and_only_owners_purge(house, viewer, partner, owner) -> None:
    investor = cast.make_investor()
    with pytest.raises(NotAllowed):
        relations.delete_record(actor=cast.actor_of(viewer), row=investor)
    deletion = relations.delete_record(actor=cast.actor_of(partner), row=investor)
    with pytest.raises(NotAllowed):
        relations.purge(actor=cast.actor_of(partner), deletion=deletion)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)


def test_another_organizations_row_is_not_found(house, owner, foreign: cast.Rows) -> None:
    with pytest.raises(NotFound):
        relations.delete_record(actor=cast.actor_of(owner), row=foreign.investor)


def test_a_purge_leaves_nothing_but_its_entry(house, owner) -> None:
    rows = cast.make_rows(house)
    cast.make_communication(rows.investor, contacts=[rows.contact])
    investors.add_alias(actor=cast.system(), investor=rows.investor, name="Other Name")
    investors.set_tags(actor=cast.system(), investor=rows.investor, tags=["warm"])
    earlier = relations.delete_record(actor=cast.system(), row=rows.fact)
    deletion = relations.delete_record(actor=cast.system(), row=rows.investor)
    relations.purge(actor=cast.actor_of(owner), deletion=deletion)
    for model in apps.get_models():
        if hasattr(model, "unscoped") and any(field.name == "investor" for field in model._meta.fields):
            pointing = model.unscoped.filter(organization=house, investor_id=rows.investor.pk)
            assert not pointing.exists(), model
    assert not Investor.unscoped.filter(pk=rows.investor.pk).exists()
    with pytest.raises(relations.NotInTrash):
        relations.restore_deletion(actor=cast.system(), deletion=earlier)
    entry = AuditEvent.objects.filter(action="investor.purged").get()
    assert entry.user_id == owner.user_id
    (created,) = reading.lines(
        AuditEvent.objects.filter(action="investor.created", subject_id=rows.investor.pk)
    )
    assert (reading.ERASED,) * 3 in created.changes
    assert list(reading.verify(house.pk)) == []


def test_every_kept_table_can_be_purged_in_some_order() -> None:
    # A circle of HANGS_ON would make purging impossible; each name must be a real foreign key.
    for parent, below in hanging.children().items():
        for child, name in below:
            assert child._meta.get_field(name).related_model is parent
