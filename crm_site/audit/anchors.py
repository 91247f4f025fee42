"""Heads of the chains, kept outside the database: whoever can rewrite the whole table still cannot rewrite these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from crm_site.audit.models import AuditEvent, AuditHead
from crm_site.audit.reading import Fault

FILE = "audit_heads.jsonl"


@dataclass(frozen=True)
class Anchor:
    """The end of one organization's chain at one time."""

    at: str
    organization: int
    sequence: int
    mac: str


def path() -> Path:
    """Where the heads are kept. Copy it to another machine now and then: then it guards against this one, too."""
    return Path(settings.VAR_DIR) / FILE


def write() -> int:
    """Append the present head of every chain. Returns how many."""
    # Unscoped: the file holds all organizations of this installation.
    heads = AuditHead.unscoped.order_by("organization_id")
    at = timezone.now().isoformat()
    lines = [json.dumps(asdict(Anchor(at, head.organization_id, head.sequence, head.mac))) for head in heads]
    if lines:
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return len(lines)


def read(organization_id: int) -> list[Anchor]:
    """The kept heads of one organization, oldest first. A line that cannot be read is passed over."""
    if not path().exists():
        return []
    found = []
    for line in path().read_text(encoding="utf-8").splitlines():
        try:
            anchor = Anchor(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if anchor.organization == organization_id:
            found.append(anchor)
    return found


def verify(organization_id: int) -> Iterator[Fault]:
    """Compare the chain with the heads kept outside: finds a chain that was cut off or rebuilt as a whole."""
    anchors = read(organization_id)
    wanted = {anchor.sequence for anchor in anchors}
    # Unscoped: called by the house for each organization in turn.
    events = AuditEvent.unscoped.filter(organization_id=organization_id, sequence__in=wanted)
    standing = {event.sequence: event.mac for event in events.in_chain_order()}
    for anchor in anchors:
        if anchor.sequence and standing.get(anchor.sequence) != anchor.mac:
            yield Fault(
                anchor.sequence, f"it is not what was anchored on {anchor.at[:10]}: rebuilt or cut off"
            )
