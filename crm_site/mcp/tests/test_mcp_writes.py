"""Writes over MCP: proposals, unless an admin named `write:direct` for the key; either is the member's, audited as `mcp`."""

from __future__ import annotations

from typing import Any

import pytest

from crm_site.accounts.models import Membership
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.audit.models import AuditEvent
from crm_site.communications.models import Communication, Reminder
from crm_site.contacts.models import Contact
from crm_site.core import clock
from crm_site.investors.models import Investor
from crm_site.mcp.tests.talking import Desk, key_for
from crm_site.relations import services as relations
from crm_site.tests import cast
from crm_site.work.models import IdempotencyKey
from intake import services as intake
from intake.models import InboundMessage, Proposal

DIRECT = (Verb.READ, Verb.RECEIVE, Verb.LOG, Verb.EDIT_REMINDER, Verb.EDIT_CONTACT, Verb.WRITE_DIRECT)


def desk(member: Membership, *scopes: Verb) -> Desk:
    return Desk(key_for(member, *map(str, scopes)))


def nothing_written() -> bool:
    return not Communication.objects.exists() and not Reminder.objects.exists()


def last_events(count: int) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("-id").values_list("action", "door")[:count])


def test_logging_makes_a_proposal_and_no_record(associate: Membership) -> None:
    investor = cast.make_investor("Cedar Row Partners")
    told = desk(associate).call(
        "log_communication",
        investor="Cedar Row Partners",
        kind="call",
        note="They want the fee schedule.",
        contacts=[{"name": "Ada Marlowe", "email": "ada@cedar.example", "title": "CFO"}],
        reminder={"text": "Send the fee schedule", "due_on": "2027-01-15"},
        facts=[{"text": "Decides in spring", "topic": "timing"}],
    )
    assert told["outcome"] == "proposed" and told["written"] is None
    assert nothing_written() and not Contact.objects.exists()
    proposal = Proposal.objects.with_message().get()
    assert told["proposal"]["id"] == proposal.pk and told["proposal"]["url"].endswith(
        f"/inbox/{proposal.pk}/"
    )
    assert told["proposal"]["investor_key"] == f"investor:{investor.pk}"
    assert "person must approve" in told["message"]
    assert {line["new"] for line in told["proposal"]["writes"]} >= {
        "They want the fee schedule.",
        "Decides in spring",
    }
    assert proposal.message.source == "mcp" and proposal.message.sender_id == associate.user_id
    assert set(last_events(2)) == {("message.received", "mcp"), ("proposal.created", "mcp")}


def test_every_value_of_a_proposal_stands_in_the_message_that_the_approver_reads(
    associate: Membership,
) -> None:
    cast.make_investor("Cedar Row Partners")
    fund = cast.make_fund("Fund II")
    desk(associate).call(
        "log_communication",
        investor="Cedar Row Partners",
        kind="meeting",
        direction="inbound",
        note="Two lines\nof notes",
        contacts=[{"name": "Ada Marlowe", "phone": "+1 212 555 0123"}, {"email": "tom@cedar.example"}],
        fund=fund.name,
        expected_amount="250000",
        stage="diligence",
        reminder={"text": "Send the deck"},
        facts=[{"text": "Likes mornings"}],
    )
    proposal = Proposal.objects.with_message().get()
    parsed, said = proposal.parsed, proposal.message.text
    found = {path: said[start:end] for path, (start, end) in parsed["evidence"].items()}
    assert found == {
        "investor_name": "Cedar Row Partners", "note": "Two lines\nof notes", "contacts.0.name": "Ada Marlowe",
        "contacts.0.phone": "+1 212 555 0123", "contacts.1.email": "tom@cedar.example", "fund": "Fund II",
        "expected_amount": "250000", "stage": "diligence", "reminder.text": "Send the deck", "facts.0": "Likes mornings",
    }  # fmt: skip


