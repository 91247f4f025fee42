"""Hostile bodies: a clear refusal or a clean row, never a failure of ours, and nothing half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_site.api.base import Changes
from crm_site.api.tests import operations
from crm_site.api.urls import router
from crm_site.core.models import Kept
from crm_site.relations import hanging
from crm_site.tests import cast

WRONG: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**400, 2**63, 1e308, "", "x", "x" * 5000, "\x00", "a\u0000b", "\ud800", "‮evil",
    "2026-02-30", "9999-12-31T23:59:59+14:00", "0001-01-01", "<script>alert(1)</script>", "'; DROP TABLE x; --", [], [1],
    [None], ["x"], [[]], {}, {"id": 1}, {"a": {"b": []}}, "1e999", "NaN", "-0.001", "999999999999999999999.99",
]  # fmt: skip
FORBIDDEN: dict[str, Any] = {
    "id": 1, "organization": 1, "organization_id": 1, "created_by": 1, "created_by_id": 1, "deleted_at": None,
    "deletion_key": "x", "created_at": "2020-01-01T00:00:00Z", "committed_total": "5", "stage_id": 1, "name_key": "x",
    "merged_into": 1, "graveyard_at": None, "captured_via": "admin", "pk": 1, "__proto__": {}, "": 1,
}  # fmt: skip


def counts() -> dict[type[Kept], int]:
    return {model: model._base_manager.count() for model in hanging.all_kept()}


def written() -> list[operations.Operation]:
    return [one for one in operations.walk() if one.method in ("post", "patch", "put") and one.noun != "auth"]


def fields_of(operation: operations.Operation) -> list[str]:
    schema = operations.schema()
    said = schema["paths"][operation.path][operation.method].get("requestBody")
    if said is None:
        return []
    ref = said["content"]["application/json"].get("schema", {}).get("$ref", "")
    return list(schema["components"]["schemas"].get(ref.rpartition("/")[2], {}).get("properties", {}))


@pytest.mark.parametrize("operation", written(), ids=lambda one: one.name)
def test_a_value_of_the_wrong_kind_never_fails_us(owner: Any, operation: operations.Operation) -> None:
    rows = cast.make_rows(owner.organization)
    client = cast.api_of(owner)
    client.raise_request_exception = False
    ids = {"id": operations.ids_in(rows)[operation.noun], "row_id": 1} if "{" in operation.path else {}
    base = {"name": "x", "text": "x", "investor": rows.investor.pk, "fund": rows.fund.pk, "version": 1}
    known = fields_of(operation)
    # `version` is one field of one shared shape: trying it in one operation tries it in all.
    tried = [name for name in known if name != "version" or operation.name == "investors_partial_update"]
    for field in tried:
        for value in WRONG:
            body = {name: base[name] for name in known if name in base} | {field: value}
            raw = json.dumps(body)
            send = getattr(client, operation.method)
            answer = send(operation.path.format(**ids), raw, content_type="application/json")
            assert answer.status_code < 500, (field, value, answer.content[:300])
            if answer.status_code >= 400:
                assert answer.json().keys() == {"error"}


@pytest.mark.parametrize(
    "view",
    [view for _, view, _ in router.registry if issubclass(view, Changes)],
    ids=lambda one: one.__name__,
)
def test_what_may_not_be_set_is_refused_and_nothing_is_written(owner: Any, view: Any) -> None:
    rows = cast.make_rows(owner.organization)
    client = cast.api_of(owner)
    base = {"name": "x", "text": "x", "investor": rows.investor.pk, "fund": rows.fund.pk}
    known = {name: value for name, value in base.items() if name in view.draft().fields}
    row_id = operations.ids_in(rows)[view.tag]
    before = counts()
    for name, value in FORBIDDEN.items():
        created = client.post(f"/api/v1/{view.tag}/", {**known, name: value})
        changed = client.patch(f"/api/v1/{view.tag}/{row_id}/", {"version": 1, name: value})
        for answer in (created, changed):
            assert answer.status_code == 400, (name, answer.content)
            assert name in answer.json()["error"]["fields"]
    assert counts() == before


def test_three_megabytes_are_refused(owner: Any) -> None:
    answer = cast.api_of(owner).post("/api/v1/investors/", {"name": "x", "notes": "y" * 3_000_000})
    assert answer.status_code == 400
    huge = cast.api_of(owner).post("/api/v1/investors/", {"name": "x", "notes": "y" * 8_000_000})
    assert huge.status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"name":' * 100_000,
        b'{"name": 1e999}',
        b'{"name": ' + b"9" * 6000 + b"}",
        b"\xff\xfe{}",
        b"",
    ],
)
def test_bodies_that_break_parsers_are_refused(owner: Any, raw: bytes) -> None:
    answer = cast.api_of(owner).post("/api/v1/investors/", raw, content_type="application/json")
    assert answer.status_code == 400


def test_odd_letters_are_stored_clean(owner: Any) -> None:
    body = '{"name": "A\\u0000B \\ud800 שלום 👩‍👩‍👧", "notes": "<script>alert(1)</script>\\u0000"}'
    answer = cast.api_of(owner).post("/api/v1/investors/", body, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["name"] == "AB שלום 👩‍👩‍👧"
    assert answer.json()["notes"] == "<script>alert(1)</script>"
