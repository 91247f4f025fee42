"""Writing the log. `record` only collects; the outermost unit of work appends, last of all, under the chain's lock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from crm_site.audit import seal
from crm_site.audit.models import AuditEvent, AuditHead, SubjectKey
from crm_site.core import unit
from crm_site.core.actor import Actor

Subject = tuple[str, int]


@dataclass(frozen=True)
class _Entry:
    actor: Actor
    action: str
    subject: Subject
    parent: Subject | None
    owner: Subject
    plain: dict[str, Any]
    personal: dict[str, Any]
    at: datetime = field(default_factory=timezone.now)


def record(
    *,
    actor: Actor,
    action: str,
    subject: models.Model,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    parent: models.Model | None = None,
    about: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note that `actor` did `action` (`noun.verbed`) to `subject`. Must stand inside `unit.atomic`.

    changes: field → (old, new). Fields named in the model's PERSONAL are sealed under the key of `about` (else `parent`,
    else the subject): the person or firm whose erasure must erase them. parent: the record whose history shows it too.
    """
    owner = about or parent or subject
    secret: frozenset[str] = getattr(subject, "PERSONAL", frozenset())
    stored = {name: [storable(old), storable(new)] for name, (old, new) in (changes or {}).items()}
    plain = {name: pair for name, pair in stored.items() if name not in secret}
    entry = _Entry(
        actor=actor,
        action=action,
        subject=key_of(subject),
        parent=key_of(parent) if parent is not None else None,
        owner=key_of(owner),
        plain={"changes": plain} | ({"details": dict(details)} if details else {}),
        personal={name: pair for name, pair in stored.items() if name in secret},
    )
    unit.collect(entry, flush=_append)


def erase(*, actor: Actor, label: str, subject_ids: Iterable[int]) -> int:
    """Destroy the keys of these subjects: their personal values in the log are gone, the chain still verifies."""
    keys = SubjectKey.unscoped.filter(
        organization_id=actor.organization_id, label=label, subject_id__in=list(subject_ids)
    )
    return keys.delete()[0]


def fresh(values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The values of a new row as changes: from nothing. Empty ones are left out."""
    return {name: (None, value) for name, value in values.items() if value not in (None, "", [], ())}


def key_of(row: models.Model) -> Subject:
    """A record as label and id: what the log keeps instead of a foreign key."""
    return row._meta.label_lower, row.pk


def storable(value: Any) -> Any:
    """A value as JSON that reads the same on both databases."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): storable(part) for name, part in value.items()}
    if isinstance(value, Iterable):
        return [storable(part) for part in value]
    return str(value)


def _append(entries: list[_Entry]) -> None:
    by_organization: dict[int, list[_Entry]] = {}
    for entry in entries:
        by_organization.setdefault(entry.actor.organization_id, []).append(entry)
    for organization_id, own in sorted(by_organization.items()):
        _append_to(organization_id, own)


def _append_to(organization_id: int, entries: list[_Entry]) -> None:
    # Unscoped: the chain belongs to the actor's organization, also where a command writes for several in turn.
    head = _locked_head(organization_id)
    keys = _keys(organization_id, {entry.owner for entry in entries if entry.personal})
    rows = []
    for entry in entries:
        head.sequence += 1
        text = _canonical(entry, head.sequence, keys)
        head.mac = seal.chain(head.mac, text)
        rows.append(_row(organization_id, entry, head, text))
    AuditEvent.unscoped.bulk_create(rows)
    AuditHead.unscoped.filter(pk=head.pk).update(sequence=head.sequence, mac=head.mac)


def _locked_head(organization_id: int) -> AuditHead:
    heads = AuditHead.unscoped.select_for_update()
    head = heads.filter(organization_id=organization_id).first()
    if head is None:
        # Two first writers at once: the unique constraint lets one in, and both then wait for the same row.
        AuditHead.unscoped.bulk_create([AuditHead(organization_id=organization_id)], ignore_conflicts=True)
        head = heads.get(organization_id=organization_id)
    return head


def _keys(organization_id: int, owners: set[Subject]) -> dict[Subject, bytes]:
    """The owners' keys, made where missing. Safe from races: the caller holds the chain's lock."""
    if not owners:
        return {}
    stored = SubjectKey.unscoped.of(owners).filter(organization_id=organization_id)
    keys = {(row.label, row.subject_id): seal.unwrap(row.wrapped) for row in stored}
    made = {owner: seal.new_key() for owner in sorted(owners - keys.keys())}
    SubjectKey.unscoped.bulk_create(
        SubjectKey(
            organization_id=organization_id, label=label, subject_id=subject_id, wrapped=seal.wrap(key)
        )
        for (label, subject_id), key in made.items()
    )
    return keys | made


def _canonical(entry: _Entry, sequence: int, keys: Mapping[Subject, bytes]) -> str:
    body: dict[str, Any] = {
        "sequence": sequence,
        "organization": entry.actor.organization_id,
        "at": entry.at.isoformat(),
        "user": entry.actor.user_id,
        "door": str(entry.actor.door),
        "action": entry.action,
        "subject": list(entry.subject),
        "parent": list(entry.parent) if entry.parent else None,
        "captured_via": entry.actor.captured_via,
        "request": entry.actor.request_id,
        **entry.plain,
    }
    if entry.personal:
        body["sealed_for"] = list(entry.owner)
        body["sealed"] = seal.seal(keys[entry.owner], entry.personal)
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _row(organization_id: int, entry: _Entry, head: AuditHead, text: str) -> AuditEvent:
    parent_label, parent_id = entry.parent or ("", None)
    return AuditEvent(
        organization_id=organization_id,
        sequence=head.sequence,
        at=entry.at,
        user_id=entry.actor.user_id,
        door=str(entry.actor.door),
        action=entry.action,
        subject_label=entry.subject[0],
        subject_id=entry.subject[1],
        parent_label=parent_label,
        parent_id=parent_id,
        captured_via=entry.actor.captured_via,
        request_id=entry.actor.request_id,
        text=text,
        mac=head.mac,
    )