def test_an_approved_proposal_is_written_as_it_was_proposed(associate: Membership) -> None:
    investor = cast.make_investor("Cedar Row Partners")
    desk(associate).call(
        "log_communication",
        investor=f"investor:{investor.pk}",
        kind="email",
        direction="outbound",
        note="Sent it.",
    )
    proposal = Proposal.objects.with_message().get()
    intake.approve(actor=cast.actor_of(associate), proposal=proposal, revision=proposal.revision)
    row = Communication.objects.get()
    assert (row.investor_id, row.kind, row.direction, row.body) == (
        investor.pk,
        "email",
        "outbound",
        "Sent it.",
    )
    assert row.captured_via == "mcp_intake"


def test_a_reminder_is_proposed_too(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    told = desk(associate).call(
        "add_reminder", investor="Cedar Row Partners", text="Call them", due_on="2027-02-01"
    )
    assert told["outcome"] == "proposed" and nothing_written()
    proposal = Proposal.objects.with_message().get()
    intake.approve(actor=cast.actor_of(associate), proposal=proposal, revision=proposal.revision)
    row = Reminder.objects.get()
    assert (row.text, row.due_on.isoformat(), row.assigned_to_id) == (
        "Call them",
        "2027-02-01",
        associate.user_id,
    )
    assert not Communication.objects.exists()


def test_with_the_scope_it_is_written_at_once_by_the_door_mcp(associate: Membership) -> None:
    investor = cast.make_investor("Cedar Row Partners")
    told = desk(associate, *DIRECT).call(
        "log_communication",
        investor="Cedar Row Partners",
        kind="call",
        note="Direct.",
        contacts=[{"name": "Ada Marlowe"}],
        reminder={"text": "Send the deck"},
    )
    assert told["outcome"] == "written" and told["proposal"] is None
    row = Communication.objects.get()
    assert told["written"]["communication_id"] == row.pk and row.investor_id == investor.pk
    assert row.created_by_id == associate.user_id and row.captured_via == "mcp"
    assert told["written"]["reminder_id"] == Reminder.objects.get().pk
    assert not Proposal.objects.exists() and not InboundMessage.objects.exists()
    events = AuditEvent.objects.filter(
        action__in=["communication.logged", "reminder.created", "contact.created"]
    )
    assert events.count() == 3 and set(events.values_list("door", "user_id")) == {("mcp", associate.user_id)}


def test_a_key_without_scopes_may_all_but_was_given_nothing_by_name(owner: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    told = desk(owner).call("log_communication", investor="Cedar Row Partners", note="x")
    assert told["outcome"] == "proposed" and nothing_written()


def test_the_scope_of_a_member_whose_role_lost_the_right_writes_nothing(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    door = desk(associate, *DIRECT)
    Membership.objects.filter(pk=associate.pk).update(role=Role.VIEWER)
    assert door.refused("log_communication", investor="Cedar Row Partners", note="x")["code"] == "not_allowed"
    assert nothing_written() and not Proposal.objects.exists()
    # A bot may hand in: what its key was given by name has gone with the role.
    Membership.objects.filter(pk=associate.pk).update(role=Role.BOT)
    assert door.call("log_communication", investor="Cedar Row Partners", note="x")["outcome"] == "proposed"
    assert nothing_written()


def test_a_direct_write_needs_every_right_that_it_takes(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    narrow = desk(associate, Verb.READ, Verb.LOG, Verb.WRITE_DIRECT)
    said = {"investor": "Cedar Row Partners", "note": "x"}
    refused = narrow.refused("log_communication", **said, contacts=[{"name": "Ada"}], reminder={"text": "y"})
    assert refused["code"] == "not_allowed"
    assert refused["fields"]["verbs"] == [Verb.EDIT_CONTACT, Verb.EDIT_REMINDER]
    assert nothing_written()
    assert narrow.call("log_communication", **said)["outcome"] == "written"
    moved = desk(associate, *DIRECT, Verb.MOVE_STAGE, Verb.EDIT_OPPORTUNITY)
    fund = cast.make_fund()
    refused = moved.refused("log_communication", **said, fund=fund.name, stage="committed")
    assert refused["fields"]["verbs"] == [Verb.MOVE_STAGE]


@pytest.mark.parametrize(
    "tool, more", [("log_communication", {"note": "x"}), ("add_reminder", {"text": "x"})]
)
def test_a_viewer_cannot_write(viewer: Membership, tool: str, more: dict[str, Any]) -> None:
    cast.make_investor("Cedar Row Partners")
    refused = desk(viewer).refused(tool, investor="Cedar Row Partners", **more)
    assert refused["code"] == "not_allowed" and refused["fields"]["verbs"] == [Verb.RECEIVE]
    assert nothing_written() and not Proposal.objects.exists()


def test_a_bot_may_hand_in_and_no_more(bot: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    assert (
        desk(bot).call("log_communication", investor="Cedar Row Partners", note="x")["outcome"] == "proposed"
    )


@pytest.mark.parametrize("scopes", [(), DIRECT])
def test_a_name_that_could_be_several_is_asked_about(associate: Membership, scopes: tuple[Verb, ...]) -> None:
    one, two = cast.make_investor("Harbor Point Capital"), cast.make_investor("Harbor Point Partners")
    door = desk(associate, *scopes)
    refused = door.refused("log_communication", investor="Harbor Point", note="x")
    assert refused["code"] == "ambiguous_investor"
    assert {found["key"] for found in refused["fields"]["candidates"]} == {
        f"investor:{one.pk}",
        f"investor:{two.pk}",
    }
    assert nothing_written() and not Proposal.objects.exists()
    for said in (f"investor:{two.pk}", str(two.pk)):
        assert door.call("log_communication", investor=said, note="x")


def test_a_likely_name_is_proposed_but_never_written_directly(associate: Membership) -> None:
    investor = cast.make_investor("Cedar Row Partners")
    said = {"investor": "Cedar Row Partnrs", "note": "x"}
    refused = desk(associate, *DIRECT).refused("log_communication", **said)
    assert refused["code"] == "ambiguous_investor" and nothing_written()
    told = desk(associate).call("log_communication", **said)
    assert told["proposal"]["investor_key"] == f"investor:{investor.pk}"


def test_a_new_investor_is_made_directly_only_when_it_is_said_to_be_new(associate: Membership) -> None:
    door = desk(associate, *DIRECT, Verb.EDIT_INVESTOR)
    refused = door.refused("log_communication", investor="Quite New Capital", note="x")
    assert refused["code"] == "not_found" and not Investor.objects.exists()
    told = door.call("log_communication", investor="Quite New Capital", note="x", new_investor=True)
    assert Investor.objects.get().name == "Quite New Capital" == told["written"]["investor"]
    proposed = desk(associate).call("log_communication", investor="Another New Capital", note="x")
    assert proposed["proposal"]["new_investor"] and Investor.objects.count() == 1


@pytest.mark.parametrize("scopes", [(), DIRECT])
def test_the_same_key_again_has_one_effect(associate: Membership, scopes: tuple[Verb, ...]) -> None:
    cast.make_investor("Cedar Row Partners")
    door = desk(associate, *scopes)
    said = {"investor": "Cedar Row Partners", "note": "Once.", "idempotency_key": "a-1"}
    first = door.call("log_communication", **said)
    again = door.call("log_communication", **said)
    assert again == {**first, "replayed": True} and not first["replayed"]
    assert Communication.objects.count() + Proposal.objects.count() == 1
    other = door.refused("log_communication", **{**said, "note": "Twice."})
    assert other["code"] == "idempotency_mismatch"
    assert door.refused("add_reminder", investor="Cedar Row Partners", text="x", idempotency_key="a-1")[
        "code"
    ] == ("idempotency_mismatch")


def test_a_refused_write_leaves_its_key_free(associate: Membership) -> None:
    door = desk(associate)
    cast.make_investor("Cedar Row Partners")
    said = {"investor": "Cedar Row Partners", "idempotency_key": "b-1"}
    assert door.refused("add_reminder", **said, text="x", due_on="2200-01-02")["fields"].keys() == {"due_on"}
    assert not IdempotencyKey.unscoped.exists()
    assert door.call("add_reminder", **said, text="x")["outcome"] == "proposed"


@pytest.mark.parametrize(
    "more, field",
    [
        ({"contacts": [{"email": "no address"}]}, "contacts.0.email"),
        ({"contacts": [{}]}, "contacts.0"),
        ({"expected_amount": "-5"}, "expected_amount"),
        ({"expected_amount": "2.5m"}, "expected_amount"),
        ({"committed_amount": "1" * 20}, "committed_amount"),
        ({"note": "x" * 10_001}, "note"),
        ({"stage": "x" * 60}, "stage"),
        ({"reminder": {"text": ""}}, "reminder.text"),
        ({"facts": [{"text": "x" * 501}]}, "facts.0.text"),
        ({"kind": "fax"}, "kind"),
        ({"occurred_on": "2026-02-30"}, "occurred_on"),
        ({"occurred_on": "2999-01-01"}, "occurred_on"),
        ({"unknown": 1}, "unknown"),
        ({"facts": [{"text": "x", "confidence": 2}]}, "facts.0.confidence"),
    ],
)
@pytest.mark.parametrize("scopes", [(), DIRECT])
def test_a_field_that_does_not_fit_is_named(
    associate: Membership, scopes: tuple[Verb, ...], more: dict[str, Any], field: str
) -> None:
    cast.make_investor("Cedar Row Partners")
    said = {"investor": "Cedar Row Partners", "note": "x", **more}
    refused = desk(associate, *scopes).refused("log_communication", **said)
    assert field in refused["fields"], refused
    assert nothing_written() and not Proposal.objects.exists()


def test_an_empty_note_is_no_communication(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    refused = desk(associate, *DIRECT).refused("log_communication", investor="Cedar Row Partners")
    assert refused["code"] == "invalid" and nothing_written()


def test_an_amount_without_a_fund_says_which_there_are(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    cast.make_fund("Fund I")
    cast.make_fund("Fund II")
    door = desk(associate, *DIRECT, Verb.EDIT_OPPORTUNITY)
    refused = door.refused(
        "log_communication", investor="Cedar Row Partners", note="x", fund="Fund IX", expected_amount="1000"
    )
    assert refused["code"] == "unknown_fund" and "Fund II" in refused["fields"]["fund"]


def test_what_happened_today_by_our_clock_is_not_ahead(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    today = clock.today().isoformat()
    told = desk(associate).call(
        "log_communication", investor="Cedar Row Partners", note="x", occurred_on=today
    )
    assert told["outcome"] == "proposed"


def test_text_that_no_database_stores_is_cleaned(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    told = desk(associate, *DIRECT).call(
        "log_communication", investor="Cedar Row Partners", note="a\x00b\ud800c"
    )
    assert told["outcome"] == "written" and Communication.objects.get().body == "abc"


def test_ten_kilobytes_of_note_are_welcome(associate: Membership) -> None:
    cast.make_investor("Cedar Row Partners")
    note = "word " * 1_999
    told = desk(associate, *DIRECT).call("log_communication", investor="Cedar Row Partners", note=note)
    assert told["outcome"] == "written" and Communication.objects.get().body == note.strip()


def test_one_merged_into_another_is_written_on_the_survivor(partner: Membership) -> None:
    kept, gone = cast.make_investor("Cedar Row Partners"), cast.make_investor("Cedar Row LLP")
    relations.merge(actor=cast.actor_of(partner), survivor=kept, absorbed=gone)
    told = desk(partner, *DIRECT).call("log_communication", investor=f"investor:{gone.pk}", note="x")
    assert told["written"]["investor_key"] == f"investor:{kept.pk}"
