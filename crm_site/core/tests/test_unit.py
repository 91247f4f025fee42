"""A unit of work: all of it with its audit entries, or nothing."""

from __future__ import annotations

import pytest

from crm_site.audit import services as audit
from crm_site.audit.models import AuditEvent
from crm_site.core import unit
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.tests import cast


class Stop(Exception):
    pass


def test_rollback_leaves_no_row_and_no_audit_entry(house) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(Stop), unit.atomic():
        cast.make_investor("Never There")
        raise Stop
    assert not Investor.objects.filter(name="Never There").exists()
    assert AuditEvent.objects.count() == before


def test_a_failing_audit_entry_undoes_the_change(house) -> None:
    # No audit, no change: the entry cannot be serialised, so the whole unit goes.
    investor = cast.make_investor("Steady")
    with pytest.raises(TypeError), unit.atomic():
        investors.edit_investor(actor=cast.system(), investor=investor, values={"name": "Shaken"})
        audit.record(actor=cast.system(), action="x.y", subject=investor, details={"no": object()})
    assert Investor.objects.get(pk=investor.pk).name == "Steady"


def test_a_failed_savepoint_takes_its_entries_along(house) -> None:
    before = AuditEvent.objects.count()
    with unit.atomic():
        cast.make_investor("Stays")
        with pytest.raises(Stop), unit.savepoint():
            cast.make_investor("Goes")
            raise Stop
    assert list(Investor.objects.by_name().values_list("name", flat=True)) == ["Stays"]
    assert AuditEvent.objects.count() == before + 1


def test_entries_are_written_by_the_outermost_unit(house) -> None:
    before = AuditEvent.objects.count()
    with unit.atomic():
        cast.make_investor()
        assert AuditEvent.objects.count() == before
    assert AuditEvent.objects.count() == before + 1


def test_recording_outside_a_unit_is_refused(house) -> None:
    investor = cast.make_investor()
    with pytest.raises(unit.OutsideUnit):
        audit.record(actor=cast.system(), action="x.y", subject=investor)
