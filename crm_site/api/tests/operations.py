"""Every operation of the API, found in its own OpenAPI description: a new one is walked without anybody thinking of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from crm_site.audit.models import AuditEvent
from crm_site.core import scope, unit
from crm_site.tests import cast
from intake import services as intake
from intake.tasks import parse_message

#: Words that stand in the canary organization only.
CANARY = "Zanzibar"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str

    @property
    def noun(self) -> str:
        first, second = self.path.split("/")[3:5]
        return f"{first}/{second}" if first == "intake" else first


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def walk() -> Iterator[Operation]:
    for path, methods in schema()["paths"].items():
        for method, said in methods.items():
            yield Operation(method, path, said["operationId"])


def call(
    client: APIClient, operation: Operation, ids: dict[str, int], body: Any = None, **headers: str
) -> Any:
    path = operation.path.format(**ids)
    send = getattr(client, operation.method)
    if operation.method == "get":
        return send(path, **headers)
    return send(path, body if body is not None else {}, format="json", **headers)


def ids_in(rows: cast.Rows) -> dict[str, int]:
    """The id of one row of each resource, by its address: a proposal too, read from a message."""
    with scope.scope(rows.organization):
        member = cast.make_member(rows.organization)
        body = f"Called Dana Whitfield at {CANARY} Partners, wants the deck, follow up on Tuesday"
        message = intake.receive(actor=cast.actor_of(member), source="web", body=body).message
        store = parse_message(organization_id=message.organization_id, subject_id=message.pk)
        with unit.atomic():
            store()
        proposal = message.proposals.first()
    return {
        "investors": rows.investor.pk,
        "contacts": rows.contact.pk,
        "communications": rows.communication.pk,
        "reminders": rows.reminder.pk,
        "opportunities": rows.opportunity.pk,
        "funds": rows.fund.pk,
        "stages": rows.stage.pk,
        "facts": rows.fact.pk,
        "audit": AuditEvent.unscoped.filter(organization=rows.organization).order_by("-pk")[0].pk,
        "intake/messages": message.pk,
        "intake/proposals": proposal.pk,
    }
