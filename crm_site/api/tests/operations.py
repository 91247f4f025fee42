"""Every operation of the API, found in its own OpenAPI description: a new one is walked without anybody thinking of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from crm_site.tests import cast

#: Words that stand in the canary organization only.
CANARY = "Zanzibar"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str

    @property
    def noun(self) -> str:
        return self.path.split("/")[3]


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


def id_of(rows: cast.Rows, noun: str) -> int:
    """The id of the row of that resource."""
    return {
        "investors": rows.investor.pk,
        "contacts": rows.contact.pk,
        "communications": rows.communication.pk,
        "reminders": rows.reminder.pk,
        "opportunities": rows.opportunity.pk,
        "funds": rows.fund.pk,
        "stages": rows.stage.pk,
        "facts": rows.fact.pk,
        "audit": 10**12,
    }[noun]
