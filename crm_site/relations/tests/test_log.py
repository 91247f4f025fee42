"""The canonical write: all of an entry or nothing, and no filled field overwritten in silence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_site.accounts.permissions import NotAllowed
from crm_site.audit.models import AuditEvent
from crm_site.communications import services as communications
from crm_site.communications.entry import Entry, FactEntry, PersonEntry, ReminderEntry
from crm_site.communications.models import Communication, Reminder
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Contact
from crm_site.core import clock
from crm_site.core.errors import Invalid, NotFound, StaleEdit
from crm_site.investors import choosing
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, Opportunity
from crm_site.relations import services as relations
from crm_site.tests import cast

DANA = PersonEntry("Dana Whitfield", "dana@blueheron.com", "+1 512 555 0188", "COO")


def log(**values):
    return relations.log_by_name(
        actor=cast.system(), entry=Entry(**({"body": "Spoke about terms."} | values))
    )


def test_a_new_name_makes_everything(house, partner) -> None:
    fund = cast.make_fund("Fund II")
    result = relations.log_by_name(
        actor=cast.actor_of(partner),
        entry=Entry(
            investor_name="Blue Heron Capital",
            people=(DANA,),
            kind="meeting",
            body="Met Dana.",
            fund=fund,
            expected=Decimal("2500000"),
            stage=cast.stage("meeting"),
            reminder=ReminderEntry("Send the deck"),
            facts=(FactEntry("Likes Texas", "region", 0.8, person=0),),
        ),
    )
    assert {label for label, _ in result.created} == {
        "investor", "contact", "opportunity", "communication", "reminder", "fact",
    }  # fmt: skip
    assert result.left_alone == []
    opportunity = Opportunity.objects.get()
    assert (opportunity.expected, opportunity.stage.key) == (Decimal("2500000.00"), "meeting")
    assert result.facts[0].contact == result.contacts[0]
    investor = Investor.objects.get()
    assert investor.last_activity_on == clock.today()
    assert investor.next_step_on == Reminder.objects.get().due_on
    assert (investor.stage, investor.expected_total) == (cast.stage("meeting"), Decimal("2500000.00"))


def test_the_same_firm_and_person_are_found_again(house) -> None:
    log(investor_name="Blue Heron Capital", people=(DANA,))
    result = log(investor_name="The Blue Heron Capital, LLC", people=(PersonEntry("Dana"),))
    assert {label for label, _ in result.created} == {"communication"}
    assert (Investor.objects.count(), Contact.objects.count()) == (1, 1)


def test_a_filled_field_is_kept_and_returned(house) -> None:
    log(investor_name="Blue Heron Capital", people=(DANA,))
    result = log(investor_name="Blue Heron Capital", people=(PersonEntry("Dana Whitfield", title="CFO"),))
    (kept,) = result.left_alone
    assert (kept.field, kept.kept, kept.offered) == ("title", "COO", "CFO")
    assert Contact.objects.get().affiliations.get().title == "COO"


def test_a_further_address_stands_beside_the_old_one(house) -> None:
    log(investor_name="Blue Heron Capital", people=(DANA,))
    log(investor_name="Blue Heron Capital", people=(PersonEntry("Dana Whitfield", "dw@home.example"),))
    emails = list(Contact.objects.get().emails.order_by("id").values_list("email", "is_primary"))
    assert emails == [("dana@blueheron.com", True), ("dw@home.example", False)]


def test_close_names_ask_instead_of_guessing(house) -> None:
    cast.make_investor("Cedar Row Partners")
    cast.make_investor("Cedar Row Capital")
    with pytest.raises(relations.AmbiguousInvestor) as asked:
        log(investor_name="Cedar Row Partnrs")
    assert len(asked.value.fields["candidates"]) == 2
    assert not Communication.objects.exists()
    relations.log_by_name(
        actor=cast.system(), entry=Entry(investor_name="Cedar Row Partnrs", body="x"), new_investor=True
    )
    assert Investor.objects.filter(name="Cedar Row Partnrs").exists()


def test_a_failure_in_the_middle_leaves_nothing(house) -> None:
    before = AuditEvent.objects.count()
    for name in ("Fund I", "Fund II"):
        cast.make_fund(name)
    entries = AuditEvent.objects.count()
    with pytest.raises(choosing.StageUnclear):
        log(investor_name="New Firm", people=(DANA,), stage=cast.stage("meeting"))
    assert not Investor.objects.exists() and not Contact.objects.exists()
    assert AuditEvent.objects.count() == entries > before


@pytest.mark.parametrize("text", ["", "   "])
def test_an_entry_without_investor_or_text_is_refused(house, text: str) -> None:
    with pytest.raises(Invalid):
        log(investor_name=text)
    with pytest.raises(Invalid):
        log(investor_name="Blue Heron", body=text)


def test_the_future_has_not_happened(house) -> None:
    with pytest.raises(Invalid):
        log(investor_name="Blue Heron", occurred_on=clock.working_days_after(clock.today(), 3))
    assert not Investor.objects.exists()


def test_a_stage_without_a_fund_means_the_single_open_opportunity(house) -> None:
    opportunity = cast.make_opportunity()
    log(investor=opportunity.investor, stage=cast.stage("diligence"))
    opportunity.refresh_from_db()
    assert opportunity.stage.key == "diligence"
    cast.make_opportunity(investor=opportunity.investor)
    with pytest.raises(choosing.StageUnclear) as unclear:
        log(investor=opportunity.investor, stage=cast.stage("passed"))
    assert len(unclear.value.fields["funds"]) == 2


def test_a_commitment_is_no_longer_hoped_for(house) -> None:
    opportunity = cast.make_opportunity(expected="2000000")
    log(investor=opportunity.investor, committed=Decimal("1500000"))
    opportunity.refresh_from_db()
    assert (opportunity.committed, opportunity.expected) == (Decimal("1500000.00"), Decimal("500000.00"))
    assert opportunity.committed_on == clock.today()


def test_rights_are_checked_for_every_part(house, associate, viewer) -> None:
    investor = cast.make_opportunity().investor
    with pytest.raises(NotAllowed):
        relations.log_by_name(actor=cast.actor_of(viewer), entry=Entry(investor=investor, body="x"))
    with pytest.raises(NotAllowed, match="move stages"):
        relations.log_by_name(
            actor=cast.actor_of(associate),
            entry=Entry(investor=investor, body="x", stage=cast.stage("passed")),
        )
    assert not Communication.objects.exists()


def test_rows_of_another_organization_are_not_found(house, partner, foreign: cast.Rows) -> None:
    actor = cast.actor_of(partner)
    mine = cast.make_investor()
    for entry in (
        Entry(investor=foreign.investor, body="x"),
        Entry(investor=mine, body="x", fund=foreign.fund, expected=Decimal(1)),
        Entry(investor=mine, body="x", stage=foreign.stage),
        Entry(investor=mine, body="x", people=(PersonEntry("Ada", contact=foreign.contact),)),
    ):
        with pytest.raises(NotFound):
            relations.log_by_name(actor=actor, entry=entry)


def test_every_step_of_an_entry_is_audited(house, partner) -> None:
    relations.log_by_name(
        actor=cast.actor_of(partner).via("matrix_intake"),
        entry=Entry(
            investor_name="Blue Heron", people=(DANA,), body="Met.", reminder=ReminderEntry("Send deck")
        ),
    )
    events = AuditEvent.objects.filter(user_id=partner.user_id)
    assert set(events.values_list("action", flat=True)) == {
        "investor.created", "contact.created", "email.created", "phone.created", "affiliation.created",
        "communication.logged", "reminder.created",
    }  # fmt: skip
    assert set(events.values_list("captured_via", flat=True)) == {"matrix_intake"}


def test_a_retired_investor_keeps_its_history(house) -> None:
    investor = cast.make_investor("Blue Heron")
    investors.retire_investor(actor=cast.system(), investor=investor, reason="no fit")
    log(investor_name="Blue Heron")
    assert Investor.objects.get(pk=investor.pk).graveyard_at is not None


def test_changing_only_who_took_part_is_a_new_version(house) -> None:
    rows = cast.make_rows(house)
    seen = rows.communication.version
    communications.edit_communication(
        actor=cast.system(),
        communication=rows.communication,
        values={"contacts": [rows.contact]},
        version=seen,
    )
    assert Communication.objects.get(pk=rows.communication.pk).version == seen + 1
    with pytest.raises(StaleEdit):
        communications.edit_communication(
            actor=cast.system(), communication=rows.communication, values={"contacts": []}, version=seen
        )


def test_a_person_has_one_main_place(house) -> None:
    contact = cast.make_contact()
    first, second = (
        contacts.affiliate(actor=cast.system(), contact=contact, investor=cast.make_investor())
        for _ in range(2)
    )
    contacts.edit_affiliation(actor=cast.system(), affiliation=second, values={"is_primary": True})
    first.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)
