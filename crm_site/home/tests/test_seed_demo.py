"""The demo is believable, the same for the same seed, and leaves every derived column and key as the services would."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.communications import services as communications
from crm_site.communications.models import Communication, CommunicationContact, Fact, Reminder
from crm_site.contacts import reaching
from crm_site.contacts.models import Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.core import naming, scope
from crm_site.home.demo import cast as casting
from crm_site.home.demo import setting
from crm_site.investors import names
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, InvestorGram, Opportunity, StageChange
from crm_site.relations import matching
from crm_site.tests import cast

TODAY = date(2026, 3, 11)
SIZE = 40


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Seven new members cost seven slow hashes, which nothing here is about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def seeded(name: str = "Northlight", **options: Any) -> Organization:
    organization = cast.make_organization(name)
    options = {"investors": SIZE, "today": TODAY, "org": organization.slug, "stdout": StringIO()} | options
    call_command("seed_demo", **options)
    return organization


@pytest.fixture
def demo(db: None) -> Any:
    organization = seeded()
    with scope.scope(organization):
        yield organization


def story() -> list[tuple[Any, ...]]:
    """What the demo says, without ids and without the moments at which rows were written."""
    talks = Communication.objects.order_by("occurred_on", "occurred_at", "body", "id")
    rows: list[tuple[Any, ...]] = list(
        talks.values_list("investor__name", "kind", "occurred_on", "subject", "body")
    )
    rows += Reminder.objects.order_by("due_on", "text", "id").values_list(
        "text", "due_on", "due_time", "state"
    )
    rows += Contact.objects.order_by("name", "id").values_list("name", "emails__email", "phones__number")
    moves = StageChange.objects.order_by("changed_at", "opportunity__investor__name", "id")
    rows += moves.values_list("opportunity__investor__name", "to_stage__key", "changed_at")
    columns = ("name", "notes", "lead_source", "stage__key", "committed_total", "graveyard_reason")
    rows += Investor.objects.order_by("name", "id").values_list(*columns)
    return rows


def test_the_same_seed_and_day_give_the_same_data(demo: Organization) -> None:
    first = story()
    with scope.scope(seeded("Another house")):
        assert story() == first
    with scope.scope(seeded("A third one", seed=2)):
        assert story() != first


def test_counts_are_exactly_those_asked_for(demo: Organization) -> None:
    assert Investor.objects.count() == SIZE
    assert Contact.objects.count() == round(SIZE * 2.25)
    assert Communication.objects.count() == SIZE * 15
    assert Fund.objects.count() == 3


def test_the_default_size_is_that_of_the_issue() -> None:
    here = setting.Setting(TODAY, ZoneInfo("UTC"), "USD", 1, 400, setting.funds(TODAY, "USD", 400))
    profiles = [profile for block in casting.Casting(here, set()).blocks() for profile in block]
    assert len(profiles) == 400
    assert sum(len(profile.people) for profile in profiles) == 900
    talks = [talk for profile in profiles for talk in profile.talks]
    assert len(talks) == 6000
    first, last = min(talk.at for talk in talks).date(), max(talk.at for talk in talks).date()
    assert TODAY - timedelta(days=732) < first < TODAY - timedelta(days=690)
    assert last > TODAY
    bodies = Counter(talk.body for talk in talks)
    assert sum(count for count in bodies.values() if count > 1) < 0.01 * len(talks)
    assert not [body for body in bodies if "{" in body or "  " in body or "None" in body]
    stages = {deal.stage for profile in profiles for deal in profile.deals}
    assert stages == {
        "prospect",
        "contacted",
        "meeting",
        "diligence",
        "soft_circle",
        "committed",
        "closed",
        "passed",
    }
    assert 8 < sum(profile.retired_at is not None for profile in profiles) < 60


def test_derived_columns_are_what_the_services_compute(demo: Organization) -> None:
    columns = ("id", "stage_id", "last_activity_on", "next_step_on", "committed_total", "expected_total")
    before = list(Investor.objects.order_by("id").values_list(*columns))
    assert any(row[1] for row in before) and any(row[3] for row in before) and any(row[4] for row in before)
    investors.refresh_pipeline(actor=cast.system())
    communications.refresh_activity(actor=cast.system())
    assert list(Investor.objects.order_by("id").values_list(*columns)) == before


def test_keys_and_pieces_are_those_the_services_would_store(demo: Organization) -> None:
    for investor in Investor.objects.order_by("id"):
        assert {"name_key": investor.name_key, "domain": investor.domain} == names.keys(
            investor.name, investor.website
        )
        stored = set(InvestorGram.objects.filter(investor=investor).values_list("gram", flat=True))
        assert stored == names.grams_of(investor, names.alias_names(investor))
    for contact in Contact.objects.order_by("id"):
        assert contact.name_key == naming.person_key(contact.name)
        stored = set(ContactGram.objects.filter(contact=contact).values_list("gram", flat=True))
        assert stored == naming.trigrams(contact.name_key)
    for row in ContactEmail.objects.order_by("id"):
        assert (reaching.checked_email(row.email, field="email"), naming.email_domain(row.email)) == (
            row.email,
            row.domain,
        )
        assert row.domain.endswith(".example")
    for phone in ContactPhone.objects.order_by("id"):
        assert reaching.phone_key(phone.written) == phone.number


def test_history_agrees_with_where_opportunities_stand(demo: Organization) -> None:
    for opportunity in Opportunity.objects.select_related("stage").order_by("id"):
        moves = list(StageChange.objects.filter(opportunity=opportunity).order_by("changed_at", "id"))
        assert moves[0].from_stage_id is None
        assert moves[-1].to_stage_id == opportunity.stage_id
        assert moves[-1].changed_at == opportunity.stage_since
        assert [move.from_stage_id for move in moves[1:]] == [move.to_stage_id for move in moves[:-1]]
        assert bool(opportunity.committed) == (opportunity.stage.category == "won")


def test_nothing_has_happened_that_lies_ahead(demo: Organization) -> None:
    assert not Communication.objects.happened().filter(occurred_on__gt=TODAY).exists()
    assert not Communication.objects.planned().filter(occurred_on__lt=TODAY).exists()
    assert not Reminder.objects.exclude(state="open").filter(closed_at__isnull=True).exists()
    assert Reminder.objects.open().filter(due_on__gte=TODAY).exists()
    assert {"done", "open", "dropped"} <= set(Reminder.objects.values_list("state", flat=True))


def test_people_and_facts_belong_to_the_investor_they_are_told_of(demo: Organization) -> None:
    for link in CommunicationContact.objects.select_related("communication").order_by("id")[:300]:
        assert link.contact.affiliations.filter(investor_id=link.communication.investor_id).exists()
    assert Fact.objects.exists()
    for fact in Fact.objects.select_related("communication").order_by("id"):
        assert fact.communication.investor_id == fact.investor_id


def test_some_firms_and_people_stand_twice_on_purpose(demo: Organization) -> None:
    addresses = Counter(ContactEmail.objects.order_by().values_list("email", flat=True))
    assert any(count > 1 for count in addresses.values())


def test_an_investor_of_the_demo_is_found_by_name(demo: Organization) -> None:
    found = [
        matching.match(investor=investor.name).best.investor.name_key == investor.name_key
        for investor in Investor.objects.order_by("id")[:20]
    ]
    assert all(found)


def test_the_load_is_in_the_log_and_the_chain_is_whole(demo: Organization) -> None:
    assert AuditEvent.objects.filter(action="demo.seeded").count() == 1
    assert AuditEvent.objects.filter(action="investor.created").count() == SIZE
    assert AuditEvent.objects.filter(action="investor.edited").exists()
    assert list(reading.verify(demo.pk)) == []


def test_colleagues_come_once_and_one_of_them_is_a_bot(demo: Organization) -> None:
    roles = Counter(Membership.objects.values_list("role", flat=True))
    assert roles == {Role.PARTNER: 2, Role.ASSOCIATE: 2, Role.ADMIN: 1, Role.VIEWER: 1, Role.BOT: 1}
    call_command("seed_demo", investors=5, org=demo.slug, append=True, stdout=StringIO())
    assert Membership.objects.count() == 7
    assert Investor.objects.count() == SIZE + 5


def test_it_refuses_an_organization_with_investors(db: None) -> None:
    organization = cast.make_organization("In use")
    with scope.scope(organization):
        cast.make_investor("Harbor Point")
        with pytest.raises(CommandError, match="--append"):
            call_command("seed_demo", org=organization.slug, stdout=StringIO())
        assert Investor.objects.count() == 1
        assert not Fund.objects.exists()


def test_it_names_the_organizations_when_it_must_be_told_which(db: None) -> None:
    with pytest.raises(CommandError, match="bootstrap"):
        call_command("seed_demo", stdout=StringIO())
    cast.make_organization("One", slug="one")
    cast.make_organization("Two", slug="two")
    with pytest.raises(CommandError, match="one, two"):
        call_command("seed_demo", stdout=StringIO())
    with pytest.raises(CommandError, match="no organization"):
        call_command("seed_demo", org="three", stdout=StringIO())
