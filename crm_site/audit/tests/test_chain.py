"""The log: complete, unchangeable, and honest about what was done to it."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from crm_site.audit import anchors, reading
from crm_site.audit import services as audit
from crm_site.audit.models import AuditEvent, AuditHead
from crm_site.contacts.models import Contact
from crm_site.core import triggers, unit
from crm_site.tests import cast


@pytest.fixture
def chain(house):
    for number in range(6):
        cast.make_investor(f"Investor {number}")
    assert faults(house) == []
    return house


@pytest.fixture
def unguarded(chain):
    """As an attacker with full rights on the database would: without the triggers."""
    triggers.drop_all(connection)
    yield chain
    triggers.install_all(connection)


def faults(organization) -> list[int]:
    return [fault.sequence for fault in reading.verify(organization.pk)]


def run(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_auditevent SET door = 'web'", "DELETE FROM audit_auditevent WHERE sequence = 3"]
)
def test_the_database_refuses_to_change_the_log(chain, sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(sql)
    assert faults(chain) == []


def test_all_our_triggers_stand(chain) -> None:
    assert triggers.missing(connection) == []


def test_a_missing_trigger_is_named(unguarded) -> None:
    assert "audit_event_no_update" in triggers.missing(connection)


@pytest.mark.parametrize(
    "forgery", [{"user": 999}, {"changes": {"type": [None, "fund"]}}], ids=["user", "changes"]
)
def test_changed_text_is_found(unguarded, forgery: dict) -> None:
    # What no column repeats is held by the chain alone.
    event = AuditEvent.objects.get(sequence=11)
    forged = json.loads(event.text) | forgery
    run("UPDATE audit_auditevent SET text = %s WHERE id = %s", json.dumps(forged), event.pk)
    assert 11 in faults(unguarded)


@pytest.mark.parametrize(
    "column",
    ["door = 'api'", "action = 'x.y'", "subject_id = 77", "user_id = 5", "request_id = 'r'", "parent_id = 3"],
)
def test_a_changed_column_is_found(unguarded, column: str) -> None:
    run(f"UPDATE audit_auditevent SET {column} WHERE sequence = 10")
    assert faults(unguarded) == [10]


def test_a_missing_entry_is_found(unguarded) -> None:
    run("DELETE FROM audit_auditevent WHERE sequence = 9")
    assert faults(unguarded) == [9]


def test_missing_last_entries_are_found(unguarded) -> None:
    last = AuditHead.objects.get().sequence
    run("DELETE FROM audit_auditevent WHERE sequence > %s", last - 2)
    assert faults(unguarded) == [last - 1]


def test_swapped_entries_are_found(unguarded) -> None:
    run("UPDATE audit_auditevent SET sequence = 1000 WHERE sequence = 9")
    run("UPDATE audit_auditevent SET sequence = 9 WHERE sequence = 10")
    run("UPDATE audit_auditevent SET sequence = 10 WHERE sequence = 1000")
    assert {9, 10} <= set(faults(unguarded))


def test_a_chain_cut_off_with_its_head_is_found_by_the_anchor(unguarded, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    anchors.write()
    head = AuditHead.objects.get()
    cut = AuditEvent.objects.get(sequence=head.sequence - 3)
    run("DELETE FROM audit_auditevent WHERE sequence > %s", cut.sequence)
    run("UPDATE audit_audithead SET sequence = %s, mac = %s", cut.sequence, cut.mac)
    assert faults(unguarded) == []
    assert [fault.sequence for fault in anchors.verify(unguarded.pk)] == [head.sequence]
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_verify_audit_says_whole(chain, settings, tmp_path, capsys) -> None:
    settings.VAR_DIR = tmp_path
    call_command("verify_audit")
    assert "whole" in capsys.readouterr().out


def test_personal_values_are_sealed_and_can_be_erased(house) -> None:
    contact = cast.make_contact("Priya Nair", email="priya@harborfo.example")
    event = AuditEvent.objects.about("contacts.contact", contact.pk).get()
    assert "Priya" not in event.text
    (line,) = reading.lines([event])
    assert ("name", None, "Priya Nair") in line.changes
    with unit.atomic():
        audit.erase(actor=cast.system(), label="contacts.contact", subject_ids=[contact.pk])
    (line,) = reading.lines([event])
    assert line.changes == [(reading.ERASED, reading.ERASED, reading.ERASED)]
    assert faults(house) == []


def test_no_plain_personal_value_stands_anywhere_in_the_log(house) -> None:
    rows = cast.make_rows(house)
    Contact.objects.get(pk=rows.contact.pk)
    whole = " ".join(AuditEvent.objects.values_list("text", flat=True))
    for secret in (
        rows.investor.name,
        rows.contact.name,
        rows.communication.body,
        rows.reminder.text,
        rows.fact.text,
    ):
        assert secret not in whole


def test_chains_of_two_organizations_are_apart(chain, foreign: cast.Rows) -> None:
    assert faults(chain) == []
    assert faults(foreign.organization) == []
    assert AuditHead.unscoped.filter(organization=foreign.organization).count() == 1
