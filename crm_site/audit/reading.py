"""Reading the log: entries opened for people, and the walk that proves the chain whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_site.audit import seal
from crm_site.audit.models import AuditEvent, AuditHead, SubjectKey

ERASED = "(erased)"


@dataclass(frozen=True)
class Line:
    """An entry as a person reads it. changes: (field, old, new); `ERASED` where the person's key is gone."""

    id: int
    sequence: int
    at: datetime
    user_id: int | None
    door: str
    action: str
    subject_label: str
    subject_id: int
    captured_via: str
    changes: list[tuple[str, Any, Any]]
    details: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Where a chain breaks, and how."""

    sequence: int
    why: str


def lines(events: Iterable[AuditEvent]) -> list[Line]:
    """Open entries for reading: two queries for any number of entries."""
    rows = [(event, json.loads(event.text)) for event in events]
    owners = {tuple(body["sealed_for"]) for _, body in rows if "sealed_for" in body}
    keys = _open_keys(rows[0][0].organization_id, owners) if owners else {}
    return [_line(event, body, keys) for event, body in rows]


def _open_keys(organization_id: int, owners: set[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    stored = SubjectKey.objects.of(owners).filter(organization_id=organization_id)
    return {(row.label, row.subject_id): seal.unwrap(row.wrapped) for row in stored}


def _line(event: AuditEvent, body: dict[str, Any], keys: dict[tuple[str, int], bytes]) -> Line:
    changes = [(name, old, new) for name, (old, new) in body.get("changes", {}).items()]
    if "sealed" in body:
        key = keys.get(tuple(body["sealed_for"]))
        opened = seal.unseal(key, body["sealed"]) if key else None
        if opened is None:
            changes.append((ERASED, ERASED, ERASED))
        else:
            changes += [(name, old, new) for name, (old, new) in opened.items()]
    return Line(
        id=event.pk,
        sequence=event.sequence,
        at=event.at,
        user_id=event.user_id,
        door=event.door,
        action=event.action,
        subject_label=event.subject_label,
        subject_id=event.subject_id,
        captured_via=event.captured_via,
        changes=sorted(changes),
        details=body.get("details", {}),
    )


def verify(organization_id: int) -> Iterator[Fault]:
    """Walk one organization's chain and name each entry that was changed, is missing or stands elsewhere."""
    # Unscoped: the walk is run by the house for each organization in turn.
    events = AuditEvent.unscoped.filter(organization_id=organization_id).in_chain_order()
    expected, previous, broken = 1, "", False
    for event in events.iterator(chunk_size=2000):
        if event.sequence != expected:
            yield Fault(expected, f"missing: the next entry found is {event.sequence}")
            expected, broken = event.sequence, True
        if not broken and seal.chain(previous, event.text) != event.mac:
            yield Fault(event.sequence, "changed: its text does not fit the chain")
        elif not _fits_by_itself(event):
            yield Fault(event.sequence, "changed: its columns do not say what its text says")
        previous, expected, broken = event.mac, event.sequence + 1, False
    yield from _check_head(organization_id, expected - 1, previous)


def _check_head(organization_id: int, last: int, mac: str) -> Iterator[Fault]:
    head = AuditHead.unscoped.filter(organization_id=organization_id).first()
    if head is None:
        if last:
            yield Fault(last, "the head of the chain is missing")
    elif head.sequence > last:
        yield Fault(last + 1, f"missing: the chain should go on to {head.sequence}")
    elif (head.sequence, head.mac) != (last, mac):
        yield Fault(last, "the head of the chain does not fit its last entry")


def _fits_by_itself(event: AuditEvent) -> bool:
    try:
        body = json.loads(event.text)
    except ValueError:
        return False
    parent = body.get("parent") or ["", None]
    said = (
        body.get("sequence"), body.get("organization"), body.get("at"), body.get("user"), body.get("door"),
        body.get("action"), body.get("subject"), parent, body.get("captured_via"), body.get("request"),
    )  # fmt: skip
    stored = (
        event.sequence, event.organization_id, event.at.isoformat(), event.user_id, event.door,
        event.action, [event.subject_label, event.subject_id], [event.parent_label, event.parent_id],
        event.captured_via, event.request_id,
    )  # fmt: skip
    return said == stored
