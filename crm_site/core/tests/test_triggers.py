"""A missing trigger is named, but never bars the way of the migration that puts it up."""

from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.recorder import MigrationRecorder

from crm_site.core import triggers

pytestmark = pytest.mark.django_db


def named() -> list[str]:
    return [error.msg for error in triggers.missing_triggers(databases=[DEFAULT_DB_ALIAS])]


def test_a_trigger_that_is_gone_is_named() -> None:
    assert named() == []
    triggers.drop_all(connection)
    assert "The database trigger audit_event_no_update is missing." in named()


def test_a_database_that_is_behind_may_be_migrated() -> None:
    triggers.drop_all(connection)
    app, name = max(MigrationRecorder(connection).applied_migrations())
    MigrationRecorder(connection).record_unapplied(app, name)
    assert named() == []
