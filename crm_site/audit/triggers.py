"""The log refuses change: what was written stays, whoever asks."""

from __future__ import annotations

from dataclasses import replace

from crm_site.core.triggers import Trigger

TABLE = "audit_auditevent"
REFUSAL = "the audit log is append-only"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;
"""


def _refuse(name: str, event: str, level: str) -> Trigger:
    return Trigger(
        name=name,
        table=TABLE,
        sqlite=f"BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        postgresql=f"{_FUNCTION} CREATE TRIGGER {name} BEFORE {event} ON {TABLE} "
        f"FOR EACH {level} EXECUTE FUNCTION audit_refuse();",
    )


TRIGGERS = [
    _refuse("audit_event_no_update", "UPDATE", "ROW"),
    _refuse("audit_event_no_delete", "DELETE", "ROW"),
    replace(_refuse("audit_event_no_truncate", "TRUNCATE", "STATEMENT"), sqlite=""),  # SQLite has no TRUNCATE
]
